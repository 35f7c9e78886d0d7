package io.github.whylink.embedding.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.Parameters.Table;
import io.github.whylink.embedding.scoring.ScoringFunctions;
import io.github.whylink.embedding.testing.RandomFacts;
import io.github.whylink.embedding.testing.Settings;
import io.github.whylink.embedding.testing.Tolerance;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SingleFactsTest {
    /** Few entities, so that negatives repeat, hit the fact's own rows, and are drawn for both sides. */
    private final Facts facts = RandomFacts.of(40, 6, 3, 3);

    static List<TrainingSettings> settings() {
        List<TrainingSettings> all = new ArrayList<>();
        for (String scorer : ScoringFunctions.names()) {
            for (NegativeSides sides : NegativeSides.values()) {
                all.add(Settings.small().scorer(scorer).sides(sides).epochs(1).build());
            }
        }
        for (String loss : LossSettings.names()) {
            all.add(Settings.small().scorer("TransE").loss(loss).epochs(1).build());
        }
        for (String optimizer : OptimizerSettings.names()) {
            all.add(Settings.small().optimizer(optimizer).epochs(1).build());
        }
        all.add(Settings.small()
                .scorer("ComplEx")
                .epochs(1)
                .builder()
                .dropout(new Dropout(0.4f, 0.1f))
                .regularizer(new Regularizer("N3", 0.1f, 0.2f, false))
                .build());
        return all;
    }

    /** The definition, step by step: the example's gradient written down, then one update of each row. */
    @ParameterizedTest
    @MethodSource("settings")
    void everyStepIsThatOfTheExampleGradient(TrainingSettings settings) {
        List<Integer> order = new ArrayList<>();
        Parameters trained = Trainer.train(
                facts, settings, (fact, head, relation, tail, optimizer) -> order.add(fact), TrainingMonitor.NONE);

        Parameters expected = Trainer.initialParameters(facts, settings);
        Optimizer optimizer = settings.optimizer().create(expected);
        ExampleGradient example = new ExampleGradient(new Examples(facts, settings));
        RowGradients gradient = RowGradients.shapedLike(expected);
        // A fact that pulls nothing takes no step and is not shown.
        assertTrue(order.size() > facts.count() / 2, order.size() + " facts");
        for (int step = 0; step < order.size(); step++) {
            gradient.clear();
            example.add(expected, order.get(step), 0, step, gradient);
            optimizer.beginStep(step, settings.optimizer().learningRate().at(step, facts.count()));
            for (Table table : Table.values()) {
                for (int i = 0; i < gradient.count(table); i++) {
                    int id = gradient.id(table, i);
                    optimizer.update(table, id, expected.row(table, id), gradient.values(table, i));
                }
            }
            optimizer.endStep(expected, gradient, TrainingObserver.NONE);
        }
        for (Table table : Table.values()) {
            for (int id = 0; id < expected.table(table).length; id++) {
                for (int i = 0; i < expected.row(table, id).length; i++) {
                    assertEquals(expected.row(table, id)[i], trained.row(table, id)[i], Tolerance.SUMMED_UPDATES);
                }
            }
        }
    }
}
