// Why does the model expect Central European Time for Kosovo?
//
// Each row is a fact of the graph. Its influence is how much of the prediction's probability would go without it; role
// says what it shares with the prediction.

MATCH (kosovo:Country {code: 'XK'}), (cet:TimeZone {name: 'Central European Time'})
CALL whylink.explain('atlas', {source: kosovo, type: 'USES_TIME_ZONE', target: cet, topK: 6})
YIELD rank, source, fact, target, role, influence
RETURN rank, source.name AS source, type(fact) AS fact, target.name AS target, role, round(influence, 3) AS influence;
// | rank | source | fact | target | role | influence |

// Which facts about Kosovo itself speak for it, and which against?
MATCH (kosovo:Country {code: 'XK'}), (cet:TimeZone {name: 'Central European Time'})
CALL whylink.explain('atlas', {source: kosovo, type: 'USES_TIME_ZONE', target: cet, topK: 10000})
YIELD source, fact, target, influence
WHERE source = kosovo OR target = kosovo
RETURN source.name AS source, type(fact) AS fact, target.name AS target, round(influence, 3) AS influence
ORDER BY influence DESC;
// | source | fact | target | influence |
