// Which time zone does Kosovo use? The graph does not say.
//
// Needs the graph in ../graph/atlas.cypher. The first statement trains a model on everything in the database and keeps
// it in the graph under the name 'atlas'; the second asks it for the missing link.

CALL whylink.train('atlas', {scoringFunction: 'TransE', maxEpochs: 100})
YIELD facts, heldOut, mrr, hits10
RETURN facts, heldOut, round(mrr, 2) AS mrr, round(hits10, 2) AS hits10;
// | facts | heldOut | mrr | hits10 |
// | 2531 | 281 | 0.43 | 0.68 |

MATCH (kosovo:Country {code: 'XK'})
CALL whylink.predict.targets('atlas', {source: kosovo, type: 'USES_TIME_ZONE', topK: 3})
YIELD rank, target, probability
RETURN rank, target.name AS target, round(probability, 2) AS probability;
// | rank | target | probability |
// | 1 | Central European Time | 0.24 |
// | 2 | Eastern European Time | 0.07 |
// | 3 | Western European Time | 0.03 |
