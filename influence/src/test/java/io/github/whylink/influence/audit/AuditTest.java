package io.github.whylink.influence.audit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.KnownFacts;
import io.github.whylink.embedding.facts.RelationRoles;
import io.github.whylink.embedding.facts.Side;
import io.github.whylink.embedding.kernel.CounterHash;
import io.github.whylink.embedding.kernel.Team;
import io.github.whylink.embedding.scoring.ScoringFunctions;
import io.github.whylink.embedding.testing.RandomFacts;
import io.github.whylink.embedding.train.NegativeSides;
import io.github.whylink.embedding.train.Negatives;
import io.github.whylink.embedding.train.TrainingMonitor;
import io.github.whylink.embedding.train.TrainingSettings;
import io.github.whylink.influence.paths.FactGraph;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AuditTest {
    private static final int PEOPLE = 240;
    private static final int TOWNS = 12;

    private static final TrainingSettings SETTINGS = TrainingSettings.of(ScoringFunctions.named("DistMult"), 8)
            .epochs(6)
            .batchSize(32)
            .negatives(Negatives.shared(32, NegativeSides.BOTH))
            .build();

    /**
     * People live in a town (relation 0), work where they live (1), know each other both ways within a town (2), and towns
     * have a twin (3); behind them come wrong facts: people who work in another town.
     */
    private static Facts townsfolk(int wrong) {
        Set<long[]> distinct = new TreeSet<>(Arrays::compare);
        for (int p = 0; p < PEOPLE; p++) {
            distinct.add(new long[] {0, p, 0, town(p)});
            distinct.add(new long[] {0, p, 1, town(p)});
            for (int k = 0; k < 3; k++) {
                int friend = (p + TOWNS * (1 + CounterHash.bounded(CounterHash.hash(1, p, k, 0), 19))) % PEOPLE;
                distinct.add(new long[] {0, p, 2, friend});
                distinct.add(new long[] {0, friend, 2, p});
            }
        }
        for (int t = 0; t < TOWNS; t++) {
            distinct.add(new long[] {0, PEOPLE + t, 3, PEOPLE + (t ^ 1)});
        }
        for (int w = 0; w < wrong; w++) {
            int p = 7 * w;
            distinct.add(new long[] {1, p, 1, PEOPLE + (town(p) - PEOPLE + 5) % TOWNS});
        }
        long[][] rows = distinct.toArray(long[][]::new);
        return Facts.of(
                PEOPLE + TOWNS,
                4,
                Arrays.stream(rows).mapToInt(row -> (int) row[1]).toArray(),
                Arrays.stream(rows).mapToInt(row -> (int) row[2]).toArray(),
                Arrays.stream(rows).mapToInt(row -> (int) row[3]).toArray());
    }

    private static int town(int person) {
        return PEOPLE + person % TOWNS;
    }

    private static AuditReport audit(Facts facts, TrainingSettings settings, AuditSettings audit) {
        return Audit.run(facts, settings, settings.epochs(), audit, TrainingMonitor.NONE, what -> {});
    }

    @Test
    void wrongFactsStandFirst() {
        Facts facts = townsfolk(20);
        AuditReport report = audit(facts, SETTINGS, AuditSettings.standard(1));
        long found = Arrays.stream(report.order())
                .limit(40)
                .filter(fact -> fact >= facts.count() - 20)
                .count();
        assertTrue(found >= 17, found + " of 20 wrong facts among the first 40 of " + facts.count());
    }

    @Test
    void theReportIsInOrderAndComplete() {
        Facts facts = townsfolk(20);
        AuditReport report = audit(facts, SETTINGS, AuditSettings.standard(1));
        int[] sorted = report.order().clone();
        Arrays.sort(sorted);
        for (int i = 0; i < sorted.length; i++) {
            assertEquals(i, sorted[i], "every fact once");
        }
        for (int place = 1; place < sorted.length; place++) {
            assertTrue(report.severity()[report.order()[place - 1]] >= report.severity()[report.order()[place]]);
        }
        assertEquals(Signal.standard(), report.signals().keySet());
        assertTrue(report.severityQuality() > 0.9, "area " + report.severityQuality());
        for (double precision : report.precision()) {
            assertTrue(precision >= 0 && precision <= 1, "" + precision);
        }
    }

    @Test
    void theNumberOfThreadsChangesNothing() {
        Facts facts = townsfolk(10);
        AuditSettings every = new AuditSettings(0.1, FalseFacts.Mix.MIXED, EnumSet.allOf(Signal.class), 2, 2, 3);
        AuditReport one = audit(facts, SETTINGS, every);
        AuditReport three = audit(facts, SETTINGS.with().concurrency(3).build(), every);
        assertArrayEquals(one.order(), three.order());
        assertArrayEquals(one.severity(), three.severity());
        for (Signal signal : Signal.values()) {
            assertArrayEquals(one.signals().get(signal), three.signals().get(signal), signal.text());
        }
    }

    @Test
    void someSignalsAloneAreEnough() {
        AuditReport report = audit(
                townsfolk(10),
                SETTINGS,
                new AuditSettings(0.1, FalseFacts.Mix.TYPED, Set.of(Signal.PATHS, Signal.HEAD_USES), 2, 0, 3));
        assertEquals(Set.of(Signal.PATHS, Signal.HEAD_USES), report.signals().keySet());
    }

    @Test
    void itsTrainingsAreKnownBeforeTheFirst() {
        Facts facts = townsfolk(0);
        AuditSettings audit =
                new AuditSettings(0.1, FalseFacts.Mix.MIXED, Set.of(Signal.SCORE, Signal.OUT_OF_FOLD_SCORE), 3, 2, 1);
        int[] epochs = {0};
        TrainingMonitor counting = new TrainingMonitor() {
            @Override
            public void epochFinished(int epoch, int of, double meanLoss) {
                epochs[0]++;
            }
        };
        Audit.run(facts, SETTINGS, 2, audit, counting, what -> {});
        assertEquals(8, Audit.trainings(facts.count(), audit));
        assertEquals(8 * 2, epochs[0]);
    }

    @Test
    void anAuditCanBeCancelledAtAnyPoint() {
        int[] calls = {0};
        audit(townsfolk(0), SETTINGS, AuditSettings.standard(1), () -> calls[0]++);
        int all = calls[0];
        assertTrue(all > 100);
        for (int after = 1; after < all; after += all / 7) {
            int stop = after;
            calls[0] = 0;
            assertThrows(
                    CancellationException.class,
                    () -> audit(townsfolk(0), SETTINGS, AuditSettings.standard(1), () -> {
                        if (++calls[0] == stop) {
                            throw new CancellationException();
                        }
                    }));
        }
    }

    private static void audit(Facts facts, TrainingSettings settings, AuditSettings audit, Runnable check) {
        Audit.run(
                facts,
                settings,
                settings.epochs(),
                audit,
                new TrainingMonitor() {
                    @Override
                    public void checkCancelled() {
                        check.run();
                    }
                },
                what -> {});
    }

    /** What a fact is asked must not depend on whether it is there: the mirror of a fact is one reason, and not two. */
    @Test
    void supportLeavesTheFactItselfOut() {
        Facts facts = Facts.of(4, 1, new int[] {0, 1, 2}, new int[3], new int[] {1, 0, 3});
        SignalTable table = new SignalTable(EnumSet.of(Signal.REVERSE, Signal.HEAD_DEGREE, Signal.HEAD_USES), 3);
        FactGraph graph = new FactGraph(facts);
        try (Team team = new Team(1)) {
            PathSupport.fill(graph, table, team, () -> {});
            SignatureSupport.fill(graph, table, team, () -> {});
        }
        // Only the pair itself speaks for the rule that relations come in pairs; without it there is no rule.
        assertEquals(0, table.column(Signal.REVERSE)[0]);
        assertEquals(Math.log(2), table.column(Signal.HEAD_DEGREE)[0], 1e-6);
        assertEquals(0, table.column(Signal.HEAD_DEGREE)[2], 1e-6);
        assertEquals(0, table.column(Signal.HEAD_USES)[0], 1e-6);
    }

    @Test
    void canariesLookLikeFalseFactsThatWereThereBefore() {
        Facts truth = townsfolk(0);
        Facts noise = FalseFacts.draw(truth, 150, FalseFacts.Mix.UNIFORM, 5);
        Facts noisy = Audit.joined(truth, noise);
        FalseFacts.Canaries canaries = FalseFacts.canaries(noisy, 300, FalseFacts.Mix.MIXED, 6);
        assertEquals(150, canaries.untyped());
        Facts all = Audit.joined(noisy, canaries.facts());
        SignalTable table = new SignalTable(EnumSet.of(Signal.TAIL_USES, Signal.HEAD_USES), all.count());
        try (Team team = new Team(1)) {
            SignatureSupport.fill(new FactGraph(all), table, team, () -> {});
        }
        for (Signal signal : table.signals()) {
            double[] values = new double[300];
            Arrays.setAll(values, i -> table.column(signal)[truth.count() + i]);
            assertEquals(0.5, Area.under(values, i -> i >= 150), 0.08, signal.text());
        }
    }

    /** Others are as easy to tell as the canaries that their ends come from. */
    @Test
    void typedCanariesHaveEndsThatTheGraphItselfShowsWithTheRelation() {
        Facts facts = townsfolk(0);
        FalseFacts.Canaries drawn = FalseFacts.canaries(facts, 400, FalseFacts.Mix.MIXED, 6);
        FalseFacts.Canaries canaries = drawn.judgedByTheGraphItself(facts);
        assertEquals(drawn.facts().count(), canaries.facts().count());
        RelationRoles roles = RelationRoles.of(facts);
        Facts all = canaries.facts();
        assertTrue(canaries.untyped() < canaries.judged() && canaries.judged() < all.count(), canaries.toString());
        for (int i = canaries.untyped(); i < all.count(); i++) {
            boolean head = Arrays.binarySearch(roles.entities(all.relation(i), Side.HEAD), all.head(i)) >= 0;
            boolean tail = Arrays.binarySearch(roles.entities(all.relation(i), Side.TAIL), all.tail(i)) >= 0;
            assertEquals(i < canaries.judged(), head && tail, "canary " + i);
        }
    }

    @Test
    void falseFactsAreFalseAndOfTheirKind() {
        Facts truth = townsfolk(0);
        Facts typed = FalseFacts.draw(truth, 100, FalseFacts.Mix.TYPED, 5);
        assertEquals(100, typed.count());
        KnownFacts known = KnownFacts.of(truth);
        for (int i = 0; i < typed.count(); i++) {
            assertFalse(known.contains(typed.head(i), typed.relation(i), typed.tail(i)));
            assertEquals(typed.relation(i) == 2, typed.tail(i) < PEOPLE, "domain and range are kept");
        }
    }

    /** Of a handful of canaries a part to judge may have all. */
    @ParameterizedTest
    @ValueSource(ints = {6, 9})
    void whereAPartHasNoCanaryToLearnFromItsFactsAreNotFalseForThat(int count) {
        Facts facts = RandomFacts.of(count, 12, 2, 3);
        for (int seed = 1; seed <= 6; seed++) {
            AuditSettings once = new AuditSettings(0.05, FalseFacts.Mix.UNIFORM, Signal.standard(), 2, 1, seed);
            for (double severity : audit(facts, SETTINGS, once).severity()) {
                assertTrue(severity > 0 && severity < 1, "severity " + severity);
            }
        }
    }

    @Test
    void aGraphOfTooFewFactsIsRefused() {
        IllegalArgumentException refused = assertThrows(
                IllegalArgumentException.class,
                () -> audit(RandomFacts.of(5, 12, 2, 3), SETTINGS, AuditSettings.standard(1)));
        assertTrue(refused.getMessage().contains("at least 6 facts"), refused.getMessage());
        assertTrue(refused.getMessage().contains("there are 5"), refused.getMessage());
    }

    @Test
    void aGraphWithoutRoomForFalseFactsIsRefused() {
        Facts complete = Facts.of(
                3, 1, new int[] {0, 0, 0, 1, 1, 1, 2, 2, 2}, new int[9], new int[] {0, 1, 2, 0, 1, 2, 0, 1, 2});
        IllegalArgumentException refused = assertThrows(
                IllegalArgumentException.class, () -> audit(complete, SETTINGS, AuditSettings.standard(1)));
        assertTrue(refused.getMessage().contains("no room"), refused.getMessage());
    }

    @Test
    void theMessageNamesWhatSpeaksAgainstAFact() {
        Facts facts = townsfolk(20);
        AuditReport report = audit(facts, SETTINGS, AuditSettings.standard(1));
        Findings findings = new Findings(report);
        String message = findings.message(report.order()[0], "Ann", "WORKS_IN", "Rome");
        assertTrue(message.contains("Ann") || message.contains("Rome") || message.contains("path"), message);
        assertFalse(message.contains("{"), message);
    }

    /** Else their weight would tell them from the others. */
    @Test
    void canariesHaveTheWeightsOfTheirRelation() {
        Facts facts = townsfolk(0);
        float[] weights = new float[facts.count()];
        for (int fact = 0; fact < weights.length; fact++) {
            weights[fact] = 1 + facts.relation(fact) + (fact % 2) / 2f;
        }
        Facts canaries = FalseFacts.draw(facts.withWeights(weights), 200, FalseFacts.Mix.MIXED, 5);
        int heavier = 0;
        for (int fact = 0; fact < canaries.count(); fact++) {
            float more = canaries.weight(fact) - 1 - canaries.relation(fact);
            assertTrue(more == 0f || more == 0.5f, "weight " + canaries.weight(fact));
            heavier += more == 0f ? 0 : 1;
        }
        assertTrue(heavier > 50 && heavier < 150, heavier + " of " + canaries.count());
        Facts joined = Audit.joined(facts.withWeights(weights), canaries);
        assertEquals(canaries.weight(3), joined.weight(facts.count() + 3));
        assertEquals(weights[3], joined.weight(3));
        assertFalse(FalseFacts.draw(facts, 20, FalseFacts.Mix.MIXED, 5).isWeighted());
    }
}
