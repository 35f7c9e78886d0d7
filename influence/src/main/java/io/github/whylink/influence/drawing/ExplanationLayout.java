package io.github.whylink.influence.drawing;

import static io.github.whylink.influence.drawing.Arrow.LANDING;

import io.github.whylink.influence.drawing.ExplanationPicture.Fact;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Where everything of a picture goes.
 *
 * <pre>
 *   neighbours              neighbours              neighbours
 *   of the source           of both                 of the target
 *
 *       □ ─────╮         ╭──── □ ────╮         ╭───── □
 *       □ ──── source ╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌ target ───── □
 *       □ ─────╯         ╰───────────╯         ╰───── □
 *
 *       □ ──────── □   facts that touch neither   □ ──────── □
 * </pre>
 *
 * <p>Each fact has a lane of its own: a level stretch, as long as its label, beside the box of the neighbour. Lanes bend
 * only in the strip between that stretch and the end of the link, where there are no labels, and have the same order at
 * both sides of the strip. So no line crosses another, a label or a box, however many facts there are, and no search for
 * good positions is needed. The most influential fact is at the top of its column, or next to the predicted link.
 *
 * <p>A node has one place among the facts that touch the link. Facts that touch neither end are drawn apart; nodes that
 * already have a place are repeated there. A predicted self-loop has its node at both ends: the facts that leave the node
 * at the source, those that arrive at the target.
 */
final class ExplanationLayout {
    static final double MARGIN = 24;

    private static final double HEADER = 96;

    /** Above the facts elsewhere and above the legend. */
    private static final double SPACE = 20;

    private static final double LEGEND = 66;
    private static final double MIN_WIDTH = 760;

    /** Between the predicted link and the next arrow at its end. */
    private static final double FIRST_PORT = 24;

    /** Kept free above and below the predicted link for its label. */
    private static final double LINK_MARGIN = 36;

    /** Height of the heading above the facts that touch neither end. */
    private static final double HEADING = 40;

    /** A fact that leaves the end of the link at the height of the port; both heights are relative to the link. */
    private record Lane(Row row, int fact, double y, double port) {}

    /** The lanes at one side of an end of the link: a strip of bends, then a strip of labels. */
    private record Fan(List<Lane> lanes, double bend, double room) {
        double width() {
            return LANDING + bend + room + LANDING;
        }
    }

    private final ExplanationPicture picture;

    final List<Box> boxes = new ArrayList<>();
    final List<Arrow> arrows = new ArrayList<>();

    /** The facts that touch neither end. */
    final List<Integer> elsewhere;

    /** The predicted link goes from the right side of this box to the left side of {@link #target}. */
    final Box source;

    final Box target;

    /** Height of the predicted link. */
    final double linkY;

    /** Middle of the predicted link's label. */
    final double linkX;

    /** Width of the predicted link's label. */
    final double linkRoom;

    /** Top of the facts that touch neither end. */
    final double elsewhereY;

    final double legendY;
    final double width;
    final double height;

