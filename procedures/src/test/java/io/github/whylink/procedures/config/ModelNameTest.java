package io.github.whylink.procedures.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class ModelNameTest {
    @Test
    void aNameMakesPropertyKeys() {
        ModelName name = new ModelName("atlas_2");
        assertEquals("whylink_atlas_2", name.embeddingKey());
        assertEquals("whylink_atlas_2_influence", name.influenceKey());
        assertEquals("whylink_atlas_2_rollback", name.rollbackKey());
        assertEquals("whylink__2_atlas_2", name.secondEmbeddingKey());
    }

    @Test
    void namesThatWouldNeedQuotingOrClashAreRefused() {
        for (String name : Arrays.asList(
                null, "", "2nd", "my model", "ärger", "a`b", "a".repeat(64), "a_rollback", "a_influence")) {
            assertThrows(IllegalArgumentException.class, () -> new ModelName(name), name);
        }
    }
}
