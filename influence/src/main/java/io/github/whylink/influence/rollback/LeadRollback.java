package io.github.whylink.influence.rollback;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.Side;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.influence.FactIndex;
import io.github.whylink.influence.Link;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * The few facts that, rolled back together, take most of a link's lead over the runners-up.
 *
 * <pre>
 * lead(S) = score'(head, relation, tail) - max over the {@value #RIVALS} strongest rivals c of score'(head, relation, c)
 *           with the rows of head, relation and tail less what the facts of S did to them
 * S ← {};  as often as facts are wanted:  S ← S + the fact of the shortlist with the smallest lead(S + fact)
 * </pre>
 *
 * <p>The shortlist are the {@value #SHORTLIST} facts at the head or the tail that alone leave the smallest lead. Two facts that stand in for
 * each other, or that hold back different rivals, are judged together, as sums of influences do not; what no rollback knows stays
 * unknown here, too: that an early update changed the later ones. O((facts at head and tail + shortlist · facts wanted) · rivals · d).
 */
public final class LeadRollback {
    private static final int RIVALS = 50;
    private static final int SHORTLIST = 64;

    private final EmbeddingModel model;
    private final Facts facts;
    private final FactIndex index;
    private final InfluenceLedger ledger;

    /**
     * Rolls back what a training recorded.
     *
     * @param ledger of these facts
     */
    public LeadRollback(EmbeddingModel model, Facts facts, FactIndex index, InfluenceLedger ledger) {
        this.model = model;
        this.facts = facts;
        this.index = index;
        this.ledger = ledger;
    }

    /**
     * A fact that was chosen.
     *
     * @param fact its index
     * @param lead what is left of the lead without it and all that were chosen before; below 0 a rival has overtaken
     */
    public record Choice(int fact, double lead) {}

    /**
     * Chooses facts.
     *
     * @param known entities that do not compete with the tail, ascending
     * @param most how many facts
     * @return in the order of the choice; fewer where there are no more; none where nothing competes
     */
    public List<Choice> of(Link link, int[] known, int most) {
        return against(rivals(link, known), link, most);
    }

    /**
     * Chooses facts that take most of the lead over some rivals.
     *
     * @param rivals entities, not the tail
     * @param most how many facts
     * @return in the order of the choice; fewer where there are no more; none where there is no rival
     */
    public List<Choice> against(int[] rivals, Link link, int most) {
        List<Choice> chosen = new ArrayList<>();
        if (rivals.length == 0) {
            return chosen;
        }
        Rows rows = new Rows(
                model.parameters().entities()[link.head()].clone(),
                model.parameters().relations()[link.relation()].clone(),
                model.parameters().entities()[link.tail()].clone());
        IntToDoubleFunction lead = fact -> lead(rows.without(fact, link), rivals);
        List<Integer> shortlist = IntStream.concat(
                        Arrays.stream(index.at(link.head())), Arrays.stream(index.at(link.tail())))
                .distinct()
                .mapToObj(fact -> new Choice(fact, lead.applyAsDouble(fact)))
                .sorted(Comparator.comparingDouble(Choice::lead))
                .limit(SHORTLIST)
                .map(Choice::fact)
                .toList();
        for (List<Integer> left = new ArrayList<>(shortlist); chosen.size() < most && !left.isEmpty(); ) {
            Choice best = left.stream()
                    .map(fact -> new Choice(fact, lead.applyAsDouble(fact)))
                    .min(Comparator.comparingDouble(Choice::lead))
                    .orElseThrow();
            chosen.add(best);
            left.remove((Integer) best.fact);
            rows.subtract(best.fact, link);
        }
        return chosen;
    }

    private int[] rivals(Link link, int[] known) {
        float[] scores = new float[model.entityCount()];
        float[] query = new float[model.parameters().entities()[0].length];
        model.scores(Side.TAIL, link.head(), link.relation(), query, scores);
        return IntStream.range(0, scores.length)
                .filter(entity -> entity != link.tail() && Arrays.binarySearch(known, entity) < 0)
                .boxed()
                .sorted(Comparator.comparingDouble(entity -> -scores[entity]))
                .limit(RIVALS)
                .mapToInt(entity -> entity)
                .toArray();
    }

    private double lead(Rows rows, int[] rivals) {
        float[] query = new float[rows.head.length];
        model.function().tailQuery(rows.head, rows.relation, query);
        double strongest = Double.NEGATIVE_INFINITY;
        for (int rival : rivals) {
            strongest = Math.max(
                    strongest,
                    model.function().similarity().of(query, model.parameters().entities()[rival]));
        }
        return model.function().similarity().of(query, rows.tail) - strongest;
    }

    /** The three rows of the link, less what some facts did to them. */
    private final class Rows {
        private final float[] head;
        private final float[] relation;
        private final float[] tail;

        Rows(float[] head, float[] relation, float[] tail) {
            this.head = head;
            this.relation = relation;
            this.tail = tail;
        }

        Rows without(int fact, Link link) {
            Rows copy = new Rows(head.clone(), relation.clone(), tail.clone());
            copy.subtract(fact, link);
            return copy;
        }

        void subtract(int fact, Link link) {
            subtractEntity(fact, link.head(), head);
            subtractEntity(fact, link.tail(), tail);
            if (facts.relation(fact) == link.relation()) {
                subtract(ledger.row(fact), ledger.relationOffset(), relation);
            }
        }

        private void subtractEntity(int fact, int entity, float[] row) {
            if (facts.head(fact) == entity) {
                subtract(ledger.row(fact), ledger.headOffset(), row);
            }
            if (facts.tail(fact) == entity) {
                subtract(ledger.row(fact), ledger.tailOffset(), row);
            }
        }

        private static void subtract(float[] update, int offset, float[] row) {
            for (int i = 0; i < row.length; i++) {
                row[i] -= update[offset + i];
            }
        }
    }
}
