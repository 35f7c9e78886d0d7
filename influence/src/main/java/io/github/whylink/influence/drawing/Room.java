package io.github.whylink.influence.drawing;

import io.github.whylink.influence.drawing.ExplanationPicture.Fact;
import io.github.whylink.influence.drawing.ExplanationPicture.Node;
import io.github.whylink.influence.drawing.Lettering.Face;
import java.util.List;

/** How wide boxes and labels must be for their text, within reason: what is longer is cut. */
record Room(ExplanationPicture picture) {
    static final Face CAPTION = new Face(13, true);
    static final Face END_CAPTION = new Face(15, true);
    static final Face KIND = new Face(11, false);
    static final Face TYPE = new Face(11.5, false);
    static final Face INFLUENCE = new Face(12, true);
    static final Face LINK_TYPE = new Face(15, true);
    static final Face LINK_PROBABILITY = new Face(12, false);

    /** Between the border of a box and its text, both sides together. */
    static final double PADDING = 24;

    /** The width of the boxes of a column; 0 without nodes. */
    double forBoxes(List<Integer> nodes, Face caption) {
        double widest = 0;
        for (int index : nodes) {
            Node node = picture.nodes().get(index);
            widest = Math.max(widest, Lettering.width(Lettering.clean(node.caption()), caption));
            widest = Math.max(widest, Lettering.width(Lettering.clean(node.kind()), KIND));
        }
        return nodes.isEmpty() ? 0 : clamp(widest + PADDING, caption.size() * 7, caption.size() * 15);
    }

    /** The width of the labels of facts; 0 without facts. */
    double forLabels(List<Integer> facts) {
        double widest = 0;
        for (int index : facts) {
            Fact fact = picture.facts().get(index);
            widest = Math.max(widest, Lettering.width(Lettering.clean(fact.type()), TYPE));
            widest = Math.max(widest, Lettering.width(Lettering.influence(fact.influence()), INFLUENCE));
        }
        return facts.isEmpty() ? 0 : clamp(widest, 56, 180);
    }

    /** The width of the predicted link's label. */
    double forLink() {
        return clamp(Lettering.width(Lettering.clean(picture.type()), LINK_TYPE) + PADDING, 190, 280);
    }

    private static double clamp(double value, double least, double most) {
        return Math.min(most, Math.max(least, value));
    }
}
