package io.github.whylink.procedures.result;

import io.github.whylink.influence.drawing.ExplanationPicture;
import io.github.whylink.influence.drawing.ExplanationPicture.Fact;
import io.github.whylink.influence.drawing.ExplanationPicture.Node;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.neo4j.graphdb.Label;
import org.neo4j.graphdb.Relationship;
import org.neo4j.graphdb.RelationshipType;

/**
 * An explanation as nodes and relationships that no graph has, for Neo4j Browser to draw: the predicted link among them, its
 * ends in colours of their own, and how much each fact counts in the caption of its arrow. Of stored nodes Browser draws all
 * relationships, and captions them by what is stored; so nothing here is stored.
 *
 * <p>They can be returned over Bolt and looked at, no more: Cypher sees none of their properties. They are proxies, as the
 * interfaces have dozens of methods, not the same ones in all versions, and the driver asks for six.
 */
public final class DrawnGraph {
    /** Labels of the ends: Browser gives each label a colour. */
    static final String SOURCE = "predicted source";

    static final String TARGET = "predicted target";

    private static final String PREFIX = "whylink:drawn:";

    private DrawnGraph() {}

    /** Returns the nodes, then the predicted link, then the facts, from the most influential. */
    public static List<Object> of(ExplanationPicture picture) {
        List<org.neo4j.graphdb.Node> nodes = new ArrayList<>();
        for (int i = 0; i < picture.nodes().size(); i++) {
            Node node = picture.nodes().get(i);
            String label = i == picture.source() ? SOURCE : i == picture.target() ? TARGET : node.kind();
            nodes.add(node(i, label, Map.of("name", node.caption())));
        }
        List<Object> drawn = new ArrayList<>(nodes);
        drawn.add(relationship(
                0,
                picture.linkCaption(),
                nodes.get(picture.source()),
                nodes.get(picture.target()),
                Map.of("probability", picture.probability())));
        for (Fact fact : picture.facts()) {
            drawn.add(relationship(
                    drawn.size() - nodes.size(),
                    fact.caption(),
                    nodes.get(fact.source()),
                    nodes.get(fact.target()),
                    Map.of("influence", fact.influence())));
        }
        return drawn;
    }

    private static org.neo4j.graphdb.Node node(int number, String label, Map<String, Object> properties) {
        Map<String, Object> answers = entity("node", number, properties);
        answers.put("getLabels", label.isEmpty() ? List.of() : List.of(Label.label(label)));
        return proxy(org.neo4j.graphdb.Node.class, answers);
    }

    private static Relationship relationship(
            int number,
            String type,
            org.neo4j.graphdb.Node source,
            org.neo4j.graphdb.Node target,
            Map<String, Object> properties) {
        Map<String, Object> answers = entity("relationship", number, properties);
        answers.put("getType", RelationshipType.withName(type));
        answers.put("getStartNode", source);
        answers.put("getEndNode", target);
        answers.put("getNodes", new org.neo4j.graphdb.Node[] {source, target});
        answers.put("getStartNodeId", numberOf(source));
        answers.put("getEndNodeId", numberOf(target));
        return proxy(Relationship.class, answers);
    }

    /** What nodes and relationships have in common. Numbers below zero are those of no stored entity. */
    private static Map<String, Object> entity(String what, int number, Map<String, Object> properties) {
        Map<String, Object> answers = new LinkedHashMap<>();
        answers.put("getId", -1L - number);
        answers.put("getElementId", PREFIX + what + ":" + number);
        answers.put("getAllProperties", properties);
        answers.put("getPropertyKeys", properties.keySet());
        return answers;
    }

    private static long numberOf(org.neo4j.graphdb.Node node) {
        return -1L - Long.parseLong(node.getElementId().substring(PREFIX.length() + "node:".length()));
    }

    private static <T> T proxy(Class<T> type, Map<String, Object> answers) {
        return type.cast(
                Proxy.newProxyInstance(DrawnGraph.class.getClassLoader(), new Class<?>[] {type}, new Answers(answers)));
    }

    /**
     * Answers by the name of the method.
     *
     * @param of the methods without arguments
     */
    private record Answers(Map<String, Object> of) implements InvocationHandler {
        @Override
        public Object invoke(Object proxy, Method method, Object[] arguments) {
            Object answer = of.get(method.getName());
            if (answer != null && (arguments == null || arguments.length == 0)) {
                return answer;
            }
            Map<?, ?> properties = (Map<?, ?>) of.get("getAllProperties");
            return switch (method.getName()) {
                case "hasProperty" -> properties.containsKey(arguments[0]);
                case "getProperty" -> properties.get(arguments[0]);
                case "equals" -> proxy == arguments[0];
                case "hashCode" -> of.get("getElementId").hashCode();
                case "toString" -> of.get("getElementId");
                default ->
                    throw new UnsupportedOperationException(
                            "'drawing' is only to be looked at; 'nodes' and 'relationships' are those of the graph");
            };
        }
    }
}
