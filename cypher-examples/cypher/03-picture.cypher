// What does the explanation look like?
//
// In Neo4j Browser return the column drawing: the predicted link, its ends in colours of their own, and the facts with their
// influence. The column svg is a picture of its own that opens in any browser; nodes and relationships are the stored ones.

MATCH (kosovo:Country {code: 'XK'}), (cet:TimeZone {name: 'Central European Time'})
CALL whylink.explain.graph('atlas', {source: kosovo, type: 'USES_TIME_ZONE', target: cet, topK: 8})
YIELD nodes, relationships, probability, svg
RETURN size(nodes) AS nodes, size(relationships) AS relationships, round(probability, 2) AS probability,
  svg STARTS WITH '<svg' AS drawn;
// | nodes | relationships | probability | drawn |
// | 10 | 8 | 0.24 | true |
