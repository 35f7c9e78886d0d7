package io.github.whylink.procedures.workflow;

import io.github.whylink.procedures.config.ExplainConfiguration.Direction;
import io.github.whylink.procedures.config.MethodRequest;
import io.github.whylink.procedures.config.VerifyConfiguration;
import io.github.whylink.procedures.jobs.Job;
import io.github.whylink.procedures.result.VerificationRow;
import io.github.whylink.procedures.result.VerificationRow.Place;
import io.github.whylink.procedures.workflow.Evidence.Credit;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.neo4j.graphdb.GraphDatabaseService;
import org.neo4j.graphdb.Transaction;
import org.neo4j.procedure.TerminationGuard;

/** {@code whylink.explain.verify}: what becomes of a prediction when its model is trained again without some facts. */
public final class Verification {
    private final GraphDatabaseService database;
    private final Transaction transaction;
    private final TerminationGuard guard;

    public Verification(GraphDatabaseService database, Transaction transaction, TerminationGuard guard) {
        this.database = database;
        this.transaction = transaction;
        this.guard = guard;
    }

    /** Trains again and returns the one row. */
    public Stream<VerificationRow> run(String modelName, Map<String, Object> configuration) {
        VerifyConfiguration request = VerifyConfiguration.of(configuration);
        ReadyModel ready = ReadyModel.of(database, transaction, guard, modelName);
        VerificationRow row = ready.watched("verify", job -> verify(ready, request, job));
        return Stream.of(row);
    }

    private VerificationRow verify(ReadyModel ready, VerifyConfiguration request, Job job) {
        MethodRequest how = ready.how(request.how());
        Inquiry inquiry = Inquiry.of(ready, transaction, request.link(), how, job);
        BitSet named = inquiry.training().factsOf(inquiry.model(), request.facts(), "facts");
        Evidence evidence = inquiry.evidence(how);
        List<Credit> credits = request.facts().isEmpty()
                ? evidence.first(request.topK(), Direction.SUPPORTING)
                : evidence.first(Integer.MAX_VALUE, Direction.ANY).stream()
                        .filter(credit -> named.get(inquiry.inTraining(evidence, credit)))
                        .toList();
        BitSet removed = request.facts().isEmpty() ? inquiry.inTraining(evidence, credits) : named;
        if (removed.isEmpty()) {
            throw new IllegalStateException(
                    "there is nothing to leave out: method '%s' finds no fact that supports the prediction; name some in 'facts', or choose another 'method'"
                            .formatted(how.method().text()));
        }

        inquiry.retrainings().expect(1 + request.seeds());
        Stopwatch watch = new Stopwatch();
        Answer without = inquiry.retrainings()
                .without(List.of(removed), inquiry.link()::answer)
                .get(0);
        long retrainMillis = watch.lap();
        List<Double> otherSeeds = inquiry.retrainings()
                .withOtherSeeds(
                        request.seeds(), model -> inquiry.link().answer(model).probability());
        return new VerificationRow(
                removed.stream()
                        .mapToObj(fact -> inquiry.training().relationship(transaction, fact))
                        .toList(),
                place(inquiry, inquiry.answer()),
                place(inquiry, without),
                credits.stream().mapToDouble(Credit::influence).sum(),
                otherSeeds,
                how.method().text(),
                retrainMillis,
                how.echoedIn(request.effective()));
    }

    private static Place place(Inquiry inquiry, Answer answer) {
        return new Place(answer.probability(), answer.rank(), inquiry.node(answer.top()));
    }
}
