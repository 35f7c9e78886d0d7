package io.github.whylink.embedding.train;

/** Which part of the second derivative of a fact's loss is meant: {@code Σ_jk ∂s_j/∂θ·∂c_j/∂s_k·∂s_k/∂θ + Σ_j c_j·∂²s_j/∂θ²}. */
public enum Curvature {
    /** All of it: what the trajectory of one training follows. */
    FULL,
    /**
     * The first sum alone, which is positive semidefinite for the losses whose coefficients are a derivative by the scores:
     * the scores count as linear in the parameters. What the second sum adds to a walk through a training differs from seed
     * to seed.
     */
    GAUSS_NEWTON
}
