package io.github.whylink.influence.audit;

import java.util.Map;

/**
 * What an audit found.
 *
 * @param order the facts, the most suspicious first
 * @param severity by fact, 0 to 1: the sum over the kinds of canaries of the estimated share of false facts of the kind,
 *     times the odds of being such a canary rather than a fact if both were equally frequent; the geometric mean over the
 *     plantings, cut at 1
 * @param precision by place in the order: the share of false facts to expect among the facts down to there
 * @param noiseShare the estimated share of false facts in the graph; high rather than low
 * @param quality of each signal and of all together: the probability that a canary looks more suspicious than a fact of the
 *     graph (area under the curve; 0.5 says nothing)
 * @param signals by fact
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record AuditReport(
        int[] order,
        double[] severity,
        double[] precision,
        double noiseShare,
        Map<Signal, Double> quality,
        double severityQuality,
        Map<Signal, float[]> signals) {}
