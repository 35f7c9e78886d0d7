package io.github.whylink.influence.rollback;

import io.github.whylink.embedding.facts.Side;
import io.github.whylink.embedding.kernel.CounterHash;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.influence.Link;
import io.github.whylink.influence.TrainedModel;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;

/**
 * Few facts without which a training gives another answer, tried out.
 *
 * <pre>
 * S ← facts that, rolled back together, take most of the lead over all strong rivals, see {@link LeadRollback}
 * repeat: train without S
 *         stop if a rival has overtaken
 *         S ← the first time: facts that take most of the lead over the rival that came closest
 *             afterwards:     facts with the largest effects on the lead, by what the trainings have shown
 * until as many sets have been tried as asked for
 * </pre>
 *
 * <p>Rollback expects many rivals to overtake that do not, as the other facts make up for what is missing. Which one comes closest
 * only training shows; against that one alone other facts count. From then on the effects of the {@value #POOL} facts that rollback
 * chose first are estimated: a linear model of the lead in what is left out, which begins with the order of rollback and learns from
 * each training. No set is tried twice. A training for each try.
 *
 * @param facts the last set that was tried, indexes
 * @param tries how many sets were tried
 * @param rival the entity that is best, or second, without them; -1 if nothing competes
 * @param lead what is left of the link's lead over it; 0 or less if it has overtaken
 */
public record TriedFacts(BitSet facts, int tries, int rival, double lead) {
    private static final int POOL = 40;

    /** What one of the first facts takes of the lead, by experience; later ones take less. */
    private static final double EXPECTED = 0.25;

    /** Whether another answer is at least as good without the facts. */
    public boolean overtaken() {
        return lead <= 0;
    }

    /**
     * Searches.
     *
     * @param rollback of the training
     * @param trained the training, repeated without the facts
     * @param known entities that do not compete with the tail, ascending
     * @param most how many facts to leave out at most
     * @param tries how many sets to try at most, at least 1
     */
    public static TriedFacts of(
            LeadRollback rollback, TrainedModel trained, Link link, int[] known, int most, int tries) {
        List<LeadRollback.Choice> pool = rollback.of(link, known, Math.max(most, POOL));
        TriedFacts last = new TriedFacts(new BitSet(), 0, -1, Double.POSITIVE_INFINITY);
        if (pool.isEmpty()) {
            return last;
        }
        LeadEstimate estimate = new LeadEstimate(tried(trained.model(), link, known, new BitSet(), 0).lead);
        expect(estimate, pool, most);
        Random random = new Random(CounterHash.hash(link.head(), link.relation(), link.tail(), most));
        BitSet facts = set(pool.subList(0, Math.min(most, pool.size())));
        while (last.tries < tries && !estimate.knows(facts)) {
            last = tried(trained.without(facts), link, known, facts, last.tries + 1);
            if (last.overtaken()) {
                return last;
            }
            estimate.learn(facts, last.lead);
            if (last.tries == 1) {
                List<LeadRollback.Choice> against = rollback.against(new int[] {last.rival}, link, most);
                expect(estimate, against, most);
                facts = set(against);
            }
            if (estimate.knows(facts)) {
                facts = estimate.next(most, random);
            }
        }
        return last;
    }

    private static void expect(LeadEstimate estimate, List<LeadRollback.Choice> choices, int most) {
        for (int place = 0; place < choices.size(); place++) {
            estimate.expect(choices.get(place).fact(), -EXPECTED * Math.min(1, (double) most / (place + 1)));
        }
    }

    private static TriedFacts tried(EmbeddingModel without, Link link, int[] known, BitSet facts, int tries) {
        float[] scores = new float[without.entityCount()];
        without.scores(
                Side.TAIL,
                link.head(),
                link.relation(),
                new float[without.parameters().entities()[0].length],
                scores);
        int rival = rival(scores, link.tail(), known).orElseThrow();
        return new TriedFacts(facts, tries, rival, (double) scores[link.tail()] - scores[rival]);
    }

    private static OptionalInt rival(float[] scores, int tail, int[] known) {
        int best = -1;
        for (int entity = 0; entity < scores.length; entity++) {
            if (entity != tail
                    && Arrays.binarySearch(known, entity) < 0
                    && (best < 0 || scores[entity] > scores[best])) {
                best = entity;
            }
        }
        return best < 0 ? OptionalInt.empty() : OptionalInt.of(best);
    }

    private static BitSet set(List<LeadRollback.Choice> choices) {
        BitSet set = new BitSet();
        choices.forEach(choice -> set.set(choice.fact()));
        return set;
    }
}
