package io.github.whylink.embedding.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.Parameters.Table;
import io.github.whylink.embedding.testing.RandomFacts;
import io.github.whylink.embedding.testing.Settings;
import io.github.whylink.embedding.testing.Tolerance;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class OwnRowGradientsTest {
    private final Facts facts = RandomFacts.of(60, 20, 3, 4);

    @Test
    void theGradientsAreThoseOfTheFactsAndNoRowMoves() {
        for (Negatives.Regime regime :
                List.of(Negatives.Regime.PER_FACT, Negatives.Regime.SHARED, Negatives.Regime.ONE_VS_ALL)) {
            Negatives negatives = new Negatives(regime, 5, NegativeSides.BOTH, Negatives.Sampling.UNIFORM, false);
            TrainingSettings settings =
                    Settings.small().builder().negatives(negatives).build();
            Examples examples = new Examples(facts, settings);
            Parameters parameters = Trainer.initialParameters(facts, settings);
            Parameters before = parameters.copy();
            ExampleGradient slow = new ExampleGradient(examples);
            int[] some = {3, 8, 21, 40, 59};
            BitSet seen = new BitSet();
            try (OwnRowGradients gradients = new OwnRowGradients(examples, parameters, 4, TrainingMonitor.NONE)) {
                gradients.visit(some, 1, 5, 2, 6, (fact, head, relation, tail) -> {
                    RowGradients expected = RowGradients.shapedLike(parameters);
                    slow.add(parameters, fact, 2, 6, expected);
                    assertArrayEquals(
                            expected.row(Table.ENTITIES, facts.head(fact)), head, (float) Tolerance.FLOAT_ARITHMETIC);
                    assertArrayEquals(expected.row(Table.RELATIONS, facts.relation(fact)), relation, (float)
                            Tolerance.FLOAT_ARITHMETIC);
                    assertArrayEquals(
                            expected.row(Table.ENTITIES, facts.tail(fact)), tail, (float) Tolerance.FLOAT_ARITHMETIC);
                    seen.set(fact);
                });
            }
            assertEquals(4, seen.cardinality(), regime.toString());
            for (Table table : Table.values()) {
                assertArrayEquals(before.table(table), parameters.table(table));
            }
        }
    }
}
