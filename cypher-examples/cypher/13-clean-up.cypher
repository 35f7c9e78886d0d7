// Which models does the graph hold, and how do I remove one without a trace?

CALL whylink.models()
YIELD modelName, state, scoringFunction, entities, facts, stale
RETURN modelName, state, scoringFunction, entities, facts, stale;
// | modelName | state | scoringFunction | entities | facts | stale |
// | atlas | ready | TransE | 1016 | 2531 | false |

CALL whylink.models.drop('atlas')
YIELD modelName, entities, facts
RETURN modelName, entities, facts;
// | modelName | entities | facts |
// | atlas | 1016 | 2531 |

MATCH (n)
WHERE any(key IN keys(n) WHERE key STARTS WITH 'whylink') OR any(label IN labels(n) WHERE label STARTS WITH '_Whylink')
RETURN count(n) AS leftOver;
// | leftOver |
// | 0 |
