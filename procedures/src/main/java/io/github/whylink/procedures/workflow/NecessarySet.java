package io.github.whylink.procedures.workflow;

import io.github.whylink.procedures.config.ExplainConfiguration.Direction;
import io.github.whylink.procedures.config.MethodRequest;
import io.github.whylink.procedures.config.NecessaryConfiguration;
import io.github.whylink.procedures.jobs.Job;
import io.github.whylink.procedures.result.ExplanationRow;
import io.github.whylink.procedures.result.NecessaryRow;
import io.github.whylink.procedures.result.VerificationRow.Place;
import io.github.whylink.procedures.workflow.Evidence.Credit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.neo4j.graphdb.GraphDatabaseService;
import org.neo4j.graphdb.Transaction;
import org.neo4j.procedure.TerminationGuard;

/**
 * {@code whylink.explain.necessary}: facts without which the model would give another answer.
 *
 * <pre>
 * order the supporting facts by their influence
 * train without the first 1, 2, 4, ... until another answer is the best
 * bisect between the last that were too few and the first that were enough
 * </pre>
 *
 * <p>What comes out was tried out. It is small, and no smaller first part of the order of a size that was tried is enough,
 * but another set may be smaller still.
 */
public final class NecessarySet {
    private final GraphDatabaseService database;
    private final Transaction transaction;
    private final TerminationGuard guard;

    public NecessarySet(GraphDatabaseService database, Transaction transaction, TerminationGuard guard) {
        this.database = database;
        this.transaction = transaction;
        this.guard = guard;
    }

    /** One row per fact of the set. */
    public Stream<NecessaryRow> run(String modelName, Map<String, Object> configuration) {
        NecessaryConfiguration request = NecessaryConfiguration.of(configuration);
        ReadyModel ready = ReadyModel.of(database, transaction, guard, modelName);
        return ready.watched("necessary", job -> find(ready, request, job)).stream();
    }

    private List<NecessaryRow> find(ReadyModel ready, NecessaryConfiguration request, Job job) {
        MethodRequest how = ready.how(request.how());
        Inquiry inquiry = Inquiry.of(ready, transaction, request.link(), how, job);
        Answer before = inquiry.answer();
        if (before.rank() != 1) {
            throw new IllegalArgumentException(
                    "(source)-[:%s]->(target) is not the model's best answer but has rank %d, so that there is nothing to overturn; take the target of rank 1 that whylink.predict.targets gives, or ask whylink.explain.verify"
                            .formatted(request.link().type(), before.rank()));
        }
        Evidence evidence = inquiry.evidence(how);
        List<Credit> supporting = evidence.first(request.maxFacts(), Direction.SUPPORTING);
        if (supporting.isEmpty()) {
            return List.of();
        }

        // As many doublings as there are bits, and then halvings.
        inquiry.retrainings().expect(2 * (Integer.SIZE - Integer.numberOfLeadingZeros(supporting.size())));
        Map<Integer, Answer> tried = new HashMap<>();
        int tooFew = 0;
        int size = 1;
        while (!overturned(size, inquiry, evidence, supporting, tried) && size < supporting.size()) {
            tooFew = size;
            size = Math.min(2 * size, supporting.size());
        }
        boolean enough = tried.get(size).rank() > 1;
        while (enough && size - tooFew > 1) {
            int middle = (tooFew + size) >>> 1;
            if (overturned(middle, inquiry, evidence, supporting, tried)) {
                size = middle;
            } else {
                tooFew = middle;
            }
        }
        return rows(
                inquiry,
                evidence,
                supporting.subList(0, size),
                before,
                enough,
                tried,
                how.echoedIn(request.effective()));
    }

    private static boolean overturned(
            int size, Inquiry inquiry, Evidence evidence, List<Credit> supporting, Map<Integer, Answer> tried) {
        Answer without = inquiry.retrainings()
                .without(List.of(inquiry.inTraining(evidence, supporting.subList(0, size))), inquiry.link()::answer)
                .get(0);
        tried.put(size, without);
        return without.rank() > 1;
    }

    private static List<NecessaryRow> rows(
            Inquiry inquiry,
            Evidence evidence,
            List<Credit> facts,
            Answer before,
            boolean enough,
            Map<Integer, Answer> tried,
            Map<String, Object> configuration) {
        Answer without = tried.get(facts.size());
        Place place = new Place(without.probability(), without.rank(), inquiry.node(without.top()));
        List<NecessaryRow> rows = new ArrayList<>();
        for (Credit credit : facts) {
            ExplanationRow row = new ExplanationRow(
                    rows.size() + 1,
                    evidence.relationship(credit),
                    inquiry.model().types().get(evidence.relation(credit)),
                    evidence.role(credit),
                    evidence.chain(credit),
                    credit.influence(),
                    null,
                    null,
                    inquiry.link().belief(inquiry.model(), before),
                    configuration);
            rows.add(new NecessaryRow(row, enough, place, tried.size()));
        }
        return rows;
    }
}
