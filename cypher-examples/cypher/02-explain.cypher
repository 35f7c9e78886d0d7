// Why does the model expect Central European Time for Kosovo?
//
// Each row is a fact of the graph. Its influence is how much of the prediction's probability would go without it; role
// says what it shares with the prediction.

MATCH (kosovo:Country {code: 'XK'}), (cet:TimeZone {name: 'Central European Time'})
CALL whylink.explain('atlas', {source: kosovo, type: 'USES_TIME_ZONE', target: cet, topK: 6})
YIELD rank, source, fact, target, role, influence
RETURN rank, source.name AS source, type(fact) AS fact, target.name AS target, role, round(influence, 3) AS influence;
// | rank | source | fact | target | role | influence |
// | 1 | North Macedonia | USES_TIME_ZONE | Central European Time | type + target | 0.183 |
// | 2 | Montenegro | USES_TIME_ZONE | Central European Time | type + target | 0.176 |
// | 3 | Albania | USES_TIME_ZONE | Central European Time | type + target | 0.173 |
// | 4 | Bosnia & Herzegovina | USES_TIME_ZONE | Central European Time | type + target | 0.163 |
// | 5 | Poland | USES_TIME_ZONE | Central European Time | type + target | 0.161 |
// | 6 | Croatia | USES_TIME_ZONE | Central European Time | type + target | 0.146 |

// Which facts about Kosovo itself speak for it, and which against?
MATCH (kosovo:Country {code: 'XK'}), (cet:TimeZone {name: 'Central European Time'})
CALL whylink.explain('atlas', {source: kosovo, type: 'USES_TIME_ZONE', target: cet, topK: 10000})
YIELD source, fact, target, influence
WHERE source = kosovo OR target = kosovo
RETURN source.name AS source, type(fact) AS fact, target.name AS target, round(influence, 3) AS influence
ORDER BY influence DESC;
// | source | fact | target | influence |
// | Kosovo | USES_CURRENCY | Euro | 0.136 |
// | Kosovo | LOCATED_IN | Southern Europe | 0.111 |
// | Albania | BORDERS | Kosovo | 0.063 |
// | Kosovo | FORMERLY_USED_CURRENCY | Yugoslavian New Dinar (1994–2002) | 0.063 |
// | Montenegro | BORDERS | Kosovo | 0.042 |
// | Kosovo | STARTS_WEEK_ON | Monday | 0.018 |
// | Kosovo | HAS_OFFICIAL_LANGUAGE | Albanian | 0.008 |
// | North Macedonia | BORDERS | Kosovo | 0.003 |
// | Kosovo | HAS_OFFICIAL_LANGUAGE | Serbian | -0.013 |
