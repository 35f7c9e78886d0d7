package io.github.whylink.procedures.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.embedding.ranking.BestLinks.Order;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class LinksConfigurationTest {
    @Test
    void byDefaultTenLinksOfAllTypesAreFoundByProbability() {
        LinksConfiguration read = LinksConfiguration.forRows(null);
        assertEquals(List.of("*"), read.relationshipTypes());
        assertEquals(10, read.topK());
        assertEquals(Order.PROBABILITY, read.order());
        assertEquals(Double.NEGATIVE_INFINITY, read.threshold());
    }

    @Test
    void keysAreReadWhateverTheirCase() {
        LinksConfiguration read = LinksConfiguration.forWriting(
                Map.of("WRITETYPE", "MAY BE", "TopK", 3.0, "orderby", "SCORE", "sourcelabels", "Person"));
        assertEquals("MAY BE", read.writeType());
        assertEquals(3, read.topK());
        assertEquals(Order.SCORE, read.order());
        assertEquals(List.of("Person"), read.sourceLabels());
    }

    @Test
    void aTypeThatCannotBeWrittenIsRefused() {
        for (Object type : Arrays.asList("", " ", "_Whylink_Y", "a\0b", "x".repeat(1_001), 1L, List.of("A"))) {
            refused(type, "'writeType' must be the name of a relationship type");
        }
        refused(null, "'writeType' must be the name of a relationship type", "but is null");
    }

    @Test
    void anErrorIsShortHoweverLongTheValueIs() {
        Object deep = "deep";
        for (int i = 0; i < 5_000; i++) {
            deep = List.of(deep);
        }
        for (Object value : List.of("x".repeat(1_000_000), deep, Map.of("k".repeat(1_000_000), deep))) {
            String message = refused(value, "'writeType' must be", "…");
            assertTrue(message.length() < 500, message);
        }
    }

    private static String refused(Object writeType, String... parts) {
        Map<String, Object> map = new HashMap<>();
        map.put("writeType", writeType);
        String message = assertThrows(IllegalArgumentException.class, () -> LinksConfiguration.forWriting(map))
                .getMessage();
        for (String part : parts) {
            assertTrue(message.contains(part), message);
        }
        return message;
    }
}
