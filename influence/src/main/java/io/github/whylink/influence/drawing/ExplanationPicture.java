package io.github.whylink.influence.drawing;

import java.util.List;

/**
 * What a picture of an explanation shows: a predicted link and the facts responsible for it, with the captions of the
 * graph.
 *
 * @param title one line, for example the model's name
 * @param nodes the ends of the link and of the facts
 * @param source index of the predicted link's head in {@code nodes}
 * @param target index of the predicted link's tail in {@code nodes}
 * @param type the predicted link's relation
 * @param probability of the predicted link, 0 to 1
 * @param facts from the most influential
 */
public record ExplanationPicture(
        String title, List<Node> nodes, int source, int target, String type, double probability, List<Fact> facts) {
    public ExplanationPicture {
        nodes = List.copyOf(nodes);
        facts = List.copyOf(facts);
    }

    /** The predicted link on one line, its probability first. */
    public String linkCaption() {
        return "predicted " + Lettering.percent(probability) + " " + Lettering.clean(type);
    }

    /**
     * An entity.
     *
     * @param caption its name
     * @param kind its label, may be empty
     */
    public record Node(String caption, String kind) {}

    /**
     * A stored fact.
     *
     * @param source index of its head in {@code nodes}
     * @param target index of its tail in {@code nodes}
     * @param type its relation
     * @param influence on the probability; negative holds the prediction back
     */
    public record Fact(int source, int target, String type, double influence) {
        /** The fact's relation on one line, its influence first, as the picture writes it. */
        public String caption() {
            return Lettering.influence(influence) + " " + Lettering.clean(type);
        }
    }
}
