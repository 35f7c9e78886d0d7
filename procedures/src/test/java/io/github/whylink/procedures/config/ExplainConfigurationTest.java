package io.github.whylink.procedures.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.influence.Explainers;
import io.github.whylink.procedures.config.ExplainConfiguration.Direction;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.neo4j.graphdb.Node;
import org.neo4j.graphdb.Relationship;

final class ExplainConfigurationTest {
    private static final Node NODE = some(Node.class);

    @Test
    void byDefaultTheRecordOfTheTrainingIsRead() {
        ExplainConfiguration read = explain(Map.of());
        assertEquals(10, read.topK());
        assertEquals(Direction.ANY, read.direction());
        assertEquals(Tier.FAST, read.how().tier());
        assertEquals(Method.ROLLBACK, read.how().method());
    }

    @Test
    void aTierHasAMethodAndAMethodHasATier() {
        assertEquals(Method.UNROLLED, explain(Map.of("tier", "replay")).how().method());
        assertEquals(Method.UNROLLED, explain(Map.of("tier", "VERIFY")).how().method());
        for (Method method : Method.values()) {
            assertEquals(
                    method.tier(),
                    explain(Map.of("method", method.text())).how().tier());
            assertEquals(
                    method,
                    explain(Map.of("tier", "verify", "method", method.text()))
                            .how()
                            .method());
        }
        assertEquals(Method.UNROLLED, verify(Map.of()).how().method());
        assertEquals(Method.ROLLBACK, verify(Map.of("tier", "fast")).how().method());
        assertEquals(Tier.FAST, verify(Map.of("method", "rollback")).how().tier());
    }

    @Test
    void aTierAndAMethodOfAnotherAreRefused() {
        for (Method method : Method.values()) {
            for (Tier tier : List.of(Tier.FAST, Tier.REPLAY)) {
                if (tier != method.tier()) {
                    refused(
                            Map.of("tier", tier.text(), "method", method.text()),
                            "'method' '%s' cannot be with 'tier' '%s'".formatted(method.text(), tier.text()));
                    for (Method possible : Method.values()) {
                        if (possible.tier() == tier) {
                            refused(Map.of("tier", tier.text(), "method", method.text()), "'" + possible.text() + "'");
                        }
                    }
                }
            }
        }
    }

    @Test
    void keysWithoutAMeaningAreRefused() {
        refused(
                Map.of("concurrency", 2L),
                "'concurrency' is only for the tiers 'replay' and 'verify', but 'tier' is 'fast'");
        refused(Map.of("replayMemory", 10L), "'replayMemory' is only for the method 'unrolled'");
        refused(
                Map.of("replayMemory", 10L, "method", "random"),
                "'replayMemory' is only for the method 'unrolled', which walks the training backwards, but 'method' is 'random'");
        refused(Map.of("seeds", 1L), "unknown key 'seeds'");
    }

    @Test
    void aWrongTierIsOneProblem() {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> explain(Map.of("tier", "slow")));
        assertTrue(e.getMessage().startsWith("whylink.explain: 'tier' must be one of"), e.getMessage());
    }

    @Test
    void memoryIsInMegabytesOfTheHeap() {
        assertEquals(
                5L << 20,
                explain(Map.of("tier", "replay", "replayMemory", 5L)).how().replayMemory());
        long byDefault = explain(Map.of("tier", "replay")).how().replayMemory();
        long heap = Runtime.getRuntime().maxMemory();
        assertTrue(byDefault > heap / 5 && byDefault <= heap / 4, byDefault + " of " + heap);
        refused(Map.of("tier", "replay", "replayMemory", 1L << 30), "'replayMemory' must be a whole number from 1 to");
    }

    @Test
    void verifiedFactsAreNamedOrCounted() {
        Relationship fact = some(Relationship.class);
        assertEquals(List.of(fact), verify(Map.of("facts", List.of(fact, fact))).facts());
        assertEquals(List.of(fact), verify(Map.of("facts", fact)).facts());
        assertEquals(List.of(), verify(Map.of("topK", 3L)).facts());
        assertEquals(3, verify(Map.of("topK", 3L)).topK());
        for (Object nothing : List.of(List.of(), "fact", List.of(fact, "fact"))) {
            IllegalArgumentException e =
                    assertThrows(IllegalArgumentException.class, () -> verify(Map.of("facts", nothing)));
            assertTrue(e.getMessage().contains("'facts' must be a list of relationships"), e.getMessage());
        }
        IllegalArgumentException both =
                assertThrows(IllegalArgumentException.class, () -> verify(Map.of("facts", fact, "topK", 1L)));
        assertTrue(both.getMessage().contains("give one of them"), both.getMessage());
    }

    @Test
    void faithfulnessIsMeasuredOfAnyMethods() {
        FaithfulnessConfiguration byDefault = FaithfulnessConfiguration.of(Map.of());
        assertEquals(List.of(Method.ROLLBACK, Method.UNROLLED), byDefault.methods());
        assertEquals(20, byDefault.queries());
        assertEquals(50, byDefault.facts());
        assertEquals(
                List.of(Method.TRACIN, Method.RANDOM),
                FaithfulnessConfiguration.of(Map.of("methods", List.of("TracIn", "random", "tracin")))
                        .methods());
        assertEquals(
                List.of(Method.TRACIN),
                FaithfulnessConfiguration.of(Map.of("methods", "tracin")).methods());
        for (Object wrong : List.of(List.of(), List.of("tracing"), List.of(1L), 1L)) {
            assertThrows(IllegalArgumentException.class, () -> FaithfulnessConfiguration.of(Map.of("methods", wrong)));
        }
    }

    @Test
    void everyExplainerIsAMethod() {
        assertEquals(new HashSet<>(Explainers.names()), new HashSet<>(Method.names()));
    }

    private static void refused(Map<String, Object> keys, String expected) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> explain(keys));
        assertTrue(e.getMessage().contains(expected), () -> "expected <%s> in: %s".formatted(expected, e.getMessage()));
    }

    private static ExplainConfiguration explain(Map<String, Object> keys) {
        return ExplainConfiguration.forRows(withLink(keys));
    }

    private static VerifyConfiguration verify(Map<String, Object> keys) {
        return VerifyConfiguration.of(withLink(keys));
    }

    private static Map<String, Object> withLink(Map<String, Object> keys) {
        Map<String, Object> all = new HashMap<>(Map.of("source", NODE, "type", "KNOWS", "target", NODE));
        all.putAll(keys);
        return all;
    }

    /** Something of that type that is itself and nothing else. */
    private static <T> T some(Class<T> type) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> switch (method.getName()) {
                    case "equals" -> self == arguments[0];
                    case "hashCode" -> 1;
                    default -> "some " + type.getSimpleName();
                }));
    }
}
