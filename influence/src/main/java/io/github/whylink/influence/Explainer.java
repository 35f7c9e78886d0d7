package io.github.whylink.influence;

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
}
