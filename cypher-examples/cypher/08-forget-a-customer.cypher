// A customer wants her travels to be forgotten: how does a model forget them, and how do I prove that it has?
//
// Deleting the facts is not enough: the model was trained on them, and its rows still say so. Training again without them is
// the surest way, and takes as long as training. whylink.forget takes a small part of that.

// Customers who live in a country and visited three of its region.
MATCH (region)<-[:LOCATED_IN]-(country:Country)
WITH region, country ORDER BY country.code
WITH region, collect(country) AS countries ORDER BY region.name
WHERE size(countries) >= 6
UNWIND range(0, size(countries) - 4) AS i
WITH region, i, countries[i] AS home, countries[i + 1..i + 4] AS visited
CREATE (customer:Customer {name: region.name + ' ' + i})-[:LIVES_IN]->(home)
WITH customer, visited
UNWIND visited AS country
CREATE (customer)-[:VISITED]->(country);

MATCH (ada:Customer {name: 'Western Europe 1'})-[:LIVES_IN]->(home)
SET ada.name = 'Ada'
WITH ada, home
MATCH (ada)-[:VISITED]->(country)
WITH home, country ORDER BY country.name
RETURN home.name AS home, collect(country.name) AS visited;
// | home | visited |
// | Belgium | [France, Germany, Switzerland] |

CALL whylink.train('shop', {scoringFunction: 'ComplEx', relationshipTypes: ['VISITED', 'LIVES_IN', 'LOCATED_IN', 'BORDERS'],
  reciprocalRelations: true, negativeSampling: '1vsAll', batchSize: 64, regularizer: 'N3', maxEpochs: 15, heldOutFraction: 0.0})
YIELD facts
RETURN facts;
// | facts |
// | 1299 |

// What would be for others without her travels? Nothing is changed by asking; verify trains once more, in memory: so small
// changes are hardly more than what any training of some facts less brings with it.
MATCH (ada:Customer {name: 'Ada'})-[fact:VISITED]->()
WITH collect(fact) AS facts
CALL whylink.whatif('shop', {remove: facts, topK: 5, verify: true})
YIELD rank, source, type, target, probability, predictedChange, change
RETURN rank, source.name AS source, type, target.name AS target, round(probability, 3) AS probability,
  round(predictedChange, 3) AS predicted, round(change, 3) AS real;
// | rank | source | type | target | probability | predicted | real |
// | 1 | Western Europe 0 | VISITED | Belgium | 0.356 | 0.015 | -0.013 |
// | 2 | Western Europe 3 | VISITED | France | 0.293 | 0.014 | 0.021 |
// | 3 | Andorra | BORDERS | Spain | 0.473 | -0.009 | -0.008 |
// | 4 | Andorra | BORDERS | France | 0.41 | 0.008 | 0.004 |
// | 5 | Western Europe 3 | VISITED | Liechtenstein | 0.314 | -0.006 | -0.011 |

// Forget. The new version of the model comes in one transaction, and what was recorded of her facts goes with the old one.
MATCH (ada:Customer {name: 'Ada'})-[fact:VISITED]->()
WITH collect(fact) AS facts
CALL whylink.forget('shop', {facts: facts})
YIELD facts AS forgotten, nodes, probability, probabilityAfter
RETURN forgotten, nodes, round(probability, 3) AS probability, round(probabilityAfter, 3) AS probabilityAfter;
// | forgotten | nodes | probability | probabilityAfter |
// | 3 | 4 | 0.294 | 0.0 |

MATCH (:Customer {name: 'Ada'})-[fact:VISITED]->()
RETURN count(fact) AS facts, count(fact.whylink_shop_influence) AS withInfluence,
  count(fact.whylink_shop_rollback) AS withUpdates;
// | facts | withInfluence | withUpdates |
// | 3 | 0 | 0 |

// A second thought? CALL whylink.models.revert('shop') puts everything back. Here it is made final, and her facts are deleted.
CALL whylink.models.revert('shop', {discard: true})
YIELD change, reverted
RETURN change, reverted;
// | change | reverted |
// | forgot 3 facts | false |

MATCH (ada:Customer {name: 'Ada'})-[fact:VISITED]->(country)
SET country.adaWasThere = true
DELETE fact;

// The proof: a model that never saw her travels, trained from the same seed, hardly thinks of them either. It still thinks a
// little more of them than this one: three of the four facts that held Ada's row were hers to forget, and are all taken back.
CALL whylink.train('never', {scoringFunction: 'ComplEx', relationshipTypes: ['VISITED', 'LIVES_IN', 'LOCATED_IN', 'BORDERS'],
  reciprocalRelations: true, negativeSampling: '1vsAll', batchSize: 64, regularizer: 'N3', maxEpochs: 15, heldOutFraction: 0.0})
YIELD facts
RETURN facts;
// | facts |
// | 1296 |

MATCH (ada:Customer {name: 'Ada'}), (country:Country {adaWasThere: true})
RETURN country.name AS country, round(whylink.probability('shop', ada, 'VISITED', country), 3) AS forgotten,
  round(whylink.probability('never', ada, 'VISITED', country), 3) AS neverSeen
ORDER BY country;
// | country | forgotten | neverSeen |
// | France | 0.0 | 0.031 |
// | Germany | 0.0 | 0.062 |
// | Switzerland | 0.0 | 0.015 |

MATCH (country:Country {adaWasThere: true})
REMOVE country.adaWasThere;

MATCH (customer:Customer)
DETACH DELETE customer;

UNWIND ['shop', 'never'] AS name
CALL whylink.models.drop(name)
YIELD modelName
RETURN modelName;
// | modelName |
// | shop |
// | never |
