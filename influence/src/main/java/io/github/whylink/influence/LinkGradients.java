package io.github.whylink.influence;

import io.github.whylink.embedding.kernel.Rows;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.Parameters.Table;
import io.github.whylink.embedding.train.RowGradients;
import java.util.Arrays;
import java.util.List;

/**
 * The gradients of the probabilities of some links by all parameters, to be multiplied with the gradients of facts.
 * Memory: the parameters once for each link.
 */
public final class LinkGradients {
    private final Parameters[] gradients;

    private LinkGradients(Parameters[] gradients) {
        this.gradients = gradients;
    }

    /** Differentiates by the parameters of the model as they are now. O(links · entities · d). */
    public static LinkGradients of(EmbeddingModel model, List<Link> links) {
        ProbabilityGradient probability = new ProbabilityGradient(model);
        Parameters[] gradients = new Parameters[links.size()];
        for (int k = 0; k < gradients.length; k++) {
            gradients[k] = Parameters.zerosLike(model.parameters());
            probability.add(links.get(k), gradients[k]);
        }
        return new LinkGradients(gradients);
    }

    /** How many links. */
    public int count() {
        return gradients.length;
    }

    /** The gradient of the k-th link's probability; not a copy. */
    public Parameters of(int k) {
        return gradients[k];
    }

    /** The product of the k-th link's gradient and that of a fact. O(d · rows of the fact). */
    public double dot(int k, RowGradients fact) {
        double sum = 0;
        for (Table table : Table.values()) {
            for (int i = 0; i < fact.count(table); i++) {
                sum += Rows.dot(gradients[k].row(table, fact.id(table, i)), fact.values(table, i));
            }
        }
        return sum;
    }

    /** The squared Euclidean norm of the k-th link's gradient. */
    public double squaredNorm(int k) {
        return Arrays.stream(Table.values())
                .flatMap(table -> Arrays.stream(gradients[k].table(table)))
                .mapToDouble(Rows::squaredNorm)
                .sum();
    }

    /** The squared Euclidean norm of a fact's gradient. */
    public static double squaredNorm(RowGradients fact) {
        double sum = 0;
        for (Table table : Table.values()) {
            for (int i = 0; i < fact.count(table); i++) {
                sum += Rows.squaredNorm(fact.values(table, i));
            }
        }
        return sum;
    }
}
