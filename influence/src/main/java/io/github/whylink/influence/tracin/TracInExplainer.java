package io.github.whylink.influence.tracin;

import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.train.Examples;
import io.github.whylink.embedding.train.RowGradients;
import io.github.whylink.embedding.train.Trainer;
import io.github.whylink.embedding.train.TrainingMonitor;
import io.github.whylink.embedding.train.TrainingObserver;
import io.github.whylink.embedding.train.TrainingSettings;
import io.github.whylink.influence.Explainer;
import io.github.whylink.influence.FactInfluences;
import io.github.whylink.influence.Link;
import io.github.whylink.influence.LinkGradients;
import io.github.whylink.influence.LossGradients;
import io.github.whylink.influence.TrainedModel;
import java.util.BitSet;
import java.util.List;

/**
 * TracIn with checkpoints: what steps of gradient descent on a fact would do to the prediction, at the end of each epoch.
 *
 * <pre>
 * influence(f) = Σ over epochs e  rate_e · ⟨∇p(link; θ_e), -∇loss(f; θ_e)⟩
 * </pre>
 *
 * <p>where {@code θ_e} are the parameters at the end of the epoch, {@code rate_e} its last learning rate, and the
 * negatives of f those of the epoch. A step along {@code -∇loss} that raises the probability supports the link. All facts
 * get their influence. Unlike the walk backwards it does not ask what became of a step later on, and whatever the optimizer
 * it takes the step for one of plain gradient descent. The training is replayed from its seed, so that nothing need have
 * been kept. Time: two trainings, however many links, and for each link and epoch the product of two gradients per fact;
 * a slope by {@code ExampleCurvature}, which prepares a second derivative, takes up to five times as long.
 * Memory: the parameters once for each link. Source: Pruthi, Liu, Kale and Sundararajan, "Estimating training data
 * influence by tracing gradient descent", NeurIPS 2020, arXiv 2002.08484, section 3.3 (TracInCP).
 */
public final class TracInExplainer implements Explainer {
    private final TrainedModel trained;
    private final TrainingMonitor monitor;

    /** Explains predictions of a model by the checkpoints of its training. */
    public TracInExplainer(TrainedModel trained, TrainingMonitor monitor) {
        this.trained = trained;
        this.monitor = monitor;
    }

    @Override
    public String name() {
        return "tracin";
    }

    @Override
    public FactInfluences explain(Link link) {
        return explainAll(List.of(link))[0];
    }

    @Override
    public FactInfluences[] explainAll(List<Link> links) {
        double[][] influences = new double[links.size()][trained.facts().count()];
        visitCheckpoints(parameters -> {
            EmbeddingModel model = new EmbeddingModel(trained.settings().scoringFunction(), parameters);
            LinkGradients probabilities = LinkGradients.of(model, links);
            return (fact, rate, gradient) -> {
                for (int k = 0; k < influences.length; k++) {
                    influences[k][fact] -= rate * probabilities.dot(k, gradient);
                }
            };
        });
        return FactInfluences.ofAll(influences);
    }

    /**
     * The influence of each fact on its own loss, {@code Σ over epochs rate_e · ‖∇loss(f; θ_e)‖²}: large for facts that the
     * model keeps having to learn against the rest, as wrong ones are. Section 4 of the source. One per fact.
     */
    public double[] selfInfluence() {
        double[] influences = new double[trained.facts().count()];
        visitCheckpoints(
                parameters -> (fact, rate, gradient) -> influences[fact] += rate * LinkGradients.squaredNorm(gradient));
        return influences;
    }

    private void visitCheckpoints(Beginning beginning) {
        TrainingSettings settings = trained.settings();
        Examples examples = new Examples(trained.facts(), settings);
        try (LossGradients gradients =
                new LossGradients(examples, trained.model().parameters(), monitor)) {
            Trainer.trainFirst(
                    trained.epochs(),
                    trained.facts(),
                    settings,
                    new BitSet(),
                    TrainingObserver.NONE,
                    monitor,
                    (epoch, rate, parameters) -> {
                        FactVisitor visitor = beginning.begin(parameters);
                        gradients.visit(
                                parameters, epoch, (worker, fact, gradient) -> visitor.visit(fact, rate, gradient));
                    });
        }
    }

    /** Looks at a checkpoint before its facts are shown. */
    @FunctionalInterface
    private interface Beginning {
        FactVisitor begin(Parameters parameters);
    }

    /** Sees the facts at a checkpoint, several at once. */
    @FunctionalInterface
    private interface FactVisitor {
        void visit(int fact, double rate, RowGradients gradient);
    }
}
