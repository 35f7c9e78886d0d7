package io.github.whylink.procedures.store;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.scoring.ScoringFunction;
import io.github.whylink.embedding.scoring.ScoringFunctions;
import io.github.whylink.embedding.scoring.SideBySide;
import io.github.whylink.influence.TrainedModel;
import io.github.whylink.procedures.config.ModelName;
import io.github.whylink.procedures.config.TrainConfiguration;
import io.github.whylink.procedures.projection.HeldOutSplit;
import io.github.whylink.procedures.projection.Relations;
import io.github.whylink.procedures.projection.Selection;
import java.time.ZonedDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.neo4j.graphdb.Node;
import org.neo4j.graphdb.NotFoundException;
import org.neo4j.graphdb.Transaction;

/**
 * What the graph knows about a model apart from its rows: the properties of its {@code _WhylinkModel} node.
 *
 * @param state 'ready'; or 'training' or 'dropping', for ever if that was cut short by a crash
 * @param version differs between two models, even of the same name
 * @param configuration what it was trained with, as it was echoed to the user
 * @param entities counts and metrics are null until the model is ready; metrics also if nothing was held out
 * @param epochs that it was trained for: up to the best one, where the training stopped early
 * @param lipschitz how steep the score is at most on the training facts; null also in models from before it was measured
 * @param pluginVersion that trained it
 * @param embeddingKey of its rows, on nodes
 * @param rollbackKey of what its facts did, on relationships
 * @param nextVersion how far a new version has come that is made beside this one, or was when that was cut short: 'writing',
 *     or 'settling' when this is already the new one; null if there is none
 * @param continuedFrom name of the model in whose rows its training began; null if it began anew
 * @param change what was done to its rows after the training; null if they are those of the training
 */
