package io.github.whylink.influence.correction;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.KnownFacts;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.influence.FactIndex;
import io.github.whylink.influence.Link;
import io.github.whylink.influence.rollback.InfluenceLedger;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Makes a link the best new answer to its query (head, relation, ?) by rolling back facts that speak against it, without any
 * training.
 *
 * <pre>
 * until the link leads, at most so many times
 *   c    = the strongest wrong answer
 *   gain = -⟨∂(s_t - s_c)/∂rows, what a fact did to the rows of head, relation, tail and c⟩
 *   roll back the fact of the largest gain: subtract its recorded updates from all of its rows
 * </pre>
 *
 * <p>Only facts at head, tail or c are taken: one that shares the relation alone would have an effect on all queries of the
 * relation before it had one here. The facts that are named are the reason for the error, so that a user can look at them.
 * O(facts at head, tail and c · d + entities · d) for each of them.
 */
public final class RollbackCorrection {
    private final EmbeddingModel model;
    private final Facts facts;
    private final FactIndex index;
    private final InfluenceLedger ledger;
    private final KnownFacts known;

    /**
     * Corrects predictions of a model by what was recorded while it was trained.
     *
     * @param model Not modified.
     * @param known facts that do not compete with a link
     */
    public RollbackCorrection(
            EmbeddingModel model, Facts facts, FactIndex index, InfluenceLedger ledger, KnownFacts known) {
        this.model = model;
        this.facts = facts;
        this.index = index;
        this.ledger = ledger;
        this.known = known;
    }

    /**
     * What became of a correction.
     *
     * @param edited the model without the facts
     * @param fixed whether the link is now preferred to every other answer that is not known
     * @param facts that were rolled back, in this order
     */
    public record Corrected(EditedModel edited, boolean fixed, List<Integer> facts) {}

    /** Rolls back at most so many facts. */
    public Corrected correct(Link link, int mostFacts) {
        EditedModel edited = new EditedModel(model);
        Competition competition = new Competition(edited.model(), link, known);
        List<Integer> taken = new ArrayList<>();
        BitSet gone = new BitSet();
        while (true) {
            competition.look();
            int[] wrong = competition.strongest(1);
            if (wrong.length == 0 || competition.lead(wrong[0]) > 0) {
                return new Corrected(edited, true, taken);
            }
            int opponent = taken.size() == mostFacts ? -1 : strongestOpponent(competition, link, wrong[0], gone);
            if (opponent < 0) {
                return new Corrected(edited, false, taken);
            }
            gone.set(opponent);
            taken.add(opponent);
            edited.rollBack(facts, ledger, opponent);
        }
    }

    /** The fact whose removal helps most to first order; -1 if none helps. */
    private int strongestOpponent(Competition competition, Link link, int wrong, BitSet gone) {
        Competition.LeadGradient gradient = competition.gradient(new int[] {wrong}, new double[] {1});
        int best = -1;
        double largest = 0;
        for (int entity : new int[] {link.head(), link.tail(), wrong}) {
            for (int fact : index.at(entity)) {
                double gain = gone.get(fact) ? 0 : gain(fact, link, wrong, gradient);
                if (gain > largest) {
                    largest = gain;
                    best = fact;
                }
            }
        }
        return best;
    }

    private double gain(int fact, Link link, int wrong, Competition.LeadGradient gradient) {
        float[] updates = ledger.row(fact);
        int head = facts.head(fact);
        int tail = facts.tail(fact);
        double gain =
                facts.relation(fact) == link.relation() ? -dot(gradient.relation, updates, ledger.relationOffset()) : 0;
        gain -= ofEntity(head, updates, ledger.headOffset(), link, wrong, gradient);
        return tail == head ? gain : gain - ofEntity(tail, updates, ledger.tailOffset(), link, wrong, gradient);
    }

    private static double ofEntity(
            int entity, float[] updates, int offset, Link link, int wrong, Competition.LeadGradient gradient) {
        double sum = 0;
        if (entity == link.head()) {
            sum += dot(gradient.head, updates, offset);
        }
        if (entity == link.tail()) {
            sum += dot(gradient.tail, updates, offset);
        }
        if (entity == wrong) {
            sum += dot(gradient.others[0], updates, offset);
        }
        return sum;
    }

    private static double dot(float[] row, float[] updates, int offset) {
        double sum = 0;
        for (int i = 0; i < row.length; i++) {
            sum += (double) row[i] * updates[offset + i];
        }
        return sum;
    }
}
