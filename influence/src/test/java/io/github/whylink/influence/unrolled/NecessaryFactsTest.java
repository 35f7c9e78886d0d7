package io.github.whylink.influence.unrolled;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.KnownFacts;
import io.github.whylink.embedding.facts.Side;
import io.github.whylink.embedding.ranking.LinkPredictor;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.Parameters.Table;
import io.github.whylink.embedding.scoring.ScoringFunction;
import io.github.whylink.embedding.scoring.ScoringFunctions;
import io.github.whylink.embedding.testing.RandomFacts;
import io.github.whylink.embedding.testing.Tolerance;
import io.github.whylink.embedding.train.LearningRate;
import io.github.whylink.embedding.train.NegativeSides;
import io.github.whylink.embedding.train.Negatives;
import io.github.whylink.embedding.train.OptimizerSettings;
import io.github.whylink.embedding.train.TrainingMonitor;
import io.github.whylink.embedding.train.TrainingObserver;
import io.github.whylink.embedding.train.TrainingSettings;
import io.github.whylink.influence.Link;
import io.github.whylink.influence.TrainedModel;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class NecessaryFactsTest {
    private static final float STEP = 1e-2f;
    private static final long MEMORY = 1 << 24;

    private final Facts facts = RandomFacts.of(80, 20, 3, 5);
    private final TrainedModel trained = TrainedModel.train(
            facts,
            TrainingSettings.of(ScoringFunctions.named("DistMult"), 6)
                    .epochs(8)
                    .negatives(Negatives.perFact(5, NegativeSides.BOTH))
                    .optimizer(new OptimizerSettings("SGD", LearningRate.constant(0.05f), 0f))
                    .initialScale(0.5f)
                    .build(),
            TrainingObserver.NONE,
            TrainingMonitor.NONE);
    private final KnownFacts known = KnownFacts.of(facts);

    static List<ScoringFunction> functions() {
        return ScoringFunctions.all();
    }

    @ParameterizedTest
    @MethodSource("functions")
    void aPreferenceMovesWithTheParametersAsItsGradientSays(ScoringFunction function) {
        Parameters parameters = Parameters.initial(function, 4, 6, 2, 1f, 3);
        EmbeddingModel model = new EmbeddingModel(function, parameters);
        Parameters gradient = Parameters.zerosLike(parameters);
        Target.preference(new Link(0, 1, 3), 5).addGradient(model, gradient);
        for (Table table : Table.values()) {
            for (int id = 0; id < parameters.table(table).length; id++) {
                float[] row = parameters.row(table, id);
                for (int i = 0; i < row.length; i++) {
                    float before = row[i];
                    row[i] = before + STEP;
                    double more = model.score(0, 1, 3) - model.score(0, 1, 5);
                    row[i] = before - STEP;
                    double less = model.score(0, 1, 3) - model.score(0, 1, 5);
                    row[i] = before;
                    assertEquals(
                            (more - less) / (2 * STEP), gradient.row(table, id)[i], 10 * Tolerance.FINITE_DIFFERENCE);
                }
            }
        }
    }

    @Test
    void theGapIsThatToTheRunnerUpAndTheEffectsAreWhatLeavingAFactOutDoesToIt() {
        Link link = best(2, 1);
        NecessaryFacts found = find(link, known, 1, 3).orElseThrow();
        int[] answers = known.known(Side.TAIL, 2, 1);
        LinkPredictor.Prediction runnerUp = new LinkPredictor(trained.model()).best(Side.TAIL, 2, 1, answers, 2)[1];
        assertEquals(runnerUp.entity(), found.competitor());
        assertEquals(gap(trained.model(), link, found.competitor()), found.gap(), 1e-6);

        int strongest = found.effects().fact(found.effects().ranked()[0]);
        double effect = found.effects().influence(found.effects().ranked()[0]);
        BitSet removed = new BitSet();
        removed.set(strongest);
        double really = found.gap() - gap(trained.without(removed), link, found.competitor());
        assertTrue(really > 0, "without the strongest fact the gap is smaller, by " + really);
        assertEquals(really, effect, 0.3 * really);
        assertTrue(found.rest(3) <= found.rest(1), "more facts leave less");
    }

    @Test
    void theCompetitorThatIsExpectedToOvertakeFirstIsChosen() {
        Link link = best(4, 0);
        NecessaryFacts one = find(link, known, 1, 4).orElseThrow();
        NecessaryFacts five = find(link, known, 5, 4).orElseThrow();
        assertTrue(five.rest(4) <= one.rest(4), "the runner-up is among the five");
    }

    @Test
    void nothingIsNecessaryWhereNothingCompetes() {
        Link link = new Link(2, 1, 7);
        int[] everyTail = IntStream.range(0, facts.entityCount()).toArray();
        int[] heads = IntStream.of(everyTail).map(tail -> 2).toArray();
        int[] relations = IntStream.of(everyTail).map(tail -> 1).toArray();
        KnownFacts everything =
                KnownFacts.of(Facts.of(facts.entityCount(), facts.relationCount(), heads, relations, everyTail));
        assertTrue(find(link, everything, 2, 1).isEmpty());
    }

    private Optional<NecessaryFacts> find(Link link, KnownFacts known, int competitors, int most) {
        return NecessaryFacts.of(trained, List.of(link), known, competitors, most, MEMORY, TrainingMonitor.NONE)
                .get(0);
    }

    private Link best(int head, int relation) {
        int[] answers = known.known(Side.TAIL, head, relation);
        return new Link(
                head,
                relation,
                new LinkPredictor(trained.model()).best(Side.TAIL, head, relation, answers, 1)[0].entity());
    }

    private static double gap(EmbeddingModel model, Link link, int other) {
        return (double) model.score(link.head(), link.relation(), link.tail())
                - model.score(link.head(), link.relation(), other);
    }
}
