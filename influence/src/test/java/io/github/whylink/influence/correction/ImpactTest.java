package io.github.whylink.influence.correction;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.KnownFacts;
import io.github.whylink.embedding.facts.Side;
import io.github.whylink.embedding.ranking.Softmax;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.scoring.Parameters.Table;
import io.github.whylink.embedding.scoring.ScoringFunctions;
import io.github.whylink.embedding.testing.RandomFacts;
import io.github.whylink.embedding.testing.Settings;
import io.github.whylink.embedding.train.TrainingMonitor;
import io.github.whylink.embedding.train.TrainingObserver;
import io.github.whylink.influence.Link;
import io.github.whylink.influence.TrainedModel;
import io.github.whylink.influence.correction.Impact.Affected;
import io.github.whylink.influence.correction.Impact.Among;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ImpactTest {
    /** More queries than are scored together. */
    private final Facts facts = RandomFacts.of(300, 60, 4, 4);

    private final KnownFacts known = KnownFacts.of(facts);

    static List<String> scorers() {
        return ScoringFunctions.names();
    }

    private EmbeddingModel train(String scorer) {
        return TrainedModel.train(
                        facts,
                        Settings.small().scorer(scorer).epochs(10).build(),
                        TrainingObserver.NONE,
                        TrainingMonitor.NONE)
                .model();
    }

    private EditedModel edit(EmbeddingModel model) {
        EditedModel edited = new EditedModel(model);
        move(edited.writable(Table.ENTITIES, facts.head(0)));
        move(edited.writable(Table.RELATIONS, facts.relation(0)));
        move(edited.writable(Table.ENTITIES, facts.tail(0)));
        return edited;
    }

    private static void move(float[] row) {
        for (int i = 0; i < row.length; i++) {
            row[i] = row[i] * 0.5f + 0.1f * i;
        }
    }

    /** Whether a row of the fact's query, or of one of its answers, differs. */
    private boolean isReached(EditedModel edited, int fact) {
        BitSet entities = edited.changed(Table.ENTITIES);
        return entities.get(facts.head(fact))
                || edited.changed(Table.RELATIONS).get(facts.relation(fact))
                || Arrays.stream(known.known(Side.TAIL, facts.head(fact), facts.relation(fact)))
                        .anyMatch(entities::get);
    }

    private Impact impact(EmbeddingModel model, EditedModel edited) {
        return new Impact(model, edited, facts, known::known, relation -> false, () -> {});
    }

    private static double probability(EmbeddingModel model, int head, int relation, int tail) {
        return Softmax.probability(scores(model, head, relation), tail);
    }

    private static float[] scores(EmbeddingModel model, int head, int relation) {
        float[] scores = new float[model.entityCount()];
        model.scores(Side.TAIL, head, relation, new float[model.parameters().entities()[0].length], scores);
        return scores;
    }

    @ParameterizedTest
    @MethodSource("scorers")
    void theFactsThatChangeMostAreThoseOfAllThatAreReached(String scorer) {
        EmbeddingModel model = train(scorer);
        EditedModel edited = edit(model);
        BitSet except = new BitSet();
        except.set(0);
        List<Affected> found = impact(model, edited).most(20, Among.FACTS, except);
        double[] changes = new double[facts.count()];
        for (int f = 1; f < changes.length; f++) {
            if (!isReached(edited, f)) {
                continue;
            }
            changes[f] = Math.abs(probability(edited.model(), facts.head(f), facts.relation(f), facts.tail(f))
                    - probability(model, facts.head(f), facts.relation(f), facts.tail(f)));
        }
        double[] descending =
                Arrays.stream(changes).map(x -> -x).sorted().map(x -> -x).toArray();
        assertEquals(20, found.size());
        for (int i = 0; i < found.size(); i++) {
            Affected affected = found.get(i);
            assertEquals(descending[i], Math.abs(affected.change()));
            assertEquals(changes[affected.fact()], Math.abs(affected.change()));
            assertEquals(
                    new Link(facts.head(affected.fact()), facts.relation(affected.fact()), facts.tail(affected.fact())),
                    affected.link());
        }
    }

    @ParameterizedTest
    @MethodSource("scorers")
    void predictionsAreTheBestNewAnswersBeforeAndAfter(String scorer) {
        EmbeddingModel model = train(scorer);
        EditedModel edited = edit(model);
        Map<Link, Double> expected = new HashMap<>();
        for (int f = 0; f < facts.count(); f++) {
            if (!isReached(edited, f)) {
                continue;
            }
            for (EmbeddingModel either : List.of(model, edited.model())) {
                float[] scores = scores(either, facts.head(f), facts.relation(f));
                int best = -1;
                for (int e = 0; e < scores.length; e++) {
                    if (e != facts.head(f)
                            && !known.contains(facts.head(f), facts.relation(f), e)
                            && (best < 0 || scores[e] > scores[best])) {
                        best = e;
                    }
                }
                Link link = new Link(facts.head(f), facts.relation(f), best);
                expected.put(
                        link,
                        probability(edited.model(), link.head(), link.relation(), link.tail())
                                - probability(model, link.head(), link.relation(), link.tail()));
            }
        }
        List<Affected> found = impact(model, edited).most(15, Among.PREDICTIONS, new BitSet());
        double[] descending = expected.values().stream()
                .mapToDouble(change -> -Math.abs(change))
                .sorted()
                .map(x -> -x)
                .toArray();
        for (int i = 0; i < 15; i++) {
            assertEquals(expected.get(found.get(i).link()), found.get(i).change());
            assertEquals(descending[i], Math.abs(found.get(i).change()));
        }
    }

    @Test
    void whatTheEditDoesNotReachIsNotThere() {
        EmbeddingModel model = train("DistMult");
        EditedModel edited = new EditedModel(model);
        assertTrue(impact(model, edited).most(10, Among.ALL, new BitSet()).isEmpty());
        move(edited.writable(Table.ENTITIES, facts.head(0)));
        for (Affected affected : impact(model, edited).most(1000, Among.FACTS, new BitSet())) {
            boolean asks = false;
            for (int f = 0; f < facts.count(); f++) {
                asks |= facts.head(f) == affected.link().head()
                        && facts.relation(f) == affected.link().relation()
                        && (facts.head(f) == facts.head(0) || facts.tail(f) == facts.head(0));
            }
            assertTrue(asks, affected.toString());
        }
    }
}
