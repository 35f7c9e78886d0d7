package io.github.whylink.influence.drawing;

import java.util.ArrayList;
import java.util.List;

/**
 * A neighbour with all its facts, or one self-loop, or one fact from end to end.
 *
 * @param node index of the neighbour, or {@link #NO_BOX}
 * @param y height of the middle, relative to the other rows
 * @param atSource the facts that touch the source of the link, or all facts if the row is elsewhere; modifiable
 * @param atTarget the facts that touch the target of the link; modifiable
 */
record Row(int node, double y, List<Integer> atSource, List<Integer> atTarget) {
    static final int NO_BOX = -1;

    /** Between two boxes of a column. */
    static final double GAP = 12;

    /** Height of an arrow with its label. */
    private static final double LANE = 40;

    Row(int node) {
        this(node, 0, new ArrayList<>(), new ArrayList<>());
    }

    Row at(double middle) {
        return new Row(node, middle, atSource, atTarget);
    }

    List<Integer> facts(boolean ofSource) {
        return ofSource ? atSource : atTarget;
    }

    boolean isNeighbour() {
        return node != NO_BOX;
    }

    boolean isLoop() {
        return !isNeighbour() && (atSource.isEmpty() || atTarget.isEmpty());
    }

    /** With the gap to the next row. */
    double height() {
        return LANE * Math.max(atSource.size(), atTarget.size()) + GAP;
    }

    /** The height of the i-th of so many lanes. */
    double lane(int i, int lanes) {
        return y + LANE * (i - (lanes - 1) / 2.0);
    }

    static double height(List<Row> rows) {
        return rows.stream().mapToDouble(Row::height).sum();
    }

    /** One below the other, with the middle of all at height 0. */
    static List<Row> stacked(List<Row> rows) {
        double top = -height(rows) / 2;
        List<Row> placed = new ArrayList<>();
        for (Row row : rows) {
            placed.add(row.at(top + row.height() / 2));
            top += row.height();
        }
        return placed;
    }

    static List<Integer> facts(List<Row> rows, boolean ofSource) {
        return rows.stream().flatMap(row -> row.facts(ofSource).stream()).toList();
    }

    /** The nodes of the rows that have a box. */
    static List<Integer> nodes(List<Row> rows) {
        return rows.stream().filter(Row::isNeighbour).map(Row::node).toList();
    }
}
