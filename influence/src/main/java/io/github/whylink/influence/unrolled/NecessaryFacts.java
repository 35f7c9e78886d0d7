package io.github.whylink.influence.unrolled;

import io.github.whylink.embedding.facts.KnownFacts;
import io.github.whylink.embedding.facts.Side;
import io.github.whylink.embedding.ranking.LinkPredictor;
import io.github.whylink.embedding.train.TrainingMonitor;
import io.github.whylink.influence.FactInfluences;
import io.github.whylink.influence.Link;
import io.github.whylink.influence.TrainedModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The few facts without which another answer is expected to overtake a link.
 *
 * <pre>
 * for each of the strongest competitors c of the link's tail
 *   gap(c)      = score(head, relation, tail) - score(head, relation, c)
 *   effect(f,c) = unrolled influence of fact f on gap(c)
 *   rest(c)     = gap(c) - Σ of the k largest positive effects
 * the facts of the competitor with the smallest rest; below 0 it is expected to overtake
 * </pre>
 *
 * <p>A fact that lowers a probability most need not be the one that changes the order: it may lower the competitors too. All
 * links and competitors share one walk through the training, see {@link UnrolledExplainer}. To first order in the facts:
 * only training again shows what really happens. Necessary explanations in the sense of Rossi, Firmani, Merialdo and Teofili,
 * "Explaining link prediction systems based on knowledge graph embeddings", SIGMOD 2022 (Kelpie).
 *
 * @param competitor the entity that is expected to overtake
 * @param gap by how much the link is ahead of it
 * @param effects on the gap, of all facts
 */
public record NecessaryFacts(int competitor, double gap, FactInfluences effects) {
    /**
     * Finds them for some links.
     *
     * @param known facts whose tails do not compete
     * @param competitors how many of the strongest to look at for each link
     * @param most how many facts may be left out
     * @param memory bytes for the replay
     * @return one for each link; empty where nothing competes with it
     */
    public static List<Optional<NecessaryFacts>> of(
            TrainedModel trained,
            List<Link> links,
            KnownFacts known,
            int competitors,
            int most,
            long memory,
            TrainingMonitor monitor) {
        List<Rival> rivals = new ArrayList<>();
        LinkPredictor predictor = new LinkPredictor(trained.model());
        for (int i = 0; i < links.size(); i++) {
            Link link = links.get(i);
            int[] answers = known.known(Side.TAIL, link.head(), link.relation());
            double score = trained.model().score(link.head(), link.relation(), link.tail());
            // One more, as the link's own tail may be among them.
            Arrays.stream(predictor.best(Side.TAIL, link.head(), link.relation(), answers, competitors + 1))
                    .filter(other -> other.entity() != link.tail())
                    .limit(competitors)
                    .map(other -> new Rival(link, other.entity(), score - other.score()))
                    .forEach(rivals::add);
        }
        FactInfluences[] effects = new UnrolledExplainer(trained, memory, monitor)
                .influencesOn(rivals.stream()
                        .map(rival -> Target.preference(rival.link, rival.entity))
                        .toList());
        Map<Link, NecessaryFacts> closest = new HashMap<>();
        for (int c = 0; c < effects.length; c++) {
            Rival rival = rivals.get(c);
            closest.merge(
                    rival.link,
                    new NecessaryFacts(rival.entity, rival.gap, effects[c]),
                    (one, other) -> other.rest(most) < one.rest(most) ? other : one);
        }
        return links.stream()
                .map(link -> Optional.ofNullable(closest.get(link)))
                .toList();
    }

    /** What is expected to be left of the gap without the facts of the largest positive effects; below 0 it has closed. */
    public double rest(int most) {
        int[] ranked = effects.ranked();
        double rest = gap;
        for (int i = 0; i < Math.min(most, ranked.length); i++) {
            rest -= Math.max(0, effects.influence(ranked[i]));
        }
        return rest;
    }

    private record Rival(Link link, int entity, double gap) {}
}
