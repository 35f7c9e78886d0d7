package io.github.whylink.embedding.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.github.whylink.embedding.scoring.Parameters.Table;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RowGradientsTest {
    @Test
    void rowsAddUpLikeAMapAndAreEmptyAfterClear() {
        Random random = new Random(2);
        RowGradients gradients = new RowGradients(1, 1);
        for (int round = 0; round < 20; round++) {
            Map<Integer, Float> expected = new HashMap<>();
            int touches = random.nextInt(400);
            for (int i = 0; i < touches; i++) {
                int id = random.nextInt(1_000_000) & ~0xFF;
                gradients.row(Table.ENTITIES, id)[0] += i;
                expected.merge(id, (float) i, Float::sum);
            }
            assertEquals(expected.size(), gradients.count(Table.ENTITIES));
            expected.forEach((id, value) -> assertEquals(value, gradients.rowIfTouched(Table.ENTITIES, id)[0]));
            assertNull(gradients.rowIfTouched(Table.ENTITIES, 1));
            assertNull(gradients.rowIfTouched(Table.RELATIONS, 0));
            gradients.clear();
            assertEquals(0, gradients.count(Table.ENTITIES));
        }
    }
}