    /** Lays out the picture. Most coordinates are first relative to the link, as its height follows from the others. */
    ExplanationLayout(ExplanationPicture picture) {
        this.picture = picture;
        Room rooms = new Room(picture);
        List<Row> rows = new ArrayList<>();
        elsewhere = assign(rows);
        ElsewhereLayout rest = new ElsewhereLayout(picture, elsewhere);
        List<Row> left = Row.stacked(filter(rows, row -> row.atTarget().isEmpty()));
        List<Row> right = Row.stacked(filter(rows, row -> row.atSource().isEmpty()));
        List<Row> middle = aroundLink(
                filter(rows, row -> !row.atSource().isEmpty() && !row.atTarget().isEmpty()));
        List<Row> common = filter(middle, Row::isNeighbour);
        List<Row> direct = filter(middle, row -> !row.isNeighbour());

        Fan sourceOut = fan(outerLanes(left, true), rooms.forLabels(Row.facts(left, true)));
        Fan targetOut = fan(outerLanes(right, false), rooms.forLabels(Row.facts(right, false)));
        Fan sourceIn = fan(innerLanes(middle, true), rooms.forLabels(Row.facts(common, true)));
        Fan targetIn = fan(innerLanes(middle, false), rooms.forLabels(Row.facts(common, false)));

        linkRoom = rooms.forLink();
        double between = Math.max(linkRoom, rooms.forLabels(Row.facts(direct, true)));
        double commonWidth = rooms.forBoxes(Row.nodes(common), Room.CAPTION);
        if (!common.isEmpty()) {
            double labels = sourceIn.room + targetIn.room + 2 * LANDING;
            between = Math.max(between, labels + commonWidth);
            commonWidth = between - labels;
        }
        double endWidth = rooms.forBoxes(List.of(picture.source(), picture.target()), Room.END_CAPTION);
        double leftBox = rooms.forBoxes(Row.nodes(left), Room.CAPTION);
        double rightBox = rooms.forBoxes(Row.nodes(right), Room.CAPTION);
        double leftWidth = left.isEmpty() ? 0 : leftBox + sourceOut.width();
        double rightWidth = right.isEmpty() ? 0 : targetOut.width() + rightBox;
        double linkWidth = LANDING + sourceIn.bend + between + targetIn.bend + LANDING;
        double aroundWidth = leftWidth + endWidth + linkWidth + endWidth + rightWidth;
        width = 2 * MARGIN + Math.max(Math.max(aroundWidth, rest.width()), MIN_WIDTH - 2 * MARGIN);

        List<Row> placed = Stream.of(left, middle, right).flatMap(List::stream).toList();
        double sourceHalf = Math.max(halfHeight(sourceOut), halfHeight(sourceIn));
        double targetHalf = Math.max(halfHeight(targetOut), halfHeight(targetIn));
        double half = Math.max(sourceHalf, targetHalf);
        double above = half;
        double below = half;
        for (Row row : placed) {
            above = Math.max(above, row.height() / 2 - row.y());
            below = Math.max(below, row.height() / 2 + row.y());
        }
        linkY = HEADER + above;

        double sourceX = (width - aroundWidth) / 2 + leftWidth;
        double targetX = sourceX + endWidth + linkWidth;
        source = new Box(picture.source(), Box.Role.END, sourceX, linkY - sourceHalf, endWidth, 2 * sourceHalf);
        target = new Box(picture.target(), Box.Role.END, targetX, linkY - targetHalf, endWidth, 2 * targetHalf);
        linkX = source.right() + LANDING + sourceIn.bend + between / 2;
        boxes.add(source);
        boxes.add(target);

        column(left, source.x() - leftWidth, leftBox);
        column(common, linkX - between / 2 + sourceIn.room + LANDING, commonWidth);
        column(right, target.right() + targetOut.width(), rightBox);
        spokes(sourceOut, source, false);
        spokes(sourceIn, source, true);
        spokes(targetIn, target, false);
        spokes(targetOut, target, true);
        throughs(sourceIn, targetIn);

        elsewhereY = linkY + below + SPACE;
        legendY = elsewhere.isEmpty()
                ? elsewhereY
                : rest.place((width - rest.width()) / 2, elsewhereY + HEADING, boxes, arrows) + SPACE;
        height = legendY + LEGEND;
    }

    /** Fills the rows, in the order of their most influential facts, and returns the facts that touch neither end. */
    private List<Integer> assign(List<Row> rows) {
        Map<Integer, Row> neighbours = new LinkedHashMap<>();
        List<Integer> elsewhere = new ArrayList<>();
        boolean oneEnd = picture.source() == picture.target();
        for (int i = 0; i < picture.facts().size(); i++) {
            Fact fact = picture.facts().get(i);
            boolean atSource = fact.source() == picture.source() || (fact.target() == picture.source() && !oneEnd);
            boolean atTarget = fact.target() == picture.target() || (fact.source() == picture.target() && !oneEnd);
            if (!atSource && !atTarget) {
                elsewhere.add(i);
                continue;
            }
            int end = atSource ? picture.source() : picture.target();
            int other = fact.source() == end ? fact.target() : fact.source();
            Row row;
            if (other == end || (atSource && atTarget)) {
                row = new Row(Row.NO_BOX);
                rows.add(row);
            } else {
                row = neighbours.computeIfAbsent(other, node -> {
                    Row neighbour = new Row(node);
                    rows.add(neighbour);
                    return neighbour;
                });
            }
            if (atSource) {
                row.atSource().add(i);
            }
            if (atTarget) {
                row.atTarget().add(i);
            }
        }
        return elsewhere;
    }

