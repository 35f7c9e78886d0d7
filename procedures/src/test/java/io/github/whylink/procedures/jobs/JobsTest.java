package io.github.whylink.procedures.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.procedures.config.ModelName;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class JobsTest {
    private static final ModelName MODEL = new ModelName("m");

    private final Jobs jobs = new Jobs();

    @Test
    void aModelIsTrainedByOneCallAtATime() {
        String result = jobs.exclusively("neo4j", MODEL, () -> {
            assertTrue(jobs.isBusy("neo4j", MODEL));
            assertFalse(jobs.isBusy("other", MODEL));
            assertThrows(IllegalStateException.class, () -> jobs.exclusively("neo4j", MODEL, () -> "second"));
            return jobs.exclusively("other", MODEL, () -> "first");
        });
        assertEquals("first", result);
        assertFalse(jobs.isBusy("neo4j", MODEL));
    }

    @Test
    void aFailureSetsTheNameFree() {
        assertThrows(
                ArithmeticException.class,
                () -> jobs.exclusively("neo4j", MODEL, () -> {
                    throw new ArithmeticException("failed");
                }));
        assertFalse(jobs.isBusy("neo4j", MODEL));
    }

    @Test
    void progressGrowsFromPhaseToPhase() {
        Job job = jobs.begin("neo4j", MODEL, 2);
        double reading = snapshot().progress();
        job.enter(Phase.TRAINING, "training");
        double training = snapshot().progress();
        job.epochFinished(1, 0.5);
        assertEquals("epoch 1 of 2", snapshot().message());
        assertEquals(0.5, snapshot().loss());
        double half = snapshot().progress();
        job.done("done");
        assertEquals(0, reading);
        assertTrue(training > reading && half > training);
        assertEquals(1, snapshot().progress());
        assertEquals("done", snapshot().phase().text());
    }

    @Test
    void whatASearchFoundStaysWhateverElseBegins() throws InterruptedException {
        Job search = jobs.tuneInBackground("neo4j", job -> List.of(Map.of("mrr", 0.5)));
        for (int waited = 0; !search.hasEnded() && waited < 1000; waited++) {
            Thread.sleep(10);
        }
        for (int i = 0; i < 300; i++) {
            jobs.begin("neo4j", new ModelName("m" + i), 1).done("done");
        }
        assertEquals(
                List.of(Map.of("mrr", 0.5)),
                jobs.of("neo4j").stream()
                        .map(Job.Snapshot::found)
                        .filter(found -> found != null)
                        .findFirst()
                        .orElse(List.of()));
        assertTrue(jobs.of("neo4j").size() <= 101);
    }

    @Test
    void whatTrainsAgainIsWatchedBesideTheTraining() {
        jobs.begin("neo4j", MODEL, 2).done("trained");
        String result = jobs.watched("neo4j", MODEL, "verify", 2, job -> {
            assertEquals("verify", snapshot().task());
            job.enter(Phase.RETRAINING, "training 4 times");
            double before = snapshot().progress();
            job.trained(1, 4);
            assertTrue(
                    snapshot().message().startsWith("1 of 4 trainings, about "),
                    snapshot().message());
            assertTrue(snapshot().progress() > before && snapshot().progress() < 1);
            return "result";
        });
        assertEquals("result", result);
        assertEquals("done", snapshot().phase().text());
        assertThrows(
                ArithmeticException.class,
                () -> jobs.watched("neo4j", MODEL, "verify", 2, job -> {
                    throw new ArithmeticException("no more");
                }));
        assertEquals("failed", snapshot().phase().text());
        assertEquals("no more", snapshot().message());
        assertEquals(
                List.of("verify", "train"),
                jobs.of("neo4j").stream().map(Job.Snapshot::task).toList(),
                "the earlier one of its kind is forgotten");
    }

    @Test
    void theLastValidationIsShown() {
        Job job = jobs.begin("neo4j", MODEL, 4);
        job.epochFinished(1, 0.5);
        assertNull(snapshot().validationMrr());
        job.validated(0.25);
        assertEquals(0.25, snapshot().validationMrr());
        assertEquals("epoch 1 of 4, validation mrr 0.2500", snapshot().message());
        job.epochFinished(2, 0.4);
        assertEquals("epoch 2 of 4, validation mrr 0.2500", snapshot().message());
    }

    @Test
    void aRepeatedEpochSaysSoAndTurnsNothingBack() {
        Job job = jobs.begin("neo4j", MODEL, 4);
        job.epochFinished(1, 0.5);
        job.epochFinished(2, 0.4);
        Job.Snapshot before = snapshot();
        job.epochFinished(1, 0.5);
        assertEquals(before.epoch(), snapshot().epoch());
        assertEquals(before.loss(), snapshot().loss());
        assertEquals(before.progress(), snapshot().progress());
        assertEquals(
                "epoch 1 again, to record what led to the best one", snapshot().message());
    }

    @Test
    void onlyTheLastHundredAreRememberedAndThoseThatStillRun() {
        jobs.begin("neo4j", new ModelName("running"), 1);
        for (int i = 0; i < 150; i++) {
            jobs.begin("neo4j", new ModelName("m" + i), 1).done("trained");
        }
        List<Job.Snapshot> listed = jobs.of("neo4j");
        assertEquals(100, listed.size());
        assertEquals("m149", listed.get(0).model().value());
        assertEquals("running", listed.get(99).model().value());
        assertEquals(List.of(), jobs.of("other"));
    }

    private Job.Snapshot snapshot() {
        return jobs.of("neo4j").get(0);
    }
}
