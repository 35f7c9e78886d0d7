package io.github.whylink.examples.atlas;

import java.util.Comparator;

/**
 * A relationship of the atlas.
 *
 * @param source the node it starts at
 * @param type the relationship type
 * @param target the node it ends at
 */
record Fact(Entity source, String type, Entity target) implements Comparable<Fact> {

    private static final Comparator<Fact> BY_TYPE_AND_ENDS =
            Comparator.comparing(Fact::type).thenComparing(Fact::source).thenComparing(Fact::target);

    @Override
    public int compareTo(Fact other) {
        return BY_TYPE_AND_ENDS.compare(this, other);
    }
}
