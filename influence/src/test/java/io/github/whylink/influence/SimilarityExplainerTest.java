package io.github.whylink.influence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.Parameters.Table;
import io.github.whylink.embedding.testing.RandomFacts;
import io.github.whylink.embedding.testing.Settings;
import io.github.whylink.embedding.testing.Tolerance;
import io.github.whylink.embedding.train.ExampleGradient;
import io.github.whylink.embedding.train.Examples;
import io.github.whylink.embedding.train.RowGradients;
import io.github.whylink.embedding.train.TrainingMonitor;
import io.github.whylink.embedding.train.TrainingObserver;
import org.junit.jupiter.api.Test;

class SimilarityExplainerTest {
    private final Facts facts = RandomFacts.of(60, 12, 3, 6);

    @Test
    void influencesAreTheCosinesOfTheTwoGradients() {
        TrainedModel trained =
                TrainedModel.train(facts, Settings.small().build(), TrainingObserver.NONE, TrainingMonitor.NONE);
        Parameters parameters = trained.model().parameters();
        Link link = new Link(2, 1, 9);
        Parameters probability = Parameters.zerosLike(parameters);
        new ProbabilityGradient(trained.model()).add(link, probability);
        ExampleGradient gradients = new ExampleGradient(new Examples(facts, trained.settings()));
        FactInfluences explained = new SimilarityExplainer(trained, TrainingMonitor.NONE).explain(link);
        for (int fact = 0; fact < facts.count(); fact++) {
            RowGradients gradient = RowGradients.shapedLike(parameters);
            gradients.add(parameters, fact, trained.epochs() - 1, fact, gradient);
            double product = 0;
            double ofLink = 0;
            double ofFact = 0;
            for (Table table : Table.values()) {
                for (int id = 0; id < parameters.table(table).length; id++) {
                    float[] a = probability.row(table, id);
                    float[] b = gradient.row(table, id);
                    for (int i = 0; i < a.length; i++) {
                        product -= a[i] * b[i];
                        ofLink += a[i] * a[i];
                        ofFact += b[i] * b[i];
                    }
                }
            }
            assertEquals(
                    product / Math.sqrt(ofLink * ofFact), explained.influence(fact), 10 * Tolerance.FLOAT_ARITHMETIC);
            assertTrue(Math.abs(explained.influence(fact)) <= 1 + Tolerance.FLOAT_ARITHMETIC);
        }
    }
}
