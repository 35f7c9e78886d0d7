package io.github.whylink.influence.drawing;

import static io.github.whylink.influence.drawing.Arrow.LANDING;

import io.github.whylink.influence.drawing.ExplanationPicture.Fact;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where the facts go that touch neither end of the link: they share its relationship type at most.
 *
 * <p>They are in blocks: all facts with the same target, whose box is as high as those of their sources together; or all
 * self-loops of a node. Where there are many, the blocks are in two columns.
 */
final class ElsewhereLayout {
    /** Between the columns. */
    private static final double GUTTER = 48;

    /** Rows in one column before there is a second one. */
    private static final int ONE_COLUMN = 3;

    /** The strip of bends of a self-loop. */
    private static final double LOOP_BEND = 14;

    /** The hub is the target of the facts in the rows, or the node of the self-loops. */
    private record Block(int hub, List<Row> rows) {
        boolean isLoops() {
            return !rows.get(0).isNeighbour();
        }

        double height() {
            return Row.height(rows);
        }
    }

    private final List<Block> blocks = new ArrayList<>();
    private final double sourceWidth;
    private final double room;
    private final double targetWidth;
    private final int columns;

    ElsewhereLayout(ExplanationPicture picture, List<Integer> facts) {
        Map<Integer, Map<Integer, Row>> byTarget = new LinkedHashMap<>();
        Map<Integer, List<Row>> loops = new LinkedHashMap<>();
        for (int i : facts) {
            Fact fact = picture.facts().get(i);
            Row row;
            if (fact.source() == fact.target()) {
                row = new Row(Row.NO_BOX);
                loops.computeIfAbsent(fact.target(), node -> new ArrayList<>()).add(row);
            } else {
                row = byTarget.computeIfAbsent(fact.target(), node -> new LinkedHashMap<>())
                        .computeIfAbsent(fact.source(), Row::new);
            }
            row.atSource().add(i);
        }
        byTarget.forEach((target, rows) -> blocks.add(new Block(target, Row.stacked(List.copyOf(rows.values())))));
        loops.forEach((node, rows) -> blocks.add(new Block(node, Row.stacked(rows))));

        Room rooms = new Room(picture);
        List<Row> rows = blocks.stream().flatMap(block -> block.rows.stream()).toList();
        List<Integer> sources = new ArrayList<>(Row.nodes(rows));
        sources.addAll(loops.keySet());
        sourceWidth = rooms.forBoxes(sources, Room.CAPTION);
        targetWidth = Math.max(LOOP_BEND, rooms.forBoxes(List.copyOf(byTarget.keySet()), Room.CAPTION));
        room = rooms.forLabels(facts);
        columns = blocks.size() > 1 && rows.size() > ONE_COLUMN ? 2 : 1;
    }

    private double columnWidth() {
        return sourceWidth + LANDING + room + LANDING + targetWidth;
    }

    double width() {
        return columns * columnWidth() + (columns - 1) * GUTTER;
    }

    /** Adds the boxes and arrows below and to the right of a point and returns their bottom. Modified: both lists. */
    double place(double left, double top, List<Box> boxes, List<Arrow> arrows) {
        double half = blocks.stream().mapToDouble(Block::height).sum() / columns;
        double x = left;
        double y = top;
        double bottom = top;
        for (Block block : blocks) {
            if (y - top >= half) {
                x = left + columnWidth() + GUTTER;
                y = top;
            }
            if (block.isLoops()) {
                placeLoops(block, x, y, boxes, arrows);
            } else {
                placeFacts(block, x, y, boxes, arrows);
            }
            y += block.height();
            bottom = Math.max(bottom, y);
        }
        return bottom - Row.GAP;
    }

    private void placeFacts(Block block, double x, double top, List<Box> boxes, List<Arrow> arrows) {
        double middle = top + block.height() / 2;
        double start = x + sourceWidth;
        double end = start + LANDING + room + LANDING;
        for (Row row : block.rows) {
            double height = row.height() - Row.GAP;
            Box.add(boxes, row.node(), x, middle + row.y() - height / 2, sourceWidth, height);
            for (int i = 0; i < row.atSource().size(); i++) {
                double lane = middle + row.lane(i, row.atSource().size());
                arrows.add(Arrow.spoke(row.atSource().get(i), start, lane, true, 0, lane, room, false));
            }
        }
        Box.add(boxes, block.hub, end, top + Row.GAP / 2, targetWidth, block.height() - Row.GAP);
    }

    private void placeLoops(Block block, double x, double top, List<Box> boxes, List<Arrow> arrows) {
        Box.add(boxes, block.hub, x, top + Row.GAP / 2, sourceWidth, block.height() - Row.GAP);
        for (Row row : block.rows) {
            double lane = top + block.height() / 2 + row.y();
            arrows.add(Arrow.loop(row.atSource().get(0), x + sourceWidth, lane, true, LOOP_BEND, lane, room));
        }
    }
}
