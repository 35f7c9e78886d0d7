package io.github.whylink.influence.drawing;

import java.util.List;

/**
 * What a picture of faithfulness shows: what a method says that single facts do to predictions, beside what training without
 * them did.
 *
 * @param title one line, for example the model's name
 * @param method that says it
 * @param points one for each pair of a prediction and a fact that was left out
 * @param bars the method and the floors under it
 * @param spearman rank correlation of the two; not a number where there is none
 */
public record FaithfulnessPicture(String title, String method, List<Point> points, List<Bar> bars, double spearman) {
    public FaithfulnessPicture {
        points = List.copyOf(points);
        bars = List.copyOf(bars);
    }

    /**
     * A prediction and a fact.
     *
     * @param predicted drop of the probability without the fact, as the method says
     * @param measured drop that training without it led to
     * @param first whether the fact is the one that the method names first for the prediction
     */
    public record Point(double predicted, double measured, boolean first) {}

    /**
     * What became of the predictions.
     *
     * @param name of the method or floor
     * @param probabilityDrop share of predictions whose probability dropped, 0 to 1
     * @param topChange share of predictions that are no longer the best answer, 0 to 1
     */
    public record Bar(String name, double probabilityDrop, double topChange) {}
}
