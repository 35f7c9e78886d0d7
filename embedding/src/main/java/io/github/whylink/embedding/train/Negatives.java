package io.github.whylink.embedding.train;

import java.util.Arrays;
import java.util.List;

/**
 * What a fact is held against in training.
 *
 * @param regime which entities compete with the true answer
 * @param count how many are drawn: per fact and side, or per batch; at least 1, without meaning against all entities
 * @param sides which end of a fact is asked for
 * @param sampling from which distribution negatives are drawn
 * @param filtered whether other known answers of the same query are left out
 */
public record Negatives(Regime regime, int count, NegativeSides sides, Sampling sampling, boolean filtered) {
    /** Which entities compete with the true answer of a query. */
    public enum Regime {
        /** Each fact and side draws its own. */
        PER_FACT("perFact"),
        /** All facts of a batch share one draw: matrix products instead of vector products. */
        SHARED("shared"),
        /** All entities, in blocks. */
        ONE_VS_ALL("1vsAll"),
        /**
         * All entities, and the facts with the same query are one example of which each of them carries an equal share:
         * with K known answers a fact's softmax cross-entropy counts 1/K; in the logistic loss the known answers are no
         * negatives and the others count 1/K. Source: Dettmers et al., "Convolutional 2D knowledge graph embeddings",
         * AAAI 2018, arXiv 1707.01476, section 4.1 (1-N scoring).
         */
        K_VS_ALL("KvsAll");

        private final String text;

        Regime(String text) {
            this.text = text;
        }

        /** The name in configurations. */
        public String text() {
            return text;
        }

        /** Whether every entity is a candidate, so that nothing is drawn. */
        public boolean all() {
            return this == ONE_VS_ALL || this == K_VS_ALL;
        }
    }

    /** From which distribution negatives are drawn. */
    public enum Sampling {
        /** Every entity with the same probability. */
        UNIFORM,
        /**
         * Uniform, but the side of a fact is drawn in the ratio of tails per head to heads per tail of its relation, so that
         * fewer true facts are drawn. Source: Wang, Zhang, Feng and Chen, "Knowledge graph embedding by translating on
         * hyperplanes", AAAI 2014, section "Reducing false negative labels".
         */
        BERNOULLI,
        /**
         * Entities of a class that the training facts show on that side of the relation; without classes, the very entities
         * that they show there. Source: Krompass, Baier and Tresp, "Type-constrained representation learning in knowledge
         * graphs", ISWC 2015, arXiv 1508.02593, section 3.
         */
        TYPED
    }

    /**
     * Checks what does not go together.
     *
     * @throws IllegalArgumentException naming the reason
     */
    public Negatives {
        if (count < 1) {
            throw new IllegalArgumentException("negatives must be at least 1, but are " + count);
        }
        if (regime != Regime.PER_FACT && sides == NegativeSides.RANDOM) {
            throw new IllegalArgumentException(
                    "a random side is only for negatives per fact; a batch with regime %s asks for 'both', 'tail' or 'head'"
                            .formatted(regime.text()));
        }
        if (regime != Regime.PER_FACT && sampling != Sampling.UNIFORM) {
            throw new IllegalArgumentException(
                    "%s sampling is only for negatives per fact; with regime %s all facts of a batch have the same candidates, drawn uniformly"
                            .formatted(sampling, regime.text()));
        }
        if (sampling == Sampling.BERNOULLI && sides != NegativeSides.RANDOM) {
            throw new IllegalArgumentException(
                    "Bernoulli sampling draws the side of each fact and needs the sides 'random', but they are '%s'"
                            .formatted(sides));
        }
    }

    /** Negatives of each fact's own, drawn uniformly, known facts not filtered. */
    public static Negatives perFact(int count, NegativeSides sides) {
        return new Negatives(Regime.PER_FACT, count, sides, Sampling.UNIFORM, false);
    }

    /** Negatives shared by a batch, drawn uniformly without repetition. */
    public static Negatives shared(int count, NegativeSides sides) {
        return new Negatives(Regime.SHARED, count, sides, Sampling.UNIFORM, false);
    }

    /** All entities against each fact. */
    public static Negatives all(Regime regime, NegativeSides sides) {
        return new Negatives(regime, 1, sides, Sampling.UNIFORM, false);
    }

    /** The names of the regimes in configurations. */
    public static List<String> regimeNames() {
        return Arrays.stream(Regime.values()).map(Regime::text).toList();
    }

    /**
     * Finds a regime by its name, whatever the case.
     *
     * @throws IllegalArgumentException naming the known ones
     */
    public static Regime regime(String name) {
        return Arrays.stream(Regime.values())
                .filter(regime -> regime.text().equalsIgnoreCase(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "unknown regime '%s'; known are %s".formatted(name, regimeNames())));
    }
}
