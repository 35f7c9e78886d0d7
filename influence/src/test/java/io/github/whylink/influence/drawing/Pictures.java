package io.github.whylink.influence.drawing;

import io.github.whylink.influence.drawing.ExplanationPicture.Fact;
import io.github.whylink.influence.drawing.ExplanationPicture.Node;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Pictures to draw, written as sentences or made of a seed. */
final class Pictures {
    private Pictures() {}

    /** The link and the facts, separated by semicolons: {@code "anna KNOWS bob; bob LIKES anna 0.5"}. */
    static ExplanationPicture of(String sentences) {
        List<Node> nodes = new ArrayList<>();
        Map<String, Integer> indexes = new LinkedHashMap<>();
        List<Fact> facts = new ArrayList<>();
        String type = "";
        for (String sentence : sentences.split(";", -1)) {
            String[] words = sentence.strip().split("\\s+", -1);
            for (String word : List.of(words[0], words[2])) {
                indexes.computeIfAbsent(word, caption -> {
                    nodes.add(new Node(caption.replace('_', ' '), "Thing"));
                    return nodes.size() - 1;
                });
            }
            if (words.length == 3) {
                type = words[1];
            } else {
                facts.add(
                        new Fact(indexes.get(words[0]), indexes.get(words[2]), words[1], Double.parseDouble(words[3])));
            }
        }
        return new ExplanationPicture("Model of today", nodes, 0, 1, type, 0.873, facts);
    }

    /** Facts at random places around a link between the nodes 0 and 1. */
    static ExplanationPicture random(long seed, int factCount) {
        Random random = new Random(seed);
        int nodeCount = 2 + random.nextInt(2 + 2 * factCount);
        List<Node> nodes = new ArrayList<>();
        for (int i = 0; i < nodeCount; i++) {
            nodes.add(new Node("node " + i + " x".repeat(random.nextInt(20)), random.nextBoolean() ? "Kind" : ""));
        }
        List<Fact> facts = new ArrayList<>();
        for (int i = 0; i < factCount; i++) {
            int source = random.nextInt(3) == 0 ? random.nextInt(2) : random.nextInt(nodeCount);
            int target = random.nextInt(3) == 0 ? random.nextInt(2) : random.nextInt(nodeCount);
            double influence = (random.nextDouble() - 0.3) * Math.pow(10, -random.nextInt(8));
            facts.add(new Fact(source, target, "TYPE_" + "LONG_".repeat(random.nextInt(6)), influence));
        }
        boolean loop = random.nextInt(10) == 0;
        return new ExplanationPicture("Random " + seed, nodes, 0, loop ? 0 : 1, "TYPE", random.nextDouble(), facts);
    }
}
