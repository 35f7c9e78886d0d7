package io.github.whylink.influence.correction;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.kernel.CounterHash;
import io.github.whylink.embedding.kernel.Rows;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.Parameters.Table;
import io.github.whylink.embedding.scoring.SideBySide;
import io.github.whylink.embedding.train.Dropout;
import io.github.whylink.embedding.train.Examples;
import io.github.whylink.embedding.train.OwnRowGradients;
import io.github.whylink.embedding.train.Trainer;
import io.github.whylink.embedding.train.TrainingMonitor;
import io.github.whylink.embedding.train.TrainingSettings;
import io.github.whylink.influence.FactIndex;
import io.github.whylink.influence.TrainedModel;
import io.github.whylink.influence.rollback.InfluenceLedger;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes a model forget facts: changes it into about what the same training without them would have ended in, at a small part
 * of its cost.
 *
 * <p>A training leaves each row where the pulls of its facts nearly hold each other. Without the facts F the others are to
 * pull as all of them did:
 *
 * <pre>
 * r_e(rows) = Σ over facts f at e, not in F  (g_f(rows) - g_f(trained rows))  -  Σ over facts f at e, in F  g_f(trained rows)
 * row_e ← row_e - τ_e·r_e            for the entities e of F, some passes
 * τ_e   = 1 / Σ weights of the facts at e, or ⟨s, y⟩ / ⟨y, y⟩ of the last changes s of the row and y of r where that is shorter
 * </pre>
 *
 * <p>where g_f is the gradient of the loss of f on the row of e. It is a difference at the same facts and the same negatives,
 * so that few of the facts around an entity tell it well: they are sampled, as many as the effort allows. Where r has grown,
 * the row goes back and takes half the step. The passes are few on purpose: a training does not end where the pulls hold each
 * other either, and rows that do would have forgotten more than there was. Rows of relations, on which all facts of a type
 * depend, stay. Where an entity or relation has no other fact left, nothing holds its row: what was recorded of its facts is
 * subtracted, or its row is the initial one where nothing was recorded.
 *
 * <p>A model that fits its facts all too well, as one without a penalty may, has no pulls left to go by: there {@link #rollBack}
 * forgets better, as only the record tells what the facts did. Elsewhere it is worse:
 * it forgets that the others answered to it. O(effort · training). Source of the shorter step: Barzilai and Borwein, "Two-point
 * step size gradient methods", IMA
 * Journal of Numerical Analysis 8, 1988, eq. 5.
 */
public final class Forgetting {
    /** What {@link #forget} takes, as a part of what the training took. */
    public static final double EFFORT = 0.03;

    /** Changes of each row. */
    public static final int PASSES = 7;

    /** Keeps the samples apart from other draws of the same seed. */
    private static final long SAMPLE_STREAM = 0x666F72676F747465L;

    private static final int BATCH = 256;

    /**
     * Draws of negatives and dropout for the facts that are forgotten, each that of another epoch: they are few, and all that
     * starts the rows moving.
     */
    private static final int DRAWS = 4;

    /** More facts around an entity hardly tell more. */
    private static final int MOST_AROUND = 512;

    private static final int LEAST_AROUND = 2;

    private final TrainedModel trained;
    private final Facts facts;
    private final BitSet forgotten;
    private final EditedModel edited;
    private final Examples examples;
    private final int draws;
    private final int passes;
    private final TrainingMonitor monitor;

    /** The entities whose rows are moved, by their index. */
    private final Map<Integer, Around> entities = new HashMap<>();

    private final BitSet lonelyEntities = new BitSet();
    private final BitSet lonelyRelations = new BitSet();

    /** The facts that stand for those around the entities, ascending. */
    private int[] sampled;

    private Forgetting(TrainedModel trained, BitSet forgotten, int passes, TrainingMonitor monitor) {
        this.trained = trained;
        this.forgotten = forgotten;
        this.passes = passes;
        this.monitor = monitor;
        facts = trained.facts();
        edited = new EditedModel(trained.model());
        examples = new Examples(facts, trained.settings());
        draws = drawsOf(trained.settings());
    }

    /** One where nothing is drawn, so that another would be the same gradient again. */
    private static int drawsOf(TrainingSettings settings) {
        return settings.negatives().regime().all() && settings.dropout().equals(Dropout.NONE) ? 1 : DRAWS;
    }

    /**
     * Forgets some facts.
     *
     * @param trained Not modified.
     * @param index of its facts
     * @param recorded what was recorded of its facts; only those of the forgotten are read. Null if nothing was.
     * @param forgotten indexes of facts, at least one. Not modified.
     * @return the model without them
     */
    public static EditedModel forget(
            TrainedModel trained,
            FactIndex index,
            InfluenceLedger recorded,
            BitSet forgotten,
            TrainingMonitor monitor) {
        return forget(trained, index, recorded, forgotten, EFFORT, PASSES, monitor);
    }

    /**
     * Forgets some facts with more or less effort.
     *
     * @param effort gradients of facts to compute at most, as a part of those of the training; a few for each entity are
     *     computed in any case
     * @param passes changes of each row, at least 1
     */
    public static EditedModel forget(
            TrainedModel trained,
            FactIndex index,
            InfluenceLedger recorded,
            BitSet forgotten,
            double effort,
            int passes,
            TrainingMonitor monitor) {
        return forget(List.of(trained), trained.model(), index, recorded, forgotten, effort, passes, monitor);
    }

    /**
     * Forgets some facts in all models of an ensemble.
     *
     * @param members of the ensemble, trained on the same facts. Not modified.
     * @param together what they answer with, {@link SideBySide#join joined}. Not modified.
     * @param recorded what was recorded of the facts, side by side as the rows; null if nothing was
     * @return the joined model without the facts
     */
    public static EditedModel forget(
            List<TrainedModel> members,
            EmbeddingModel together,
            FactIndex index,
            InfluenceLedger recorded,
            BitSet forgotten,
            TrainingMonitor monitor) {
        return forget(members, together, index, recorded, forgotten, EFFORT, PASSES, monitor);
    }

    private static EditedModel forget(
            List<TrainedModel> members,
            EmbeddingModel together,
            FactIndex index,
            InfluenceLedger recorded,
            BitSet forgotten,
            double effort,
            int passes,
            TrainingMonitor monitor) {
        SideBySide sideBySide = new SideBySide(together.function(), members.size());
        EditedModel edited = new EditedModel(together);
        BitSet entities = new BitSet();
        BitSet relations = new BitSet();
        for (int m = 0; m < members.size(); m++) {
            Forgetting forgetting = new Forgetting(members.get(m), forgotten, passes, monitor);
            forgetting.find(index);
            if (!forgetting.entities.isEmpty()) {
                forgetting.sample(index, effort);
                forgetting.move();
            }
            if (recorded == null) {
                forgetting.begin();
            } else {
                entities.or(forgetting.lonelyEntities);
                relations.or(forgetting.lonelyRelations);
            }
            for (Table table : Table.values()) {
                float[][] rows = forgetting.edited.model().parameters().table(table);
                int member = m;
                forgetting.edited.changed(table).stream()
                        .forEach(row -> sideBySide.put(
                                table, rows[row], 0, rows[row].length, member, edited.writable(table, row), 0));
            }
        }
        if (recorded != null) {
            forgotten.stream()
                    .forEach(fact -> edited.rollBack(members.get(0).facts(), recorded, fact, entities, relations));
        }
        return edited;
    }

    /** Subtracts what was recorded of some facts from their rows, and nothing else: what gradient rollback does. */
    public static EditedModel rollBack(Facts facts, EmbeddingModel model, InfluenceLedger recorded, BitSet forgotten) {
        EditedModel edited = new EditedModel(model);
        forgotten.stream().forEach(fact -> edited.rollBack(facts, recorded, fact));
        return edited;
    }

    /** Tells the rows that other facts hold from those that none does. */
    private void find(FactIndex index) {
        BitSet touched = new BitSet();
        forgotten.stream().forEach(fact -> {
            touched.set(facts.head(fact));
            touched.set(facts.tail(fact));
            lonelyRelations.set(facts.relation(fact));
        });
        for (int fact = 0; fact < facts.count(); fact++) {
            if (holds(fact)) {
                lonelyRelations.clear(facts.relation(fact));
            }
        }
        touched.stream().forEach(entity -> {
            int[] at = index.at(entity);
            if (Arrays.stream(at).noneMatch(this::holds)) {
                lonelyEntities.set(entity);
            } else {
                entities.put(
                        entity,
                        new Around(
                                entity,
                                Arrays.stream(at).mapToDouble(facts::weight).sum()));
            }
        });
    }

    /** Whether a fact that stays keeps its rows where they are. */
    private boolean holds(int fact) {
        return !forgotten.get(fact) && facts.weight(fact) > 0;
    }

    /** Makes the rows that no other fact holds what they were before the first step. */
    private void begin() {
        if (!lonelyEntities.isEmpty() || !lonelyRelations.isEmpty()) {
            Parameters initial = Trainer.initialParameters(facts, trained.settings());
            lonelyEntities.stream().forEach(e -> copy(initial.entities()[e], edited.writable(Table.ENTITIES, e)));
            lonelyRelations.stream().forEach(r -> copy(initial.relations()[r], edited.writable(Table.RELATIONS, r)));
        }
    }

    private static void copy(float[] from, float[] to) {
        System.arraycopy(from, 0, to, 0, to.length);
    }

    /** Chooses the facts around each entity: those of the smallest hashes, so that the choice is the same in all passes. */
    private void sample(FactIndex index, double effort) {
        double gradients = effort * trained.epochs() * facts.count() - (double) draws * forgotten.cardinality();
        int each =
                (int) Math.max(LEAST_AROUND, Math.min(MOST_AROUND, gradients / passes / Math.max(1, entities.size())));
        BitSet chosen = new BitSet();
        for (Around around : entities.values()) {
            int[] others = Arrays.stream(index.at(around.entity))
                    .filter(fact -> !forgotten.get(fact))
                    .toArray();
            long[] hashes = Arrays.stream(others).mapToLong(this::hash).sorted().toArray();
            int taken = Math.min(each, hashes.length);
            around.greatestHash = hashes[taken - 1];
            around.weight = (float) others.length / taken;
            for (int fact : others) {
                if (hash(fact) <= around.greatestHash) {
                    chosen.set(fact);
                }
            }
        }
        sampled = chosen.stream().toArray();
    }

    private long hash(int fact) {
        return CounterHash.hash(trained.settings().seed() ^ SAMPLE_STREAM, facts.key(fact), 0, 0);
    }

    private void move() {
        int most = Math.min(BATCH, Math.max(sampled.length, forgotten.cardinality()));
        Parameters rows = edited.model().parameters();
        try (OwnRowGradients gradients = new OwnRowGradients(examples, rows, most, monitor)) {
            int[] gone = forgotten.stream().toArray();
            for (int draw = 0; draw < draws; draw++) {
                add(gradients, gone, draw, -1f / draws, false);
            }
            if (passes > 1) {
                add(gradients, sampled, 0, -1f, true);
            }
            for (Around around : entities.values()) {
                around.begin();
            }
            for (int pass = 1; pass < passes; pass++) {
                for (Around around : entities.values()) {
                    around.restart();
                }
                add(gradients, sampled, 0, 1f, true);
                for (Around around : entities.values()) {
                    around.step();
                }
            }
        }
    }

    /**
     * Adds gradients at the rows as they are to the sums of the entities.
     *
     * @param draw 0 for the negatives of the last epoch, others for those of an epoch behind it
     * @param scale that they are multiplied with
     * @param sample whether the facts stand for others, so that they are weighed
     */
    private void add(OwnRowGradients gradients, int[] of, int draw, float scale, boolean sample) {
        float[][] heads = new float[Math.min(BATCH, of.length)][];
        float[][] tails = new float[heads.length][];
        int epoch = trained.epochs() - 1 + draw;
        for (int from = 0, batch = 0; from < of.length; from += BATCH, batch++) {
            int first = from;
            int to = Math.min(of.length, from + BATCH);
            Arrays.fill(heads, null);
            gradients.visit(of, from, to, epoch, batch, (fact, head, relation, tail) -> {
                int slot = Arrays.binarySearch(of, first, to, fact) - first;
                heads[slot] = head.clone();
                tails[slot] = tail == head ? null : tail.clone();
            });
            // In the order of the facts, so that threads do not change the sums.
            for (int slot = 0; slot < to - from; slot++) {
                if (heads[slot] != null) {
                    int fact = of[from + slot];
                    add(fact, facts.head(fact), heads[slot], scale, sample);
                    if (facts.head(fact) != facts.tail(fact)) {
                        add(fact, facts.tail(fact), tails[slot], scale, sample);
                    }
                }
            }
        }
    }

    private void add(int fact, int entity, float[] gradient, float scale, boolean sample) {
        Around around = entities.get(entity);
        if (around != null && (!sample || hash(fact) <= around.greatestHash)) {
            Rows.axpy(sample ? scale * around.weight : scale, gradient, sample ? around.sum : around.pull);
        }
    }

    /** An entity and what its facts pull at its row. */
    private final class Around {
        private final int entity;
        /** Sum of the weights of its facts. */
        private final double degree;

        /** That of the last fact in the sample. */
        private long greatestHash;

        /** How many facts one of the sample stands for. */
        private float weight;

        /** What the forgotten facts held against the others: minus their gradient at the trained rows. */
        private final float[] pull;

        /** Sum of the gradients that are being looked at. */
        private final float[] sum;

        /** Minus the gradients of the sample at the trained rows. */
        private final float[] before;

        private final float[] lastRow;
        private final float[] lastResidual;
        private double length;

        Around(int entity, double degree) {
            this.entity = entity;
            this.degree = degree;
            int width = trained.settings().entityWidth();
            pull = new float[width];
            sum = new float[width];
            before = new float[width];
            lastRow = new float[width];
            lastResidual = new float[width];
        }

        /** The first change: what the others do is as it was. */
        void begin() {
            copy(sum, before);
            copy(pull, lastResidual);
            length = 1.0 / degree;
            advance();
        }

        void restart() {
            Arrays.fill(sum, 0f);
        }

        /** A change after the sums at the present rows are known. */
        void step() {
            Rows.add(before, sum);
            Rows.add(pull, sum);
            float[] row = edited.writable(Table.ENTITIES, entity);
            if (!(Rows.squaredNorm(sum) <= Rows.squaredNorm(lastResidual))) {
                copy(lastRow, row);
                length /= 2;
            } else {
                double sy = 0;
                double yy = 0;
                for (int i = 0; i < row.length; i++) {
                    double y = (double) sum[i] - lastResidual[i];
                    sy += ((double) row[i] - lastRow[i]) * y;
                    yy += y * y;
                }
                if (sy > 0 && yy > 0) {
                    length = Math.min(length, sy / yy);
                }
                copy(sum, lastResidual);
            }
            advance();
        }

        private void advance() {
            float[] row = edited.writable(Table.ENTITIES, entity);
            copy(row, lastRow);
            Rows.axpy((float) -length, lastResidual, row);
        }
    }
}
