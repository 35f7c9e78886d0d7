package io.github.whylink.influence.drawing;

import java.util.List;

/**
 * What a picture of a training shows: loss and validation over the epochs.
 *
 * @param title one line, for example the model's name
 * @param points by epoch; all that were tried, or some of them
 * @param bestEpoch that the model was trained for
 */
public record CurvePicture(String title, List<Point> points, int bestEpoch) {
    public CurvePicture {
        points = List.copyOf(points);
    }

    /**
     * An epoch.
     *
     * @param epoch from 1
     * @param loss mean of the facts
     * @param validation mean reciprocal rank of the facts for validation, 0 to 1, higher is better; not a number where it was
     *     not measured
     */
    public record Point(int epoch, double loss, double validation) {}
}
