package io.github.whylink.influence;

import io.github.whylink.embedding.train.Examples;
import io.github.whylink.embedding.train.TrainingMonitor;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The gradient similarity baseline: {@code cos(∇p(link), -∇loss(f))} at the final parameters, with the negatives that the
 * fact had in the last epoch.
 *
 * <p>Knows nothing of the training but where it ended, and nothing of how strongly a fact still pulls. All facts get their
 * influence, from -1 to 1: their order means something, their size is no probability. O(facts · negatives · d) once, and
 * the product of two gradients per fact and link. Source: Charpiat, Girard, Felardos and Tarabalka, "Input similarity from
 * the neural network perspective", NeurIPS 2019, arXiv 2102.05262.
 */
public final class SimilarityExplainer implements Explainer {
    private final TrainedModel trained;
    private final TrainingMonitor monitor;

    /** Explains predictions of a model by its last parameters. */
    public SimilarityExplainer(TrainedModel trained, TrainingMonitor monitor) {
        this.trained = trained;
        this.monitor = monitor;
    }

    @Override
    public String name() {
        return "similarity";
    }

    @Override
    public FactInfluences explain(Link link) {
        return explainAll(List.of(link))[0];
    }

    @Override
    public FactInfluences[] explainAll(List<Link> links) {
        LinkGradients probabilities = LinkGradients.of(trained.model(), links);
        double[] norms = IntStream.range(0, links.size())
                .mapToDouble(k -> Math.sqrt(probabilities.squaredNorm(k)))
                .toArray();
        double[][] influences = new double[links.size()][trained.facts().count()];
        Examples examples = new Examples(trained.facts(), trained.settings());
        try (LossGradients gradients =
                new LossGradients(examples, trained.model().parameters(), monitor)) {
            gradients.visit(trained.model().parameters(), trained.epochs() - 1, (worker, fact, gradient) -> {
                double norm = Math.sqrt(LinkGradients.squaredNorm(gradient));
                for (int k = 0; k < norms.length; k++) {
                    double lengths = norm * norms[k];
                    influences[k][fact] = lengths == 0 ? 0 : -probabilities.dot(k, gradient) / lengths;
                }
            });
        }
        return FactInfluences.ofAll(influences);
    }
}
