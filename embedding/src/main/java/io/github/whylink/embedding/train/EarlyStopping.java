package io.github.whylink.embedding.train;

/**
 * When to stop before the last epoch.
 *
 * @param every epochs between two validations, at least 1
 * @param patience how many validations in a row may fail to improve on the best before training stops, at least 1
 */
public record EarlyStopping(int every, int patience) {
    public EarlyStopping {
        if (every < 1) {
            throw new IllegalArgumentException("epochs between validations must be at least 1, but are " + every);
        }
        if (patience < 1) {
            throw new IllegalArgumentException("patience must be at least 1, but is " + patience);
        }
    }
}
