package io.github.whylink.embedding.train;

import io.github.whylink.embedding.scoring.ScoringFunction;
import io.github.whylink.embedding.train.Negatives.Regime;

/**
 * Everything that decides the result of a training, and {@code concurrency}, which does not.
 *
 * @param scoringFunction the model
 * @param dimension see {@link ScoringFunction#entityWidth}, at least 1
 * @param epochs passes over the facts, at least 1; schedules of the learning rate end with them
 * @param batchSize facts per step, at least 1; gradients of a batch are summed
 * @param negatives what each fact is held against
 * @param loss of a positive and its negatives
 * @param regularizer the penalty on a fact's own rows, part of its loss
 * @param dropout on the rows that make a query
 * @param optimizer with its learning rate
 * @param initialScale initial rows are uniform in ±this
 * @param seed of the initial rows, the order of the facts, the negatives and the dropout
 * @param concurrency threads; the same bits come out whatever it is
 */
public record TrainingSettings(
        ScoringFunction scoringFunction,
        int dimension,
        int epochs,
        int batchSize,
        Negatives negatives,
        Loss loss,
        Regularizer regularizer,
        Dropout dropout,
        OptimizerSettings optimizer,
        float initialScale,
        long seed,
        int concurrency) {
    /**
     * Checks ranges and what does not go together.
     *
     * @throws IllegalArgumentException naming the reason
     */
    public TrainingSettings {
        requirePositive("dimension", dimension);
        requirePositive("epochs", epochs);
        requirePositive("batchSize", batchSize);
        requirePositive("concurrency", concurrency);
        if (!(initialScale > 0) || Float.isInfinite(initialScale)) {
            throw new IllegalArgumentException("initialScale must be above 0, but is " + initialScale);
        }
        if (scoringFunction.reciprocal()
                && (negatives.sides() == NegativeSides.TAIL || negatives.sides() == NegativeSides.HEAD)) {
            throw new IllegalArgumentException(
                    "with reciprocal relations the two sides have relation rows of their own, and negatives on the side '%s' alone would never train the others: ask for both sides or a random one"
                            .formatted(negatives.sides()));
        }
        if (negatives.regime() == Regime.K_VS_ALL && !loss.sharesNegatives()) {
            throw new IllegalArgumentException(
                    "the loss '%s' compares each answer with each negative and cannot be shared by the answers of a query, as the regime KvsAll asks: use softmax or logistic, or the regime 1vsAll"
                            .formatted(loss.name()));
        }
    }

    /** A training of a model with common settings, to be changed by the methods of the builder. */
    public static Builder of(ScoringFunction function, int dimension) {
        return new Builder(function, dimension);
    }

    /** A builder that starts from these settings. */
    public Builder with() {
        Builder builder = new Builder(scoringFunction, dimension);
        builder.epochs = epochs;
        builder.batchSize = batchSize;
        builder.negatives = negatives;
        builder.loss = loss;
        builder.regularizer = regularizer;
        builder.dropout = dropout;
        builder.optimizer = optimizer;
        builder.initialScale = initialScale;
        builder.seed = seed;
        builder.concurrency = concurrency;
        return builder;
    }

    /** The same settings with another seed. */
    public TrainingSettings withSeed(long other) {
        return with().seed(other).build();
    }

    /** Floats in an entity row. */
    public int entityWidth() {
        return scoringFunction.entityWidth(dimension);
    }

    /** Floats in a relation row. */
    public int relationWidth() {
        return scoringFunction.relationWidth(dimension);
    }

    private static void requirePositive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException("%s must be at least 1, but is %d".formatted(name, value));
        }
    }

    /** Settings in the making. */
    public static final class Builder {
        private final ScoringFunction scoringFunction;
        private final int dimension;
        private int epochs = 10;
        private int batchSize = 1;
        private Negatives negatives = Negatives.perFact(10, NegativeSides.BOTH);
        private Loss loss = new SoftmaxCrossEntropy();
        private Regularizer regularizer = Regularizer.NONE;
        private Dropout dropout = Dropout.NONE;
        private OptimizerSettings optimizer = new OptimizerSettings("Adagrad", LearningRate.constant(0.1f), 0.1f);
        private float initialScale = 0.1f;
        private long seed = 42;
        private int concurrency = 1;

        private Builder(ScoringFunction scoringFunction, int dimension) {
            this.scoringFunction = scoringFunction;
            this.dimension = dimension;
        }

        public Builder epochs(int value) {
            epochs = value;
            return this;
        }

        public Builder batchSize(int value) {
            batchSize = value;
            return this;
        }

        public Builder negatives(Negatives value) {
            negatives = value;
            return this;
        }

        public Builder loss(Loss value) {
            loss = value;
            return this;
        }

        public Builder regularizer(Regularizer value) {
            regularizer = value;
            return this;
        }

        public Builder dropout(Dropout value) {
            dropout = value;
            return this;
        }

        public Builder optimizer(OptimizerSettings value) {
            optimizer = value;
            return this;
        }

        public Builder initialScale(float value) {
            initialScale = value;
            return this;
        }

        public Builder seed(long value) {
            seed = value;
            return this;
        }

        public Builder concurrency(int value) {
            concurrency = value;
            return this;
        }

        public TrainingSettings build() {
            return new TrainingSettings(
                    scoringFunction,
                    dimension,
                    epochs,
                    batchSize,
                    negatives,
                    loss,
                    regularizer,
                    dropout,
                    optimizer,
                    initialScale,
                    seed,
                    concurrency);
        }
    }
}
