package io.github.whylink.it.bench;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.ranking.RankingEvaluation;
import io.github.whylink.embedding.scoring.ScoringFunctions;
import io.github.whylink.embedding.train.LearningRate;
import io.github.whylink.embedding.train.LossSettings;
import io.github.whylink.embedding.train.NegativeSides;
import io.github.whylink.embedding.train.Negatives;
import io.github.whylink.embedding.train.Negatives.Regime;
import io.github.whylink.embedding.train.OptimizerSettings;
import io.github.whylink.embedding.train.TrainingSettings;
import java.util.List;

/**
 * A training whose throughput is measured; each is what a comparable program is measured in too.
 *
 * @param text the name on the command line
 * @param mostFacts how many facts an epoch has, so that it takes a part of a second
 * @param epochs how many epochs are compared, or 0 where all epochs cost the same: a negative beyond the margin costs no
 *     update, so that what trains faster would be measured in cheaper epochs
 * @param settings everything but the number of epochs and of threads
 */
record TrainingShape(String text, int mostFacts, int epochs, TrainingSettings settings) {
    private static final List<TrainingShape> ALL = List.of(
            new TrainingShape("shared-complex", 32_768, 0, shared("ComplEx", 64)),
            new TrainingShape("shared-distmult", 32_768, 0, shared("DistMult", 128)),
            new TrainingShape("1vsall-complex", 2048, 0, all("ComplEx", 64)),
            new TrainingShape("1vsall-distmult", 2048, 0, all("DistMult", 128)),
            new TrainingShape("single", 16_384, 0, single()),
            new TrainingShape("transe", Integer.MAX_VALUE, 10, transE()));

    /** A fixed subset over all entities. */
    Facts facts(Facts all) {
        return RankingEvaluation.sample(all, mostFacts);
    }

    /** Whether steps are matrix products, so that kernel and threads matter. */
    boolean batched() {
        return settings.batchSize() > 1;
    }

    static List<String> names() {
        return ALL.stream().map(TrainingShape::text).toList();
    }

    /**
     * Finds a shape by its name.
     *
     * @throws IllegalArgumentException naming the known ones
     */
    static TrainingShape named(String name) {
        return ALL.stream()
                .filter(shape -> shape.text.equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "--shapes: unknown shape '%s'; known are %s".formatted(name, names())));
    }

    /** Both sides of 512 facts against 480 entities that they share; rows of 128 floats. */
    private static TrainingSettings shared(String scorer, int dimension) {
        return builder(scorer, dimension, "Adagrad", 0.1f)
                .batchSize(512)
                .negatives(Negatives.shared(480, NegativeSides.BOTH))
                .build();
    }

    /** Both sides of 512 facts against all entities; rows of 128 floats. */
    private static TrainingSettings all(String scorer, int dimension) {
        return builder(scorer, dimension, "Adagrad", 0.1f)
                .batchSize(512)
                .negatives(Negatives.all(Regime.ONE_VS_ALL, NegativeSides.BOTH))
                .build();
    }

    /** One fact a step, its tail against 500 entities of its own. */
    private static TrainingSettings single() {
        return builder("DistMult", 100, "SGD", 0.1f)
                .negatives(Negatives.perFact(500, NegativeSides.TAIL))
                .build();
    }

    /** TransE as in Fast-TransX: one fact a step, one negative on a random side, margin 1. */
    private static TrainingSettings transE() {
        return builder("TransE-L1", 100, "SGD", 0.001f)
                .negatives(Negatives.perFact(1, NegativeSides.RANDOM))
                .loss(LossSettings.of("margin").create())
                .build();
    }

    private static TrainingSettings.Builder builder(String scorer, int dimension, String optimizer, float rate) {
        return TrainingSettings.of(ScoringFunctions.named(scorer), dimension)
                .loss(LossSettings.of("softmax").create())
                .optimizer(new OptimizerSettings(optimizer, LearningRate.constant(rate), 0.1f))
                .initialScale(0.1f)
                .seed(1);
    }
}
