package io.github.whylink.embedding.train;

/** The loss is no longer a finite number; the parameters are useless. */
public final class TrainingDivergedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TrainingDivergedException(int epoch, double loss, float learningRate) {
        super(
                ("training diverged in epoch %d: the mean loss or the parameters are %s. Lower the learning rate (now %s), "
                                + "or use Adagrad, whose steps shrink by themselves.")
                        .formatted(epoch, loss, learningRate));
    }
}
