package io.github.whylink.influence;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.Parameters.Table;
import io.github.whylink.embedding.testing.RandomFacts;
import io.github.whylink.embedding.testing.Settings;
import io.github.whylink.embedding.testing.TextFacts;
import io.github.whylink.embedding.testing.Weights;
import io.github.whylink.embedding.train.LearningRate;
import io.github.whylink.embedding.train.NegativeSides;
import io.github.whylink.embedding.train.Negatives;
import io.github.whylink.embedding.train.Negatives.Regime;
import io.github.whylink.embedding.train.Negatives.Sampling;
import io.github.whylink.embedding.train.OptimizerSettings;
import io.github.whylink.embedding.train.TrainingMonitor;
import io.github.whylink.embedding.train.TrainingObserver;
import io.github.whylink.embedding.train.TrainingSettings;
import io.github.whylink.influence.rollback.RollbackRecorder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds for every explainer of the registry. */
class ExplainersTest {
    private static final long MEMORY = 1L << 20;
    private static final long SEED = 17;

    /** They know nothing of the training. */
    private static final List<String> FLOORS = List.of("neighbourhood", "random");

    private final Facts facts = RandomFacts.of(80, 15, 3, 6);
    private final List<Link> links = List.of(new Link(2, 1, 9), new Link(11, 0, 3), new Link(7, 2, 7));

    static List<String> names() {
        return Explainers.names();
    }

    static List<Arguments> namesAndTrainings() {
        List<Arguments> all = new ArrayList<>();
        for (String name : Explainers.names()) {
            all.add(Arguments.of(name, "DistMult", "SGD", Regime.PER_FACT, 1));
            all.add(Arguments.of(name, "ComplEx", "Adagrad", Regime.SHARED, 8));
            all.add(Arguments.of(name, "RotatE", "RowAdagrad", Regime.ONE_VS_ALL, 8));
        }
        return all;
    }

    private static TrainingSettings settings(String scorer, String optimizer, Regime regime, int batchSize) {
        return Settings.small()
                .scorer(scorer)
                .optimizer(optimizer)
                .batchSize(batchSize)
                .builder()
                .negatives(new Negatives(regime, 4, NegativeSides.BOTH, Sampling.UNIFORM, false))
                .build();
    }

    private static Explainers.Context train(Facts facts, TrainingSettings settings) {
        RollbackRecorder recorder = RollbackRecorder.of(facts, settings.entityWidth(), settings.relationWidth());
        TrainedModel trained = TrainedModel.train(facts, settings, recorder, TrainingMonitor.NONE);
        return new Explainers.Context(
                trained, new FactIndex(facts), recorder.ledger(), MEMORY, SEED, TrainingMonitor.NONE);
    }

    private static Explainers.Context withMonitor(Explainers.Context context, TrainingMonitor monitor) {
        return new Explainers.Context(
                context.trained(), context.index(), context.ledger(), context.memory(), context.seed(), monitor);
    }

    private static Explainers.Context withConcurrency(Explainers.Context context, int concurrency) {
        TrainedModel trained = context.trained();
        return new Explainers.Context(
                new TrainedModel(
                        trained.model(),
                        trained.facts(),
                        trained.settings().with().concurrency(concurrency).build(),
                        trained.epochs()),
                context.index(),
                context.ledger(),
                context.memory(),
                context.seed(),
                context.monitor());
    }

