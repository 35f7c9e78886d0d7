package io.github.whylink.procedures.store;

import io.github.whylink.embedding.train.TrainingResult;
import io.github.whylink.embedding.train.TrainingResult.Epoch;
import io.github.whylink.influence.drawing.CurvePicture;
import io.github.whylink.influence.drawing.CurvePicture.Point;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.neo4j.graphdb.Node;

/** The course of a training as the model node keeps it: three lists of numbers, epoch, loss and validation. */
public final class StoredCurve {
    private static final String EPOCH = "curveEpoch";
    private static final String LOSS = "curveLoss";
    private static final String VALIDATION = "curveValidation";

    /** As many as can be told apart in a picture; every call reads the node. */
    private static final int POINTS_AT_MOST = 1_000;

    private StoredCurve() {}

    /** What is to be seen of a training; of a very long one some epochs, among them the best one. */
    public static CurvePicture picture(String title, TrainingResult trained) {
        List<Epoch> curve = trained.curve();
        int every = (curve.size() + POINTS_AT_MOST - 1) / POINTS_AT_MOST;
        return new CurvePicture(
                title,
                curve.stream()
                        .filter(epoch -> epoch.epoch() % every == 0
                                || epoch.epoch() == 1
                                || epoch.epoch() == trained.bestEpoch()
                                || epoch.epoch() == curve.size())
                        .map(epoch -> new Point(epoch.epoch(), epoch.meanLoss(), epoch.validation()))
                        .toList(),
                trained.bestEpoch());
    }

    /** Modified: {@code model}. */
    static void write(Node model, TrainingResult trained) {
        List<Point> points = picture("", trained).points();
        model.setProperty(EPOCH, points.stream().mapToInt(Point::epoch).toArray());
        model.setProperty(LOSS, points.stream().mapToDouble(Point::loss).toArray());
        model.setProperty(
                VALIDATION, points.stream().mapToDouble(Point::validation).toArray());
    }

    /** What is to be seen of the training of a model; nothing in models from before this was kept. */
    public static Optional<CurvePicture> of(StoredModel stored) {
        Node model = stored.node();
        if (model.getProperty(EPOCH, null) instanceof int[] epochs
                && model.getProperty(LOSS, null) instanceof double[] losses
                && model.getProperty(VALIDATION, null) instanceof double[] validations
                && losses.length == epochs.length
                && validations.length == epochs.length) {
            List<Point> points = IntStream.range(0, epochs.length)
                    .mapToObj(i -> new Point(epochs[i], losses[i], validations[i]))
                    .toList();
            return Optional.of(new CurvePicture(
                    stored.name().value(), points, stored.epochs().intValue()));
        }
        return Optional.empty();
    }
}
