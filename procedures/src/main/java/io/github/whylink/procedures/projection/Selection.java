package io.github.whylink.procedures.projection;

import io.github.whylink.embedding.tune.Nearest;
import io.github.whylink.procedures.config.ModelName;
import io.github.whylink.procedures.config.TrainConfiguration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.function.LongPredicate;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.neo4j.graphdb.Label;
import org.neo4j.graphdb.Relationship;
import org.neo4j.graphdb.RelationshipType;
import org.neo4j.graphdb.ResourceIterator;
import org.neo4j.graphdb.Transaction;

/**
 * The part of the graph that a model is about: the relationships of some types between nodes of some labels. What
 * Whylink itself keeps in the graph is never part of it.
 *
 * @param nodeLabels labels of which both ends must have one; {@code *} for any node
 * @param relationshipTypes types; {@code *} for all
 * @param relations what the relationships are facts of
 * @param weightProperty the property that says by how much a fact counts; null where each counts the same
 */
public record Selection(
        List<String> nodeLabels, List<String> relationshipTypes, Relations relations, String weightProperty) {
    /** What the names of the labels and types of Whylink's own nodes and relationships begin with, whatever the case. */
    private static final String OWN = "_whylink";

    /** The key under which the user says what splits a type. */
    static final String PROPERTIES = "relationshipProperties";

    /** The key under which the user says what weighs facts. */
    static final String WEIGHT = "relationshipWeightProperty";

    public Selection {
        nodeLabels = List.copyOf(nodeLabels);
        relationshipTypes = List.copyOf(relationshipTypes);
    }

    /** The selection of a training. */
    public static Selection of(TrainConfiguration configuration) {
        return new Selection(
                configuration.nodeLabels(),
                configuration.relationshipTypes(),
                new Relations(configuration.relationshipProperties()),
                configuration.relationshipWeightProperty());
    }

    /**
     * Checks that the database knows the labels, types and properties.
     *
     * @throws IllegalArgumentException naming the unknown ones and those that may have been meant
     */
    public void requireKnown(Transaction transaction) {
        requireLabels(transaction, "nodeLabels", nodeLabels);
        List<String> types = types(transaction);
        requireKnown("relationshipTypes", "relationship type", relationshipTypes, types);
        requireKnown(PROPERTIES, "relationship type", relations.properties().keySet(), types);
        List<String> properties = propertyKeys(transaction);
        requireKnown(PROPERTIES, "property", relations.properties().values(), properties);
        if (weightProperty != null) {
            requireKnown(WEIGHT, "property", List.of(weightProperty), properties);
        }
    }

    /**
     * Checks that the database knows some labels.
     *
     * @param key under which the user gave them
     * @throws IllegalArgumentException naming the first unknown one and those that may have been meant
     */
    public static void requireLabels(Transaction transaction, String key, List<String> names) {
        requireKnown(key, "node label", names, labels(transaction));
    }

    /** The error that says why nothing was found. */
    IllegalArgumentException empty(Transaction transaction) {
        return new IllegalArgumentException(
                "there is nothing to train on: no relationship of type %s connects two nodes with label %s. The database has the types %s and the labels %s"
                        .formatted(
                                Nearest.list(relationshipTypes),
                                Nearest.list(nodeLabels),
                                orNone(types(transaction)),
                                orNone(labels(transaction))));
    }

    /** The relationships of the wanted types, whatever their ends. */
    Stream<Relationship> relationships(Transaction transaction) {
        if (relationshipTypes.contains(TrainConfiguration.ALL)) {
            return transaction.getAllRelationships().stream();
        }
        return relationshipTypes.stream()
                .flatMap(type -> stream(transaction.findRelationships(RelationshipType.withName(type))));
    }

    /** Tells by its internal id whether a node has a wanted label and is not one of Whylink's own. */
    LongPredicate nodes(Transaction transaction) {
        long[] own = nodesWith(transaction, allLabels(transaction).filter(Selection::isOwn));
        if (nodeLabels.contains(TrainConfiguration.ALL)) {
            return id -> Arrays.binarySearch(own, id) < 0;
        }
        long[] wanted = nodesWith(transaction, nodeLabels.stream());
        return id -> Arrays.binarySearch(wanted, id) >= 0 && Arrays.binarySearch(own, id) < 0;
    }

    private static long[] nodesWith(Transaction transaction, Stream<String> labels) {
        return labels.flatMapToLong(label ->
                        stream(transaction.findNodes(Label.label(label))).mapToLong(InternalIds::of))
                .sorted()
                .distinct()
                .toArray();
    }

    private static <T> Stream<T> stream(ResourceIterator<T> iterator) {
        return iterator.stream().onClose(iterator::close);
    }

    private static List<String> labels(Transaction transaction) {
        return allLabels(transaction).filter(name -> !isOwn(name)).sorted().toList();
    }

    private static List<String> types(Transaction transaction) {
        return StreamSupport.stream(transaction.getAllRelationshipTypes().spliterator(), false)
                .map(RelationshipType::name)
                .filter(name -> !isOwn(name))
                .sorted()
                .toList();
    }

    private static List<String> propertyKeys(Transaction transaction) {
        return StreamSupport.stream(transaction.getAllPropertyKeys().spliterator(), false)
                .filter(key -> !ModelName.isModelProperty(key))
                .sorted()
                .toList();
    }

    private static Stream<String> allLabels(Transaction transaction) {
        return StreamSupport.stream(transaction.getAllLabels().spliterator(), false)
                .map(Label::name);
    }

    static boolean isOwn(String name) {
        return name.regionMatches(true, 0, OWN, 0, OWN.length());
    }

    private static void requireKnown(String key, String what, Collection<String> wanted, Collection<String> known) {
        for (String name : wanted) {
            if (!name.equals(TrainConfiguration.ALL) && !known.contains(name)) {
                throw new IllegalArgumentException(
                        "'%s': the database has no %s '%s'%s".formatted(key, what, name, Nearest.hint(name, known)));
            }
        }
    }

    private static String orNone(Collection<String> names) {
        return names.isEmpty() ? "(none)" : Nearest.list(names);
    }
}
