package io.github.whylink.embedding.testing;

import io.github.whylink.embedding.facts.Facts;
import java.util.ArrayList;
import java.util.List;

/** Facts written as text: {@code "anna KNOWS bob; bob KNOWS carl"}. Names are numbered in the order of appearance. */
public final class TextFacts {
    private final List<String> entities = new ArrayList<>();
    private final List<String> relations = new ArrayList<>();
    private final List<int[]> triples = new ArrayList<>();

    private TextFacts(String text) {
        for (String fact : text.split(";", -1)) {
            String[] words = fact.strip().split("\\s+", -1);
            if (words.length != 3) {
                throw new IllegalArgumentException("not a fact: '" + fact + "'");
            }
            triples.add(
                    new int[] {number(entities, words[0]), number(relations, words[1]), number(entities, words[2])});
        }
    }

    public static TextFacts of(String text) {
        return new TextFacts(text);
    }

    public Facts facts() {
        return Facts.of(
                entities.size(),
                relations.size(),
                triples.stream().mapToInt(t -> t[0]).toArray(),
                triples.stream().mapToInt(t -> t[1]).toArray(),
                triples.stream().mapToInt(t -> t[2]).toArray());
    }

    public int entity(String name) {
        return entities.indexOf(name);
    }

    public int relation(String name) {
        return relations.indexOf(name);
    }

    private static int number(List<String> names, String name) {
        if (!names.contains(name)) {
            names.add(name);
        }
        return names.indexOf(name);
    }
}
