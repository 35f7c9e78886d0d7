package io.github.whylink.influence;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.whylink.embedding.facts.Side;
import io.github.whylink.embedding.ranking.Softmax;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.Parameters.Table;
import io.github.whylink.embedding.scoring.ScoringFunction;
import io.github.whylink.embedding.scoring.ScoringFunctions;
import io.github.whylink.embedding.testing.Tolerance;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ProbabilityGradientTest {
    private static final int ENTITIES = 9;
    private static final int RELATIONS = 2;
    private static final int DIMENSION = 4;
    private static final float STEP = 1e-2f;

    private final Random random = new Random(3);

    static List<ScoringFunction> functions() {
        List<ScoringFunction> functions = new ArrayList<>(ScoringFunctions.all());
        functions.add(ScoringFunctions.named("ComplEx", true));
        return functions;
    }

    /** On a grid on which no difference of an entity's and a translated entity's number is near the kink of the L1 norm. */
    private EmbeddingModel model(ScoringFunction function) {
        Parameters parameters = Parameters.initial(function, DIMENSION, ENTITIES, RELATIONS, 1, 7);
        for (Table table : Table.values()) {
            for (float[] row : parameters.table(table)) {
                for (int i = 0; i < row.length; i++) {
                    row[i] = 0.25f * (random.nextInt(9) - 4) + (table == Table.RELATIONS ? 0.125f : 0f);
                }
            }
        }
        return new EmbeddingModel(function, parameters);
    }

    private static double probability(EmbeddingModel model, Link link) {
        float[] scores = new float[model.entityCount()];
        float[] query = new float[model.parameters().entities()[0].length];
        model.scores(Side.TAIL, link.head(), link.relation(), query, scores);
        return Softmax.probability(scores, link.tail());
    }

    @ParameterizedTest
    @MethodSource("functions")
    void itIsTheGradientOfTheProbability(ScoringFunction function) {
        EmbeddingModel model = model(function);
        for (Link link : List.of(new Link(0, 1, 3), new Link(5, 0, 5))) {
            Parameters gradient = Parameters.zerosLike(model.parameters());
            assertEquals(
                    probability(model, link),
                    new ProbabilityGradient(model).add(link, gradient),
                    Tolerance.PROBABILITY);
            for (Table table : Table.values()) {
                for (int id = 0; id < model.parameters().table(table).length; id++) {
                    float[] row = model.parameters().row(table, id);
                    for (int i = 0; i < row.length; i++) {
                        float before = row[i];
                        row[i] = before + STEP;
                        double more = probability(model, link);
                        row[i] = before - STEP;
                        double less = probability(model, link);
                        row[i] = before;
                        double expected = (more - less) / (2 * STEP);
                        assertEquals(expected, gradient.row(table, id)[i], Tolerance.FINITE_DIFFERENCE);
                    }
                }
            }
        }
    }

    /** Probabilities sum to 1, whatever the parameters are. */
    @ParameterizedTest
    @MethodSource("functions")
    void theGradientsOfAllAnswersCancel(ScoringFunction function) {
        EmbeddingModel model = model(function);
        ProbabilityGradient probability = new ProbabilityGradient(model);
        Parameters gradient = Parameters.zerosLike(model.parameters());
        double sum = 0;
        for (int tail = 0; tail < ENTITIES; tail++) {
            sum += probability.add(new Link(2, 1, tail), gradient);
        }
        assertEquals(1, sum, Tolerance.PROBABILITY);
        for (Table table : Table.values()) {
            for (float[] row : gradient.table(table)) {
                for (float number : row) {
                    assertEquals(0, number, Tolerance.FLOAT_ARITHMETIC);
                }
            }
        }
    }
}
