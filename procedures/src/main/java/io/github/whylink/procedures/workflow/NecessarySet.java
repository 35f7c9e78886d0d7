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
 * of these, leave in what can be spared: the half of less influence or the other one, then quarters, down to single facts,
 *   as long as there are trainings left
 * </pre>
 *
 * <p>What comes out was tried out. It is small, and where the trainings sufficed none of its facts can be spared, but another set
 * may be smaller still. Leaving out by halves: Zeller and Hildebrandt, "Simplifying and isolating failure-inducing input", IEEE
 * Transactions on Software Engineering 28, 2002.
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

        inquiry.retrainings().expect(request.maxTrainings());
        Trials trials = new Trials(inquiry, evidence, request.maxTrainings(), new HashMap<>());
        int tooFew = 0;
        int size = 1;
        while (!trials.overturned(supporting.subList(0, size)) && size < supporting.size()) {
            tooFew = size;
            size = Math.min(2 * size, supporting.size());
        }
        List<Credit> found = supporting.subList(0, size);
        boolean enough = trials.without(found).rank() > 1;
        while (enough && size - tooFew > 1) {
            int middle = (tooFew + size) >>> 1;
            if (trials.overturned(supporting.subList(0, middle))) {
                size = middle;
                found = supporting.subList(0, size);
            } else {
                tooFew = middle;
            }
        }
        if (enough) {
            found = spared(found, trials);
        }
        return rows(inquiry, evidence, found, before, enough, trials, how.echoedIn(request.effective()));
    }

    /** What is left of some facts that are enough, without those that can be spared. */
    private static List<Credit> spared(List<Credit> enough, Trials trials) {
        List<Credit> left = enough;
        int part = left.size() / 2;
        while (part > 0) {
            int before = left.size();
            for (int to = before; to > 0 && left.size() > 1 && trials.mayGoOn(); to -= part) {
                List<Credit> fewer = new ArrayList<>(left.subList(0, Math.max(0, to - part)));
                fewer.addAll(left.subList(to, left.size()));
                if (!fewer.isEmpty() && trials.overturned(fewer)) {
                    left = fewer;
                }
            }
            // Single facts once more where one was spared: those looked at before may be spared now.
            part = part > 1 || left.size() == before || !trials.mayGoOn() ? part / 2 : 1;
        }
        return left;
    }

    /** What came of leaving out sets of facts, each tried once. */
    private record Trials(Inquiry inquiry, Evidence evidence, int most, Map<List<Credit>, Answer> tried) {
        boolean overturned(List<Credit> facts) {
            return without(facts).rank() > 1;
        }

        Answer without(List<Credit> facts) {
            return tried.computeIfAbsent(List.copyOf(facts), set -> inquiry.retrainings()
                    .without(List.of(inquiry.inTraining(evidence, set)), inquiry.link()::answer)
                    .get(0));
        }

        boolean mayGoOn() {
            return tried.size() < most;
        }
    }

    private static List<NecessaryRow> rows(
            Inquiry inquiry,
            Evidence evidence,
            List<Credit> facts,
            Answer before,
            boolean enough,
            Trials trials,
            Map<String, Object> configuration) {
        Answer without = trials.without(facts);
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
            rows.add(new NecessaryRow(row, enough, place, trials.tried.size()));
        }
        return rows;
    }
}
