package io.github.whylink.influence;

import java.util.List;

/** Says how much each fact is responsible for a predicted link. */
public interface Explainer {
    /** The name in configurations and tables. */
    String name();

    /**
     * Explains a link.
     *
     * @return the influence of each candidate fact on the probability of the link's tail; a positive influence supports
     *     the prediction, a negative one holds it back
     */
    FactInfluences explain(Link link);

    /** Explains several links; methods that walk through a training share the walk. */
    default FactInfluences[] explainAll(List<Link> links) {
        return links.stream().map(this::explain).toArray(FactInfluences[]::new);
    }
}
