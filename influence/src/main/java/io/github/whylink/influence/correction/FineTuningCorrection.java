package io.github.whylink.influence.correction;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.KnownFacts;
import io.github.whylink.embedding.kernel.Rows;
import io.github.whylink.embedding.scoring.Parameters.Table;
import io.github.whylink.embedding.train.Examples;
import io.github.whylink.embedding.train.OwnRowGradients;
import io.github.whylink.embedding.train.TrainingMonitor;
import io.github.whylink.influence.FactIndex;
import io.github.whylink.influence.Link;
import io.github.whylink.influence.TrainedModel;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Makes a link the best new answer to its query (head, relation, ?) by training a little more on the facts that support it most.
 *
 * <pre>
 * gain(f) = -⟨∂(s_t - s_c)/∂rows, ∂loss(f)/∂rows⟩         c = the strongest wrong answer
 * F       = the facts of the largest gains above 0, of those that share a row with the link
 * rows    ← rows - τ·Σ_{f∈F} ∂loss(f)/∂rows                until the link leads, at most so many times
 * τ       = (what is missing to the lead)·1.1 / (10·Σ gain)
 * </pre>
 *
 * <p>so that ten steps would do if all were linear, and five times as many are usual. Only the three rows of each of the facts are moved, not
 * those of their negatives. All of these facts are in the training already, and nothing in them says what the model should answer
 * instead: it is the weakest of the remedies, and here to be compared with. O(facts that share a row · negatives · d), and
 * O(facts · negatives · d + entities · d) a step. Source: Schioppa, Filippova, Titov and Zablotskaia, "Theoretical and practical
 * perspectives on what influence functions do", NeurIPS 2023, arXiv 2305.16971, section 5.
 */
public final class FineTuningCorrection {
    private static final int STEPS_IF_LINEAR = 10;
    private static final double FURTHER = 1.1;

    /** Facts whose gradients are computed together. */
    private static final int BATCH = 256;

    private final TrainedModel trained;
    private final Facts facts;
    private final FactIndex index;
    private final KnownFacts known;
    private final TrainingMonitor monitor;
    private final Examples examples;

    /**
     * Corrects predictions of a model by its own facts.
     *
     * @param trained Not modified.
     * @param index of its facts
     * @param known facts that do not compete with a link
     */
    public FineTuningCorrection(TrainedModel trained, FactIndex index, KnownFacts known, TrainingMonitor monitor) {
        this.trained = trained;
        this.index = index;
        this.known = known;
        this.monitor = monitor;
        facts = trained.facts();
        examples = new Examples(facts, trained.settings());
    }

    /**
     * What became of a correction.
     *
     * @param edited the model after the steps
     * @param fixed whether the link is now preferred to every other answer that is not known
     * @param steps that were taken
     * @param facts that were trained on, the most supporting first
     */
    public record Corrected(EditedModel edited, boolean fixed, int steps, List<Integer> facts) {}

    /** Trains at most so many steps on at most so many facts. */
    public Corrected correct(Link link, int mostFacts, int mostSteps) {
        EditedModel edited = new EditedModel(trained.model());
        Competition competition = new Competition(edited.model(), link, known);
        int[] chosen = {};
        double length = 0;
        try (OwnRowGradients gradients =
                new OwnRowGradients(examples, edited.model().parameters(), BATCH, monitor)) {
            for (int step = 0; ; step++) {
                competition.look();
                int[] wrong = competition.strongest(1);
                boolean leads = wrong.length == 0 || competition.lead(wrong[0]) > 0;
                if (!leads && step == 0) {
                    int[] around = index.sharingARow(link);
                    double[] gains = gains(gradients, around, link, wrong[0], competition);
                    int[] best = IntStream.range(0, around.length)
                            .filter(place -> gains[place] > 0)
                            .boxed()
                            .sorted(Comparator.comparingDouble(place -> -gains[place]))
                            .limit(mostFacts)
                            .mapToInt(Integer::intValue)
                            .toArray();
                    chosen = Arrays.stream(best).map(place -> around[place]).toArray();
                    double gain = Arrays.stream(best)
                            .mapToDouble(place -> gains[place])
                            .sum();
                    length = FURTHER * -competition.lead(wrong[0]) / (STEPS_IF_LINEAR * gain);
                }
                if (leads || step == mostSteps || chosen.length == 0 || !(length > 0 && length < Float.MAX_VALUE)) {
                    return new Corrected(
                            edited, leads, step, Arrays.stream(chosen).boxed().toList());
                }
                step(gradients, edited, chosen, trained.epochs() + step, (float) length);
            }
        }
    }

    /** How much a step on each of some facts, ascending, would raise the lead, to first order. */
    private double[] gains(OwnRowGradients gradients, int[] of, Link link, int wrong, Competition competition) {
        Competition.LeadGradient lead = competition.gradient(new int[] {wrong}, new double[] {1});
        double[] gains = new double[of.length];
        for (int from = 0, batch = 0; from < of.length; from += BATCH, batch++) {
            int to = Math.min(of.length, from + BATCH);
            gradients.visit(of, from, to, trained.epochs() - 1, batch, (fact, head, relation, tail) -> {
                double sum = facts.relation(fact) == link.relation() ? Rows.dot(lead.relation, relation) : 0;
                sum += ofEntity(facts.head(fact), head, link, wrong, lead);
                if (facts.tail(fact) != facts.head(fact)) {
                    sum += ofEntity(facts.tail(fact), tail, link, wrong, lead);
                }
                gains[Arrays.binarySearch(of, fact)] = -sum;
            });
        }
        return gains;
    }

    private static double ofEntity(int entity, float[] gradient, Link link, int wrong, Competition.LeadGradient lead) {
        double sum = 0;
        if (entity == link.head()) {
            sum += Rows.dot(lead.head, gradient);
        }
        if (entity == link.tail()) {
            sum += Rows.dot(lead.tail, gradient);
        }
        if (entity == wrong) {
            sum += Rows.dot(lead.others[0], gradient);
        }
        return sum;
    }

    /** All gradients are those at the rows before the step. */
    private void step(OwnRowGradients gradients, EditedModel edited, int[] chosen, int epoch, float length) {
        int[] ascending = chosen.clone();
        Arrays.sort(ascending);
        float[][][] found = new float[ascending.length][][];
        for (int from = 0, batch = 0; from < ascending.length; from += BATCH, batch++) {
            int to = Math.min(ascending.length, from + BATCH);
            gradients.visit(
                    ascending,
                    from,
                    to,
                    epoch,
                    batch,
                    (fact, head, relation, tail) -> found[Arrays.binarySearch(ascending, fact)] =
                            new float[][] {head.clone(), relation.clone(), tail == head ? null : tail.clone()});
        }
        // In the order of the facts, so that threads do not change the sums.
        for (int place = 0; place < found.length; place++) {
            if (found[place] != null) {
                int fact = ascending[place];
                Rows.axpy(-length, found[place][0], edited.writable(Table.ENTITIES, facts.head(fact)));
                Rows.axpy(-length, found[place][1], edited.writable(Table.RELATIONS, facts.relation(fact)));
                if (found[place][2] != null) {
                    Rows.axpy(-length, found[place][2], edited.writable(Table.ENTITIES, facts.tail(fact)));
                }
            }
        }
    }
}
