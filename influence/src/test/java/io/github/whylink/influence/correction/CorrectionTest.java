package io.github.whylink.influence.correction;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.KnownFacts;
import io.github.whylink.embedding.facts.Side;
import io.github.whylink.embedding.ranking.LinkPredictor;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.Parameters.Table;
import io.github.whylink.embedding.scoring.ScoringFunctions;
import io.github.whylink.embedding.testing.RandomFacts;
import io.github.whylink.embedding.testing.Settings;
import io.github.whylink.embedding.train.TrainingMonitor;
import io.github.whylink.embedding.train.TrainingObserver;
import io.github.whylink.embedding.train.TrainingSettings;
import io.github.whylink.influence.FactIndex;
import io.github.whylink.influence.Link;
import io.github.whylink.influence.TrainedModel;
import io.github.whylink.influence.rollback.InfluenceLedger;
import io.github.whylink.influence.rollback.RollbackRecorder;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CorrectionTest {
    private static final int ENTITIES = 25;

    private final Facts facts = RandomFacts.of(140, ENTITIES, 3, 4);
    private final KnownFacts known = KnownFacts.of(facts);

    static List<String> scorers() {
        return ScoringFunctions.names();
    }

    private record Trained(EmbeddingModel model, InfluenceLedger ledger) {}

    private Trained train(String scorer) {
        TrainingSettings settings = Settings.small().scorer(scorer).epochs(20).build();
        RollbackRecorder recorder = RollbackRecorder.of(facts, settings.entityWidth(), settings.relationWidth());
        return new Trained(
                TrainedModel.train(facts, settings, recorder, TrainingMonitor.NONE)
                        .model(),
                recorder.ledger());
    }

    private int best(EmbeddingModel model, Link link) {
        int[] others = IntStream.of(known.known(Side.TAIL, link.head(), link.relation()))
                .filter(e -> e != link.tail())
                .toArray();
        return new LinkPredictor(model).best(Side.TAIL, link.head(), link.relation(), others, 1)[0].entity();
    }

    /** Links that the model does not prefer, one for each head and relation; of an entity to itself too. */
    private List<Link> wrong(EmbeddingModel model) {
        List<Link> links = new ArrayList<>();
        for (int head = 0; head < ENTITIES; head++) {
            Link link = new Link(head, head % 3, head % 5 == 0 ? head : (7 * head + 3) % ENTITIES);
            if (best(model, link) != link.tail()) {
                links.add(link);
            }
        }
        assertTrue(links.size() > 10 && links.stream().anyMatch(link -> link.head() == link.tail()));
        return links;
    }

    @ParameterizedTest
    @MethodSource("scorers")
    void fewStepsOnTwoRowsMakeALinkTheBestAnswer(String scorer) {
        EmbeddingModel model = train(scorer).model;
        Parameters before = model.parameters().copy();
        for (Link link : wrong(model)) {
            StepCorrection.Corrected corrected = StepCorrection.correct(model, link, known, 30);
            if (link.head() != link.tail() || !scorer.startsWith("TransE")) {
                // h + r - h is the same whatever h is.
                assertTrue(corrected.fixed(), scorer + link);
                assertTrue(corrected.steps() >= 1 && corrected.steps() <= 30);
                assertEquals(link.tail(), best(corrected.edited().model(), link));
            }
            BitSet rows = corrected.edited().changed(Table.ENTITIES);
            BitSet ofLink = new BitSet();
            ofLink.set(link.head());
            ofLink.set(link.tail());
            rows.stream().forEach(row -> assertTrue(ofLink.get(row)));
            assertTrue(corrected.edited().changed(Table.RELATIONS).isEmpty());
        }
        for (Table table : Table.values()) {
            assertArrayEquals(before.table(table), model.parameters().table(table));
        }
    }

    @Test
    void whatIsBestAlreadyStaysAsItIs() {
        EmbeddingModel model = train("DistMult").model;
        Link first = new Link(3, 1, 0);
        Link link = new Link(3, 1, best(model, first) == 0 ? 0 : best(model, first));
        StepCorrection.Corrected corrected = StepCorrection.correct(model, link, known, 5);
        assertTrue(corrected.fixed());
        assertEquals(0, corrected.steps());
        assertSame(
                model.parameters().entities()[3],
                corrected.edited().model().parameters().entities()[3]);
    }

    @Test
    void stepsThatDoNotSufficeSaySo() {
        EmbeddingModel model = train("RotatE").model;
        assertTrue(wrong(model).stream()
                .anyMatch(link -> !StepCorrection.correct(model, link, known, 1).fixed()));
    }

    @ParameterizedTest
    @MethodSource("scorers")
    void rollingBackOpponentsTakesAwayWhatWasRecordedOfThemAndNothingElse(String scorer) {
        Trained trained = train(scorer);
        RollbackCorrection correction =
                new RollbackCorrection(trained.model, facts, new FactIndex(facts), trained.ledger, known);
        int fixed = 0;
        for (Link link : wrong(trained.model)) {
            RollbackCorrection.Corrected corrected = correction.correct(link, 12);
            EmbeddingModel edited = corrected.edited().model();
            fixed += corrected.fixed() ? 1 : 0;
            assertEquals(corrected.fixed(), best(edited, link) == link.tail());
            Set<Integer> once = new HashSet<>(corrected.facts());
            assertEquals(corrected.facts().size(), once.size(), "a fact is rolled back once");
            assertTrue(once.size() <= 12);
            Parameters expected = trained.model.parameters().copy();
            for (int fact : corrected.facts()) {
                subtract(trained.ledger, fact, expected, 1f);
            }
            for (Table table : Table.values()) {
                assertArrayEquals(expected.table(table), edited.parameters().table(table));
            }
        }
        assertTrue(fixed > 0, "some link is corrected");
    }

    /** A little of what was recorded of each fact is taken back, and the lead over the strongest answer measured. */
    @Test
    void theStrongestOpponentGoesFirst() {
        Trained trained = train("ComplEx");
        FactIndex index = new FactIndex(facts);
        RollbackCorrection correction = new RollbackCorrection(trained.model, facts, index, trained.ledger, known);
        for (Link link : wrong(trained.model)) {
            int rival = best(trained.model, link);
            List<Integer> taken = correction.correct(link, 1).facts();
            List<Integer> ends = List.of(link.head(), link.tail(), rival);
            double largest = 0;
            int expected = -1;
            for (int fact = 0; fact < facts.count(); fact++) {
                if (!ends.contains(facts.head(fact)) && !ends.contains(facts.tail(fact))) {
                    continue;
                }
                Parameters nudged = trained.model.parameters().copy();
                subtract(trained.ledger, fact, nudged, 1e-2f);
                EmbeddingModel moved = new EmbeddingModel(trained.model.function(), nudged);
                double gain = lead(moved, link, rival) - lead(trained.model, link, rival);
                if (gain > largest) {
                    largest = gain;
                    expected = fact;
                }
            }
            assertNotEquals(-1, expected);
            assertEquals(List.of(expected), taken);
        }
    }

    private void subtract(InfluenceLedger ledger, int fact, Parameters parameters, float share) {
        float[] updates = ledger.row(fact);
        subtract(updates, ledger.headOffset(), parameters.entities()[facts.head(fact)], share);
        subtract(updates, ledger.relationOffset(), parameters.relations()[facts.relation(fact)], share);
        subtract(updates, ledger.tailOffset(), parameters.entities()[facts.tail(fact)], share);
    }

    private static void subtract(float[] updates, int offset, float[] row, float share) {
        for (int i = 0; i < row.length; i++) {
            row[i] -= share * updates[offset + i];
        }
    }

    @ParameterizedTest
    @MethodSource("scorers")
    void trainingOnSupportingFactsMovesTheirRowsAndNothingElse(String scorer) {
        TrainedModel trained = TrainedModel.train(
                facts, Settings.small().scorer(scorer).epochs(20).build(), TrainingObserver.NONE, TrainingMonitor.NONE);
        EmbeddingModel model = trained.model();
        Parameters before = model.parameters().copy();
        FactIndex index = new FactIndex(facts);
        FineTuningCorrection correction = new FineTuningCorrection(trained, index, known, TrainingMonitor.NONE);
        int raised = 0;
        int lowered = 0;
        for (Link link : wrong(model)) {
            FineTuningCorrection.Corrected corrected = correction.correct(link, 5, 20);
            EmbeddingModel edited = corrected.edited().model();
            assertEquals(corrected.fixed(), best(edited, link) == link.tail());
            assertTrue(corrected.facts().size() <= 5 && corrected.steps() <= 20);
            BitSet entities = new BitSet();
            BitSet relations = new BitSet();
            List<Integer> candidates =
                    IntStream.of(index.sharingARow(link)).boxed().toList();
            for (int fact : corrected.facts()) {
                assertTrue(candidates.contains(fact));
                entities.set(facts.head(fact));
                entities.set(facts.tail(fact));
                relations.set(facts.relation(fact));
            }
            corrected.edited().changed(Table.ENTITIES).stream().forEach(row -> assertTrue(entities.get(row)));
            corrected.edited().changed(Table.RELATIONS).stream().forEach(row -> assertTrue(relations.get(row)));

            int rival = best(model, link);
            EmbeddingModel once = correction.correct(link, 5, 1).edited().model();
            double change = lead(once, link, rival) - lead(model, link, rival);
            raised += change > 0 ? 1 : 0;
            lowered += change < 0 ? 1 : 0;
        }
        assertTrue(
                raised > 4 * lowered,
                scorer + ": one step raised the lead " + raised + " times of " + (raised + lowered));
        for (Table table : Table.values()) {
            assertArrayEquals(before.table(table), model.parameters().table(table));
        }
    }

    private static double lead(EmbeddingModel model, Link link, int rival) {
        return (double) model.score(link.head(), link.relation(), link.tail())
                - model.score(link.head(), link.relation(), rival);
    }

    @Test
    void editsAreSeenInTheEditedModelAlone() {
        EmbeddingModel model = train("DistMult").model;
        EditedModel edited = new EditedModel(model);
        float before = model.parameters().entities()[2][0];
        edited.writable(Table.ENTITIES, 2)[0] = before + 1;
        edited.writable(Table.ENTITIES, 2)[0] += 1;
        assertEquals(before, model.parameters().entities()[2][0]);
        assertEquals(before + 2, edited.model().parameters().entities()[2][0]);
        assertFalse(edited.changed(Table.ENTITIES).isEmpty());
        assertEquals(1, edited.changed(Table.ENTITIES).cardinality());
    }
}
