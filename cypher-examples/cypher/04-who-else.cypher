// Which countries look like members of the European Union, but are not?

MATCH (eu:Organization {name: 'European Union'})
CALL whylink.predict.sources('atlas', {target: eu, type: 'MEMBER_OF', topK: 5})
YIELD rank, source, score
RETURN rank, source.name AS source, round(score, 2) AS score;
// | rank | source | score |
// | 1 | Liechtenstein | -4.05 |
// | 2 | Switzerland | -4.29 |
// | 3 | Gibraltar | -4.62 |
// | 4 | Andorra | -4.62 |
// | 5 | San Marino | -4.67 |
