package io.github.whylink.influence.tracin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.Parameters.Table;
import io.github.whylink.embedding.testing.RandomFacts;
import io.github.whylink.embedding.testing.Settings;
import io.github.whylink.embedding.testing.Tolerance;
import io.github.whylink.embedding.train.ExampleGradient;
import io.github.whylink.embedding.train.Examples;
import io.github.whylink.embedding.train.FactOrder;
import io.github.whylink.embedding.train.LearningRate;
import io.github.whylink.embedding.train.NegativeSides;
import io.github.whylink.embedding.train.Negatives;
import io.github.whylink.embedding.train.Negatives.Regime;
import io.github.whylink.embedding.train.Negatives.Sampling;
import io.github.whylink.embedding.train.OptimizerSettings;
import io.github.whylink.embedding.train.RowGradients;
import io.github.whylink.embedding.train.Trainer;
import io.github.whylink.embedding.train.TrainingMonitor;
import io.github.whylink.embedding.train.TrainingObserver;
import io.github.whylink.embedding.train.TrainingSettings;
import io.github.whylink.influence.FactInfluences;
import io.github.whylink.influence.Link;
import io.github.whylink.influence.ProbabilityGradient;
import io.github.whylink.influence.TrainedModel;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TracInExplainerTest {
    private static final int BATCH = 8;

    private final Facts facts = RandomFacts.of(60, 12, 3, 6);
    private final List<Link> links = List.of(new Link(2, 1, 9), new Link(7, 2, 7));

    private TrainedModel train(Regime regime) {
        TrainingSettings settings = Settings.small()
                .batchSize(BATCH)
                .epochs(3)
                .builder()
                .negatives(new Negatives(regime, 4, NegativeSides.BOTH, Sampling.UNIFORM, false))
                .optimizer(new OptimizerSettings("SGD", new LearningRate("linear", 0.1f, 1f, 1, 4), 0f))
                .build();
        return TrainedModel.train(facts, settings, TrainingObserver.NONE, TrainingMonitor.NONE);
    }

    /** Shows the definition's rate, parameters and gradient of each fact after each epoch, slowly. */
    private interface Checkpoints {
        void see(int fact, double rate, Parameters parameters, RowGradients gradient);
    }

    private void visit(TrainedModel trained, Checkpoints checkpoints) {
        TrainingSettings settings = trained.settings();
        long steps = (facts.count() + BATCH - 1L) / BATCH;
        ExampleGradient gradients = new ExampleGradient(new Examples(facts, settings));
        for (int epoch = 0; epoch < trained.epochs(); epoch++) {
            Parameters parameters = Trainer.trainFirst(
                    epoch + 1, facts, settings, new BitSet(), TrainingObserver.NONE, TrainingMonitor.NONE);
            double rate = settings.optimizer().learningRate().at((epoch + 1) * steps - 1, steps * settings.epochs());
            int[] order = new FactOrder(facts, settings.seed()).of(epoch).clone();
            for (int i = 0; i < order.length; i++) {
                RowGradients gradient = RowGradients.shapedLike(parameters);
                gradients.add(parameters, order[i], epoch, i / BATCH, gradient);
                checkpoints.see(order[i], rate, parameters, gradient);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Regime.class)
    void influencesFollowTheDefinition(Regime regime) {
        TrainedModel trained = train(regime);
        FactInfluences[] explained = new TracInExplainer(trained, TrainingMonitor.NONE).explainAll(links);
        for (int k = 0; k < links.size(); k++) {
            Link link = links.get(k);
            double[] expected = new double[facts.count()];
            visit(trained, (fact, rate, parameters, gradient) -> {
                Parameters ofProbability = Parameters.zerosLike(parameters);
                new ProbabilityGradient(new EmbeddingModel(trained.settings().scoringFunction(), parameters))
                        .add(link, ofProbability);
                for (Table table : Table.values()) {
                    for (int id = 0; id < ofProbability.table(table).length; id++) {
                        float[] row = gradient.rowIfTouched(table, id);
                        for (int i = 0; row != null && i < row.length; i++) {
                            expected[fact] -= rate * ofProbability.row(table, id)[i] * row[i];
                        }
                    }
                }
            });
            for (int fact = 0; fact < expected.length; fact++) {
                assertEquals(expected[fact], explained[k].influence(fact), Tolerance.FLOAT_ARITHMETIC);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Regime.class)
    void selfInfluenceFollowsTheDefinition(Regime regime) {
        TrainedModel trained = train(regime);
        double[] expected = new double[facts.count()];
        visit(trained, (fact, rate, parameters, gradient) -> {
            for (Table table : Table.values()) {
                for (int i = 0; i < gradient.count(table); i++) {
                    for (float number : gradient.values(table, i)) {
                        expected[fact] += rate * number * number;
                    }
                }
            }
        });
        double[] measured = new TracInExplainer(trained, TrainingMonitor.NONE).selfInfluence();
        for (int fact = 0; fact < expected.length; fact++) {
            assertTrue(expected[fact] > 0);
            assertEquals(expected[fact], measured[fact], Tolerance.FLOAT_ARITHMETIC * Math.max(1, expected[fact]));
        }
    }
}
