package io.github.whylink.procedures.workflow;

import io.github.whylink.embedding.train.TrainingMonitor;
import io.github.whylink.procedures.config.LinkRequest;
import io.github.whylink.procedures.config.Method;
import io.github.whylink.procedures.config.MethodRequest;
import io.github.whylink.procedures.jobs.Job;
import io.github.whylink.procedures.jobs.Phase;
import io.github.whylink.procedures.store.LoadedModel;
import io.github.whylink.procedures.store.StoredTraining;
import io.github.whylink.procedures.workflow.Evidence.Credit;
import java.util.BitSet;
import java.util.List;
import org.neo4j.graphdb.Node;
import org.neo4j.graphdb.Transaction;

/**
 * A predicted link with the training of its model at hand, so that both can be asked what facts did and what would be
 * without them.
 */
record Inquiry(
        Transaction transaction,
        LoadedModel model,
        PredictedLink link,
        StoredTraining training,
        Attribution attribution,
        Retrainings retrainings) {
    /**
     * Makes the training of a model again and checks that it is the same.
     *
     * @throws RuntimeException if it cannot be
     */
    static Inquiry of(ReadyModel ready, Transaction transaction, LinkRequest request, MethodRequest how, Job job) {
        TrainingMonitor monitor = ready.monitor();
        // Not from memory: a node that was deleted since is no candidate.
        LoadedModel model = ready.reload();
        PredictedLink link = PredictedLink.of(model, request);
        Attribution attribution = new Attribution(transaction, ready.stored(), model, monitor);
        attribution.requirePossible(how.method(), true);
        StoredTraining training =
                StoredTraining.of(transaction, ready.stored(), model, how.concurrency(), monitor::checkCancelled);
        link.requirePredicted(training);
        job.enter(Phase.REPLAYING, "replaying the training");
        training.requireRepeatable(monitor);
        return new Inquiry(
                transaction,
                model,
                link,
                training,
                attribution,
                new Retrainings(training, how.concurrency(), monitor, job));
    }

    /** What the method of the call credits facts with. */
    Evidence evidence(MethodRequest how) {
        return how.method() == Method.ROLLBACK
                ? attribution.around(link, how.method())
                : attribution.anywhere(training, link, how.method(), how.replayMemory());
    }

    /** The number that a fact has in the training. */
    int inTraining(Evidence evidence, Credit credit) {
        return training.numberOf(evidence.facts(), credit.fact());
    }

    /** Some facts, as the training numbers them. */
    BitSet inTraining(Evidence evidence, List<Credit> credits) {
        BitSet facts = new BitSet();
        credits.forEach(credit -> facts.set(inTraining(evidence, credit)));
        return facts;
    }

    /** What the model says of the link as it is. */
    Answer answer() {
        return link.answer(model.embedding());
    }

    /** The node that is an answer. */
    Node node(int entity) {
        return model.node(transaction, entity).orElse(null);
    }
}
