package io.github.whylink.procedures.jobs;

import io.github.whylink.embedding.tune.Nearest;
import io.github.whylink.procedures.config.ModelName;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Which models are being trained, changed or dropped in this server, and the jobs that run or ended lately: trainings, what
 * trains a model again to answer a question, and the writing of predicted links. A change or removal of a model is no job.
 *
 * <p>In memory only. It keeps two trainings of one name apart, which the graph alone cannot: each would see the other's
 * model only once it is committed.
 */
public final class Jobs {
    /** The jobs of this server: procedures are made anew for every call, so that they have to meet somewhere. */
    public static final Jobs OF_THIS_SERVER = new Jobs();

    private static final int REMEMBERED = 100;
    static final String TRAIN = "train";
    static final String TUNE = "tune";

    /** Daemons: a training that runs on after its call must not keep the server from stopping. */
    private final ExecutorService background = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "whylink-train");
        thread.setDaemon(true);
        return thread;
    });

    private final Set<Claimed> claimed = new HashSet<>();
    private final Deque<Job> jobs = new ArrayDeque<>();

    private record Claimed(String database, ModelName model) {}

    /** Holds a model until it is closed. */
    public interface Claim extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Does something to a model while nobody else trains, changes or drops it.
     *
     * @throws IllegalStateException if another call does
     */
    public <T> T exclusively(String database, ModelName model, Supplier<T> work) {
        Claim claim = claim(database, model);
        try (claim) {
            return work.get();
        }
    }

    /**
     * Keeps others from training, changing or dropping a model.
     *
     * @throws IllegalStateException if another call does
     */
    public Claim claim(String database, ModelName model) {
        Claimed claim = new Claimed(database, model);
        synchronized (this) {
            if (!claimed.add(claim)) {
                throw new IllegalStateException(
                        "model '%s' is being trained, changed or dropped by another call right now; CALL whylink.jobs() shows how far it is if it is trained, else try again in a moment"
                                .formatted(model));
            }
        }
        return () -> {
            synchronized (this) {
                claimed.remove(claim);
            }
        };
    }

    /** Does something in a thread of its own, after the call that asked for it. */
    public void inBackground(Runnable work) {
        background.execute(work);
    }

    /**
     * Asks a training or a search to stop; it removes its traces and ends a little later.
     *
     * @throws IllegalArgumentException if there is no such training, with those that run
     */
    public Job cancel(String database, String id) {
        List<Job> running;
        synchronized (this) {
            running = jobs.stream()
                    .filter(job -> job.isOf(database) && !job.hasEnded())
                    .toList();
        }
        Job found = running.stream()
                .filter(job -> job.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no job '%s' is running; %s"
                        .formatted(
                                id,
                                running.isEmpty()
                                        ? "none is"
                                        : "there are "
                                                + Nearest.list(running.stream()
                                                        .map(Job::id)
                                                        .toList()))));
        if (!found.isCancellable()) {
            throw new IllegalArgumentException(
                    "job '%s' is part of the call that waits for it; stop that with TERMINATE TRANSACTIONS"
                            .formatted(id));
        }
        found.cancel();
        return found;
    }

    /** Tells whether a call trains, changes or drops the model right now. */
    public synchronized boolean isBusy(String database, ModelName model) {
        return claimed.contains(new Claimed(database, model));
    }

    /** Notes a training that runs {@link #exclusively}; an earlier one of that name is forgotten. */
    public Job begin(String database, ModelName model, int maxEpochs) {
        return begin(database, model, TRAIN, maxEpochs);
    }

    /** Does something that takes a while with a model, and notes how it goes; earlier ones of its kind that ended are forgotten. */
    public <T> T watched(String database, ModelName model, String task, int maxEpochs, Function<Job, T> work) {
        Job job = begin(database, model, task, maxEpochs);
        try {
            T result = work.apply(job);
            job.done("done");
            return result;
        } catch (RuntimeException | Error e) {
            job.failed(e);
            throw e;
        }
    }

    /** Searches for how to train, which is about no model, and notes how it goes. */
    public <T> T tuned(String database, Function<Job, T> work) {
        return watched(database, null, TUNE, 0, work);
    }

    /**
     * The same in a thread of its own, after the call that asked for it. What it finds is kept with the job, until the next
     * search begins.
     *
     * @param work the rows that it would have returned
     */
    @SuppressWarnings("CatchAndPrintStackTrace")
    public Job tuneInBackground(String database, Function<Job, List<Map<String, Object>>> work) {
        Job job = begin(database, null, TUNE, 0);
        try {
            inBackground(() -> {
                try {
                    job.found(work.apply(job));
                } catch (RuntimeException | Error e) {
                    // Nobody waits for it; the job has it.
                    job.failed(e);
                }
            });
        } catch (RuntimeException | Error e) {
            job.failed(e);
            throw e;
        }
        return job;
    }

    private synchronized Job begin(String database, ModelName model, String task, int maxEpochs) {
        jobs.removeIf(job -> job.isOf(database, model, task) && job.hasEnded());
        for (Iterator<Job> oldest = jobs.descendingIterator(); jobs.size() >= REMEMBERED && oldest.hasNext(); ) {
            Job job = oldest.next();
            if (job.hasEnded() && !job.hasFound()) {
                oldest.remove();
            }
        }
        Job job = new Job(database, model, task, maxEpochs);
        jobs.addFirst(job);
        return job;
    }

    /** The jobs of a database, the latest first. */
    public List<Job.Snapshot> of(String database) {
        List<Job> found;
        synchronized (this) {
            found = new ArrayList<>(jobs);
        }
        return found.stream()
                .filter(job -> job.isOf(database))
                .map(Job::snapshot)
                .toList();
    }
}
