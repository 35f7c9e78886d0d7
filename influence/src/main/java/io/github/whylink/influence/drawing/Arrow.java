package io.github.whylink.influence.drawing;

/**
 * The line of a fact. Its label is written above and below a level stretch, the lane; between the lane and the box of an
 * end of the predicted link the line bends to its port, the height at which it meets the box.
 *
 * @param fact index in {@link ExplanationPicture#facts()}
 * @param line SVG path, without the arrowhead
 * @param tipX point of the arrowhead
 * @param tipY point of the arrowhead
 * @param rightward direction of the arrowhead
 * @param loop whether the lane goes around the label, otherwise through it
 * @param labelX middle of the label
 * @param labelY middle of the label, the height of the lane
 * @param room width of the label
 */
record Arrow(
        int fact,
        String line,
        double tipX,
        double tipY,
        boolean rightward,
        boolean loop,
        double labelX,
        double labelY,
        double room) {
    /** Length of an arrowhead. */
    static final double HEAD = 12;

    /** Level piece of a line at a box, so that the arrowhead is level and apart from the label. */
    static final double LANDING = 18;

    /** Between two arrows at the same side of a box. */
    static final double PORT = 18;

    /** Half the height of a self-loop: its label is inside. */
    private static final double LOOP = 19;

    /**
     * Between the box of an end and the box of a neighbour.
     *
     * @param endX side of the end's box
     * @param right whether the neighbour is to the right
     * @param bend width of the strip in which lines bend
     * @param towardsEnd whether the arrowhead is at the end, otherwise it is at the neighbour
     */
    static Arrow spoke(
            int fact,
            double endX,
            double port,
            boolean right,
            double bend,
            double lane,
            double room,
            boolean towardsEnd) {
        int side = right ? 1 : -1;
        double laneX = endX + side * (LANDING + bend);
        double neighbourX = laneX + side * (room + LANDING);
        String line = "M" + point(towardsEnd ? endX + side * HEAD : endX, port)
                + bend(endX + side * LANDING, port, laneX, lane)
                + "H" + number(towardsEnd ? neighbourX : neighbourX - side * HEAD);
        double tipX = towardsEnd ? endX : neighbourX;
        double tipY = towardsEnd ? port : lane;
        return new Arrow(fact, line, tipX, tipY, right != towardsEnd, false, laneX + side * room / 2, lane, room);
    }

    /** From the right side of the source to the left side of the target, or back. */
    static Arrow through(
            int fact,
            double sourceX,
            double sourcePort,
            double sourceBend,
            double lane,
            double targetX,
            double targetPort,
            double targetBend,
            boolean rightward) {
        double from = sourceX + LANDING + sourceBend;
        double to = targetX - LANDING - targetBend;
        String line = "M" + point(rightward ? sourceX : sourceX + HEAD, sourcePort)
                + bend(sourceX + LANDING, sourcePort, from, lane)
                + bend(to, lane, targetX - LANDING, targetPort)
                + "H" + number(rightward ? targetX - HEAD : targetX);
        double tipX = rightward ? targetX : sourceX;
        double tipY = rightward ? targetPort : sourcePort;
        return new Arrow(fact, line, tipX, tipY, rightward, false, (from + to) / 2, lane, to - from);
    }

    /** From a box and back to it, around its label. It needs two ports: leaves half above, returns half below. */
    static Arrow loop(int fact, double boxX, double port, boolean right, double bend, double lane, double room) {
        int side = right ? 1 : -1;
        double laneX = boxX + side * (LANDING + bend);
        double farX = laneX + side * room;
        double roundX = farX + side * LANDING;
        String line = "M" + point(boxX, port - PORT / 2)
                + bend(boxX + side * LANDING, port - PORT / 2, laneX, lane - LOOP)
                + "H" + number(farX)
                + "C" + point(roundX, lane - LOOP) + " " + point(roundX, lane + LOOP) + " " + point(farX, lane + LOOP)
                + bend(laneX, lane + LOOP, boxX + side * LANDING, port + PORT / 2)
                + "H" + number(boxX + side * HEAD);
        return new Arrow(fact, line, boxX, port + PORT / 2, !right, true, laneX + side * room / 2, lane, room);
    }

    /** On to (x, y) at the present height, then to (toX, toY), level at both ends. */
    private static String bend(double x, double y, double toX, double toY) {
        if (y == toY) {
            return "H" + number(toX);
        }
        double half = (x + toX) / 2;
        return "H" + number(x) + "C" + point(half, y) + " " + point(half, toY) + " " + point(toX, toY);
    }

    /** Two coordinates of a path. */
    static String point(double x, double y) {
        return number(x) + "," + number(y);
    }

    /** With one decimal at most, the same in every locale. */
    static String number(double value) {
        long tenths = Math.round(value * 10);
        return tenths % 10 == 0 ? Long.toString(tenths / 10) : Double.toString(tenths / 10.0);
    }
}
