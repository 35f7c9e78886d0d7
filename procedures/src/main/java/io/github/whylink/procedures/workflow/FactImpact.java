package io.github.whylink.procedures.workflow;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.KnownFacts;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.influence.FactIndex;
import io.github.whylink.influence.correction.EditedModel;
import io.github.whylink.influence.correction.Forgetting;
import io.github.whylink.influence.correction.Impact;
import io.github.whylink.influence.correction.Impact.Affected;
import io.github.whylink.procedures.config.ImpactConfiguration;
import io.github.whylink.procedures.config.Method;
import io.github.whylink.procedures.jobs.Job;
import io.github.whylink.procedures.jobs.Phase;
import io.github.whylink.procedures.projection.InternalIds;
import io.github.whylink.procedures.result.ImpactRow;
import io.github.whylink.procedures.store.LoadedModel;
import io.github.whylink.procedures.store.ModelFacts;
import io.github.whylink.procedures.store.ModelFacts.WithRelationships;
import io.github.whylink.procedures.store.StoredTraining;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.neo4j.graphdb.GraphDatabaseService;
import org.neo4j.graphdb.Node;
import org.neo4j.graphdb.Transaction;
import org.neo4j.procedure.TerminationGuard;

/**
 * {@code whylink.audit.impact}: which predictions, and which other facts, stand or fall with a fact.
 *
 * <pre>
 * take the fact out of its three rows, in memory, and find the links whose probabilities change most
 * with replay: walk the training backwards from several times as many: change = - influence of the fact
 * </pre>
 */
public final class FactImpact {
    /** Taking a fact out of its rows and the walk backwards do not name the same links first: so many more are followed. */
    private static final int LOOKED_AT = 4;

    private final GraphDatabaseService database;
    private final Transaction transaction;
    private final TerminationGuard guard;

    public FactImpact(GraphDatabaseService database, Transaction transaction, TerminationGuard guard) {
        this.database = database;
        this.transaction = transaction;
        this.guard = guard;
    }

    /** One row per link. */
    public Stream<ImpactRow> run(String modelName, Map<String, Object> configuration) {
        ImpactConfiguration request = ImpactConfiguration.of(configuration);
        ReadyModel ready = ReadyModel.of(database, transaction, guard, modelName);
        return (request.replays()
                        ? ready.watched("impact", job -> byReplay(ready, request, job))
                        : byRecord(ready, request))
                .stream();
    }

    private List<ImpactRow> byRecord(ReadyModel ready, ImpactConfiguration request) {
        if (!ready.stored().explains()) {
            throw new IllegalStateException(
                    "model '%s' was trained with influence: false, so that nothing was recorded of what its facts did; set 'tier' to 'replay', or train it with influence: true"
                            .formatted(ready.stored().name()));
        }
        // Not from memory: a node that was deleted since is no candidate.
        LoadedModel model = ready.reload();
        ModelFacts facts = ModelFacts.of(transaction, ready.stored(), model, guard::check);
        WithRelationships trained = facts.trainingWithRelationships();
        BitSet removed = trained.of(model, List.of(request.fact()), "fact");
        EditedModel without = Forgetting.rollBack(
                trained.facts(),
                model.embedding(),
                trained.recorded(transaction, model, removed, guard::check),
                removed);
        List<Affected> affected = affected(model, without, facts, request, request.topK());
        return rows(
                model,
                facts,
                affected,
                affected.stream().mapToDouble(Affected::change).toArray(),
                request);
    }

    private List<ImpactRow> byReplay(ReadyModel ready, ImpactConfiguration request, Job job) {
        LoadedModel model = ready.reload();
        Attribution attribution = new Attribution(transaction, ready.stored(), model, ready.monitor());
        attribution.requirePossible(Method.UNROLLED, true);
        StoredTraining training =
                StoredTraining.of(transaction, ready.stored(), model, request.concurrency(), guard::check);
        BitSet removed = training.factsOf(model, List.of(request.fact()), "fact");
        ModelFacts facts = ModelFacts.of(transaction, ready.stored(), model, guard::check);
        job.enter(Phase.REPLAYING, "replaying the training");
        training.requireRepeatable(ready.monitor());
        EmbeddingModel embedding = model.embedding();
        Facts trainedOn = training.trained().facts();
        EditedModel without = Forgetting.forget(
                training.members(), embedding, new FactIndex(trainedOn), null, removed, ready.monitor());
        List<Affected> affected = affected(model, without, facts, request, LOOKED_AT * request.topK());
        double[] changes = attribution.changesWithout(
                training, affected.stream().map(Affected::link).toList(), removed, request.replayMemory());
        return rows(model, facts, affected, changes, request);
    }

    private List<Affected> affected(
            LoadedModel model, EditedModel without, ModelFacts facts, ImpactConfiguration request, int count) {
        Facts all = facts.all();
        int head = model.entity(InternalIds.startOf(request.fact()));
        int relation = model.relation(request.fact());
        int tail = model.entity(InternalIds.endOf(request.fact()));
        BitSet itself = new BitSet();
        for (int fact = 0; fact < all.count(); fact++) {
            if (all.head(fact) == head && all.relation(fact) == relation && all.tail(fact) == tail) {
                itself.set(fact);
            }
        }
        return new Impact(model.embedding(), without, all, known(model, all), model::hasSelfLoops, guard::check)
                .most(count, request.among(), itself);
    }

    /** What is no new answer: where a property splits a type, neither is one that has another value. */
    private static Impact.Known known(LoadedModel model, Facts all) {
        if (model.splitTypes().isEmpty()) {
            return KnownFacts.of(all)::known;
        }
        int[] relations = new int[all.relationCount()];
        for (int relation = 0; relation < relations.length; relation++) {
            int[] split = model.split(model.relations().get(relation).type());
            relations[relation] = model.relations().get(relation).isSplit() ? split[0] : relation;
        }
        KnownFacts linked = KnownFacts.of(Facts.of(
                all.entityCount(),
                all.relationCount(),
                IntStream.range(0, all.count()).map(all::head).toArray(),
                IntStream.range(0, all.count())
                        .map(fact -> relations[all.relation(fact)])
                        .toArray(),
                IntStream.range(0, all.count()).map(all::tail).toArray()));
        return (side, entity, relation) -> linked.known(side, entity, relations[relation]);
    }

    private List<ImpactRow> rows(
            LoadedModel model,
            ModelFacts facts,
            List<Affected> affected,
            double[] changes,
            ImpactConfiguration request) {
        long[] relationshipIds = facts.allWithRelationships().relationshipIds();
        List<ImpactRow> rows = new ArrayList<>();
        IntStream.range(0, changes.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -Math.abs(changes[i])))
                .limit(request.topK())
                .forEach(i -> {
                    Affected link = affected.get(i);
                    rows.add(new ImpactRow(
                            rows.size() + 1,
                            node(model, link.link().head()),
                            model.types().get(link.link().relation()),
                            node(model, link.link().tail()),
                            link.fact() < 0
                                    ? null
                                    : InternalIds.relationship(transaction, relationshipIds[link.fact()])
                                            .orElse(null),
                            link.before(),
                            changes[i],
                            request.effective()));
                });
        return rows;
    }

    private Node node(LoadedModel model, int entity) {
        return model.node(transaction, entity).orElse(null);
    }
}
