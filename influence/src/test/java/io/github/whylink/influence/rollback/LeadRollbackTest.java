package io.github.whylink.influence.rollback;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.testing.RandomFacts;
import io.github.whylink.embedding.testing.Settings;
import io.github.whylink.embedding.train.TrainingMonitor;
import io.github.whylink.embedding.train.TrainingSettings;
import io.github.whylink.influence.FactIndex;
import io.github.whylink.influence.Link;
import io.github.whylink.influence.TrainedModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LeadRollbackTest {
    private static final int[] KNOWN = {1, 4};

    /** Self-loops are among them. */
    private final Facts facts = RandomFacts.of(60, 12, 3, 4);

    private final TrainingSettings settings =
            Settings.small().scorer("ComplEx").epochs(10).builder().build();
    private final RollbackRecorder recorder =
            RollbackRecorder.of(facts, settings.entityWidth(), settings.relationWidth());
    private final TrainedModel trained = TrainedModel.train(facts, settings, recorder, TrainingMonitor.NONE);

    private List<LeadRollback.Choice> choices(Link link, int[] known, int most) {
        return new LeadRollback(trained.model(), facts, new FactIndex(facts), recorder.ledger()).of(link, known, most);
    }

    /** On a copy of the model: the three rows of the link less what the facts did to them. */
    private double lead(Link link, List<Integer> removed) {
        Parameters rows = trained.model().parameters();
        float[] head = rows.entities()[link.head()].clone();
        float[] relation = rows.relations()[link.relation()].clone();
        float[] tail = rows.entities()[link.tail()].clone();
        int width = head.length;
        for (int fact : removed) {
            float[] update = recorder.ledger().row(fact);
            for (int i = 0; i < width; i++) {
                float ofHead = update[i];
                float ofTail = update[width + relation.length + i];
                head[i] -=
                        (facts.head(fact) == link.head() ? ofHead : 0) + (facts.tail(fact) == link.head() ? ofTail : 0);
                tail[i] -=
                        (facts.head(fact) == link.tail() ? ofHead : 0) + (facts.tail(fact) == link.tail() ? ofTail : 0);
            }
            for (int i = 0; i < relation.length && facts.relation(fact) == link.relation(); i++) {
                relation[i] -= update[width + i];
            }
        }
        float[][] entities = rows.entities();
        return score(head, relation, tail)
                - IntStream.range(0, entities.length)
                        .filter(rival -> rival != link.tail() && Arrays.binarySearch(KNOWN, rival) < 0)
                        .mapToDouble(rival -> score(head, relation, entities[rival]))
                        .max()
                        .orElseThrow();
    }

    private double score(float[] head, float[] relation, float[] tail) {
        return new EmbeddingModel(
                        trained.model().function(),
                        new Parameters(new float[][] {head, tail}, new float[][] {relation}))
                .score(0, 0, 1);
    }

    @Test
    void eachChoiceLeavesTheSmallestLeadTogetherWithThoseBefore() {
        for (Link link : List.of(new Link(2, 1, 7), new Link(9, 0, 3), new Link(5, 2, 5))) {
            List<Integer> before = new ArrayList<>();
            for (LeadRollback.Choice choice : choices(link, KNOWN, 4)) {
                double smallest = Double.POSITIVE_INFINITY;
                for (int fact = 0; fact < facts.count(); fact++) {
                    boolean near = facts.head(fact) == link.head()
                            || facts.tail(fact) == link.head()
                            || facts.head(fact) == link.tail()
                            || facts.tail(fact) == link.tail();
                    if (near && !before.contains(fact)) {
                        List<Integer> with = new ArrayList<>(before);
                        with.add(fact);
                        smallest = Math.min(smallest, lead(link, with));
                    }
                }
                assertEquals(smallest, choice.lead(), 1e-4);
                before.add(choice.fact());
                assertEquals(lead(link, before), choice.lead(), 1e-4);
            }
            assertEquals(4, before.size());
        }
    }

    @Test
    void nothingIsChosenWhereNothingCompetes() {
        assertTrue(
                choices(new Link(2, 1, 7), IntStream.range(0, 12).toArray(), 4).isEmpty());
    }

    @Test
    void againstOneRivalTheLeadOverItAloneCounts() {
        Link link = new Link(2, 1, 7);
        LeadRollback rollback = new LeadRollback(trained.model(), facts, new FactIndex(facts), recorder.ledger());
        for (int rival = 0; rival < 12; rival++) {
            int only = rival;
            int[] others =
                    IntStream.range(0, 12).filter(e -> e != only && e != 7).toArray();
            if (rival != 7) {
                assertEquals(rollback.of(link, others, 3), rollback.against(new int[] {rival}, link, 3));
            }
        }
    }

    /** Whatever is tried: what is said of the last set is what training without it says, and no set is tried again. */
    @Test
    void whatIsTriedOutIsWhatTrainingWithoutItShows() {
        LeadRollback rollback = new LeadRollback(trained.model(), facts, new FactIndex(facts), recorder.ledger());
        int overtaken = 0;
        int more = 0;
        for (int fact = 0; fact < facts.count(); fact++) {
            Link link = new Link(facts.head(fact), facts.relation(fact), facts.tail(fact));
            TriedFacts tried = TriedFacts.of(rollback, trained, link, new int[0], 2, 3);
            EmbeddingModel without = trained.without(tried.facts());
            double lead = without.score(link.head(), link.relation(), link.tail())
                    - IntStream.range(0, 12)
                            .filter(e -> e != link.tail())
                            .mapToDouble(e -> without.score(link.head(), link.relation(), e))
                            .max()
                            .orElseThrow();
            assertEquals(lead, tried.lead(), 1e-6);
            assertEquals(lead <= 0, tried.overtaken());
            assertEquals(2, tried.facts().cardinality());
            assertTrue(tried.overtaken() || tried.tries() == 3, "three sets could be tried");
            Set<BitSet> sets = new HashSet<>();
            for (int tries = 1; tries <= tried.tries(); tries++) {
                assertTrue(
                        sets.add(TriedFacts.of(rollback, trained, link, new int[0], 2, tries)
                                .facts()),
                        "tried twice");
            }
            overtaken += tried.overtaken() ? 1 : 0;
            more += tried.overtaken() && tried.tries() > 1 ? 1 : 0;
        }
        assertTrue(overtaken > facts.count() / 2, "overtaken " + overtaken);
        assertTrue(more > 0, "no second try was of use");
    }

    /** Two of ten facts hold the link up, and neither is what was expected: few trainings are to find them. */
    @Test
    void trainingsTeachWhichFactsHoldALinkUp() {
        LeadEstimate estimate = new LeadEstimate(2);
        for (int fact = 0; fact < 10; fact++) {
            estimate.expect(fact, fact < 4 ? -0.25 : -0.05);
        }
        Random random = new Random(1);
        BitSet two = estimate.next(2, random);
        assertTrue(two.nextSetBit(0) < 4 && two.length() <= 4, "what is expected at first: " + two);
        for (int training = 0; training < 12; training++) {
            double lead = 2 - (two.get(6) ? 0.9 : 0) - (two.get(8) ? 0.8 : 0) - (two.get(0) ? 0.1 : 0);
            estimate.learn(two, lead);
            two = estimate.next(2, random);
        }
        assertEquals(BitSet.valueOf(new long[] {1 << 6 | 1 << 8}), estimate.best(2, 0, random));
    }
}
