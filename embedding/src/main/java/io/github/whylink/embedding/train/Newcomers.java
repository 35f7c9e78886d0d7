package io.github.whylink.embedding.train;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.Side;
import io.github.whylink.embedding.kernel.CounterHash;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.Parameters.Table;
import io.github.whylink.embedding.train.Negatives.Regime;
import io.github.whylink.embedding.train.Negatives.Sampling;
import java.util.Arrays;
import java.util.BitSet;
import java.util.stream.IntStream;

/**
 * Gives entities that a model does not know their rows, while every other row stays what it is.
 *
 * <pre>
 * rows of the newcomers ← as a new training would begin
 * train, with the settings of the model's training, moving only the rows of newcomers, on
 *   the facts that name a newcomer, against negatives as in the training
 *   some of the other facts, the witnesses, against newcomers; each weighs as many as it stands for
 * </pre>
 *
 * <p>Each row then minimises the model's own loss, given the model. Without witnesses nothing would keep a newcomer from being
 * the best answer to questions that it has nothing to do with: in a training, the facts of all others do. What witnesses do to a
 * newcomer's row is no fact's of that row, as with any negative. What is known of all facts decides which answers are no negatives
 * and which entities fit a relation, as it did in the training. O(epochs · (facts of newcomers + witnesses)), and memory as for a
 * training of the model.
 */
public final class Newcomers {
    /** Keeps the choice of witnesses and their negatives apart from other draws of the same seed. */
    private static final long STREAM = 0x7769746E65737365L;

    /** Fewer do not ask all kinds of questions. */
    private static final int LEAST_WITNESSES = 2_000;

    /** How many facts a witness stands for at most: more at a time would throw a row far out. */
    private static final int MOST_WEIGHT = 16;

    private Newcomers() {}

    /** Indexes of the facts that name a newcomer, ascending. */
    public static int[] factsOf(Facts all, BitSet newcomers) {
        return IntStream.range(0, all.count())
                .filter(fact -> newcomers.get(all.head(fact)) || newcomers.get(all.tail(fact)))
                .toArray();
    }

    /** How many witnesses there should be among so many facts. */
    public static int witnesses(int allFacts) {
        return Math.max(LEAST_WITNESSES, allFacts / MOST_WEIGHT);
    }

    /**
     * Trains the rows of newcomers.
     *
     * @param all facts that are known, of newcomers and others
     * @param ofModel settings of the model's training, of which a newcomer's differs: in its epochs; in the rate, whose warm-up and
     *     decay in stairs count the steps of a whole training and are left out; in batches that are smaller by as much as there are
     *     fewer facts, so that a row moves as often in an epoch as it did in the training; and in a draw of negatives for each
     *     fact where a batch shared one
     * @param learningRate the highest rate
     * @param rows of the model, those of newcomers as they are to begin. Not modified.
     * @param newcomers the entities whose rows are to move, at least one of them with a fact. Not modified.
     * @param witnesses how many of the other facts to train against newcomers, at most
     * @param observer sees what each of {@link #factsOf} does to the rows of newcomers, numbered in that order; its gradients on
     *     other rows have no share in any step
     * @return all rows, of which only those of newcomers differ
     */
    public static Parameters train(
            Facts all,
            TrainingSettings ofModel,
            int epochs,
            float learningRate,
            Parameters rows,
            BitSet newcomers,
            int witnesses,
            TrainingObserver observer,
            TrainingMonitor monitor) {
        int[] theirs = factsOf(all, newcomers);
        int[] trained = IntStream.concat(
                        Arrays.stream(theirs), Arrays.stream(witnesses(all, newcomers, witnesses, ofModel.seed())))
                .toArray();
        Facts unweighed = all.select(trained);
        TrainingSettings settings = settings(ofModel, epochs, learningRate, unweighed.count(), all.count());
        float weight = weight(all, settings.negatives(), theirs.length, trained.length);
        Facts facts = unweighed.withWeights(weights(unweighed, theirs.length, weight));
        Trainer.requireTrainable(facts, settings, observer);
        Examples examples = new Examples(facts, all, settings);
        return Trainer.trainFrom(
                Beginning.at(rows, newcomers),
                epochs,
                examples.with(
                        settings.negatives().regime() == Regime.PER_FACT
                                ? new Sampler(facts, theirs.length, newcomers, examples, settings)
                                : examples.sampler()),
                new OfNewcomers(observer, theirs.length),
                monitor);
    }

    /**
     * How many meetings of a newcomer with a fact of others one with a witness stands for: as many as there were in an epoch of the
     * training, by the expected number of draws, divided by those that there are here.
     */
    private static float weight(Facts all, Negatives negatives, int facts, int trained) {
        double share = negatives.regime().all() ? 1 : Math.min(1, (double) negatives.count() / all.entityCount());
        return (float) Math.min(MOST_WEIGHT, share * (all.count() - facts) / Math.max(1, trained - facts));
    }