public record StoredModel(
        Node node,
        ModelName name,
        String state,
        String version,
        Map<String, Object> configuration,
        ZonedDateTime createdAt,
        Long entities,
        Long relations,
        Long facts,
        Double mrr,
        Double hits10,
        Long fingerprint,
        Long epochs,
        Double lipschitz,
        String pluginVersion,
        String embeddingKey,
        String rollbackKey,
        String nextVersion,
        String continuedFrom,
        String change) {
    private static final String PROPERTIES = "relationshipProperties";

    /** Whether a node with the label of models is one; anybody can put that label on anything. */
    static boolean describesAModel(Node node) {
        return node.getProperty(ModelNodes.NAME, null) instanceof String name
                && ModelName.isAllowed(name)
                && node.getProperty(ModelNodes.CREATED_AT, null) instanceof ZonedDateTime;
    }

    static StoredModel of(Node node) {
        Map<String, Object> properties = node.getAllProperties();
        Map<String, Object> configuration = new LinkedHashMap<>();
        for (String key : TrainConfiguration.KEYS) {
            Object value = properties.get(key);
            if (value != null) {
                configuration.put(key, value instanceof String[] names ? List.of(names) : value);
            }
        }
        configuration.computeIfPresent(PROPERTIES, (key, pairs) -> map((List<?>) pairs));
        ZonedDateTime createdAt = (ZonedDateTime) properties.get(ModelNodes.CREATED_AT);
        ModelName name = new ModelName((String) properties.get(ModelNodes.NAME));
        return new StoredModel(
                node,
                name,
                (String) properties.get(ModelNodes.STATE),
                node.getElementId() + "@" + createdAt + "@" + properties.get(ModelNodes.CHANGED_AT),
                configuration,
                createdAt,
                (Long) properties.get(ModelNodes.ENTITIES),
                (Long) properties.get(ModelNodes.RELATIONS),
                (Long) properties.get(ModelNodes.FACTS),
                (Double) properties.get("mrr"),
                (Double) properties.get("hits10"),
                (Long) properties.get(ModelNodes.FINGERPRINT),
                (Long) properties.get(ModelNodes.EPOCHS),
                (Double) properties.get(ModelNodes.LIPSCHITZ),
                (String) properties.get(ModelNodes.PLUGIN_VERSION),
                (String) properties.getOrDefault(ModelNodes.EMBEDDING_KEY, name.embeddingKey()),
                (String) properties.getOrDefault(ModelNodes.ROLLBACK_KEY, name.rollbackKey()),
                (String) properties.get(ModelNodes.NEXT_VERSION),
                (String) properties.get(ModelNodes.CONTINUED_FROM),
                (String) properties.get(ModelNodes.CHANGE));
    }

    /**
     * What the graph knows now, as far as this transaction sees it.
     *
     * @throws IllegalStateException if the model was dropped meanwhile
     */
    StoredModel again(Transaction transaction) {
        try {
            StoredModel now = ModelCommits.readBetween(() -> {
                Node found = transaction.getNodeByElementId(node.getElementId());
                return describesAModel(found) ? of(found) : null;
            });
            if (now != null) {
                return now;
            }
        } catch (NotFoundException dropped) {
            // Said below: the database's own message would name an id that means nothing to the user.
        }
        throw new IllegalStateException("model '%s' was dropped while this call worked with it".formatted(name));
    }

    /** Keys of the facts of the training that it was made to forget since, ascending; read in the transaction of the node. */
    long[] forgotten() {
        return (long[]) node.getProperty(ModelNodes.FORGOTTEN, new long[0]);
    }

    /** Whether it answers. */
    public boolean ready() {
        return ModelNodes.READY.equals(state);
    }

    public String scoringFunction() {
        return (String) configuration.get("scoringFunction");
    }

    public Long embeddingDimension() {
        return (Long) configuration.get("embeddingDimension");
    }

    /** How many models answer together; 1 also in models from before there were ensembles. */
    public int ensembleSize() {
        return ((Long) configuration.getOrDefault("ensembleSize", 1L)).intValue();
    }

    /**
     * The models that answer together, each with its own training; the one model where there is no ensemble.
     *
     * @param together the model of all, with the settings of the first
     */
    public List<TrainedModel> members(TrainedModel together) {
        if (ensembleSize() == 1) {
            return List.of(together);
        }
        SideBySide sideBySide = new SideBySide(together.settings().scoringFunction(), ensembleSize());
        return IntStream.range(0, ensembleSize())
                .mapToObj(m -> new TrainedModel(
                        sideBySide.member(together.model(), m),
                        together.facts(),
                        together.settings().withSeed(together.settings().seed() + m),
                        together.epochs()))
                .toList();
    }

    /** Numbers in the row of an entity, those of all members. */
    int entityWidth() {
        return ensembleSize() * function().entityWidth(embeddingDimension().intValue());
    }

    /** What scores, with relation rows of their own for sources if the model was trained so. */
    ScoringFunction function() {
        return ScoringFunctions.named(scoringFunction(), Boolean.TRUE.equals(configuration.get("reciprocalRelations")));
    }

    /**
     * Which facts it was trained on and which were held out.
     *
     * @param facts those of its selection, as they were when it was trained
     * @throws ModelReplacedException if a new version has taken its place
     */
    HeldOutSplit split(Transaction transaction, Facts facts) {
        return ModelCommits.readBetween(() -> {
                    StoredModel now = again(transaction);
                    ModelReplacedException.requireSame(this, now);
                    return NotedSplit.of(now.node());
                })
                .map(noted -> noted.apply(facts))
                .orElseGet(() -> split(facts));
    }

    /** The same where its training began anew, so that nothing had to be noted. */
    public HeldOutSplit split(Facts facts) {
        return HeldOutSplit.of(
                facts,
                (Double) configuration.get("heldOutFraction"),
                (Double) configuration.getOrDefault("validationFraction", 0.0),
                seed());
    }

    /** What everything random in its training was derived from. */
    public long seed() {
        return (Long) configuration.get("randomSeed");
    }

    /** Whether the training recorded what each fact did, so that predictions can be explained. */
    public boolean explains() {
        return Boolean.TRUE.equals(configuration.get("influence"));
    }

    /** The part of the graph that it was trained on. */
    public Selection selection() {
        return new Selection(names("nodeLabels"), names("relationshipTypes"), howRelated(), (String)
                configuration.get("relationshipWeightProperty"));
    }

    /** What its relations are: each type, or each value of a property that splits a type. */
    Relations howRelated() {
        Map<String, String> properties = new LinkedHashMap<>();
        ((Map<?, ?>) configuration.getOrDefault(PROPERTIES, Map.of()))
                .forEach((type, property) -> properties.put((String) type, (String) property));
        return new Relations(properties);
    }

    /** A property cannot be a map: keys and values stand in it by turns. */
    static String[] pairs(Map<?, ?> map) {
        return map.entrySet().stream()
                .flatMap(entry -> Stream.of((String) entry.getKey(), (String) entry.getValue()))
                .toArray(String[]::new);
    }

    private static Map<String, String> map(List<?> pairs) {
        Map<String, String> map = new LinkedHashMap<>();
        for (int i = 0; i < pairs.size(); i += 2) {
            map.put((String) pairs.get(i), (String) pairs.get(i + 1));
        }
        return map;
    }

    private List<String> names(String key) {
        return ((List<?>) configuration.get(key))
                .stream().map(String.class::cast).toList();
    }
}
