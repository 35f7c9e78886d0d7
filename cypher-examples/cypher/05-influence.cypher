// Which borders moved the model most?
//
// The influence of every fact the model was trained on stands on the fact itself, as a number for sorting and styling.

MATCH (a)-[border:BORDERS]->(b)
WHERE border.whylink_atlas_influence IS NOT NULL
RETURN a.name AS a, b.name AS b, round(border.whylink_atlas_influence, 2) AS influence
ORDER BY border.whylink_atlas_influence DESC
LIMIT 5;
// | a | b | influence |
// | Dominican Republic | Haiti | 5.07 |
// | Mauritania | Senegal | 5.04 |
// | St. Martin | Sint Maarten | 4.82 |
// | North Korea | Russia | 4.58 |
// | Libya | Niger | 4.54 |
