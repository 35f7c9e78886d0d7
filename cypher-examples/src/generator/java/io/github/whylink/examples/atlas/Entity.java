package io.github.whylink.examples.atlas;

import java.util.Comparator;

/**
 * A node of the atlas.
 *
 * @param label the node's only label, for example {@code Country}
 * @param code what identifies the node among those of its label: an ISO or BCP 47 code where there is one
 * @param name the English display name
 */
record Entity(String label, String code, String name) implements Comparable<Entity> {

    private static final Comparator<Entity> BY_LABEL_AND_CODE =
            Comparator.comparing(Entity::label).thenComparing(Entity::code);

    @Override
    public int compareTo(Entity other) {
        return BY_LABEL_AND_CODE.compare(this, other);
    }
}