    /** Above and below the link, where there is less so far; from the nearest to the link. */
    private static List<Row> aroundLink(List<Row> rows) {
        double above = LINK_MARGIN;
        double below = LINK_MARGIN;
        List<Row> placed = new ArrayList<>();
        for (Row row : rows) {
            if (above <= below) {
                placed.add(row.at(-above - row.height() / 2));
                above += row.height();
            } else {
                placed.add(row.at(below + row.height() / 2));
                below += row.height();
            }
        }
        return placed;
    }

    /** The lanes at the outer side of an end: ports at equal distances around the middle, two for a self-loop. */
    private static List<Lane> outerLanes(List<Row> rows, boolean ofSource) {
        int ports = 0;
        for (Row row : rows) {
            ports += row.isLoop() ? 2 : row.facts(ofSource).size();
        }
        List<Lane> lanes = new ArrayList<>();
        double port = -Arrow.PORT * ports / 2.0;
        for (Row row : rows) {
            List<Integer> facts = row.facts(ofSource);
            double needed = row.isLoop() ? 2 * Arrow.PORT : Arrow.PORT;
            for (int i = 0; i < facts.size(); i++) {
                lanes.add(new Lane(row, facts.get(i), row.lane(i, facts.size()), port + needed / 2));
                port += needed;
            }
        }
        return lanes;
    }

    /** The lanes at the inner side of an end: ports away from that of the link. */
    private static List<Lane> innerLanes(List<Row> rows, boolean ofSource) {
        List<Lane> lanes = new ArrayList<>();
        double above = -FIRST_PORT;
        double below = FIRST_PORT;
        for (Row row : rows) {
            List<Integer> facts = row.facts(ofSource);
            for (int i = 0; i < facts.size(); i++) {
                if (row.y() < 0) {
                    int fromLink = facts.size() - 1 - i;
                    lanes.add(new Lane(row, facts.get(fromLink), row.lane(fromLink, facts.size()), above));
                    above -= Arrow.PORT;
                } else {
                    lanes.add(new Lane(row, facts.get(i), row.lane(i, facts.size()), below));
                    below += Arrow.PORT;
                }
            }
        }
        return lanes;
    }

    /** The steeper the lines, the wider the strip of bends. */
    private static Fan fan(List<Lane> lanes, double room) {
        double climb = 0;
        for (Lane lane : lanes) {
            climb = Math.max(climb, Math.abs(lane.y - lane.port));
        }
        double bend = lanes.isEmpty() ? 0 : Math.min(160, Math.max(28, 0.45 * climb));
        return new Fan(lanes, bend, room);
    }

    /** Of an end with such a fan. */
    private static double halfHeight(Fan fan) {
        double half = 32;
        for (Lane lane : fan.lanes) {
            half = Math.max(half, Math.abs(lane.port) + Arrow.PORT);
        }
        return half;
    }

    private void column(List<Row> rows, double x, double width) {
        for (Row row : rows) {
            if (row.isNeighbour()) {
                double height = row.height() - Row.GAP;
                Box.add(boxes, row.node(), x, linkY + row.y() - height / 2, width, height);
            }
        }
    }

    /** The facts of the neighbours and the self-loops at one side of an end. */
    private void spokes(Fan fan, Box end, boolean right) {
        double x = right ? end.right() : end.x();
        for (Lane lane : fan.lanes) {
            double port = linkY + lane.port;
            double y = linkY + lane.y;
            if (lane.row.isLoop()) {
                arrows.add(Arrow.loop(lane.fact, x, port, right, fan.bend, y, fan.room));
            } else if (lane.row.isNeighbour()) {
                boolean towardsEnd = picture.facts().get(lane.fact).target() == end.node();
                arrows.add(Arrow.spoke(lane.fact, x, port, right, fan.bend, y, fan.room, towardsEnd));
            }
        }
    }

    /** The facts from end to end. */
    private void throughs(Fan sourceIn, Fan targetIn) {
        for (Lane start : sourceIn.lanes) {
            for (Lane end : targetIn.lanes) {
                if (start.fact == end.fact && !start.row.isNeighbour()) {
                    arrows.add(Arrow.through(
                            start.fact,
                            source.right(),
                            linkY + start.port,
                            sourceIn.bend,
                            linkY + start.y,
                            target.x(),
                            linkY + end.port,
                            targetIn.bend,
                            picture.facts().get(start.fact).source() == picture.source()));
                }
            }
        }
    }

    private static List<Row> filter(List<Row> rows, Predicate<Row> kept) {
        return rows.stream().filter(kept).toList();
    }
}
