package io.github.whylink.embedding.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

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
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ExampleGradientTest {
    private static final float STEP = 5e-3f;

    static List<Arguments> smoothCombinations() {
        List<Arguments> combinations = new ArrayList<>();
        for (String scorer : ScoringFunctions.names()) {
            for (String loss : List.of("softmax", "logistic")) {
                for (NegativeSides sides : NegativeSides.values()) {
                    // The kinks of the L1 norm are left to the contract test of the scoring functions.
                    if (!scorer.equals("TransE-L1")) {
                        combinations.add(Arguments.of(scorer, loss, sides));
                    }
                }
            }
        }
        return combinations;
    }

    /** Every row of the tables is moved, so that a row that is missing in the gradient shows, self-loops included. */
    @ParameterizedTest
    @MethodSource("smoothCombinations")
    void theGradientIsTheFiniteDifferenceOfTheLoss(String scorer, String loss, NegativeSides sides) {
        Facts facts = RandomFacts.of(12, 4, 2, 1);
        TrainingSettings settings =
                Settings.small().scorer(scorer).loss(loss).sides(sides).build();
        ExampleGradient example = new ExampleGradient(new Examples(facts, settings));
        Parameters parameters = Trainer.initialParameters(facts, settings);
        RowGradients gradient = RowGradients.shapedLike(parameters);
        RowGradients scratch = RowGradients.shapedLike(parameters);
        for (int fact = 0; fact < facts.count(); fact++) {
            gradient.clear();
            example.add(parameters, fact, 2, 0, gradient);
            for (Table table : Table.values()) {
                for (int id = 0; id < parameters.table(table).length; id++) {
                    float[] row = parameters.row(table, id);
                    float[] computed = gradient.rowIfTouched(table, id);
                    for (int i = 0; i < row.length; i++) {
                        float value = row[i];
                        row[i] = value + STEP;
                        double above = example.add(parameters, fact, 2, 0, scratch);
                        row[i] = value - STEP;
                        double below = example.add(parameters, fact, 2, 0, scratch);
                        row[i] = value;
                        assertEquals(
                                (above - below) / (2 * STEP),
                                computed == null ? 0 : computed[i],
                                Tolerance.FINITE_DIFFERENCE);
                    }
                }
            }
        }
    }
}
