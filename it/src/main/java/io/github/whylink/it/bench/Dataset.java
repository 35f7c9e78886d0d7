package io.github.whylink.it.bench;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.KnownFacts;
import io.github.whylink.embedding.kernel.CounterHash;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/** A benchmark graph: three splits over the same entities and relations. */
record Dataset(Facts train, Facts valid, Facts test) {
    /**
     * Reads {@code train.tsv}, {@code valid.tsv} and {@code test.tsv}; the numbers of entities and relations are one more
     * than the largest ids, and a fact that stands twice in a file counts once.
     *
     * @throws IllegalArgumentException naming file and line of what cannot be read
     */
    static Dataset read(Path folder) throws IOException {
        List<int[]> train = readFile(folder.resolve("train.tsv"));
        List<int[]> valid = readFile(folder.resolve("valid.tsv"));
        List<int[]> test = readFile(folder.resolve("test.tsv"));
        int entities = 0;
        int relations = 0;
        for (List<int[]> split : List.of(train, valid, test)) {
            for (int[] fact : split) {
                entities = Math.max(entities, Math.max(fact[0], fact[2]) + 1);
                relations = Math.max(relations, fact[1] + 1);
            }
        }
        return new Dataset(
                columns(train, entities, relations),
                columns(valid, entities, relations),
                columns(test, entities, relations));
    }

    /** Facts whose tails are no new prediction: training and validation. */
    KnownFacts knownBeforeTest() {
        return KnownFacts.of(train, valid);
    }

    /** Facts that filtered ranking leaves out. */
    KnownFacts known() {
        return KnownFacts.of(train, valid, test);
    }

    /** All facts of some tables, each once. */
    static Facts merged(List<Facts> tables) {
        Map<List<Integer>, int[]> distinct = new LinkedHashMap<>();
        for (Facts table : tables) {
            for (int i = 0; i < table.count(); i++) {
                distinct.putIfAbsent(
                        List.of(table.head(i), table.relation(i), table.tail(i)),
                        new int[] {table.head(i), table.relation(i), table.tail(i)});
            }
        }
        int[][] rows = distinct.values().toArray(int[][]::new);
        return Facts.of(
                tables.get(0).entityCount(),
                tables.get(0).relationCount(),
                Arrays.stream(rows).mapToInt(row -> row[0]).toArray(),
                Arrays.stream(rows).mapToInt(row -> row[1]).toArray(),
                Arrays.stream(rows).mapToInt(row -> row[2]).toArray());
    }

    /**
     * Reads another file of the folder, over the entities and relations of some facts.
     *
     * @throws IllegalArgumentException naming file and line of what cannot be read
     */
    static Facts facts(Path folder, String name, Facts like) throws IOException {
        return columns(readFile(folder.resolve(name)), like.entityCount(), like.relationCount());
    }

    private static List<int[]> readFile(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException(
                    "there is no file " + file + "; --data names a folder with train.tsv, valid.tsv and test.tsv");
        }
        List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
        Set<List<Integer>> facts = new LinkedHashSet<>();
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).isBlank()) {
                facts.add(parse(lines.get(i), file, i + 1));
            }
        }
        if (facts.isEmpty()) {
            throw new IllegalArgumentException(file + " holds no fact");
        }
        return facts.stream()
                .map(fact -> fact.stream().mapToInt(Integer::intValue).toArray())
                .toList();
    }

    private static List<Integer> parse(String line, Path file, int number) {
        String[] columns = line.strip().split("\t", -1);
        try {
            if (columns.length == 3) {
                List<Integer> fact =
                        List.of(Integer.valueOf(columns[0]), Integer.valueOf(columns[1]), Integer.valueOf(columns[2]));
                if (fact.stream().allMatch(id -> id >= 0)) {
                    return fact;
                }
            }
        } catch (NumberFormatException e) {
            throw malformed(line, file, number, e);
        }
        throw malformed(line, file, number, null);
    }

    private static IllegalArgumentException malformed(String line, Path file, int number, Exception cause) {
        return new IllegalArgumentException(
                "%s, line %d: expected 'head id <tab> relation id <tab> tail id' with ids from 0, but found '%s'"
                        .formatted(file, number, line),
                cause);
    }

    /** The indexes of facts in an order that the seed draws. */
    static int[] shuffled(Facts facts, long seed) {
        return IntStream.range(0, facts.count())
                .boxed()
                .sorted(Comparator.comparingLong(i -> CounterHash.hash(seed, 7, facts.key(i), 0)))
                .mapToInt(i -> i)
                .toArray();
    }

    private static Facts columns(List<int[]> facts, int entities, int relations) {
        return Facts.of(
                entities,
                relations,
                facts.stream().mapToInt(fact -> fact[0]).toArray(),
                facts.stream().mapToInt(fact -> fact[1]).toArray(),
                facts.stream().mapToInt(fact -> fact[2]).toArray());
    }
}
