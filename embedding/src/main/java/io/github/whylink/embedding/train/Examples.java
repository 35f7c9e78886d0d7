package io.github.whylink.embedding.train;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.KnownFacts;
import io.github.whylink.embedding.facts.RelationRoles;
import io.github.whylink.embedding.facts.Side;
import io.github.whylink.embedding.kernel.CounterHash;
import io.github.whylink.embedding.train.Negatives.Regime;
import io.github.whylink.embedding.train.Negatives.Sampling;
import java.util.BitSet;

/**
 * The facts of a training together with what is derived from all of them once: their negatives, the shares of facts that
 * have a query in common, how often each row occurs. Immutable; any number of threads may ask at once.
 *
 * <p>A removed fact still counts in all of it, so that removing it changes nothing for the others.
 *
 * <p>A fact's weight scales the whole of its loss, with the penalty that it bears: a fact of weight 2 does what two would do,
 * one of weight 0 what a removed one does. In K-vs-all that holds of its share of the query: with K answers of weights w_f, the
 * softmax cross-entropy of the query is Σ w_f/K · CE(f), that of a target in proportion to the weights, times their mean; in the
 * logistic loss each answer counts w_f, and the others, which no answer owns, the mean.
 */
public final class Examples {
    /** Keeps the drawn sides apart from other draws that use the same seed. */
    private static final long SIDE_STREAM = 0x73696465736F6620L;

    private final Facts facts;
    private final TrainingSettings settings;
    private final NegativeSampler sampler;
    private final KnownFacts known;
    private final double[] tailSideProbability;
    private final float[] entityShare;
    private final float[] relationShare;

    /** Derives everything. O(facts). */
    public Examples(Facts facts, TrainingSettings settings) {
        this(facts, facts, settings);
    }

    /**
     * Facts to train on in the light of more that are known. O(known facts).
     *
     * @param facts that are trained on
     * @param all that are known, the others among them: what is no negative, and which entities fit a relation
     */
    Examples(Facts facts, Facts all, TrainingSettings settings) {
        this.facts = facts;
        this.settings = settings;
        Negatives negatives = settings.negatives();
        boolean whole = negatives.regime() == Regime.K_VS_ALL;
        known = negatives.filtered() || whole ? KnownFacts.of(all) : null;
        sampler = sampler(negatives, all, filter());
        tailSideProbability = negatives.sampling() == Sampling.BERNOULLI ? tailSideProbabilities(all) : null;
        boolean counted = !settings.regularizer().frequencyWeighted()
                && !settings.regularizer().isNone();
        entityShare = counted ? entityShares(facts) : null;
        relationShare = counted ? relationShares(facts) : null;
    }

    private Examples(Examples other, NegativeSampler sampler) {
        facts = other.facts;
        settings = other.settings;
        this.sampler = sampler;
        known = other.known;
        tailSideProbability = other.tailSideProbability;
        entityShare = other.entityShare;
        relationShare = other.relationShare;
    }

    /** The same with negatives that another sampler names. */
    Examples with(NegativeSampler other) {
        return new Examples(this, other);
    }

    /** The facts that take no step: the removed ones, and those of weight 0. O(facts) where facts have weights. */
    BitSet resting(BitSet removed) {
        if (!facts.isWeighted()) {
            return removed;
        }
        BitSet resting = (BitSet) removed.clone();
        for (int fact = 0; fact < facts.count(); fact++) {
            if (facts.weight(fact) == 0f) {
                resting.set(fact);
            }
        }
        return resting;
    }

    private NegativeSampler sampler(Negatives negatives, Facts all, KnownFacts filter) {
        return switch (negatives.regime()) {
            case SHARED -> new SharedSampler(facts, filter, settings.seed(), negatives.count());
            case ONE_VS_ALL, K_VS_ALL -> new AllEntities(facts, filter);
            case PER_FACT ->
                negatives.sampling() == Sampling.TYPED
                        ? new TypedSampler(facts, RelationRoles.of(all), filter, settings.seed(), negatives.count())
                        : new UniformSampler(facts, filter, settings.seed(), negatives.count());
        };
    }

