package io.github.whylink.procedures.store;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.SideBySide;
import io.github.whylink.embedding.train.Negatives.Sampling;
import io.github.whylink.embedding.train.Trainer;
import io.github.whylink.embedding.train.TrainingMonitor;
import io.github.whylink.embedding.train.TrainingObserver;
import io.github.whylink.embedding.train.TrainingSettings;
import io.github.whylink.influence.FactInfluences;
import io.github.whylink.influence.Link;
import io.github.whylink.influence.TrainedModel;
import io.github.whylink.procedures.PluginVersion;
import io.github.whylink.procedures.config.TrainConfiguration;
import io.github.whylink.procedures.projection.InternalIds;
import io.github.whylink.procedures.projection.Projection;
import io.github.whylink.procedures.projection.Relation;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.neo4j.graphdb.Relationship;
import org.neo4j.graphdb.Transaction;

/**
 * The training of a stored model, made again from the graph: its facts in their order, its settings, and how many epochs
 * it was trained for. So it can be replayed, and repeated without some facts.
 *
 * <p>That holds only on the facts of then, so that a graph that has changed is refused. Even then something may be
 * different, the plugin above all: {@link #requireRepeatable} trains once and compares.
 */
public final class StoredTraining {
    /** In place of the number of a fact that the graph has not. */
    private static final int NOWHERE = -1;

    private final StoredModel stored;
    private final Projection graph;
    private final int[] trainedOn;
    private final TrainedModel trained;

    private StoredTraining(StoredModel stored, Projection graph, int[] trainedOn, TrainedModel trained) {
        this.stored = stored;
        this.graph = graph;
        this.trainedOn = trainedOn;
        this.trained = trained;
    }

    /**
     * Reads the facts of the training. O(facts · log facts).
     *
     * @param concurrency threads of a training
     * @param checkCancelled called now and then, cancels by throwing
     * @throws IllegalStateException if the facts have changed since, or rows are missing
     */
    public static StoredTraining of(
            Transaction transaction, StoredModel stored, LoadedModel model, int concurrency, Runnable checkCancelled) {
        if (stored.change() != null) {
            throw refused(
                    stored,
                    "model '%s' was changed after its training (%s), so that its training does not lead to it"
                            .formatted(stored.name(), stored.change()),
                    "take that back with CALL whylink.models.revert('%s') if it was made with undoable: true, or train it again with overwrite: true"
                            .formatted(stored.name()));
        }
        if (stored.continuedFrom() != null) {
            throw refused(
                    stored,
                    "the training of model '%s' began in the rows of model '%s', which are not kept with it, so that it cannot be taken again"
                            .formatted(stored.name(), stored.continuedFrom()));
        }
        Projection graph = Projection.current(transaction, stored.selection(), checkCancelled);
        if (graph.fingerprint() != stored.fingerprint()) {
            throw refused(
                    stored,
                    "the facts of model '%s' are no longer those that it was trained on, so that its training cannot be taken again"
                            .formatted(stored.name()));
        }
        if (!Arrays.equals(graph.nodeIds(), model.nodeIds())
                || !graph.relations().stream().map(Relation::name).toList().equals(model.types())) {
            throw refused(
                    stored,
                    "some nodes of model '%s' have lost their embedding, so that its training cannot be compared with it"
                            .formatted(stored.name()));
        }
        TrainConfiguration configuration = TrainConfiguration.of(stored.configuration());
        if (configuration.needsClasses()) {
            graph = graph.withClasses(transaction, checkCancelled);
        }
        int[] trainedOn = stored.split(graph.facts()).training();
        TrainingSettings settings =
                configuration.settings().with().concurrency(concurrency).build();
        return new StoredTraining(
                stored,
                graph,
                trainedOn,
                new TrainedModel(
                        model.embedding(),
                        graph.facts().select(trainedOn),
                        settings,
                        stored.epochs().intValue()));
    }

    /**
     * Checks that the training ends in the rows that are stored, by training once; not a second time where nothing has
     * changed.
     *
     * @throws IllegalStateException if it ends in others
     */
    public void requireRepeatable(TrainingMonitor monitor) {
        boolean repeatable = RepeatedTrainings.OF_THIS_SERVER.isRepeatable(
                RepeatedTrainings.key(trained), () -> sameBits(without(new BitSet(), monitor)));
        if (!repeatable) {
            throw refused(
                    stored,
                    "the training of model '%s' does not lead to its rows again: %s"
                            .formatted(stored.name(), likelyReason()));
        }
    }

