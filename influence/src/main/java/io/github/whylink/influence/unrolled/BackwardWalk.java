package io.github.whylink.influence.unrolled;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.kernel.Rows;
import io.github.whylink.embedding.kernel.Team;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.Parameters.Table;
import io.github.whylink.embedding.train.BatchCurvature;
import io.github.whylink.embedding.train.BatchCurvature.OwnGradients;
import io.github.whylink.embedding.train.Curvature;
import io.github.whylink.embedding.train.ExampleCurvature;
import io.github.whylink.embedding.train.Examples;
import io.github.whylink.embedding.train.Replay;
import io.github.whylink.embedding.train.RowGradients;
import io.github.whylink.embedding.train.TrainingSettings;
import io.github.whylink.influence.FactInfluences;
import java.util.Arrays;
import java.util.List;

/**
 * One walk of {@link UnrolledExplainer} for several targets at once. Work is divided into pieces that do not depend on the
 * number of threads and summed in a fixed order.
 */
final class BackwardWalk implements AutoCloseable {
    /** Facts of a batch that a thread takes at once. */
    private static final int GROUP = 16;

    private final Replay replay;
    private final List<Target> targets;
    private final Facts facts;
    private final Team team;
    private final Adjoints[] adjoints;
    private final double[][] influences;

    /** Per target: the adjoints of the gradients of the rows that a step moves, and what the step's curvature makes of them. */
    private final RowGradients[] directions;

    private final RowGradients[] changes;

    /** Whether a step is linear in the gradient, so that the slope of a fact's loss along its adjoint is all it did. */
    private final boolean stepIsLinear;

    private final Worker[] workers;

    /** For steps of one fact: the targets in one range for each thread; no result depends on it. */
    private final int targetsEach;

    private final RowGradients[][] directionRanges;
    private final RowGradients[][] changeRanges;

    /** For steps of several facts; null otherwise. */
    private final BatchCurvature curvature;

    private final OwnGradients own;
    private final double[][] slopes;

    BackwardWalk(Replay replay, List<Target> targets) {
        this.replay = replay;
        this.targets = targets;
        Examples examples = replay.examples();
        TrainingSettings settings = examples.settings();
        facts = examples.facts();
        int count = targets.size();
        influences = new double[count][facts.count()];
        adjoints = new Adjoints[count];
        directions = gradients(count);
        changes = gradients(count);
        stepIsLinear = replay.stateWidth(Table.ENTITIES) == 0;
        int batchSize = Math.min(settings.batchSize(), facts.count());
        curvature = batchSize == 1 ? null : BatchCurvature.of(examples, count, Curvature.FULL);
        own = batchSize == 1 || stepIsLinear ? null : new OwnGradients(examples, batchSize);
        slopes = new double[count][batchSize];
        team = new Team(settings.concurrency());
        workers = new Worker[team.concurrency()];
        Arrays.setAll(workers, worker -> new Worker());
        targetsEach = Math.max(1, (count + workers.length - 1) / workers.length);
        int ranges = (count + targetsEach - 1) / targetsEach;
        directionRanges = new RowGradients[ranges][];
        changeRanges = new RowGradients[ranges][];
        for (int range = 0; range < ranges; range++) {
            int from = range * targetsEach;
            int to = Math.min(count, from + targetsEach);
            directionRanges[range] = Arrays.copyOfRange(directions, from, to);
            changeRanges[range] = Arrays.copyOfRange(changes, from, to);
        }
    }

    private RowGradients[] gradients(int count) {
        RowGradients[] made = new RowGradients[count];
        Arrays.setAll(made, k -> RowGradients.shapedLike(replay.parameters()));
        return made;
    }

    /** Takes the gradients of the targets at the parameters as they are now, those after the last step. */
    void start() {
        Parameters parameters = replay.parameters();
        EmbeddingModel model = new EmbeddingModel(replay.examples().settings().scoringFunction(), parameters);
        for (int k = 0; k < adjoints.length; k++) {
            adjoints[k] = new Adjoints(replay);
            targets.get(k).addGradient(model, adjoints[k].rows);
        }
    }

    /** Credits the facts of a step and carries the adjoints through it. */
    void stepBack(Replay.Step step) {
        if (curvature == null) {
            stepBackOne(step);
        } else {
            stepBackMany(step);
        }
    }

    FactInfluences[] influences() {
        return FactInfluences.ofAll(influences);
    }

    @Override
    public void close() {
        team.close();
        if (curvature != null) {
            curvature.close();
        }
    }

    /** The fact is the whole step: what became of every row is what the fact did. */
    private void stepBackOne(Replay.Step step) {
        int fact = step.fact(0);
        team.run(directionRanges.length, (worker, range) -> {
            int from = range * targetsEach;
            int to = from + directionRanges[range].length;
            for (int i = 0; i < step.count(); i++) {
                workers[worker].see(step, i, step.gradient(i));
                for (int k = from; k < to; k++) {
                    influences[k][fact] += workers[worker].effect(adjoints[k], step, i);
                }
            }
            for (int k = from; k < to; k++) {
                adjoints[k].pullBack(step, directions[k]);
                adjoints[k].takeStates(step);
                changes[k].clear();
            }
            workers[worker].curvature.add(
                    replay.parameters(),
                    fact,
                    step.epoch(),
                    step.batch(),
                    directionRanges[range],
                    to - from,
                    changeRanges[range],
                    workers[worker].slopes);
            for (int k = from; k < to; k++) {
                adjoints[k].add(changes[k]);
            }
        });
    }