    /** The facts' own, those of witnesses, which come last, times what each stands for. */
    private static float[] weights(Facts facts, int firstWitness, float weight) {
        float[] weights = new float[facts.count()];
        for (int fact = 0; fact < weights.length; fact++) {
            weights[fact] = fact < firstWitness ? facts.weight(fact) : weight * facts.weight(fact);
        }
        return weights;
    }

    private static TrainingSettings settings(
            TrainingSettings ofModel, int epochs, float learningRate, int facts, int allFacts) {
        OptimizerSettings optimizer = ofModel.optimizer();
        String schedule = optimizer.learningRate().schedule();
        Negatives negatives = ofModel.negatives();
        return ofModel.with()
                .epochs(epochs)
                .batchSize((int) Math.max(1, Math.round((double) ofModel.batchSize() * facts / allFacts)))
                .negatives(
                        negatives.regime() == Regime.SHARED
                                ? new Negatives(
                                        Regime.PER_FACT,
                                        negatives.count(),
                                        negatives.sides(),
                                        Sampling.UNIFORM,
                                        negatives.filtered())
                                : negatives)
                .optimizer(new OptimizerSettings(
                        optimizer.name(),
                        new LearningRate(schedule.equals("step") ? "constant" : schedule, learningRate, 1f, 1, 0),
                        optimizer.initialAccumulator(),
                        optimizer.maxGradientNorm()))
                .build();
    }

    /** The other facts of the smallest hashes, ascending; of equal hashes all or none. */
    private static int[] witnesses(Facts all, BitSet newcomers, int most, long seed) {
        int[] others = IntStream.range(0, all.count())
                .filter(fact -> !newcomers.get(all.head(fact)) && !newcomers.get(all.tail(fact)))
                .toArray();
        if (others.length <= most) {
            return others;
        }
        long[] hashes = new long[others.length];
        for (int i = 0; i < hashes.length; i++) {
            hashes[i] = CounterHash.hash(seed ^ STREAM, all.key(others[i]), 0, 0);
        }
        long[] ascending = hashes.clone();
        Arrays.sort(ascending);
        long firstOut = ascending[most];
        return IntStream.range(0, others.length)
                .filter(i -> hashes[i] < firstOut)
                .map(i -> others[i])
                .toArray();
    }

    /** Holds witnesses against newcomers, each once at most, and facts of newcomers against whatever the training did. */
    private static final class Sampler implements NegativeSampler {
        private final Facts facts;
        private final int ofNewcomers;
        private final int[] newcomers;
        private final Examples examples;
        private final long seed;

        Sampler(Facts facts, int ofNewcomers, BitSet newcomers, Examples examples, TrainingSettings settings) {
            this.facts = facts;
            this.ofNewcomers = ofNewcomers;
            this.newcomers = newcomers.stream().toArray();
            this.examples = examples;
            seed = settings.seed() ^ STREAM;
        }

        @Override
        public int limit() {
            return examples.sampler().limit();
        }

        @Override
        public int sample(int fact, int epoch, int batch, Side side, int[] out) {
            if (fact < ofNewcomers) {
                return examples.sampler().sample(fact, epoch, batch, side, out);
            }
            int count = Math.min(limit(), newcomers.length);
            long purpose = 2L * epoch + (side == Side.TAIL ? 1 : 0);
            int first = CounterHash.bounded(CounterHash.hash(seed, facts.key(fact), purpose, 1), newcomers.length);
            for (int j = 0; j < count; j++) {
                out[j] = newcomers[(first + j) % newcomers.length];
            }
            return SharedSampler.without(facts, examples.filter(), fact, side, out, count);
        }
    }

    /** Does not see witnesses: none of their own rows moves. */
    private record OfNewcomers(TrainingObserver observer, int ofNewcomers) implements TrainingObserver {
        @Override
        public void stepped(
                int fact, float[] headGradient, float[] relationGradient, float[] tailGradient, Optimizer optimizer) {
            if (fact < ofNewcomers) {
                observer.stepped(fact, headGradient, relationGradient, tailGradient, optimizer);
            }
        }

        @Override
        public boolean observesFacts() {
            return observer.observesFacts();
        }

        @Override
        public boolean observesElsewhere() {
            return observer.observesElsewhere();
        }

        @Override
        public void steppedElsewhere(Table table, int index, float[] gradient, Optimizer optimizer) {
            observer.steppedElsewhere(table, index, gradient, optimizer);
        }

        @Override
        public void drifted(Table table, int index, float[] applied) {
            observer.drifted(table, index, applied);
        }

        @Override
        public void restarted() {
            observer.restarted();
        }
    }
}
