package io.github.whylink.procedures.config;

import java.util.regex.Pattern;

/**
 * The name of a model, and the keys of the properties that are named after it.
 *
 * <p>Names are restricted so that the keys need no backticks in Cypher, and so that no two models can share a key.
 */
public record ModelName(String value) {
    private static final Pattern ALLOWED = Pattern.compile("[A-Za-z][A-Za-z0-9_]{0,62}");
    private static final String PREFIX = "whylink_";

    /** No name begins with an underscore, so that no key of another model can begin with this. */
    private static final String SECOND = PREFIX + "_2_";

    private static final String INFLUENCE = "_influence";
    private static final String ROLLBACK = "_rollback";

    /**
     * Checks a name.
     *
     * @throws IllegalArgumentException if it cannot be one
     */
    public ModelName {
        if (value == null || !ALLOWED.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "modelName must be a letter, followed by at most 62 letters, digits or underscores, but is %s"
                            .formatted(value == null ? "null" : "'" + value + "'"));
        }
        if (!isAllowed(value)) {
            throw new IllegalArgumentException(
                    "modelName must not end in '%s' or '%s', which would clash with the properties of another model, but is '%s'"
                            .formatted(INFLUENCE, ROLLBACK, value));
        }
    }

    /** Tells whether a text can be the name of a model. */
    public static boolean isAllowed(String value) {
        return ALLOWED.matcher(value).matches() && !value.endsWith(INFLUENCE) && !value.endsWith(ROLLBACK);
    }

    /** Key of an entity's embedding, on nodes. */
    public String embeddingKey() {
        return PREFIX + value;
    }

    /** Key of the one number that says how much a fact moved the model, on relationships. */
    public String influenceKey() {
        return PREFIX + value + INFLUENCE;
    }

    /** Key of the updates that a fact caused, on relationships. */
    public String rollbackKey() {
        return PREFIX + value + ROLLBACK;
    }

    /** Key of an entity's embedding in a new version that is not yet in place, on nodes. */
    public String secondEmbeddingKey() {
        return SECOND + value;
    }

    /** Key of the influence in a new version that is not yet in place, on relationships. */
    public String secondInfluenceKey() {
        return SECOND + value + INFLUENCE;
    }

    /** Key of the updates in every other version, on relationships. */
    public String secondRollbackKey() {
        return SECOND + value + ROLLBACK;
    }

    /** Tells whether a property belongs to some model rather than to the user's graph. */
    public static boolean isModelProperty(String key) {
        return key.startsWith(PREFIX);
    }

    @Override
    public String toString() {
        return value;
    }
}
