package io.github.whylink.embedding.testing;

import io.github.whylink.embedding.facts.Facts;
import java.util.Arrays;

/** Facts with weights: none, less than 1, 1 and more. */
public final class Weights {
    private static final float[] IN_TURN = {1f, 0.5f, 3f, 0f, 2f, 0.3f, 1f};

    private Weights() {}

    public static Facts mixed(Facts facts) {
        float[] weights = new float[facts.count()];
        for (int fact = 0; fact < weights.length; fact++) {
            weights[fact] = IN_TURN[fact % IN_TURN.length];
        }
        return facts.withWeights(weights);
    }

    public static Facts all(float weight, Facts facts) {
        float[] weights = new float[facts.count()];
        Arrays.fill(weights, weight);
        return facts.withWeights(weights);
    }
}
