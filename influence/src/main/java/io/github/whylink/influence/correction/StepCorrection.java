package io.github.whylink.influence.correction;

import io.github.whylink.embedding.facts.KnownFacts;
import io.github.whylink.embedding.kernel.Rows;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.scoring.Parameters.Table;
import io.github.whylink.influence.Link;

/**
 * Makes a link the best new answer to its query (head, relation, ?) by a few steps on the link itself, with the strongest wrong
 * answers for negatives.
 *
 * <pre>
 * g = ∂(s_t - Σ_j w_j·s_j)/∂(head row, tail row)      w = softmax of the scores of the strongest wrong answers
 * rows ← rows + τ·g                                    τ = (what is missing to the strongest)·1.1 / ‖g‖²
 * </pre>
 *
 * <p>so that each step is as long as the lead needs it to be to first order, and no longer: a correction is to change nothing else.
 * For the same reason only the rows of head and tail are moved, never the relation's, on which all facts of its type depend, and
 * not those of the wrong answers. O(entities · d) a step. Source: the step is that of passive-aggressive learning, Crammer,
 * Dekel, Keshet, Shalev-Shwartz and Singer, "Online passive-aggressive algorithms", JMLR 7, 2006, eq. 4.
 */
public final class StepCorrection {
    private static final int NEGATIVES = 20;

    /** Where a step ends just beside the lead, rounding would decide who is first. */
    private static final double FURTHER = 1.1;

    private static final double LEAST = 1e-3;

    private StepCorrection() {}

    /**
     * What became of a correction.
     *
     * @param edited the model with the corrected rows
     * @param fixed whether the link is now preferred to every other answer that is not known
     * @param steps that were taken
     */
    public record Corrected(EditedModel edited, boolean fixed, int steps) {}

    /**
     * Corrects a model.
     *
     * @param model Not modified.
     * @param known facts that do not compete with the link
     * @param mostSteps above 0
     */
    public static Corrected correct(EmbeddingModel model, Link link, KnownFacts known, int mostSteps) {
        EditedModel edited = new EditedModel(model);
        Competition competition = new Competition(edited.model(), link, known);
        for (int step = 0; ; step++) {
            competition.look();
            int[] wrong = competition.strongest(NEGATIVES);
            if (wrong.length == 0 || competition.lead(wrong[0]) > 0) {
                return new Corrected(edited, true, step);
            }
            if (step == mostSteps) {
                return new Corrected(edited, false, step);
            }
            Competition.LeadGradient gradient = competition.gradient(wrong, weights(competition, wrong));
            if (link.head() == link.tail()) {
                Rows.add(gradient.tail, gradient.head);
            }
            double square = Rows.squaredNorm(gradient.head)
                    + (link.head() == link.tail() ? 0 : Rows.squaredNorm(gradient.tail));
            if (!(square > 0)) {
                return new Corrected(edited, false, step);
            }
            float length = (float) ((FURTHER * -competition.lead(wrong[0]) + LEAST) / square);
            Rows.axpy(length, gradient.head, edited.writable(Table.ENTITIES, link.head()));
            if (link.head() != link.tail()) {
                Rows.axpy(length, gradient.tail, edited.writable(Table.ENTITIES, link.tail()));
            }
        }
    }

    private static double[] weights(Competition competition, int[] wrong) {
        double[] weights = new double[wrong.length];
        double sum = 0;
        for (int j = 0; j < wrong.length; j++) {
            weights[j] = Math.exp(competition.lead(wrong[0]) - competition.lead(wrong[j]));
            sum += weights[j];
        }
        for (int j = 0; j < wrong.length; j++) {
            weights[j] /= sum;
        }
        return weights;
    }
}
