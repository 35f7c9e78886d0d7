package io.github.whylink.influence.rollback;

import io.github.whylink.embedding.facts.Side;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.influence.Link;
import io.github.whylink.influence.TrainedModel;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Few facts without which a training gives another answer, tried out.
 *
 * <pre>
 * S ← facts that, rolled back together, take most of the lead over all strong rivals, see {@link LeadRollback}
 * repeat: train without S
 *         stop if a rival has overtaken
 *         S ← facts that take most of the lead over the rival that came closest
 * until S has been tried, or as often as asked for
 * </pre>
 *
 * <p>Rollback expects many rivals to overtake that do not, as the other facts make up for what is missing. Which one comes closest
 * only training shows; against that one alone other facts count. A training for each try.
 *
 * @param facts the last set that was tried, indexes
 * @param tries how many sets were tried
 * @param rival the entity that is best, or second, without them; -1 if nothing competes
 * @param lead what is left of the link's lead over it; 0 or less if it has overtaken
 */
public record TriedFacts(BitSet facts, int tries, int rival, double lead) {
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
        BitSet facts = set(rollback.of(link, known, most));
        TriedFacts last = new TriedFacts(facts, 0, -1, Double.POSITIVE_INFINITY);
        Set<BitSet> tried = new HashSet<>();
        while (last.tries < tries && !facts.isEmpty() && tried.add(facts)) {
            last = tried(trained, link, known, facts, tried.size());
            if (last.overtaken()) {
                return last;
            }
            facts = set(rollback.against(new int[] {last.rival}, link, most));
        }
        return last;
    }

    private static TriedFacts tried(TrainedModel trained, Link link, int[] known, BitSet facts, int tries) {
        EmbeddingModel without = trained.without(facts);
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
