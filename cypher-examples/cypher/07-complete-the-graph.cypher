// Which links is the whole graph most likely to miss, and how do I keep them and take them away again?
//
// Looks at every pair of nodes for the chosen types, whatever the size of the graph in little memory, and leaves out what
// is there. The first are those of which the model is most certain, given the source and the type.

CALL whylink.predict.links('atlas', {relationshipTypes: ['USES_TIME_ZONE', 'STARTS_WEEK_ON'], sourceLabels: ['Country'],
  targetLabels: ['TimeZone', 'Weekday'], topK: 6})
YIELD rank, source, type, target, probability, targetRank
RETURN rank, source.name AS source, type, target.name AS target, round(probability, 2) AS probability, targetRank;
// | rank | source | type | target | probability | targetRank |
// | 1 | Timor-Leste | STARTS_WEEK_ON | Sunday | 0.61 | 1.0 |
// | 2 | Vietnam | STARTS_WEEK_ON | Sunday | 0.61 | 1.0 |
// | 3 | Micronesia | STARTS_WEEK_ON | Sunday | 0.55 | 1.0 |
// | 4 | Malaysia | STARTS_WEEK_ON | Sunday | 0.51 | 1.0 |
// | 5 | Northern Mariana Islands | STARTS_WEEK_ON | Sunday | 0.51 | 1.0 |
// | 6 | Saudi Arabia | STARTS_WEEK_ON | Saturday | 0.51 | 1.0 |

// Written they are relationships like others, with score, probability, model and what was predicted as properties.
// Where such a relationship is there already it stays as it is: the same call a second time writes nothing.
CALL whylink.predict.write('atlas', {writeType: 'PERHAPS', relationshipTypes: ['USES_TIME_ZONE', 'STARTS_WEEK_ON'],
  sourceLabels: ['Country'], targetLabels: ['TimeZone', 'Weekday'], topK: 6})
YIELD writeType, found, written, skipped
RETURN writeType, found, written, skipped;
// | writeType | found | written | skipped |
// | PERHAPS | 6 | 6 | 0 |

MATCH (source)-[link:PERHAPS {model: 'atlas'}]->(target)
RETURN source.name AS source, link.type AS type, target.name AS target, round(link.probability, 2) AS probability
ORDER BY link.probability DESC
LIMIT 3;
// | source | type | target | probability |
// | Timor-Leste | STARTS_WEEK_ON | Sunday | 0.61 |
// | Vietnam | STARTS_WEEK_ON | Sunday | 0.61 |
// | Micronesia | STARTS_WEEK_ON | Sunday | 0.55 |

// What does the model say of a link that nobody predicted, and of one that is there?
MATCH (kosovo:Country {code: 'XK'}), (eet:TimeZone {name: 'Eastern European Time'}), (euro:Currency {name: 'Euro'})
RETURN whylink.rank('atlas', kosovo, 'USES_TIME_ZONE', eet) AS rankOfEet,
  round(whylink.probability('atlas', kosovo, 'USES_TIME_ZONE', eet), 2) AS probabilityOfEet,
  whylink.rank('atlas', kosovo, 'USES_CURRENCY', euro) AS rankOfEuro,
  size(whylink.embedding('atlas', kosovo)) AS numbers;
// | rankOfEet | probabilityOfEet | rankOfEuro | numbers |
// | 2.0 | 0.07 | 4.0 | 32 |

// Which relationships would the model expect between two nodes?
MATCH (kosovo:Country {code: 'XK'}), (albania:Country {code: 'AL'})
CALL whylink.predict.types('atlas', {source: kosovo, target: albania, topK: 2, includeKnown: true})
YIELD rank, type, targetRank, known
RETURN rank, type, targetRank, known;
// | rank | type | targetRank | known |
// | 1 | BORDERS | 4.0 | false |
// | 2 | LOCATED_IN | 9.0 | false |

// And why does it believe in a fact that is there?
MATCH (:Country {code: 'XK'})-[fact:USES_CURRENCY]->(:Currency {name: 'Euro'})
CALL whylink.explain.fact('atlas', fact, {topK: 3})
YIELD rank, source, type, target, role, influence
RETURN rank, source.name AS source, type, target.name AS target, role, round(influence, 3) AS influence;
// | rank | source | type | target | role | influence |
// | 1 | Kosovo | USES_CURRENCY | Euro | the fact itself | 0.059 |
// | 2 | Montenegro | USES_CURRENCY | Euro | type + target | 0.053 |
// | 3 | Greece | USES_CURRENCY | Euro | type + target | 0.05 |

// The graph as it was:
MATCH ()-[link:PERHAPS {model: 'atlas'}]->()
DELETE link
RETURN count(*) AS removed;
// | removed |
// | 6 |
