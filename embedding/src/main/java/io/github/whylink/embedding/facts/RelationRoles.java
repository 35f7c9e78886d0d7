package io.github.whylink.embedding.facts;

import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/**
 * Which entities fit each side of each relation: those that facts show there (observed domain and range) or, where entities
 * have classes, all entities of a class that facts show there.
 *
 * <p>Sides that take the same classes share one list. Memory: 4 bytes for each entity of each different set of classes; at
 * most 8 bytes per fact where every entity is a class of its own.
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
        int[] classes = facts.entityClasses();
        BitSet[] headClasses = new BitSet[facts.relationCount()];
        BitSet[] tailClasses = new BitSet[facts.relationCount()];
        Arrays.setAll(headClasses, i -> new BitSet());
        Arrays.setAll(tailClasses, i -> new BitSet());
        for (int fact = 0; fact < facts.count(); fact++) {
            int head = facts.head(fact);
            int tail = facts.tail(fact);
            headClasses[facts.relation(fact)].set(classes == null ? head : classes[head]);
            tailClasses[facts.relation(fact)].set(classes == null ? tail : classes[tail]);
        }
        Map<BitSet, int[]> known = new HashMap<>();
        return new RelationRoles(members(headClasses, classes, known), members(tailClasses, classes, known));
    }

    /** The entities that fit one side of a relation, ascending; must not be modified. */
    public int[] entities(int relation, Side side) {
        return (side == Side.TAIL ? tails : heads)[relation];
    }

    private static int[][] members(BitSet[] classSets, int[] classes, Map<BitSet, int[]> known) {
        int[][] members = new int[classSets.length][];
        for (int relation = 0; relation < classSets.length; relation++) {
            members[relation] = known.computeIfAbsent(classSets[relation], wanted -> members(wanted, classes));
        }
        return members;
    }

    private static int[] members(BitSet wanted, int[] classes) {
        if (classes == null) {
            return wanted.stream().toArray();
        }
        int count = 0;
        for (int entityClass : classes) {
            count += wanted.get(entityClass) ? 1 : 0;
        }
        int[] found = new int[count];
        int next = 0;
        for (int entity = 0; entity < classes.length; entity++) {
            if (wanted.get(classes[entity])) {
                found[next++] = entity;
            }
        }
        return found;
    }
}