    /** The known answers that are no negatives, or null where every other entity is one. */
    KnownFacts filter() {
        if (settings.negatives().regime() == Regime.K_VS_ALL) {
            return settings.loss().normalizesOverCandidates() ? null : known;
        }
        return settings.negatives().filtered() ? known : null;
    }

    public Facts facts() {
        return facts;
    }

    public TrainingSettings settings() {
        return settings;
    }

    NegativeSampler sampler() {
        return sampler;
    }

    /** Whether a fact asks for this side in this epoch. */
    boolean asks(Side side, int fact, int epoch) {
        return switch (settings.negatives().sides()) {
            case BOTH -> true;
            case TAIL -> side == Side.TAIL;
            case HEAD -> side == Side.HEAD;
            case RANDOM -> side == drawnSide(fact, epoch);
        };
    }

    private Side drawnSide(int fact, int epoch) {
        double tail = tailSideProbability == null ? 0.5 : tailSideProbability[facts.relation(fact)];
        long hash = CounterHash.hash(settings.seed() ^ SIDE_STREAM, facts.key(fact), epoch, 0);
        return (hash >>> 11) * 0x1p-53 < tail ? Side.TAIL : Side.HEAD;
    }

    /** By how much the negatives of a fact's query count: the fact's weight, or its share of the query in K-vs-all. */
    float negativeWeight(int fact, Side side) {
        float weight = facts.weight(fact);
        return settings.negatives().regime() == Regime.K_VS_ALL
                ? weight / UniformSampler.answers(known, facts, fact, side).length
                : weight;
    }

    /** By how much the answer of a fact's query counts: as its negatives, unless the loss treats each answer by itself. */
    float positiveWeight(int fact, float negativeWeight) {
        return settings.loss().normalizesOverCandidates() ? negativeWeight : facts.weight(fact);
    }

    /** How much of the penalty of its head's or tail's row a fact bears. */
    float entityPenaltyShare(int fact, int entity) {
        return entityShare == null ? facts.weight(fact) : facts.weight(fact) * entityShare[entity];
    }

    /** How much of the penalty of its relation's row a fact bears. */
    float relationPenaltyShare(int fact) {
        return relationShare == null ? facts.weight(fact) : facts.weight(fact) * relationShare[facts.relation(fact)];
    }

    private static float[] entityShares(Facts facts) {
        float[] shares = new float[facts.entityCount()];
        for (int fact = 0; fact < facts.count(); fact++) {
            shares[facts.head(fact)]++;
            shares[facts.tail(fact)]++;
        }
        return inverses(shares);
    }

    private static float[] relationShares(Facts facts) {
        float[] shares = new float[facts.relationCount()];
        for (int fact = 0; fact < facts.count(); fact++) {
            shares[facts.relation(fact)]++;
        }
        return inverses(shares);
    }

    private static float[] inverses(float[] counts) {
        for (int i = 0; i < counts.length; i++) {
            counts[i] = counts[i] == 0f ? 0f : 1f / counts[i];
        }
        return counts;
    }

    /** Per relation {@code hpt / (tph + hpt)}, heads per tail and tails per head; the head is replaced otherwise. */
    private static double[] tailSideProbabilities(Facts facts) {
        KnownFacts all = KnownFacts.of(facts);
        double[] count = new double[facts.relationCount()];
        double[] distinctHeads = new double[facts.relationCount()];
        double[] distinctTails = new double[facts.relationCount()];
        for (int fact = 0; fact < facts.count(); fact++) {
            int relation = facts.relation(fact);
            count[relation]++;
            distinctHeads[relation] += 1.0 / all.known(Side.TAIL, facts.head(fact), relation).length;
            distinctTails[relation] += 1.0 / all.known(Side.HEAD, facts.tail(fact), relation).length;
        }
        double[] probability = new double[count.length];
        for (int relation = 0; relation < count.length; relation++) {
            double tailsPerHead = count[relation] / Math.max(distinctHeads[relation], 1e-9);
            double headsPerTail = count[relation] / Math.max(distinctTails[relation], 1e-9);
            probability[relation] = count[relation] == 0 ? 0.5 : headsPerTail / (tailsPerHead + headsPerTail);
        }
        return probability;
    }
}
