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
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.neo4j.graphdb.GraphDatabaseService;
import org.neo4j.graphdb.Node;
import org.neo4j.graphdb.Transaction;
import org.neo4j.procedure.TerminationGuard;

/**
 * {@code whylink.whatif}: what would become of predictions if the model had never seen some facts.
 *
 * <pre>
 * forget the facts, in memory, and find the facts whose probabilities change most by that      unless predictions are named
 * walk the training backwards from all of them: predicted change = - Σ influence of each fact
 * with verify: train again without the facts, in memory, and look
 * </pre>
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
        List<PredictedLink> named = request.predictions().stream()
                .map(prediction -> PredictedLink.ofAny(model, prediction, "predictions."))
                .toList();
        job.enter(Phase.REPLAYING, "replaying the training");
        training.requireRepeatable(ready.monitor());
        List<PredictedLink> predictions =
                named.isEmpty() ? mostAffected(model, training, removed, request, ready) : named;

        double[] changes = attribution.changesWithout(
                training, predictions.stream().map(PredictedLink::link).toList(), removed, request.replayMemory());
        List<Integer> order = IntStream.range(0, changes.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -Math.abs(changes[i])))
                .limit(named.isEmpty() ? request.topK() : Integer.MAX_VALUE)
                .toList();
        List<Answer> without = null;
        if (request.verify()) {
            Retrainings retrainings = new Retrainings(training, request.concurrency(), ready.monitor(), job);
            retrainings.expect(1);
            without = retrainings
                    .without(List.of(removed), retrained -> predictions.stream()
                            .map(prediction -> prediction.answer(retrained))
                            .toList())
                    .get(0);
        }
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
                    without == null
                            ? null
                            : new WhatIfRow.Without(
                                    without.get(i).probability(), without.get(i).rank()),
                    request.effective()));
        }
        return rows;
    }

    /** The facts whose probabilities change most when the model forgets, some more than are asked for. */
    private List<PredictedLink> mostAffected(
            LoadedModel model, StoredTraining training, BitSet removed, WhatIfConfiguration request, ReadyModel ready) {
        EmbeddingModel forgetful = Forgetting.forget(
                        training.members(),
                        model.embedding(),
                        new FactIndex(training.trained().facts()),
                        null,
                        removed,
                        ready.monitor())
                .model();
        List<Affected> affected = new ArrayList<>();
        if (request.among() != Among.HELD_OUT) {
            collect(training.trained().facts(), removed, model, forgetful, affected);
        }
        if (request.among() != Among.TRAINING) {
            collect(training.heldOut(), new BitSet(), model, forgetful, affected);
        }
        return affected.stream()
                .sorted(Comparator.comparingDouble(fact -> -fact.change))
                .limit((long) LOOKED_AT * request.topK())
                .map(fact -> link(model, fact.link))
                .toList();
    }

    private record Affected(Link link, double change) {}

    private void collect(
            Facts facts, BitSet removed, LoadedModel model, EmbeddingModel forgetful, List<Affected> affected) {
        float[] scores = new float[forgetful.entityCount()];
        float[] query = new float[forgetful.parameters().entities()[0].length];
        for (int fact = 0; fact < facts.count(); fact++) {
            guard.check();
            if (!removed.get(fact)) {
                Link link = new Link(facts.head(fact), facts.relation(fact), facts.tail(fact));
                double change = Answer.probability(forgetful, link, query, scores)
                        - Answer.probability(model.embedding(), link, query, scores);
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
