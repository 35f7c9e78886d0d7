package io.github.whylink.embedding.testing;

import io.github.whylink.embedding.facts.Facts;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Distinct random facts, self-loops included. */
public final class RandomFacts {
    private RandomFacts() {}

    public static Facts of(int count, int entities, int relations, long seed) {
        Random random = new Random(seed);
        Set<List<Integer>> triples = new LinkedHashSet<>();
        while (triples.size() < count) {
            triples.add(List.of(random.nextInt(entities), random.nextInt(relations), random.nextInt(entities)));
        }
        return Facts.of(
                entities,
                relations,
                triples.stream().mapToInt(t -> t.get(0)).toArray(),
                triples.stream().mapToInt(t -> t.get(1)).toArray(),
                triples.stream().mapToInt(t -> t.get(2)).toArray());
    }

    /** A row uniform in ±1. */
    public static float[] row(int width, Random random) {
        float[] row = new float[width];
        for (int i = 0; i < width; i++) {
            row[i] = 2 * random.nextFloat() - 1;
        }
        return row;
    }
}
