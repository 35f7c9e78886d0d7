package io.github.whylink.procedures.workflow;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.influence.FactIndex;
import io.github.whylink.influence.Link;
import io.github.whylink.influence.correction.Forgetting;
import io.github.whylink.procedures.config.LinkRequest;
import io.github.whylink.procedures.config.Method;
import io.github.whylink.procedures.config.WhatIfConfiguration;
import io.github.whylink.procedures.config.WhatIfConfiguration.Among;
import io.github.whylink.procedures.jobs.Job;
import io.github.whylink.procedures.jobs.Phase;
import io.github.whylink.procedures.result.WhatIfRow;
import io.github.whylink.procedures.store.LoadedModel;
import io.github.whylink.procedures.store.StoredTraining;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.neo4j.graphdb.GraphDatabaseService;
import org.neo4j.graphdb.Node;
import org.neo4j.graphdb.Transaction;
import org.neo4j.procedure.TerminationGuard;

/**
 * {@code whylink.whatif}: what would become of predictions if the model had never seen some facts, or had seen some more.
 *
 * <pre>
 * forget the facts to remove, in memory, and find the facts whose probabilities change most by that   unless predictions are named
 *   with facts to add: train with and without them instead
 * walk the training that has all of them backwards:
 *   predicted change = Σ influence of each fact to add - Σ influence of each fact to remove
 * with verify: train again, in memory, and look
 * </pre>
 *
 * <p>A fact that was not trained on has an influence too, in the training that has it: what leaving it out there would undo.
 */
public final class WhatIf {
    /** Forgetting and the walk backwards do not name the same facts first: so many more are looked at closely. */
    private static final int LOOKED_AT = 4;

    private final GraphDatabaseService database;
    private final Transaction transaction;
    private final TerminationGuard guard;

    public WhatIf(GraphDatabaseService database, Transaction transaction, TerminationGuard guard) {
        this.database = database;
        this.transaction = transaction;
        this.guard = guard;
    }

    /** One row per prediction. */
    public Stream<WhatIfRow> run(String modelName, Map<String, Object> configuration) {
        WhatIfConfiguration request = WhatIfConfiguration.of(configuration);
        ReadyModel ready = ReadyModel.of(database, transaction, guard, modelName);
        return ready.watched("whatif", job -> predict(ready, request, job)).stream();
    }

