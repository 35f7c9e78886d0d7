// A country is new in the graph: what can be said of it now, without training everything again?
//
// Somaliland is on no list of countries of the demo graph. First a model of what there is, with facts held out to measure it.

CALL whylink.train('growing', {scoringFunction: 'ComplEx', relationshipTypes: ['BORDERS', 'LOCATED_IN', 'USES_TIME_ZONE',
  'HAS_OFFICIAL_LANGUAGE', 'ALSO_SPEAKS'], reciprocalRelations: true, negativeSampling: '1vsAll', batchSize: 64,
  regularizer: 'N3', maxEpochs: 15})
YIELD entities, facts
RETURN entities, facts;
// | entities | facts |
// | 740 | 1538 |

// The new country comes with its region, its neighbours and a language.
MATCH (region:Region {name: 'Eastern Africa'}), (somali:Language {code: 'so'})
CREATE (new:Country {code: 'XS', name: 'Somaliland'})-[:LOCATED_IN]->(region), (new)-[:HAS_OFFICIAL_LANGUAGE]->(somali)
WITH new
MATCH (neighbour:Country) WHERE neighbour.code IN ['DJ', 'ET', 'SO']
CREATE (neighbour)-[:BORDERS]->(new);

CALL whylink.models('growing')
YIELD stale
RETURN stale;
// | stale |
// | true |

// It gets an embedding from its relationships. No other embedding is moved by a bit, and what each relationship did is
// recorded.
CALL whylink.embed('growing')
YIELD nodes, facts, stale
RETURN nodes, facts, stale;
// | nodes | facts | stale |
// | 1 | 5 | false |

MATCH (new:Country {code: 'XS'})
CALL whylink.predict.targets('growing', {source: new, type: 'USES_TIME_ZONE', topK: 1})
YIELD rank, target
RETURN rank, target.name AS target;
// | rank | target |
// | 1 | East Africa Time |

// Why? The facts of the new country answer like any that the model was trained on.
MATCH (new:Country {code: 'XS'}), (time:TimeZone {name: 'East Africa Time'})
CALL whylink.explain('growing', {source: new, type: 'USES_TIME_ZONE', target: time, topK: 5})
YIELD rank, source, type, target, influence
RETURN rank, source.name AS source, type, target.name AS target, round(influence, 3) AS influence;

// When much is new, or the old is to learn from the new too, the training goes on: all rows move, from where they are. What
// was held out stays so, and what was recorded of a fact is added up.
CALL whylink.train('growing', {continueFrom: 'growing', overwrite: true, maxEpochs: 5, learningRate: 0.03})
YIELD entities, facts, heldOut, epochs
RETURN entities, facts, heldOut, epochs;
// | entities | facts | heldOut | epochs |
// | 741 | 1543 | 171 | 5 |

CALL whylink.models('growing')
YIELD stale, continuedFrom
RETURN stale, continuedFrom;
// | stale | continuedFrom |
// | false | growing |

MATCH (new:Country {code: 'XS'})
DETACH DELETE new;

CALL whylink.models.drop('growing')
YIELD modelName
RETURN modelName;
// | modelName |
// | growing |