    private boolean sameBits(EmbeddingModel again) {
        Parameters rows = trained.model().parameters();
        return Arrays.deepEquals(rows.entities(), again.parameters().entities())
                && Arrays.deepEquals(rows.relations(), again.parameters().relations());
    }

    private String likelyReason() {
        if (!PluginVersion.TEXT.equals(stored.pluginVersion())) {
            return "version %s of the plugin trained it, and this is version %s"
                    .formatted(stored.pluginVersion(), PluginVersion.TEXT);
        }
        return trained.settings().negatives().sampling() == Sampling.TYPED
                ? "the labels of its nodes or its embeddings were changed, or another build of the plugin trained it"
                : "its embeddings were changed, or another build of the plugin trained it";
    }

    private static IllegalStateException refused(StoredModel stored, String reason) {
        return refused(stored, reason, "train it again with overwrite: true");
    }

    private static IllegalStateException refused(StoredModel stored, String reason, String remedy) {
        return new IllegalStateException("%s; %s%s"
                .formatted(
                        reason,
                        remedy,
                        stored.explains()
                                ? ". whylink.explain with tier: 'fast' answers all the same, from what the training recorded"
                                : ""));
    }

    /**
     * The training as it would be with more facts, each where it would have its place if the graph had it. Where several facts
     * make a step, those after it move on by one place, so that even {@linkplain #without without} them the rows come out a
     * little different: what they do is the difference between the two.
     *
     * @param added pairwise different facts that are none of the training; their weight is that in the graph, or 1
     */
    public StoredTraining with(List<Link> added) {
        Facts all = graph.facts();
        long[] nameHashes = graph.relations().stream()
                .mapToLong(relation -> Projection.hash(relation.name()))
                .toArray();
        Comparator<Placed> order = Comparator.comparingInt((Placed fact) -> fact.link.head())
                .thenComparingInt(fact -> fact.link.relation())
                .thenComparingInt(fact -> fact.link.tail());
        Placed[] placed = Stream.concat(
                        Arrays.stream(trainedOn).mapToObj(this::placed),
                        added.stream().map(link -> NamedFacts.find(all, link.head(), link.relation(), link.tail())
                                .map(this::placed)
                                .orElseGet(() -> new Placed(
                                        link,
                                        NOWHERE,
                                        Projection.key(
                                                graph.nodeIds()[link.head()],
                                                nameHashes[link.relation()],
                                                graph.nodeIds()[link.tail()]),
                                        1f))))
                .sorted(order)
                .toArray(Placed[]::new);
        Facts facts = new Facts(
                all.entityCount(),
                all.relationCount(),
                Arrays.stream(placed).mapToInt(fact -> fact.link.head()).toArray(),
                Arrays.stream(placed).mapToInt(fact -> fact.link.relation()).toArray(),
                Arrays.stream(placed).mapToInt(fact -> fact.link.tail()).toArray(),
                Arrays.stream(placed).mapToLong(Placed::key).toArray());
        if (all.isWeighted()) {
            float[] weights = new float[placed.length];
            for (int fact = 0; fact < weights.length; fact++) {
                weights[fact] = placed[fact].weight;
            }
            facts = facts.withWeights(weights);
        }
        if (all.entityClasses() != null) {
            facts = facts.withEntityClasses(all.entityClasses());
        }
        return new StoredTraining(
                stored,
                graph,
                Arrays.stream(placed).mapToInt(Placed::inGraph).toArray(),
                new TrainedModel(trained.model(), facts, trained.settings(), trained.epochs()));
    }

    /** A fact and its number among those of the graph. */
    private record Placed(Link link, int inGraph, long key, float weight) {}

    private Placed placed(int fact) {
        Facts all = graph.facts();
        return new Placed(
                new Link(all.head(fact), all.relation(fact), all.tail(fact)), fact, all.key(fact), all.weight(fact));
    }