    private static void assertSameBits(FactInfluences[] expected, FactInfluences[] actual) {
        assertEquals(expected.length, actual.length);
        for (int k = 0; k < expected.length; k++) {
            assertEquals(expected[k].count(), actual[k].count());
            for (int i = 0; i < expected[k].count(); i++) {
                assertEquals(expected[k].fact(i), actual[k].fact(i));
                assertEquals(expected[k].influence(i), actual[k].influence(i));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("namesAndTrainings")
    void aFactOfWeightZeroExplainsNothing(String name, String scorer, String optimizer, Regime regime, int batchSize) {
        Facts weighted = Weights.mixed(facts);
        Explainers.Context context = train(weighted, settings(scorer, optimizer, regime, batchSize));
        for (FactInfluences influences : Explainers.named(name, context).explainAll(links)) {
            for (int i = 0; i < influences.count(); i++) {
                double influence = influences.influence(i);
                assertTrue(Double.isFinite(influence), () -> name + " says " + influence);
                if (weighted.weight(influences.fact(i)) == 0f && !FLOORS.contains(name)) {
                    assertEquals(0, influence, 1e-12);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void anExplainerIsFoundByItsNameWhateverTheCase(String name) {
        Explainers.Context context = train(facts, settings("DistMult", "SGD", Regime.PER_FACT, 1));
        assertEquals(name, Explainers.named(name, context).name());
        assertEquals(
                name, Explainers.named(name.toUpperCase(Locale.ROOT), context).name());
    }

    @ParameterizedTest
    @MethodSource("namesAndTrainings")
    void influencesAreFiniteAndOfCandidatesInAscendingOrder(
            String name, String scorer, String optimizer, Regime regime, int batchSize) {
        Explainers.Context context = train(facts, settings(scorer, optimizer, regime, batchSize));
        for (FactInfluences explained : Explainers.named(name, context).explainAll(links)) {
            assertTrue(explained.count() > 0);
            for (int i = 0; i < explained.count(); i++) {
                assertTrue(Double.isFinite(explained.influence(i)));
                assertTrue(explained.fact(i) >= 0 && explained.fact(i) < facts.count());
                assertTrue(i == 0 || explained.fact(i) > explained.fact(i - 1));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("namesAndTrainings")
    void threadsAndRepetitionsAndOtherLinksLeaveNoTrace(
            String name, String scorer, String optimizer, Regime regime, int batchSize) {
        Explainers.Context context = train(facts, settings(scorer, optimizer, regime, batchSize));
        Explainer explainer = Explainers.named(name, context);
        FactInfluences[] expected = explainer.explainAll(links);
        assertSameBits(expected, explainer.explainAll(links));
        assertSameBits(expected, links.stream().map(explainer::explain).toArray(FactInfluences[]::new));
        for (int concurrency : new int[] {2, 5}) {
            assertSameBits(
                    expected,
                    Explainers.named(name, withConcurrency(context, concurrency))
                            .explainAll(links));
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void theModelIsNotModified(String name) {
        Explainers.Context context = train(facts, settings("ComplEx", "Adagrad", Regime.PER_FACT, 8));
        Parameters parameters = context.trained().model().parameters();
        Parameters before = parameters.copy();
        Explainers.named(name, context).explainAll(links);
        for (Table table : Table.values()) {
            assertArrayEquals(before.table(table), parameters.table(table));
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void noLinksNeedNoExplanation(String name) {
        Explainers.Context context = train(facts, settings("DistMult", "SGD", Regime.PER_FACT, 1));
        assertEquals(0, Explainers.named(name, context).explainAll(List.of()).length);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"rollback", "unrolled", "tracin", "influence_function", "gauss_newton", "paths", "similarity"})
    void anExplanationIsCancelledByTheMonitor(String name) {
        AtomicBoolean cancelled = new AtomicBoolean();
        TrainingMonitor monitor = new TrainingMonitor() {
            @Override
            public void checkCancelled() {
                if (cancelled.get()) {
                    throw new CancellationException();
                }
            }
        };
        Explainer explainer = Explainers.named(
                name, withMonitor(train(facts, settings("DistMult", "SGD", Regime.PER_FACT, 1)), monitor));
        cancelled.set(true);
        assertThrows(CancellationException.class, () -> explainer.explainAll(links));
    }

    /**
     * One fact alone has bob in it, and nobody else admires anyone; the rest of the graph is about what anna and others do
     * besides. Whoever explains why anna admires bob must name it first.
     */
    @ParameterizedTest
    @ValueSource(strings = {"rollback", "unrolled", "tracin", "influence_function", "gauss_newton"})
    void theOnlySupportingFactIsNamedFirst(String name) {
        TextFacts text = TextFacts.of(
                "anna ADMIRES bob; anna KNOWS carl; carl LIKES dora; dora LIKES emil; emil KNOWS carl; fred KNOWS gina; gina LIKES fred;"
                        + "hugo KNOWS ines; ines LIKES carl; dora KNOWS hugo; jane LIKES gina; fred LIKES emil");
        TrainingSettings settings = Settings.small()
                .epochs(15)
                .builder()
                .initialScale(0.1f)
                .optimizer(new OptimizerSettings("SGD", LearningRate.constant(0.1f), 0f))
                .build();
        Explainers.Context context = train(text.facts(), settings);
        Link link = new Link(text.entity("anna"), text.relation("ADMIRES"), text.entity("bob"));
        FactInfluences explained = Explainers.named(name, context).explain(link);
        int first = explained.ranked()[0];
        assertEquals(0, explained.fact(first), "the fact itself");
        assertTrue(explained.influence(first) > 0);
    }

    @Test
    void methodsComeBeforeFloors() {
        List<String> names = Explainers.names();
        assertEquals("rollback", names.get(0));
        assertEquals(FLOORS, names.subList(names.size() - FLOORS.size(), names.size()));
    }

    @Test
    void aMisspeltNameIsRefusedWithTheNearest() {
        Explainers.Context context = train(facts, settings("DistMult", "SGD", Regime.PER_FACT, 1));
        var refused = assertThrows(IllegalArgumentException.class, () -> Explainers.named("unroled", context));
        assertTrue(refused.getMessage().contains("did you mean 'unrolled'"), refused.getMessage());
    }

    @Test
    void rollbackWithoutARecordIsRefusedWithTheRemedy() {
        Explainers.Context recorded = train(facts, settings("DistMult", "SGD", Regime.PER_FACT, 1));
        Explainers.Context context =
                new Explainers.Context(recorded.trained(), recorded.index(), null, MEMORY, SEED, TrainingMonitor.NONE);
        var refused = assertThrows(IllegalArgumentException.class, () -> Explainers.named("rollback", context));
        assertTrue(refused.getMessage().contains("unrolled"), refused.getMessage());
        for (String other : Explainers.names()) {
            if (!other.equals("rollback")) {
                assertEquals(other, Explainers.named(other, context).name());
            }
        }
    }

    /** Methods that replay a training and do not walk it back take any optimizer. */
    @ParameterizedTest
    @ValueSource(strings = {"tracin", "influence_function", "gauss_newton", "similarity", "random"})
    void adamIsNoObstacleWhereNothingIsWalkedBack(String name) {
        TrainingSettings settings = settings("DistMult", "Adam", Regime.PER_FACT, 8);
        TrainedModel trained = TrainedModel.train(facts, settings, TrainingObserver.NONE, TrainingMonitor.NONE);
        Explainers.Context context =
                new Explainers.Context(trained, new FactIndex(facts), null, MEMORY, SEED, TrainingMonitor.NONE);
        FactInfluences explained = Explainers.named(name, context).explain(links.get(0));
        assertTrue(Arrays.stream(explained.ranked()).anyMatch(i -> explained.influence(i) != 0));
    }
}
