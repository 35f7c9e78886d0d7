package io.github.whylink.influence;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.kernel.Team;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.train.ExampleGradient;
import io.github.whylink.embedding.train.Examples;
import io.github.whylink.embedding.train.FactOrder;
import io.github.whylink.embedding.train.RowGradients;
import io.github.whylink.embedding.train.TrainingMonitor;
import io.github.whylink.embedding.train.TrainingSettings;

/**
 * The gradient of each fact's loss at given parameters, with the negatives that the fact had in an epoch of its training.
 * O(facts · negatives · d), in parallel over the facts.
 */
public final class LossGradients implements AutoCloseable {
    /** Facts that a thread takes at once. */
    private static final int GROUP = 64;

    private final Facts facts;
    private final TrainingSettings settings;
    private final TrainingMonitor monitor;
    private final FactOrder order;
    private final Team team;
    private final ExampleGradient[] gradients;
    private final RowGradients[] scratch;

    /** Sees the gradients of a training's facts. */
    @FunctionalInterface
    public interface Visitor {
        /**
         * Sees one fact. Several facts are shown at once, by different workers.
         *
         * @param worker who shows it, below the concurrency of the settings: scratch space of that number is its own
         * @param fact index of the fact
         * @param gradient of its loss; valid during the call
         */
        void visit(int worker, int fact, RowGradients gradient);
    }

    /** Prepares scratch space for each thread of the settings. */
    public LossGradients(Examples examples, Parameters shape, TrainingMonitor monitor) {
        facts = examples.facts();
        settings = examples.settings();
        this.monitor = monitor;
        order = new FactOrder(facts, settings.seed());
        int concurrency = settings.concurrency();
        gradients = new ExampleGradient[concurrency];
        scratch = new RowGradients[concurrency];
        for (int worker = 0; worker < concurrency; worker++) {
            gradients[worker] = new ExampleGradient(examples);
            scratch[worker] = RowGradients.shapedLike(shape);
        }
        team = new Team(concurrency);
    }

    /**
     * Shows every fact once, in no certain order.
     *
     * @param parameters Not modified.
     * @param epoch counts from 0; decides the negatives
     */
    public void visit(Parameters parameters, int epoch, Visitor visitor) {
        int[] batches = order.batches(epoch, Math.min(settings.batchSize(), facts.count()));
        team.run((facts.count() + GROUP - 1) / GROUP, (worker, group) -> {
            monitor.checkCancelled();
            RowGradients gradient = scratch[worker];
            for (int fact = group * GROUP; fact < Math.min(facts.count(), (group + 1) * GROUP); fact++) {
                gradient.clear();
                gradients[worker].add(parameters, fact, epoch, batches[fact], gradient);
                visitor.visit(worker, fact, gradient);
            }
        });
    }

    @Override
    public void close() {
        team.close();
    }
}
