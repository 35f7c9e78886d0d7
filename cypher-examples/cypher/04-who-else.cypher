// Which countries look like members of the European Union, but are not?

MATCH (eu:Organization {name: 'European Union'})
CALL whylink.predict.sources('atlas', {target: eu, type: 'MEMBER_OF', topK: 5})
YIELD rank, source, score
RETURN rank, source.name AS source, round(score, 2) AS score;
// | rank | source | score |
