package io.github.whylink.embedding.ranking;

import io.github.whylink.embedding.facts.KnownFacts;
import io.github.whylink.embedding.facts.Side;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import java.util.Arrays;

/**
 * Which of some relations leads from one entity to another one: how probable each is, given that one does.
 *
 * <pre>
 * log P(r | h, t) = 1/2 [log P(t | h, r) + log P(r | h)] + 1/2 [log P(h | r, t) + log P(r | t)] + constant
 *
 * P(t | h, r), P(h | r, t)    softmax of the score over all entities as the tail, as the head
 * P(r | h)                    (n_r(h) + R · q_r) / (n(h) + R): of the h's facts the share of r
 * P(r | t)                    likewise of the facts that lead to t
 * q_r                         (n_r + 1) / (n + R): of all facts the share of r
 * </pre>
 *
 * <p>with {@code R} relations. Each bracket is Bayes' rule: of the relations that start from h, r with the probability that
 * its answer is t. A model is trained to tell the true answer to (h, r, ?) from others and the one to (?, r, t); nothing in
 * that makes the scores of two relations comparable, and they are not: how often an entity has a relation is what the softmax
 * divides out. The two brackets are two estimates of one thing, and their mean is better than either.
 *
 * <p>O(R · entities · d) a link. Not for several threads at once.
 */
public final class RelationChoice {
    private final EmbeddingModel model;
    private final int[] relations;
    private final double[] shares;
    private final float[] query;
    private final float[] scores;

    /**
     * A choice among some relations.
     *
     * @param relations two or more, each once
     * @param counts how many facts each has, more or less
     */
    public RelationChoice(EmbeddingModel model, int[] relations, long[] counts) {
        this.model = model;
        this.relations = relations.clone();
        double all = Arrays.stream(counts).sum();
        shares = Arrays.stream(counts)
                .mapToDouble(count -> (count + 1) / (all + relations.length))
                .toArray();
        query = new float[model.parameters().entities()[0].length];
        scores = new float[model.entityCount()];
    }

    /**
     * How probable each relation is, in the order in which they were given.
     *
     * @param evidence the facts of the head and of the tail; one between the two does not count, as that is the question
     * @return sums to 1; NaN where the model is broken
     */
    public double[] probabilities(int head, int tail, KnownFacts evidence) {
        int[] ofHead = counts(Side.TAIL, head, tail, evidence);
        int[] ofTail = counts(Side.HEAD, tail, head, evidence);
        double headFacts = Arrays.stream(ofHead).sum();
        double tailFacts = Arrays.stream(ofTail).sum();
        double[] logs = new double[relations.length];
        for (int i = 0; i < logs.length; i++) {
            model.scores(Side.TAIL, head, relations[i], query, scores);
            double forward = scores[tail] - Softmax.logPartition(scores) + Math.log(share(i, ofHead[i], headFacts));
            model.scores(Side.HEAD, tail, relations[i], query, scores);
            double backward = scores[head] - Softmax.logPartition(scores) + Math.log(share(i, ofTail[i], tailFacts));
            logs[i] = (forward + backward) / 2;
        }
        double max = Arrays.stream(logs).max().orElseThrow();
        double[] probabilities =
                Arrays.stream(logs).map(log -> Math.exp(log - max)).toArray();
        double sum = Arrays.stream(probabilities).sum();
        return Arrays.stream(probabilities).map(p -> p / sum).toArray();
    }

    /** How many facts of each relation an entity has, that with one other entity left out. */
    private int[] counts(Side asked, int entity, int other, KnownFacts evidence) {
        int[] counts = new int[relations.length];
        for (int i = 0; i < counts.length; i++) {
            int[] answers = evidence.known(asked, entity, relations[i]);
            counts[i] = answers.length - (Arrays.binarySearch(answers, other) >= 0 ? 1 : 0);
        }
        return counts;
    }

    private double share(int i, int count, double all) {
        return (count + relations.length * shares[i]) / (all + relations.length);
    }

    /** The place of the largest probability; of equal ones the first. */
    public static int best(double[] probabilities) {
        int best = 0;
        for (int i = 1; i < probabilities.length; i++) {
            if (probabilities[i] > probabilities[best]) {
                best = i;
            }
        }
        return best;
    }
}
