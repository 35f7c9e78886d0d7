package io.github.whylink.embedding.train;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.kernel.Team;
import io.github.whylink.embedding.scoring.Parameters.Table;

/**
 * Many facts a step, each with negatives of its own: one gradient per fact, computed in parallel, added in the order of
 * the facts.
 */
final class ExampleBatches implements Batches {
    /** Facts that a thread takes at once. */
    private static final int GROUP = 8;

    private final Stepper stepper;
    private final Facts facts;
    private final RowGradients[] gradients;
    private final double[] losses;
    private final int[] slotFacts;
    private final ExampleGradient[] examples;
    private final Team team;
    private final RowGradients total;

    ExampleBatches(Stepper stepper, int batchSize) {
        this.stepper = stepper;
        facts = stepper.examples().facts();
        gradients = new RowGradients[batchSize];
        for (int slot = 0; slot < batchSize; slot++) {
            gradients[slot] = RowGradients.shapedLike(stepper.parameters());
        }
        losses = new double[batchSize];
        slotFacts = new int[batchSize];
        int workers = Math.min(stepper.examples().settings().concurrency(), batchSize);
        examples = new ExampleGradient[workers];
        for (int worker = 0; worker < workers; worker++) {
            examples[worker] = new ExampleGradient(stepper.examples());
        }
        total = RowGradients.shapedLike(stepper.parameters());
        team = new Team(workers);
    }

    /** Bytes that an instance holds beside the parameters at most, as if no entity were drawn twice. */
    static long bytes(TrainingSettings settings, int entityCount, int relationCount, int batchSize) {
        int sides = settings.negatives().sides() == NegativeSides.BOTH ? 2 : 1;
        int rows = Math.min(entityCount, 2 + sides * settings.negatives().count());
        int allRows = (int) Math.min(entityCount, (long) batchSize * rows);
        long ofSlot =
                RowGradients.bytes(rows, settings.entityWidth()) + RowGradients.bytes(1, settings.relationWidth());
        return batchSize * ofSlot
                + RowGradients.bytes(allRows, settings.entityWidth())
                + RowGradients.bytes(Math.min(relationCount, batchSize), settings.relationWidth());
    }

    @Override
    public double step(int[] order, int from, int to, int epoch, int batch, long step) {
        int filled = 0;
        for (int i = from; i < to; i++) {
            if (!stepper.removed().get(order[i])) {
                slotFacts[filled++] = order[i];
            }
        }
        int slots = filled;
        team.run((slots + GROUP - 1) / GROUP, (worker, group) -> {
            if (worker == 0) {
                stepper.monitor().checkCancelled();
            }
            for (int slot = group * GROUP; slot < Math.min(slots, (group + 1) * GROUP); slot++) {
                gradients[slot].clear();
                losses[slot] =
                        examples[worker].add(stepper.parameters(), slotFacts[slot], epoch, batch, gradients[slot]);
            }
        });
        double loss = 0;
        total.clear();
        for (int slot = 0; slot < slots; slot++) {
            loss += losses[slot];
            total.add(gradients[slot]);
        }
        if (total.count(Table.RELATIONS) == 0) {
            return loss;
        }
        apply(step);
        if (stepper.observer().observesFacts()) {
            for (int slot = 0; slot < slots; slot++) {
                show(slotFacts[slot], gradients[slot]);
            }
        }
        return loss;
    }

    /** Moves every row that has a gradient. */
    private void apply(long step) {
        stepper.begin(step);
        moveRows(Table.ENTITIES);
        moveRows(Table.RELATIONS);
        stepper.optimizer().endStep(stepper.parameters(), total, stepper.observer());
    }

    private void moveRows(Table table) {
        float[][] rows = stepper.parameters().table(table);
        for (int i = 0; i < total.count(table); i++) {
            int id = total.id(table, i);
            stepper.optimizer().update(table, id, rows[id], total.values(table, i));
        }
    }

    /** Shows one fact of the step just taken to the observer. */
    private void show(int fact, RowGradients gradient) {
        TrainingObserver observer = stepper.observer();
        int head = facts.head(fact);
        int tail = facts.tail(fact);
        observer.stepped(
                fact,
                gradient.rowIfTouched(Table.ENTITIES, head),
                gradient.rowIfTouched(Table.RELATIONS, facts.relation(fact)),
                gradient.rowIfTouched(Table.ENTITIES, tail),
                stepper.optimizer());
        if (observer.observesElsewhere()) {
            for (int i = 0; i < gradient.count(Table.ENTITIES); i++) {
                int id = gradient.id(Table.ENTITIES, i);
                if (id != head && id != tail) {
                    observer.steppedElsewhere(
                            Table.ENTITIES, id, gradient.values(Table.ENTITIES, i), stepper.optimizer());
                }
            }
        }
    }

    @Override
    public void close() {
        team.close();
    }
}
