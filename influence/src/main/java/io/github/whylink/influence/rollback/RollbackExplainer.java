package io.github.whylink.influence.rollback;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.Side;
import io.github.whylink.embedding.ranking.Softmax;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.ScoringFunction;
import io.github.whylink.influence.Explainer;
import io.github.whylink.influence.FactIndex;
import io.github.whylink.influence.FactInfluences;
import io.github.whylink.influence.Link;

/**
 * The gradient rollback explainer, exactly as in the paper.
 *
 * <pre>
 * for each fact f that shares the head, relation or tail row with the link, in any role
 *   subtract f's three recorded sums from f's three rows
 *   influence(f) = p(link) - p(link without f),   p = softmax over all entities of score(head, relation, ·)
 * </pre>
 *
 * <p>A fact with the link's head or relation changes the query, so that all entities are scored again: O(entities · d).
 * Any other candidate changes the scores of its own two ends only: O(d). The model is neither copied nor modified. Source:
 * Lawrence, Sztyler and Niepert, "Explaining neural matrix factorization with gradient rollback", AAAI 2021, arXiv
 * 2010.05516, section 4. Holds scratch space: one instance per thread.
 */
public final class RollbackExplainer implements Explainer {
    /** Below this share of the partition sum, what is left after a subtraction has lost too many digits. */
    private static final double CANCELLATION = 1e-3;

    private final EmbeddingModel model;
    private final ScoringFunction function;
    private final Parameters parameters;
    private final Facts facts;
    private final FactIndex index;
    private final InfluenceLedger ledger;
    private final Runnable checkCancelled;
    private final float[] query;
    private final float[] headRow;
    private final float[] relationRow;
    private final float[] tailRow;
    private final float[] scores;
    private final float[] rescored;

    /**
     * Explains predictions of a model.
     *
     * @param facts the facts that may be candidates
     * @param index of these facts
     * @param ledger of these facts
     * @param checkCancelled called before each fact, cancels by throwing
     */
    public RollbackExplainer(
            EmbeddingModel model, Facts facts, FactIndex index, InfluenceLedger ledger, Runnable checkCancelled) {
        this.model = model;
        this.function = model.function();
        this.parameters = model.parameters();
        this.facts = facts;
        this.index = index;
        this.ledger = ledger;
        this.checkCancelled = checkCancelled;
        int entityWidth = parameters.entities()[0].length;
        query = new float[entityWidth];
        headRow = new float[entityWidth];
        tailRow = new float[entityWidth];
        relationRow = new float[parameters.relations()[0].length];
        scores = new float[model.entityCount()];
        rescored = new float[model.entityCount()];
    }

    @Override
    public String name() {
        return "rollback";
    }

    @Override
    public FactInfluences explain(Link link) {
        int[] candidates = index.sharingARow(link);
        double[] influences = new double[candidates.length];
        model.scores(Side.TAIL, link.head(), link.relation(), query, scores);
        double logPartition = Softmax.logPartition(scores);
        double probability = Math.exp(scores[link.tail()] - logPartition);
        // Facts that leave the query alone come first: they need it as it is now.
        for (int i = 0; i < candidates.length; i++) {
            if (!changesQuery(candidates[i], link)) {
                checkCancelled.run();
                rollBack(candidates[i]);
                influences[i] = probability - probabilityWithSameQuery(candidates[i], link, logPartition);
            }
        }
        for (int i = 0; i < candidates.length; i++) {
            if (changesQuery(candidates[i], link)) {
                checkCancelled.run();
                rollBack(candidates[i]);
                influences[i] = probability - probabilityWithNewQuery(candidates[i], link);
            }
        }
        return new FactInfluences(candidates, influences);
    }

    private boolean changesQuery(int fact, Link link) {
        return facts.relation(fact) == link.relation()
                || facts.head(fact) == link.head()
                || facts.tail(fact) == link.head();
    }

    /** Fills the three scratch rows with the fact's rows less its updates. */
    private void rollBack(int fact) {
        float[] updates = ledger.row(fact);
        subtract(parameters.entities()[facts.head(fact)], updates, ledger.headOffset(), headRow);
        subtract(parameters.relations()[facts.relation(fact)], updates, ledger.relationOffset(), relationRow);
        if (facts.tail(fact) == facts.head(fact)) {
            System.arraycopy(headRow, 0, tailRow, 0, headRow.length);
        } else {
            subtract(parameters.entities()[facts.tail(fact)], updates, ledger.tailOffset(), tailRow);
        }
    }

    private double probabilityWithSameQuery(int fact, Link link, double logPartition) {
        int head = facts.head(fact);
        int tail = facts.tail(fact);
        float newHeadScore = function.similarity().of(query, headRow);
        float newTailScore = function.similarity().of(query, tailRow);
        // Sums relative to the old partition sum, so that nothing overflows but a score that rises by hundreds.
        double rest = 1 - Math.exp(scores[head] - logPartition);
        double changed = Math.exp(newHeadScore - logPartition);
        if (tail != head) {
            rest -= Math.exp(scores[tail] - logPartition);
            changed += Math.exp(newTailScore - logPartition);
        }
        float linkScore = link.tail() == tail ? newTailScore : link.tail() == head ? newHeadScore : scores[link.tail()];
        if (rest > CANCELLATION && Double.isFinite(changed)) {
            return Math.exp(linkScore - logPartition) / (rest + changed);
        }
        System.arraycopy(scores, 0, rescored, 0, scores.length);
        rescored[head] = newHeadScore;
        rescored[tail] = newTailScore;
        return Softmax.probability(rescored, link.tail());
    }

    private double probabilityWithNewQuery(int fact, Link link) {
        float[] head = rowAfterRollback(fact, link.head());
        float[] relation = facts.relation(fact) == link.relation()
                ? relationRow
                : parameters.relations()[link.relation()];
        function.tailQuery(head, relation, query);
        function.similarity().ofAll(query, parameters.entities(), rescored.length, rescored);
        rescored[facts.head(fact)] = function.similarity().of(query, headRow);
        rescored[facts.tail(fact)] = function.similarity().of(query, tailRow);
        return Softmax.probability(rescored, link.tail());
    }

    private float[] rowAfterRollback(int fact, int entity) {
        if (facts.head(fact) == entity) {
            return headRow;
        }
        return facts.tail(fact) == entity ? tailRow : parameters.entities()[entity];
    }

    private static void subtract(float[] row, float[] updates, int offset, float[] out) {
        for (int i = 0; i < row.length; i++) {
            out[i] = row[i] - updates[offset + i];
        }
    }
}
