// Is the explanation right: what does the model say when it is trained again without those facts?
//
// The tier 'replay' takes the training again, step by step backwards, and credits every fact of the graph with what became
// of it in the end; 'verify' also trains once more without each of the facts that it lists. Verified is how much of the
// probability really went. This takes as long as some trainings; here of a model that is trained in a moment.

CALL whylink.train('quick', {scoringFunction: 'TransE', maxEpochs: 30, negativeSamples: 16})
YIELD facts, mrr
RETURN facts, round(mrr, 2) AS mrr;
// | facts | mrr |
// | 2531 | 0.41 |

MATCH (kosovo:Country {code: 'XK'}), (cet:TimeZone {name: 'Central European Time'})
CALL whylink.explain('quick', {source: kosovo, type: 'USES_TIME_ZONE', target: cet, topK: 5, tier: 'verify'})
YIELD rank, source, type, target, influence, verified
RETURN rank, source.name AS source, type, target.name AS target, round(influence, 3) AS influence,
  round(verified, 3) AS verified;
// | rank | source | type | target | influence | verified |
// | 1 | Montenegro | USES_TIME_ZONE | Central European Time | 0.011 | 0.011 |
// | 2 | North Macedonia | USES_TIME_ZONE | Central European Time | 0.011 | 0.011 |
// | 3 | Kosovo | USES_CURRENCY | Euro | 0.009 | 0.011 |
// | 4 | Albania | USES_TIME_ZONE | Central European Time | 0.009 | 0.009 |
// | 5 | Kosovo | LOCATED_IN | Southern Europe | 0.006 | 0.007 |

// What speaks against it?
MATCH (kosovo:Country {code: 'XK'}), (cet:TimeZone {name: 'Central European Time'})
CALL whylink.explain('quick', {source: kosovo, type: 'USES_TIME_ZONE', target: cet, topK: 3, tier: 'verify',
  direction: 'opposing'})
YIELD rank, source, type, target, role, influence, verified
RETURN rank, source.name AS source, type, target.name AS target, role, round(influence, 3) AS influence,
  round(verified, 3) AS verified;
// | rank | source | type | target | role | influence | verified |
// | 1 | Serbian | WRITTEN_IN | Cyrillic | elsewhere in the graph | -0.007 | -0.008 |
// | 2 | Portugal | USES_TIME_ZONE | Azores Time | type | -0.005 | -0.004 |
// | 3 | North Macedonia | BORDERS | Kosovo | source | -0.005 | -0.005 |

// And without all five at once? Noise is how far the probability moves when nothing but the seed changes.
MATCH (kosovo:Country {code: 'XK'}), (cet:TimeZone {name: 'Central European Time'})
CALL whylink.explain.verify('quick', {source: kosovo, type: 'USES_TIME_ZONE', target: cet, topK: 5, seeds: 3})
YIELD probability, predictedDrop, drop, noise, rank, rankWithout, topTargetWithout
RETURN round(probability, 2) AS probability, round(predictedDrop, 2) AS predicted, round(drop, 2) AS drop,
  round(noise, 2) AS noise, rank, rankWithout, topTargetWithout.name AS topWithout;
// | probability | predicted | drop | noise | rank | rankWithout | topWithout |
// | 0.13 | 0.05 | 0.05 | 0.02 | 1 | 1 | Central European Time |

// Which facts would have to go for another answer to be the best?
MATCH (kosovo:Country {code: 'XK'}), (cet:TimeZone {name: 'Central European Time'})
CALL whylink.explain.necessary('quick', {source: kosovo, type: 'USES_TIME_ZONE', target: cet})
YIELD rank, source, type, target, enough, topTargetWithout
RETURN count(*) AS facts, enough, topTargetWithout.name AS topWithout, collect(source.name)[0..3] AS firstOf;
// | facts | enough | topWithout | firstOf |
// | 20 | true | Eastern European Time | [Montenegro, North Macedonia, Kosovo] |

// The rows are ordinary rows: which types of facts speak for the prediction and against it, wherever they are?
MATCH (kosovo:Country {code: 'XK'}), (cet:TimeZone {name: 'Central European Time'})
CALL whylink.explain('quick', {source: kosovo, type: 'USES_TIME_ZONE', target: cet, topK: 10000, tier: 'replay'})
YIELD type, role, influence
RETURN type, count(*) AS facts, round(sum(CASE WHEN influence > 0 THEN influence ELSE 0 END), 2) AS speaksFor,
  round(sum(CASE WHEN influence < 0 THEN influence ELSE 0 END), 2) AS speaksAgainst,
  sum(CASE role WHEN 'elsewhere in the graph' THEN 1 ELSE 0 END) AS elsewhere
ORDER BY speaksFor DESC, type;
// | type | facts | speaksFor | speaksAgainst | elsewhere |
// | USES_TIME_ZONE | 272 | 0.12 | -0.09 | 0 |
// | ALSO_SPEAKS | 414 | 0.08 | -0.06 | 414 |
// | LOCATED_IN | 250 | 0.05 | -0.02 | 249 |
// | USES_CURRENCY | 238 | 0.05 | -0.03 | 237 |
// | BORDERS | 279 | 0.04 | -0.05 | 276 |
// | HAS_OFFICIAL_LANGUAGE | 306 | 0.04 | -0.04 | 304 |
// | FORMERLY_USED_CURRENCY | 124 | 0.03 | -0.03 | 123 |
// | WRITTEN_IN | 315 | 0.03 | -0.03 | 315 |
// | MEMBER_OF | 193 | 0.02 | -0.03 | 193 |
// | STARTS_WEEK_ON | 140 | 0.02 | -0.03 | 139 |

// And which source does it rest on? (See ../graph/README.md; any property of the facts will do.)
MATCH ()-[fact]->()
WHERE NOT type(fact) STARTS WITH '_'
SET fact.provenance = CASE type(fact) WHEN 'BORDERS' THEN 'Natural Earth' ELSE 'Unicode CLDR' END;

MATCH (kosovo:Country {code: 'XK'}), (cet:TimeZone {name: 'Central European Time'})
CALL whylink.explain('quick', {source: kosovo, type: 'USES_TIME_ZONE', target: cet, topK: 10000, tier: 'replay'})
YIELD fact, influence
RETURN fact.provenance AS provenance, count(*) AS facts, round(sum(CASE WHEN influence > 0 THEN influence ELSE 0 END), 2) AS speaksFor,
  round(sum(CASE WHEN influence < 0 THEN influence ELSE 0 END), 2) AS speaksAgainst
ORDER BY speaksFor DESC;
// | provenance | facts | speaksFor | speaksAgainst |
// | Unicode CLDR | 2252 | 0.43 | -0.35 |
// | Natural Earth | 279 | 0.04 | -0.05 |

// Can the explanations of this model be believed in general? Shares of a sample of predictions, beside the floors.
CALL whylink.evaluate.faithfulness('quick', {queries: 10, facts: 15})
YIELD method, probabilityDrop, topChange, leaveOneOutSpearman
RETURN method, round(probabilityDrop, 2) AS probabilityDrop, round(topChange, 2) AS topChange,
  round(leaveOneOutSpearman, 2) AS agreement;
// | method | probabilityDrop | topChange | agreement |
// | rollback | 1.0 | 0.3 | 0.26 |
// | unrolled | 1.0 | 0.2 | 0.95 |
// | neighbourhood | 0.5 | 0.0 | 0.14 |
// | seed | 0.5 | 0.1 |  |

CALL whylink.models.drop('quick')
YIELD modelName
RETURN modelName;
// | modelName |
// | quick |