    private List<WhatIfRow> predict(ReadyModel ready, WhatIfConfiguration request, Job job) {
        // Not from memory: a node that was deleted since is no candidate.
        LoadedModel model = ready.reload();
        Attribution attribution = new Attribution(transaction, ready.stored(), model, ready.monitor());
        attribution.requirePossible(Method.UNROLLED, true);
        StoredTraining training =
                StoredTraining.of(transaction, ready.stored(), model, request.concurrency(), guard::check);
        BitSet removed = training.factsOf(model, request.remove(), "remove");
        List<Link> added = added(model, training, request.add());
        List<PredictedLink> named = request.predictions().stream()
                .map(prediction -> PredictedLink.ofAny(model, prediction, "predictions."))
                .toList();
        job.enter(Phase.REPLAYING, "replaying the training");
        training.requireRepeatable(ready.monitor());
        Alternative alternative = added.isEmpty()
                ? new Alternative(training, removed, new BitSet())
                : Alternative.of(training.with(added), model, request, added);
        Retrainings retrainings = new Retrainings(alternative.training, request.concurrency(), ready.monitor(), job);
        List<PredictedLink> predictions =
                named.isEmpty() ? mostAffected(model, alternative, retrainings, request, ready) : named;

        double[] changes = attribution.changes(
                alternative.training,
                predictions.stream().map(PredictedLink::link).toList(),
                alternative.removed,
                alternative.added,
                request.replayMemory());
        List<Integer> order = IntStream.range(0, changes.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -Math.abs(changes[i])))
                .limit(named.isEmpty() ? request.topK() : Integer.MAX_VALUE)
                .toList();
        List<List<Answer>> verified = request.verify()
                ? alternative.eitherWay(model.embedding(), retrainings, retrained -> predictions.stream()
                        .map(prediction -> prediction.answer(retrained))
                        .toList())
                : List.of();
        List<WhatIfRow> rows = new ArrayList<>();
        for (int i : order) {
            PredictedLink prediction = predictions.get(i);
            Answer answer = prediction.answer(model.embedding());
            rows.add(new WhatIfRow(
                    rows.size() + 1,
                    prediction.request().source(),
                    prediction.request().type(),
                    prediction.request().target(),
                    answer.probability(),
                    changes[i],
                    answer.rank(),
                    verified.isEmpty()
                            ? null
                            : new WhatIfRow.After(
                                    verified.get(1).get(i).probability()
                                            - verified.get(0).get(i).probability(),
                                    verified.get(1).get(i).rank()),
                    request.effective()));
        }
        return rows;
    }

    /**
     * The facts to add, each once.
     *
     * @throws IllegalArgumentException if the model does not know a part of one, or was trained on it
     */
    private static List<Link> added(LoadedModel model, StoredTraining training, List<LinkRequest> asked) {
        List<Link> added = new ArrayList<>();
        for (LinkRequest fact : asked) {
            Link link = PredictedLink.ofAny(model, fact, "add.").link();
            if (training.fact(link.head(), link.relation(), link.tail()).isPresent()) {
                throw new IllegalArgumentException(
                        "'add' has (source)-[:%s]->(target) that model '%s' was trained on already; leave it out"
                                .formatted(model.types().get(link.relation()), model.name()));
            }
            if (!added.contains(link)) {
                added.add(link);
            }
        }
        return added;
    }

    /** A training that has all facts that are asked about, and which of them are to be removed and to be added. */
    private record Alternative(StoredTraining training, BitSet removed, BitSet added) {
        static Alternative of(
                StoredTraining training, LoadedModel model, WhatIfConfiguration request, List<Link> added) {
            BitSet numbers = new BitSet();
            added.forEach(link -> numbers.set(
                    training.fact(link.head(), link.relation(), link.tail()).orElseThrow()));
            return new Alternative(training, training.factsOf(model, request.remove(), "remove"), numbers);
        }

        /** All of either, which are no rows. */
        BitSet asked() {
            BitSet asked = (BitSet) removed.clone();
            asked.or(added);
            return asked;
        }

        /**
         * Measures the models that come of the training as it was and as it would be.
         *
         * @param stored what the training as it was ended in
         */
        <T> List<T> eitherWay(EmbeddingModel stored, Retrainings retrainings, Function<EmbeddingModel, T> measure) {
            if (!added.isEmpty()) {
                retrainings.expect(2);
                return retrainings.without(List.of(added, removed), measure);
            }
            retrainings.expect(1);
            return List.of(
                    measure.apply(stored),
                    retrainings.without(List.of(removed), measure).get(0));
        }
    }

    /** The facts whose probabilities change most, some more than are asked for. */
    private List<PredictedLink> mostAffected(
            LoadedModel model,
            Alternative alternative,
            Retrainings retrainings,
            WhatIfConfiguration request,
            ReadyModel ready) {
        StoredTraining training = alternative.training;
        List<EmbeddingModel> eitherWay = alternative.added.isEmpty()
                ? List.of(
                        model.embedding(),
                        Forgetting.forget(
                                        training.members(),
                                        model.embedding(),
                                        new FactIndex(training.trained().facts()),
                                        null,
                                        alternative.removed,
                                        ready.monitor())
                                .model())
                : alternative.eitherWay(model.embedding(), retrainings, retrained -> retrained);
        List<Affected> affected = new ArrayList<>();
        if (request.among() != Among.HELD_OUT) {
            collect(training.trained().facts(), alternative.asked(), eitherWay, affected);
        }
        if (request.among() != Among.TRAINING) {
            Facts heldOut = training.heldOut();
            BitSet added = new BitSet();
            for (int fact = 0; fact < heldOut.count(); fact++) {
                added.set(
                        fact,
                        training.fact(heldOut.head(fact), heldOut.relation(fact), heldOut.tail(fact))
                                .isPresent());
            }
            collect(heldOut, added, eitherWay, affected);
        }
        return affected.stream()
                .sorted(Comparator.comparingDouble(fact -> -fact.change))
                .limit((long) LOOKED_AT * request.topK())
                .map(fact -> link(model, fact.link))
                .toList();
    }

    private record Affected(Link link, double change) {}

    private void collect(Facts facts, BitSet asked, List<EmbeddingModel> eitherWay, List<Affected> affected) {
        EmbeddingModel before = eitherWay.get(0);
        EmbeddingModel after = eitherWay.get(1);
        float[] scores = new float[before.entityCount()];
        float[] query = new float[before.parameters().entities()[0].length];
        for (int fact = 0; fact < facts.count(); fact++) {
            guard.check();
            if (!asked.get(fact)) {
                Link link = new Link(facts.head(fact), facts.relation(fact), facts.tail(fact));
                double change = Answer.probability(after, link, query, scores)
                        - Answer.probability(before, link, query, scores);
                affected.add(new Affected(link, Math.abs(change)));
            }
        }
    }

    private PredictedLink link(LoadedModel model, Link link) {
        Node source = model.node(transaction, link.head()).orElseThrow();
        Node target = model.node(transaction, link.tail()).orElseThrow();
        return PredictedLink.ofAny(model, new LinkRequest(source, model.types().get(link.relation()), target), "");
    }
}
