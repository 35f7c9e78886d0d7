package io.github.whylink.embedding.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.testing.RandomFacts;
import io.github.whylink.embedding.testing.Settings;
import java.util.Arrays;
import java.util.BitSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class NewcomersTest {
    private static final Facts ALL = RandomFacts.of(120, 20, 3, 7);
    private static final BitSet NEWCOMERS = BitSet.valueOf(new long[] {1L << 3 | 1L << 11});

    private static final Facts OF_NEWCOMERS = ALL.select(Newcomers.factsOf(ALL, NEWCOMERS));

    private static Parameters trained(TrainingSettings settings) {
        return Trainer.train(ALL, settings, TrainingObserver.NONE, TrainingMonitor.NONE);
    }

    private static Parameters withNewcomers(TrainingSettings settings, Parameters rows) {
        return Newcomers.train(
                ALL,
                settings,
                settings.epochs(),
                0.1f,
                rows,
                NEWCOMERS,
                30,
                TrainingObserver.NONE,
                TrainingMonitor.NONE);
    }

    @ParameterizedTest
    @CsvSource({
        "SGD,1,perFact",
        "Adagrad,8,perFact",
        "Adam,1,perFact",
        "Adam,8,perFact",
        "Adagrad,8,1vsAll",
        "RowAdagrad,8,shared"
    })
    void noBitOfAnotherRowIsMoved(String optimizer, int batchSize, String regime) {
        TrainingSettings settings = Settings.small()
                .optimizer(optimizer)
                .batchSize(batchSize)
                .builder()
                .negatives(new Negatives(
                        Negatives.regime(regime), 4, NegativeSides.BOTH, Negatives.Sampling.UNIFORM, false))
                .build();
        Parameters before = trained(settings);
        Parameters after = withNewcomers(settings, before);
        for (int entity = 0; entity < ALL.entityCount(); entity++) {
            if (NEWCOMERS.get(entity)) {
                assertFalse(Arrays.equals(before.entities()[entity], after.entities()[entity]));
            } else {
                assertArrayEquals(before.entities()[entity], after.entities()[entity]);
            }
        }
        assertArrayEquals(before.relations(), after.relations());
    }

    @Test
    void aNewcomerIsWhereItsFactsPullIt() {
        TrainingSettings settings =
                Settings.small().optimizer("Adagrad").epochs(30).build();
        Parameters rows = trained(settings);
        NEWCOMERS.stream().forEach(entity -> Arrays.fill(rows.entities()[entity], 0.01f));
        EmbeddingModel before = new EmbeddingModel(settings.scoringFunction(), rows);
        EmbeddingModel after = new EmbeddingModel(settings.scoringFunction(), withNewcomers(settings, rows));
        double gained = 0;
        for (int fact = 0; fact < OF_NEWCOMERS.count(); fact++) {
            gained += after.score(OF_NEWCOMERS.head(fact), OF_NEWCOMERS.relation(fact), OF_NEWCOMERS.tail(fact))
                    - before.score(OF_NEWCOMERS.head(fact), OF_NEWCOMERS.relation(fact), OF_NEWCOMERS.tail(fact));
        }
        assertTrue(gained / OF_NEWCOMERS.count() > 0.5, "by " + gained / OF_NEWCOMERS.count());
    }

    @Test
    void aTrainingThatBeginsAsEveryOneIsEveryOne() {
        TrainingSettings settings =
                Settings.small().batchSize(4).optimizer("Adagrad").build();
        Parameters begun = Trainer.initialParameters(ALL, settings);
        Parameters rows = Trainer.trainFrom(
                Beginning.at(begun), settings.epochs(), ALL, settings, TrainingObserver.NONE, TrainingMonitor.NONE);
        assertArrayEquals(trained(settings).entities(), rows.entities());
        assertArrayEquals(trained(settings).relations(), rows.relations());
        assertArrayEquals(Trainer.initialParameters(ALL, settings).entities(), begun.entities());
    }

    /** A row has another number where nodes have come in between. */
    @Test
    void knownRowsAreTakenAlongAndOthersBeginAsInANewTraining() {
        TrainingSettings settings = Settings.small().build();
        Parameters known = trained(settings);
        int[] entities = IntStream.range(0, 22)
                .map(entity -> entity < 20 ? 19 - entity : -1)
                .toArray();
        int[] relations = {2, -1, 0};
        Facts facts = RandomFacts.of(100, 22, 3, 8);
        Parameters rows = Beginning.goingOn(facts, settings, known, entities, relations);
        Parameters initial = Trainer.initialParameters(facts, settings);
        assertArrayEquals(known.entities()[19], rows.entities()[0]);
        assertArrayEquals(known.entities()[0], rows.entities()[19]);
        assertArrayEquals(initial.entities()[20], rows.entities()[20]);
        assertArrayEquals(known.relations()[2], rows.relations()[0]);
        assertArrayEquals(initial.relations()[1], rows.relations()[1]);
        assertArrayEquals(known.relations()[0], rows.relations()[2]);
        assertThrows(
                IllegalArgumentException.class,
                () -> Trainer.trainFrom(
                        Beginning.at(known), 1, facts, settings, TrainingObserver.NONE, TrainingMonitor.NONE));
    }
}
