package io.github.whylink.embedding.train;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.kernel.Rows;
import io.github.whylink.embedding.kernel.Team;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.Parameters.Table;
import io.github.whylink.embedding.scoring.Similarity;
import io.github.whylink.embedding.train.ExampleCurvature.Direction;
import java.util.Arrays;

/**
 * Products of some directions with the derivative of a batch's summed gradient: the sum of {@link ExampleCurvature} over
 * its facts, by matrix products where the facts share their candidates and are compared with them by dot products. The
 * bits do not depend on the number of threads.
 */
public interface BatchCurvature extends AutoCloseable {
    /**
     * Makes the one that suits a training, with as many threads as its settings say.
     *
     * @param mostDirections how many directions {@link #add} will be asked for at once
     */
    static BatchCurvature of(Examples examples, int mostDirections, Curvature curvature) {
        TrainingSettings settings = examples.settings();
        boolean shared = settings.negatives().regime() != Negatives.Regime.PER_FACT;
        return shared && settings.scoringFunction().similarity() == Similarity.DOT
                ? new BlockCurvature(examples, mostDirections, curvature)
                : new FactByFact(examples, mostDirections, curvature);
    }

    /**
     * For each direction v adds {@code Jᵀ·v} and computes the slope of each fact's loss, {@code ⟨g, v⟩}.
     *
     * @param parameters Not modified.
     * @param batch the facts of one step of a training, with the number of its epoch and batch
     * @param directions at least {@code count}. Not modified.
     * @param results one for each direction, none of which is among the directions. Modified: rows to which something
     *     comes are added to.
     * @param slopes {@code [direction][fact of the batch]}. Modified: overwritten.
     * @param own Modified: overwritten by the gradients of the facts on their own rows. Null where nobody asks.
     */
    void add(
            Parameters parameters,
            Batch batch,
            Direction[] directions,
            int count,
            RowGradients[] results,
            double[][] slopes,
            OwnGradients own);

    /** The facts that take a step together. */
    interface Batch {
        /** Number of the epoch, from 0. */
        int epoch();

        /** Number of the batch in the epoch, from 0. */
        int batch();

        /** Number of facts. */
        int factCount();

        /** Index of the i-th fact. */
        int fact(int i);
    }

    /** The gradients of the facts of a batch, each on its own three rows. */
    final class OwnGradients {
        private final Facts facts;
        private final float[][] heads;
        private final float[][] relations;
        private final float[][] tails;

        /** For batches of at most so many facts. */
        public OwnGradients(Examples examples, int mostFacts) {
            TrainingSettings settings = examples.settings();
            facts = examples.facts();
            heads = new float[mostFacts][settings.entityWidth()];
            relations = new float[mostFacts][settings.relationWidth()];
            tails = new float[mostFacts][settings.entityWidth()];
        }

        public float[] head(int i) {
            return heads[i];
        }

        public float[] relation(int i) {
            return relations[i];
        }

        /** The same array as the head's where both ends of the fact are the same entity. */
        public float[] tail(int i, int fact) {
            return facts.head(fact) == facts.tail(fact) ? heads[i] : tails[i];
        }

        void clear(int i) {
            Arrays.fill(heads[i], 0f);
            Arrays.fill(relations[i], 0f);
            Arrays.fill(tails[i], 0f);
        }
    }

    @Override
    void close();

    /** The sum over facts, taken as it is written: in pieces whose sums are added up in order. */
    final class FactByFact implements BatchCurvature {
        private static final int PIECES = 8;

        private final Team team;
        private final ExampleCurvature[] curvatures;
        private final RowGradients[][] sums;
        private final double[][] factSlopes;
        private final Facts facts;
        private final ExampleGradient[] gradients;
        private final RowGradients[] ofFact;

        FactByFact(Examples examples, int mostDirections, Curvature curvature) {
            TrainingSettings settings = examples.settings();
            team = new Team(Math.min(settings.concurrency(), PIECES));
            curvatures = new ExampleCurvature[team.concurrency()];
            for (int worker = 0; worker < curvatures.length; worker++) {
                curvatures[worker] = new ExampleCurvature(examples, curvature);
            }
            sums = new RowGradients[PIECES][mostDirections];
            for (RowGradients[] piece : sums) {
                for (int k = 0; k < mostDirections; k++) {
                    piece[k] = new RowGradients(settings.entityWidth(), settings.relationWidth());
                }
            }
            factSlopes = new double[PIECES][mostDirections];
            facts = examples.facts();
            gradients = new ExampleGradient[curvatures.length];
            ofFact = new RowGradients[curvatures.length];
            for (int worker = 0; worker < gradients.length; worker++) {
                gradients[worker] = new ExampleGradient(examples);
                ofFact[worker] = new RowGradients(settings.entityWidth(), settings.relationWidth());
            }
        }

        @Override
        public void add(
                Parameters parameters,
                Batch batch,
                Direction[] directions,
                int count,
                RowGradients[] results,
                double[][] slopes,
                OwnGradients own) {
            int each = (batch.factCount() + PIECES - 1) / PIECES;
            int used = (batch.factCount() + each - 1) / each;
            team.run(used, (worker, piece) -> {
                for (RowGradients sum : sums[piece]) {
                    sum.clear();
                }
                for (int i = piece * each; i < Math.min(batch.factCount(), (piece + 1) * each); i++) {
                    curvatures[worker].add(
                            parameters,
                            batch.fact(i),
                            batch.epoch(),
                            batch.batch(),
                            directions,
                            count,
                            sums[piece],
                            factSlopes[piece]);
                    for (int k = 0; k < count; k++) {
                        slopes[k][i] = factSlopes[piece][k];
                    }
                    if (own != null) {
                        ofFact[worker].clear();
                        gradients[worker].add(parameters, batch.fact(i), batch.epoch(), batch.batch(), ofFact[worker]);
                        copyOwn(batch.fact(i), ofFact[worker], i, own);
                    }
                }
            });
            team.run(count, (worker, k) -> {
                for (int piece = 0; piece < used; piece++) {
                    results[k].add(sums[piece][k]);
                }
            });
        }

        private void copyOwn(int fact, RowGradients gradient, int i, OwnGradients own) {
            own.clear(i);
            Rows.add(gradient.row(Table.ENTITIES, facts.head(fact)), own.head(i));
            Rows.add(gradient.row(Table.RELATIONS, facts.relation(fact)), own.relation(i));
            if (facts.head(fact) != facts.tail(fact)) {
                Rows.add(gradient.row(Table.ENTITIES, facts.tail(fact)), own.tail(i, fact));
            }
        }

        @Override
        public void close() {
            team.close();
        }
    }
}
