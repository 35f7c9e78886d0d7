// Which border on the map is wrong, and what else?
//
// Six facts are planted that are not true. The audit does not know which: it plants false facts of its own in memory,
// learns what tells them from the facts of this graph, and lists the facts of the graph that look most like them.

MATCH (bo:Country {code: 'BO'}), (fi:Country {code: 'FI'}), (jp:Country {code: 'JP'}), (euro:Currency {code: 'EUR'}),
  (no:Country {code: 'NO'}), (thai:Language {code: 'th'}), (br:Country {code: 'BR'}), (eu:Organization {code: 'EU'}),
  (pe:Country {code: 'PE'}), (africa:Region {name: 'Western Africa'}), (ke:Country {code: 'KE'}),
  (japanTime:TimeZone {name: 'Japan Time'})
CREATE (bo)-[:BORDERS {planted: true}]->(fi), (jp)-[:USES_CURRENCY {planted: true}]->(euro),
  (no)-[:HAS_OFFICIAL_LANGUAGE {planted: true}]->(thai), (br)-[:MEMBER_OF {planted: true}]->(eu),
  (pe)-[:LOCATED_IN {planted: true}]->(africa), (ke)-[:USES_TIME_ZONE {planted: true}]->(japanTime);

CALL whylink.train('doubted', {scoringFunction: 'TransE', maxEpochs: 20, negativeSamples: 16})
YIELD facts
RETURN facts;
// | facts |
// | 2536 |

// The most suspicious come first. None of them is wrong for sure: the list says where to look.
CALL whylink.audit('doubted', {topK: 12})
YIELD rank, source, fact, type, target
RETURN rank, source.name AS source, type, target.name AS target, coalesce(fact.planted, false) AS planted;
// | rank | source | type | target | planted |
// | 1 | Peru | LOCATED_IN | Western Africa | true |
// | 2 | Spain | BORDERS | Morocco | false |
// | 3 | Antarctica | USES_TIME_ZONE | Greenwich Mean Time | false |
// | 4 | Japan | USES_CURRENCY | Euro | true |
// | 5 | Macao SAR China | HAS_OFFICIAL_LANGUAGE | Portuguese | false |
// | 6 | Mandingo | WRITTEN_IN | N’Ko | false |
// | 7 | Kenya | USES_TIME_ZONE | Japan Time | true |
// | 8 | Zimbabwe | USES_CURRENCY | US Dollar | false |
// | 9 | Brazil | ALSO_SPEAKS | Venetian | false |
// | 10 | French Guiana | ALSO_SPEAKS | Hmong Njua | false |
// | 11 | Hausa | WRITTEN_IN | Arabic | false |
// | 12 | Canada | ALSO_SPEAKS | Arabic | false |

// Of borders alone: what speaks against each, and what for it?
CALL whylink.audit('doubted', {relationshipTypes: ['BORDERS'], topK: 4})
YIELD rank, source, target, message
RETURN rank, source.name AS source, target.name AS target, message;
// | rank | source | target | message |
// | 1 | Spain | Morocco | no path of other facts implies it; the model was slow to learn it |
// | 2 | Colombia | Panama | no path of other facts implies it |
// | 3 | North Korea | Russia | the model was slow to learn it. In its favour: a path of other facts from North Korea to Russia often comes with it |
// | 4 | Bolivia | Finland | no path of other facts implies it; the model was slow to learn it; without the fact, other sources are much more probable than Bolivia |

// Spain and Morocco, Colombia and Panama join continents; Bolivia and Finland are far apart. What makes the model
// believe it? The fact itself, and nothing else about Bolivia.
MATCH (:Country {code: 'BO'})-[fact:BORDERS]->(:Country {code: 'FI'})
CALL whylink.explain.fact('doubted', fact, {topK: 4})
YIELD rank, source, type, target, influence
RETURN rank, source.name AS source, type, target.name AS target, round(influence, 3) AS influence;
// | rank | source | type | target | influence |
// | 1 | Bolivia | BORDERS | Finland | 0.003 |
// | 2 | Finland | ALSO_SPEAKS | English | 0.002 |
// | 3 | Finland | MEMBER_OF | United Nations | 0.001 |
// | 4 | Finland | USES_CURRENCY | Euro | 0.001 |

// Spain does border Morocco, in Ceuta and Melilla: surprising and true, like France and Brazil. What is confirmed stays
// evidence and is not asked about again.
MATCH (:Country {code: 'ES'})-[fact:BORDERS]->(:Country {code: 'MA'})
SET fact.whylink_confirmed = true;

CALL whylink.audit('doubted', {relationshipTypes: ['BORDERS'], topK: 3})
YIELD rank, source, target
RETURN rank, source.name AS source, target.name AS target;
// | rank | source | target |
// | 1 | Colombia | Panama |
// | 2 | North Korea | Russia |
// | 3 | Bolivia | Finland |

// What is wrong is deleted like any relationship.
MATCH ()-[fact {planted: true}]->()
DELETE fact
RETURN count(*) AS deleted;
// | deleted |
// | 6 |

MATCH ()-[fact {whylink_confirmed: true}]->()
REMOVE fact.whylink_confirmed;

CALL whylink.models.drop('doubted')
YIELD modelName
RETURN modelName;
// | modelName |
// | doubted |
