package io.github.whylink.influence.rollback;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.ScoringFunction;
import io.github.whylink.embedding.scoring.ScoringFunctions;
import io.github.whylink.embedding.scoring.Similarity;
import io.github.whylink.embedding.testing.RandomFacts;
import io.github.whylink.embedding.testing.Settings;
import io.github.whylink.embedding.testing.Tolerance;
import io.github.whylink.embedding.train.LearningRate;
import io.github.whylink.embedding.train.NegativeSides;
import io.github.whylink.embedding.train.Negatives;
import io.github.whylink.embedding.train.OptimizerSettings;
import io.github.whylink.embedding.train.Trainer;
import io.github.whylink.embedding.train.TrainingMonitor;
import io.github.whylink.embedding.train.TrainingSettings;
import io.github.whylink.influence.FactIndex;
import io.github.whylink.influence.FactInfluences;
import io.github.whylink.influence.Link;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.ToIntBiFunction;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class TopInfluencesTest {
    /** Many more entities than the front holds, so that the bounds have something to bound. */
    private static final int ENTITIES = 1_500;

    private static final int RELATIONS = 3;

    static List<Arguments> scorers() {
        List<Arguments> scorers = new ArrayList<>();
        for (String name : ScoringFunctions.names()) {
            scorers.add(Arguments.of(name, false));
            scorers.add(Arguments.of(name, true));
        }
        return scorers;
    }

    @ParameterizedTest
    @MethodSource("scorers")
    void theFirstKAreThoseOfAllOfATrainedModel(String scorer, boolean reciprocal) {
        Facts facts = RandomFacts.of(90, 9, RELATIONS, 2);
        TrainingSettings settings = TrainingSettings.of(ScoringFunctions.named(scorer, reciprocal), 6)
                .epochs(10)
                .negatives(Negatives.perFact(4, NegativeSides.BOTH))
                .optimizer(new OptimizerSettings("SGD", LearningRate.constant(0.1f), 0.1f))
                .initialScale(0.5f)
                .seed(42)
                .build();
        Case trained = Case.trained(facts, settings);
        for (int head = 0; head < 9; head++) {
            for (int k : new int[] {0, 1, 5, 1_000}) {
                trained.requireSame(new Link(head, head % RELATIONS, 2 * head % 9), k);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("scorers")
    void theFirstKAreThoseOfAllWhateverTheSizeOfTheUpdates(String scorer, boolean reciprocal) {
        ScoringFunction function = ScoringFunctions.named(scorer, reciprocal);
        for (float update : new float[] {1e-6f, 0.01f, 0.3f, 3f, 1e4f}) {
            Case random = Case.random(function, 0.7f, update, 5);
            for (Link link : random.links(6)) {
                random.requireSame(link, 10);
            }
        }
    }

    /** Rows so long that the softmax is 1 for one entity and 0 for the others, and so short that it is flat. */
    @ParameterizedTest
    @MethodSource("scorers")
    void theFirstKAreThoseOfAllWhereProbabilitiesAreNear0Or1(String scorer, boolean reciprocal) {
        ScoringFunction function = ScoringFunctions.named(scorer, reciprocal);
        for (float scale : new float[] {1e-3f, 3f, 30f}) {
            Case random = Case.random(function, scale, 0.1f * scale, 6);
            for (Link link : random.links(4)) {
                random.requireSame(link, 10);
                random.requireSame(random.bestAnswer(link), 10);
            }
        }
    }

    /** What is certified is the order by the rows that the explainer was given, rounded as they may be. */
    @ParameterizedTest
    @EnumSource(LedgerCodec.Form.class)
    void theFirstKAreThoseOfAllOfRowsThatWereStored(LedgerCodec.Form form) {
        for (String scorer : List.of("ComplEx", "TransE", "RESCAL")) {
            Case random =
                    Case.random(ScoringFunctions.named(scorer), 0.7f, 0.02f, 7).stored(form);
            for (Link link : random.links(6)) {
                random.requireSame(link, 10);
            }
        }
    }

    /** Most facts must be left out by their bounds, or the comparisons above compare a method with itself. */
    @Test
    void fewFactsAreRescored() {
        for (String scorer : List.of("DistMult", "ComplEx", "SimplE", "TransE", "RotatE")) {
            Case random = Case.random(ScoringFunctions.named(scorer), 0.7f, 0.02f, 7);
            int candidates = 0;
            int rescored = 0;
            for (Link link : random.links(6)) {
                TopInfluences top = random.requireSame(link, 5);
                candidates += top.candidates();
                rescored += top.rescored();
            }
            assertTrue(3 * rescored < candidates, scorer + ": " + rescored + " of " + candidates);
        }
    }

    @Test
    void equalInfluencesStandInTheOrderOfTheFacts() {
        Case random = Case.random(ScoringFunctions.named("DistMult"), 0.7f, 0f, 8);
        Link link = random.links(1).get(0);
        TopInfluences top = random.requireSame(link, 7);
        for (int i = 1; i < top.count(); i++) {
            assertEquals(top.influence(0), top.influence(i));
            assertTrue(top.fact(i - 1) < top.fact(i));
        }
    }

    @Test
    void rowsThatOverflowAreComputedAndNotBounded() {
        Case random = Case.random(ScoringFunctions.named("DistMult"), 0.7f, 0.1f, 9);
        Link link = random.links(1).get(0);
        int[] candidates = new FactIndex(random.facts).sharingARow(link);
        Arrays.fill(random.ledger.row(candidates[3]), 1e30f);
        Arrays.fill(random.ledger.row(candidates[4]), Float.NaN);
        random.requireSame(link, 10);
    }

    @Test
    void theFirstKAreThoseOfAllOnNations() throws IOException {
        Path file = Path.of("..", "..", "shared", "data", "nations", "train.tsv");
        assumeTrue(Files.isRegularFile(file), "the benchmark graphs are not here");
        List<int[]> lines = Files.readAllLines(file).stream()
                .map(line -> List.of(line.split("\t")).stream()
                        .mapToInt(Integer::parseInt)
                        .toArray())
                .toList();
        Facts facts = Facts.of(
                14,
                55,
                lines.stream().mapToInt(fact -> fact[0]).toArray(),
                lines.stream().mapToInt(fact -> fact[1]).toArray(),
                lines.stream().mapToInt(fact -> fact[2]).toArray());
        for (String scorer : List.of("DistMult", "ComplEx", "TransE")) {
            Case trained = Case.trained(
                    facts, Settings.small().scorer(scorer).epochs(3).build());
            for (int i = 0; i < 30; i++) {
                trained.requireSame(new Link(i % 14, i, (3 * i + 1) % 14), 10);
            }
        }
    }

    @Test
    void candidatesMayBeAllFactsThatThereAre() {
        Case random = Case.random(ScoringFunctions.named("ComplEx"), 0.7f, 0.1f, 10);
        Link link = random.links(1).get(0);
        int[] candidates = new FactIndex(random.facts).sharingARow(link);
        float[][] updates = new float[candidates.length][];
        for (int i = 0; i < candidates.length; i++) {
            updates[i] = random.ledger.row(candidates[i]);
        }
        int width = random.model.parameters().entities()[0].length;
        Case alone = new Case(
                random.model,
                random.facts.select(candidates),
                new InfluenceLedger(updates, width, updates[0].length - 2 * width));
        TopInfluences expected = random.requireSame(link, 10);
        TopInfluences top = alone.requireSame(link, 10);
        for (int i = 0; i < 10; i++) {
            assertEquals(expected.fact(i), candidates[top.fact(i)]);
            assertEquals(expected.influence(i), top.influence(i));
        }
    }

    @Test
    void findingTheFirstIsCancelledByThrowing() {
        Case random = Case.random(ScoringFunctions.named("DistMult"), 0.7f, 0.1f, 11);
        Link link = random.links(1).get(0);
        int[] checks = new int[1];
        RollbackExplainer counting = random.explainer(() -> checks[0]++);
        counting.top(link, 10);
        assertTrue(checks[0] > 5, "looked " + checks[0] + " times");
        int enough = checks[0] - 1;
        checks[0] = 0;
        RollbackExplainer cancelled = random.explainer(() -> {
            if (++checks[0] == enough) {
                throw new IllegalStateException("enough");
            }
        });
        assertThrows(IllegalStateException.class, () -> cancelled.top(link, 10));
        assertEquals(enough, checks[0]);
    }

    @Test
    void aNegativeNumberOfFactsIsRefused() {
        Case random = Case.random(ScoringFunctions.named("DistMult"), 0.7f, 0.1f, 12);
        assertThrows(
                IllegalArgumentException.class, () -> random.explainer(() -> {}).top(new Link(0, 0, 1), -1));
    }

    /** What the bound by norms stands on. */
    @ParameterizedTest
    @MethodSource("scorers")
    void queriesOfDotProductsAreLinearInTheRelation(String scorer, boolean reciprocal) {
        ScoringFunction function = ScoringFunctions.named(scorer, reciprocal);
        assumeTrue(function.similarity() == Similarity.DOT, "not a dot product");
        Random random = new Random(3);
        float[] head = RandomFacts.row(function.entityWidth(6), random);
        float[] a = RandomFacts.row(function.relationWidth(6), random);
        float[] b = RandomFacts.row(function.relationWidth(6), random);
        float[] sum = new float[a.length];
        for (int i = 0; i < a.length; i++) {
            sum[i] = a[i] + b[i];
        }
        float[] ofA = new float[head.length];
        float[] ofB = new float[head.length];
        float[] ofSum = new float[head.length];
        function.tailQuery(head, a, ofA);
        function.tailQuery(head, b, ofB);
        function.tailQuery(head, sum, ofSum);
        for (int i = 0; i < head.length; i++) {
            assertEquals(ofSum[i], ofA[i] + ofB[i], Tolerance.FLOAT_ARITHMETIC);
        }
    }

    private record Case(EmbeddingModel model, Facts facts, InfluenceLedger ledger) {
        static Case trained(Facts facts, TrainingSettings settings) {
            RollbackRecorder recorder = RollbackRecorder.of(facts, settings.entityWidth(), settings.relationWidth());
            Parameters parameters = Trainer.train(facts, settings, recorder, TrainingMonitor.NONE);
            return new Case(new EmbeddingModel(settings.scoringFunction(), parameters), facts, recorder.ledger());
        }

        /** Rows and updates that no training made; a tenth of the facts have updates ten times as large. */
        static Case random(ScoringFunction function, float scale, float update, long seed) {
            int dimension = function.relationWidth(8) > 100 ? 5 : 8;
            Facts facts = RandomFacts.of(900, 60, RELATIONS, seed);
            Parameters parameters = Parameters.initial(function, dimension, ENTITIES, RELATIONS, scale, seed);
            int entityWidth = function.entityWidth(dimension);
            int relationWidth = function.relationWidth(dimension);
            InfluenceLedger ledger = InfluenceLedger.zeros(facts.count(), entityWidth, relationWidth);
            Random random = new Random(seed);
            for (int fact = 0; fact < facts.count(); fact++) {
                float[] row = ledger.row(fact);
                for (int i = 0; i < row.length; i++) {
                    row[i] = (fact % 10 == 0 ? 10 : 1) * update * (2 * random.nextFloat() - 1);
                }
                if (facts.head(fact) == facts.tail(fact)) {
                    Arrays.fill(row, entityWidth + relationWidth, row.length, 0f);
                }
            }
            return new Case(new EmbeddingModel(function, parameters), facts, ledger);
        }

        Case stored(LedgerCodec.Form form) {
            int entityWidth = model.parameters().entities()[0].length;
            int relationWidth = model.parameters().relations()[0].length;
            LedgerCodec codec = new LedgerCodec(entityWidth, relationWidth);
            float[][] rows = new float[facts.count()][];
            for (int fact = 0; fact < rows.length; fact++) {
                rows[fact] = codec.decode(codec.encode(ledger.row(fact), form));
            }
            return new Case(model, facts, new InfluenceLedger(rows, entityWidth, relationWidth));
        }

        /** Among them a fact, the reverse of a fact, and a self-loop. */
        List<Link> links(int count) {
            List<Link> links = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int fact = 31 * i + 1;
                links.add(
                        switch (i % 4) {
                            case 0 -> new Link(facts.head(fact), facts.relation(fact), (7 * i + 5) % 60);
                            case 1 -> new Link(facts.tail(fact), facts.relation(fact), facts.head(fact));
                            case 2 -> new Link(facts.head(fact), facts.relation(fact), facts.tail(fact));
                            default -> new Link(facts.head(fact), facts.relation(fact), facts.head(fact));
                        });
            }
            return links;
        }

        Link bestAnswer(Link link) {
            int best = 0;
            for (int tail = 1; tail < model.entityCount(); tail++) {
                if (model.score(link.head(), link.relation(), tail) > model.score(link.head(), link.relation(), best)) {
                    best = tail;
                }
            }
            return new Link(link.head(), link.relation(), best);
        }

        RollbackExplainer explainer(Runnable checkCancelled) {
            Facts within = new Facts(
                    model.entityCount(),
                    facts.relationCount(),
                    column(facts, Facts::head),
                    column(facts, Facts::relation),
                    column(facts, Facts::tail),
                    LongStream.range(0, facts.count()).toArray());
            return new RollbackExplainer(model, within, new FactIndex(within), ledger, checkCancelled);
        }

        private static int[] column(Facts facts, ToIntBiFunction<Facts, Integer> of) {
            int[] column = new int[facts.count()];
            for (int i = 0; i < column.length; i++) {
                column[i] = of.applyAsInt(facts, i);
            }
            return column;
        }

        /** Compares with all candidates, ranked: the same facts, in the same order, to the last bit. */
        TopInfluences requireSame(Link link, int k) {
            RollbackExplainer explainer = explainer(() -> {});
            FactInfluences all = explainer.explain(link);
            int[] ranked = all.ranked();
            TopInfluences top = explainer.top(link, k);
            assertEquals(Math.min(k, ranked.length), top.count());
            assertEquals(all.count(), top.candidates());
            for (int i = 0; i < top.count(); i++) {
                String place = "%s, %s, place %d".formatted(model.function().name(), link, i);
                assertEquals(all.fact(ranked[i]), top.fact(i), place);
                assertEquals(all.influence(ranked[i]), top.influence(i), place);
            }
            return top;
        }
    }
}
