package io.github.whylink.influence.transplant;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.KnownFacts;
import io.github.whylink.embedding.testing.Settings;
import io.github.whylink.embedding.testing.TextFacts;
import io.github.whylink.embedding.train.LearningRate;
import io.github.whylink.embedding.train.OptimizerSettings;
import io.github.whylink.embedding.train.TrainingMonitor;
import io.github.whylink.embedding.train.TrainingObserver;
import io.github.whylink.influence.Link;
import io.github.whylink.influence.TrainedModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/**
 * Everybody is a citizen of the country of the town that they live in, of some it is not said; what they like says nothing about it.
 */
@TestInstance(Lifecycle.PER_CLASS)
class SufficientFactsTest {
    private static final int EPOCHS = 30;

    private final TextFacts text = TextFacts.of(people());
    private final Facts facts = text.facts();
    private final Link link = new Link(text.entity("person0x0"), text.relation("CITIZEN"), text.entity("country0"));
    private TrainedModel trained;

    private static String people() {
        List<String> lines = new ArrayList<>();
        for (int town = 0; town < 5; town++) {
            for (int p = 0; p < 9; p++) {
                String person = "person%dx%d".formatted(town, p);
                lines.add(person + " LIKES food" + (2 * town + p) % 4);
                lines.add(person + " LIVES town" + town);
                lines.add(person + " PLAYS game" + (town + 2 * p) % 3);
                if (p > 2) {
                    lines.add("%s CITIZEN country%d".formatted(person, town));
                }
            }
        }
        return String.join("; ", lines);
    }

    @BeforeAll
    void train() {
        trained = TrainedModel.train(
                facts,
                Settings.small()
                        .scorer("ComplEx")
                        .epochs(EPOCHS)
                        .builder()
                        .initialScale(0.3f)
                        .optimizer(new OptimizerSettings("Adagrad", LearningRate.constant(0.2f), 0.1f))
                        .build(),
                TrainingObserver.NONE,
                TrainingMonitor.NONE);
    }

    private Transplant transplant(int hosts) {
        return new Transplant(
                List.of(trained), trained.model(), link, KnownFacts.of(facts), hosts, EPOCHS, TrainingMonitor.NONE);
    }

    private String words(int fact) {
        return IntStream.range(0, facts.relationCount())
                        .filter(r -> r == facts.relation(fact))
                        .mapToObj(r -> r == text.relation("LIVES") ? "LIVES" : "another")
                        .findFirst()
                        .orElseThrow()
                + " of "
                + facts.head(fact);
    }

    @Test
    void whereSomebodyLivesSufficesForTheirCountry() {
        Transplant transplant = transplant(6);
        int[] ofTheHead = transplant.ofTheHead();
        assertEquals(3, ofTheHead.length);
        List<Integer> ordered = Arrays.stream(ofTheHead).boxed().toList();
        SufficientFacts found = SufficientFacts.of(transplant, ordered, 3, 6, count -> {});
        assertTrue(found.enough(), () -> "" + found);
        assertEquals(
                List.of("LIVES of " + link.head()),
                found.facts().stream().map(this::words).toList());
        assertEquals(6, found.holding());
        assertEquals(
                found.holding(), transplant.holding(new int[] {found.facts().get(0)}));
    }

    @Test
    void withoutThatTheBestOfTheOthersAreReturnedAndNotCalledEnough() {
        Transplant transplant = transplant(6);
        List<Integer> others = Arrays.stream(transplant.ofTheHead())
                .filter(fact -> facts.relation(fact) != text.relation("LIVES"))
                .boxed()
                .toList();
        SufficientFacts found = SufficientFacts.of(transplant, others, 3, 6, count -> {});
        assertFalse(found.enough());
        assertTrue(found.holding() < 6);
        assertEquals(
                new SufficientFacts(List.of(), 0, false, 0), SufficientFacts.of(transplant, List.of(), 3, 6, c -> {}));
    }

    @Test
    void hostsAreOthersForWhomThePredictionDoesNotHold() {
        Transplant transplant = transplant(6);
        int[] hosts = transplant.hosts();
        assertEquals(6, hosts.length);
        assertEquals(0, transplant.holding(new int[0]));
        KnownFacts known = KnownFacts.of(facts);
        for (int host : hosts) {
            assertTrue(host != link.head() && host != link.tail());
            assertFalse(known.contains(host, link.relation(), link.tail()));
        }
        assertEquals(Arrays.toString(hosts), Arrays.toString(transplant(6).hosts()), "the same draw");
    }

    @Test
    void aHostTakesThePlaceOfTheHeadAndFactsThatAreThereAreNotDoubled() {
        Transplant transplant = transplant(6);
        int host = text.entity("person0x4");
        int[] given = transplant.ofTheHead();
        Facts all = transplant.with(given, new int[] {host});
        long inBoth = Arrays.stream(given)
                .filter(fact -> KnownFacts.of(facts).contains(host, facts.relation(fact), facts.tail(fact)))
                .count();
        assertTrue(inBoth >= 1, "they live in the same town");
        assertEquals(facts.count() + given.length - inBoth, all.count());
        for (int fact = facts.count(); fact < all.count(); fact++) {
            assertEquals(host, all.head(fact));
        }
    }

    @Test
    void theModelStaysWhatItIs() {
        var before = trained.model().parameters().copy();
        transplant(3).holding(transplant(3).ofTheHead());
        assertTrue(Arrays.deepEquals(
                before.entities(), trained.model().parameters().entities()));
        assertTrue(Arrays.deepEquals(
                before.relations(), trained.model().parameters().relations()));
    }

    @Test
    void theSearchCanBeCancelled() {
        BitSet cancelled = new BitSet();
        TrainingMonitor monitor = new TrainingMonitor() {
            @Override
            public void checkCancelled() {
                if (cancelled.get(0)) {
                    throw new CancellationException();
                }
            }
        };
        Transplant transplant =
                new Transplant(List.of(trained), trained.model(), link, KnownFacts.of(facts), 3, EPOCHS, monitor);
        cancelled.set(0);
        assertThrows(CancellationException.class, () -> transplant.holding(transplant.ofTheHead()));
    }
}
