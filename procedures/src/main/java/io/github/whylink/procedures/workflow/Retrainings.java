package io.github.whylink.procedures.workflow;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.kernel.Team;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.train.Trainer;
import io.github.whylink.embedding.train.TrainingMonitor;
import io.github.whylink.procedures.jobs.Job;
import io.github.whylink.procedures.jobs.Phase;
import io.github.whylink.procedures.store.StoredTraining;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.IntFunction;

/**
 * Takes the training of a stored model again, each time with something changed, and measures what comes out. As many
 * trainings at a time as there are threads and half of the heap holds; a single one has all threads for itself.
 */
final class Retrainings {
    private final StoredTraining training;
    private final int concurrency;
    private final TrainingMonitor monitor;
    private final Job job;
    private final AtomicInteger done = new AtomicInteger();
    private int expected;

    Retrainings(StoredTraining training, int concurrency, TrainingMonitor monitor, Job job) {
        this.training = training;
        this.concurrency = concurrency;
        this.monitor = monitor;
        this.job = job;
    }

    /** Says before the first one how many trainings there will be, at most. */
    void expect(int trainings) {
        expected = trainings;
        job.enter(Phase.RETRAINING, "up to %d trainings".formatted(trainings));
    }

    /** Trains once for each set of facts, without it. */
    <T> List<T> without(List<BitSet> removals, Function<EmbeddingModel, T> measure) {
        return each(
                removals.size(), i -> measure.apply(training(removals.size()).without(removals.get(i), monitor)));
    }

    /** Trains with nothing changed but the seed. */
    <T> List<T> withOtherSeeds(int count, Function<EmbeddingModel, T> measure) {
        return each(count, i -> measure.apply(training(count).withOtherSeeds(1 + i, monitor)));
    }

    private StoredTraining training(int trainings) {
        return training.withConcurrency(trainings == 1 ? concurrency : 1);
    }

    private <T> List<T> each(int count, IntFunction<T> work) {
        List<T> results = new ArrayList<>(Collections.nCopies(count, null));
        try (Team team = new Team(Math.max(1, Math.min(count, atATime())))) {
            team.run(count, (worker, i) -> {
                results.set(i, work.apply(i));
                job.trained(done.incrementAndGet(), expected);
            });
        }
        return results;
    }

    private int atATime() {
        Facts facts = training.trained().facts();
        long each =
                Trainer.bytes(training.trained().settings(), facts.count(), facts.entityCount(), facts.relationCount());
        return (int) Math.max(1, Math.min(concurrency, Runtime.getRuntime().maxMemory() / 2 / Math.max(1, each)));
    }
}
