package io.github.whylink.embedding.facts;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Which entities fit each side of each relation: those that facts show there (observed domain and range) or, where entities
 * have classes, all entities of a class that facts show there.
 */
public final class RelationRoles {
    private final int[][] heads;
    private final int[][] tails;

    private RelationRoles(int[][] heads, int[][] tails) {
        this.heads = heads;
        this.tails = tails;
    }

    /** By the classes of the facts' entities; where there are none, every entity is a class of its own. */
    public static RelationRoles of(Facts facts) {
        return facts.entityClasses() == null ? observed(facts) : ofClasses(facts, facts.entityClasses());
    }

    /** The very entities that the facts show on each side. */
    static RelationRoles observed(Facts facts) {
        int[] ownClass = new int[facts.entityCount()];
        Arrays.setAll(ownClass, i -> i);
        return ofClasses(facts, ownClass);
    }

    /** All entities whose class the facts show on a side. */
    static RelationRoles ofClasses(Facts facts, int[] entityClass) {
        BitSet[] headClasses = new BitSet[facts.relationCount()];
        BitSet[] tailClasses = new BitSet[facts.relationCount()];
        Arrays.setAll(headClasses, i -> new BitSet());
        Arrays.setAll(tailClasses, i -> new BitSet());
        for (int fact = 0; fact < facts.count(); fact++) {
            headClasses[facts.relation(fact)].set(entityClass[facts.head(fact)]);
            tailClasses[facts.relation(fact)].set(entityClass[facts.tail(fact)]);
        }
        return new RelationRoles(members(headClasses, entityClass), members(tailClasses, entityClass));
    }

    /** The entities that fit one side of a relation, ascending; must not be modified. */
    public int[] entities(int relation, Side side) {
        return (side == Side.TAIL ? tails : heads)[relation];
    }

    private static int[][] members(BitSet[] classes, int[] entityClass) {
        int[][] members = new int[classes.length][];
        for (int relation = 0; relation < classes.length; relation++) {
            int[] found = new int[entityClass.length];
            int count = 0;
            for (int entity = 0; entity < entityClass.length; entity++) {
                if (classes[relation].get(entityClass[entity])) {
                    found[count++] = entity;
                }
            }
            members[relation] = Arrays.copyOf(found, count);
        }
        return members;
    }
}
