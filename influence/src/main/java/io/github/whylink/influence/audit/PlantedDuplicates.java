package io.github.whylink.influence.audit;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.kernel.CounterHash;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A graph in which some entities were entered twice: to each of them belongs a new entity, and each of its facts is with either of the
 * two or, with some probability, with both. A pure function of the facts, the wish and the seed.
 *
 * @param facts over the old entities and the new ones, which have the highest numbers
 * @param originals the entity that each new one is, in their order
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record PlantedDuplicates(Facts facts, int[] originals) {
    /** With fewer facts than this there is too little to share out. */
    public static final int LEAST_FACTS = 6;

    private static final long CHOICE = 0x6475706C69636174L;

    /**
     * Enters entities twice.
     *
     * @param count how many; fewer where fewer have {@link #LEAST_FACTS}
     * @param both probability that a fact is with both, 0 to 1
     */
    public static PlantedDuplicates plant(Facts facts, int count, double both, long seed) {
        int entities = facts.entityCount();
        int[] degree = new int[entities];
        for (int f = 0; f < facts.count(); f++) {
            degree[facts.head(f)]++;
            degree[facts.tail(f)]++;
        }
        int[] originals = IntStream.range(0, entities)
                .filter(e -> degree[e] >= LEAST_FACTS)
                .boxed()
                .sorted(Comparator.comparingLong(e -> CounterHash.hash(seed ^ CHOICE, e, 0, 0)))
                .limit(count)
                .mapToInt(Integer::intValue)
                .toArray();
        int[] copy = new int[entities];
        Arrays.fill(copy, -1);
        for (int i = 0; i < originals.length; i++) {
            copy[originals[i]] = entities + i;
        }
        List<int[]> rows = new ArrayList<>();
        for (int f = 0; f < facts.count(); f++) {
            for (int head : entries(facts.head(f), copy, both, seed, facts.key(f), 1)) {
                for (int tail : entries(facts.tail(f), copy, both, seed, facts.key(f), 2)) {
                    rows.add(new int[] {head, facts.relation(f), tail});
                }
            }
        }
        return new PlantedDuplicates(
                Facts.of(
                        entities + originals.length,
                        facts.relationCount(),
                        rows.stream().mapToInt(row -> row[0]).toArray(),
                        rows.stream().mapToInt(row -> row[1]).toArray(),
                        rows.stream().mapToInt(row -> row[2]).toArray()),
                originals);
    }

    /** With which of its entries an end of a fact is. */
    private static int[] entries(int entity, int[] copy, double both, long seed, long key, int end) {
        if (copy[entity] < 0) {
            return new int[] {entity};
        }
        double drawn = (CounterHash.hash(seed, key, end, 0) >>> 11) * 0x1p-53;
        return drawn < both
                ? new int[] {entity, copy[entity]}
                : new int[] {drawn < both + (1 - both) / 2 ? entity : copy[entity]};
    }

    /** Whether two entities are one. */
    public boolean same(int a, int b) {
        int newer = Math.max(a, b);
        int first = facts.entityCount() - originals.length;
        return newer >= first && originals[newer - first] == Math.min(a, b);
    }
}