    /** The model as it would be without some facts: same seed, order and negatives. */
    public EmbeddingModel without(BitSet removed, TrainingMonitor monitor) {
        return train(trained.settings(), removed, monitor);
    }

    /** The model as it would be with other seeds: none that a member has, nor one of another number. */
    public EmbeddingModel withOtherSeeds(int number, TrainingMonitor monitor) {
        long seed = trained.settings().seed() + (long) number * stored.ensembleSize();
        return train(trained.settings().withSeed(seed), new BitSet(), monitor);
    }

    private EmbeddingModel train(TrainingSettings settings, BitSet removed, TrainingMonitor monitor) {
        List<EmbeddingModel> members = IntStream.range(0, sideBySide().members())
                .mapToObj(m -> new EmbeddingModel(
                        settings.scoringFunction(),
                        Trainer.trainFirst(
                                trained.epochs(),
                                trained.facts(),
                                settings.withSeed(settings.seed() + m),
                                removed,
                                TrainingObserver.NONE,
                                monitor)))
                .toList();
        return members.size() == 1 ? members.get(0) : sideBySide().join(members);
    }

    private SideBySide sideBySide() {
        return new SideBySide(trained.settings().scoringFunction(), stored.ensembleSize());
    }

    /** The models that answer together, each with its own training; the one model where there is no ensemble. */
    public List<TrainedModel> members() {
        return stored.members(trained);
    }

    /** The same training by another number of threads. */
    public StoredTraining withConcurrency(int concurrency) {
        TrainingSettings settings =
                trained.settings().with().concurrency(concurrency).build();
        return new StoredTraining(
                stored,
                graph,
                trainedOn,
                new TrainedModel(trained.model(), trained.facts(), settings, trained.epochs()));
    }

    /** Model, facts, settings and epochs; of an ensemble the settings are those of the first member, the model that of all. */
    public TrainedModel trained() {
        return trained;
    }

    /** The facts that only measure the model. */
    public Facts heldOut() {
        return graph.facts().select(stored.split(graph.facts()).heldOut());
    }

    /** All facts of the model's selection, those that only measure the model included. */
    public Facts everyFact() {
        return graph.facts();
    }

    /** The relationship that is one of {@link #everyFact}. */
    public Relationship relationshipOfEvery(Transaction transaction, int fact) {
        return InternalIds.relationship(transaction, graph.relationshipIds()[fact])
                .orElseThrow(
                        () -> new IllegalStateException("a fact was deleted while the graph was audited; try again"));
    }

    /** The relationship that is a fact of the training; of parallel ones, the one with the smallest id. */
    public Relationship relationship(Transaction transaction, int fact) {
        return InternalIds.relationship(transaction, graph.relationshipIds()[trainedOn[fact]])
                .orElseThrow(
                        () -> new IllegalStateException("a fact was deleted while it was explained with; try again"));
    }

    /** The fact of the training with these numbers, if there is one. O(log facts). */
    public Optional<Integer> fact(int head, int relation, int tail) {
        return NamedFacts.find(trained.facts(), head, relation, tail);
    }

    /**
     * The facts of the training that some relationships are.
     *
     * @param key under which the user gave them
     * @throws IllegalArgumentException if one is none
     */
    public BitSet factsOf(LoadedModel model, List<Relationship> relationships, String key) {
        return NamedFacts.of(trained.facts(), model, relationships, key);
    }

    /**
     * The numbers that some facts have in the training.
     *
     * @param facts what the influences are about, numbered as in the model
     * @throws IllegalStateException if one is no fact of the training
     */
    public int[] numbersOf(Facts facts, FactInfluences influences) {
        return IntStream.range(0, influences.count())
                .map(i -> numberOf(facts, influences.fact(i)))
                .toArray();
    }

    /**
     * The number that a fact has in the training.
     *
     * @param facts that it is one of, numbered as in the model
     * @throws IllegalStateException if it is no fact of the training
     */
    public int numberOf(Facts facts, int fact) {
        return fact(facts.head(fact), facts.relation(fact), facts.tail(fact))
                .orElseThrow(() -> new IllegalStateException(
                        "a relationship carries the updates of model '%s' but is none of its facts; train the model again"
                                .formatted(stored.name())));
    }
}
