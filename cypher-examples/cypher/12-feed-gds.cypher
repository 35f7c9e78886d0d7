// Does Graph Data Science (GDS) score links as Whylink does?
//
// It does with models of TransE and DistMult: gds.ml.kge.predict takes their embeddings as they are. It asks for the property of the
// nodes, which is whylink_<model>, the embedding of the relationship type as a list of floats, which is whylink.embedding(model, type),
// and the scoring function. These are the arguments for the model 'atlas', which is a TransE:

MATCH (kosovo:Country {code: 'XK'})
RETURN size(kosovo.whylink_atlas) AS ofTheNode, size(whylink.embedding('atlas', 'USES_TIME_ZONE')) AS ofTheType;
// | ofTheNode | ofTheType |
// | 32 | 32 |

// Where GDS is installed, this gives each country the time zones that suit it best. All nodes of the projection must have the
// property: those that came later get it with whylink.embed.
//
//   CALL gds.graph.project('places', {Country: {properties: 'whylink_atlas'}, TimeZone: {properties: 'whylink_atlas'}}, '*');
//
//   CALL gds.ml.kge.predict.stream('places', {sourceNodeFilter: 'Country', targetNodeFilter: 'TimeZone', topK: 3,
//     nodeEmbeddingProperty: 'whylink_atlas', scoringFunction: 'TransE',
//     relationshipTypeEmbedding: whylink.embedding('atlas', 'USES_TIME_ZONE')})
//   YIELD sourceNodeId, targetNodeId, score
//   RETURN gds.util.asNode(sourceNodeId).name AS source, gds.util.asNode(targetNodeId).name AS target, score;
//
// What GDS computes is this: for DistMult the score; for TransE the distance, of which Whylink's score is the negative, so that the
// smallest is the best.

CALL whylink.train('product', {scoringFunction: 'DistMult', maxEpochs: 10})
YIELD facts
RETURN facts;
// | facts |
// | 2531 |

MATCH (source:Country {name: 'Greece'}), (target:TimeZone {name: 'Central European Time'})
UNWIND ['atlas', 'product'] AS model
WITH model, source, target, source['whylink_' + model] AS h, whylink.embedding(model, 'USES_TIME_ZONE') AS r,
  target['whylink_' + model] AS t
WITH *, range(0, size(r) - 1) AS all
RETURN model, abs(whylink.score(model, source, 'USES_TIME_ZONE', target)
  - CASE model
      WHEN 'atlas' THEN -sqrt(reduce(sum = 0.0, i IN all | sum + (h[i] + r[i] - t[i]) ^ 2))
      ELSE reduce(sum = 0.0, i IN all | sum + h[i] * r[i] * t[i])
    END) < 0.00001 AS same;
// | model | same |
// | atlas | true |
// | product | true |

CALL whylink.models.drop('product')
YIELD modelName
RETURN modelName;
// | modelName |
// | product |
