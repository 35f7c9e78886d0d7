package io.github.whylink.influence.drawing;

import java.util.List;

/**
 * The place of a node.
 *
 * @param node index in {@link ExplanationPicture#nodes()}
 */
record Box(int node, Role role, double x, double y, double width, double height) {
    /** What a box stands for. */
    enum Role {
        /** An end of the predicted link. */
        END,
        /** Any other node. */
        OTHER,
        /** A node that has a box already. */
        REPEATED
    }

    double right() {
        return x + width;
    }

    /** Adds the box of a node that is no end of the link. Modified: {@code boxes}. */
    static void add(List<Box> boxes, int node, double x, double y, double width, double height) {
        boolean known = boxes.stream().anyMatch(box -> box.node == node);
        boxes.add(new Box(node, known ? Role.REPEATED : Role.OTHER, x, y, width, height));
    }
}
