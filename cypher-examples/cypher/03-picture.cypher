// What does the explanation look like?
//
// In Neo4j Browser return the lists of nodes and relationships and it draws them; the column svg is a picture of its own
// that opens in any browser.

MATCH (kosovo:Country {code: 'XK'}), (cet:TimeZone {name: 'Central European Time'})
CALL whylink.explain.graph('atlas', {source: kosovo, type: 'USES_TIME_ZONE', target: cet, topK: 8})
YIELD nodes, relationships, probability, svg
RETURN size(nodes) AS nodes, size(relationships) AS relationships, round(probability, 2) AS probability,
  svg STARTS WITH '<svg' AS drawn;
// | nodes | relationships | probability | drawn |
// | 10 | 8 | 0.24 | true |