    /**
     * To first order a fact did the slope of its loss along the adjoint of the gradient. On its own rows, of whose gradient
     * it may be the greater part, what it did is taken exactly instead.
     */
    private void stepBackMany(Replay.Step step) {
        int count = adjoints.length;
        team.run(count, (worker, k) -> {
            adjoints[k].pullBack(step, directions[k]);
            changes[k].clear();
        });
        curvature.add(replay.parameters(), step, directions, count, changes, slopes, own);
        team.run((step.factCount() + GROUP - 1) / GROUP, (worker, group) -> {
            for (int i = group * GROUP; i < Math.min(step.factCount(), (group + 1) * GROUP); i++) {
                int fact = step.fact(i);
                for (int k = 0; k < count; k++) {
                    influences[k][fact] += slopes[k][i];
                }
                if (own != null) {
                    correct(workers[worker], step, fact, Table.ENTITIES, facts.head(fact), own.head(i));
                    correct(workers[worker], step, fact, Table.RELATIONS, facts.relation(fact), own.relation(i));
                    if (facts.head(fact) != facts.tail(fact)) {
                        correct(workers[worker], step, fact, Table.ENTITIES, facts.tail(fact), own.tail(i, fact));
                    }
                }
            }
        });
        team.run(count, (worker, k) -> {
            adjoints[k].takeStates(step);
            adjoints[k].add(changes[k]);
        });
    }

    /** Replaces the first-order effect of a fact on one of its rows by the exact one. */
    private void correct(Worker worker, Replay.Step step, int fact, Table table, int index, float[] gradient) {
        int i = step.find(table, index);
        if (i < 0) {
            return;
        }
        worker.see(step, i, gradient);
        for (int k = 0; k < adjoints.length; k++) {
            influences[k][fact] +=
                    worker.effect(adjoints[k], step, i) - Rows.dot(directions[k].row(table, index), gradient);
        }
    }

    /** The adjoints of all rows and of the optimizer's state, for one target. */
    private static final class Adjoints {
        private final Parameters rows;
        private final Parameters states;

        /** Of the rows that the step moves, before it; {@link #states} are those after it until they are taken. */
        private final RowGradients statesBefore;

        Adjoints(Replay replay) {
            int entityState = replay.stateWidth(Table.ENTITIES);
            int relationState = replay.stateWidth(Table.RELATIONS);
            rows = Parameters.zerosLike(replay.parameters());
            states = new Parameters(
                    new float[rows.entities().length][entityState], new float[rows.relations().length][relationState]);
            statesBefore = new RowGradients(entityState, relationState);
        }

        void pullBack(Replay.Step step, RowGradients gradientAdjoint) {
            gradientAdjoint.clear();
            statesBefore.clear();
            for (int i = 0; i < step.count(); i++) {
                Table table = step.table(i);
                int index = step.index(i);
                float[] state = statesBefore.row(table, index);
                System.arraycopy(states.row(table, index), 0, state, 0, state.length);
                step.pullBack(i, rows.row(table, index), state, gradientAdjoint.row(table, index));
            }
        }

        void takeStates(Replay.Step step) {
            for (int i = 0; i < step.count(); i++) {
                float[] state = states.row(step.table(i), step.index(i));
                System.arraycopy(statesBefore.row(step.table(i), step.index(i)), 0, state, 0, state.length);
            }
        }

        void add(RowGradients change) {
            for (Table table : Table.values()) {
                for (int i = 0; i < change.count(table); i++) {
                    Rows.add(change.values(table, i), rows.row(table, change.id(table, i)));
                }
            }
        }
    }

    /** Scratch space of one thread. */
    private final class Worker {
        private final ExampleCurvature curvature;
        private final double[] slopes = new double[targets.size()];

        /** One row of each table. */
        private final Parameters rowChanges = new Parameters(
                new float[1][replay.parameters().entities()[0].length],
                new float[1][replay.parameters().relations()[0].length]);

        private final Parameters stateChanges = new Parameters(
                new float[1][replay.stateWidth(Table.ENTITIES)], new float[1][replay.stateWidth(Table.RELATIONS)]);

        Worker() {
            curvature = new ExampleCurvature(replay.examples());
        }

        /** Computes what a part of a row's gradient did in a step. */
        void see(Replay.Step step, int i, float[] part) {
            Table table = step.table(i);
            step.changeOf(i, part, rowChanges.row(table, 0), stateChanges.row(table, 0));
        }

        /** What came of it for one target. */
        double effect(Adjoints after, Replay.Step step, int i) {
            Table table = step.table(i);
            double effect = Rows.dot(after.rows.row(table, step.index(i)), rowChanges.row(table, 0));
            float[] stateChange = stateChanges.row(table, 0);
            return stateChange.length == 0
                    ? effect
                    : effect + Rows.dot(after.states.row(table, step.index(i)), stateChange);
        }
    }
}
