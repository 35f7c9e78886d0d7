package io.github.whylink.procedures.workflow;

import io.github.whylink.embedding.facts.KnownFacts;
import io.github.whylink.influence.transplant.SufficientFacts;
import io.github.whylink.influence.transplant.Transplant;
import io.github.whylink.procedures.config.ExplainConfiguration.Direction;
import io.github.whylink.procedures.config.MethodRequest;
import io.github.whylink.procedures.config.SufficientConfiguration;
import io.github.whylink.procedures.jobs.Job;
import io.github.whylink.procedures.jobs.Phase;
import io.github.whylink.procedures.result.ExplanationRow;
import io.github.whylink.procedures.result.SufficientRow;
import io.github.whylink.procedures.workflow.Evidence.Credit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.neo4j.graphdb.GraphDatabaseService;
import org.neo4j.graphdb.Node;
import org.neo4j.graphdb.Transaction;
import org.neo4j.procedure.TerminationGuard;

/**
 * {@code whylink.explain.sufficient}: facts of the source that make the model predict the same target for other nodes.
 *
 * <pre>
 * draw nodes in the place of the source for which the prediction does not hold
 * order the facts of the source by their influence, the most supporting first: it only says what to try first
 * give one after the other to all of these nodes, the one that helps most of the next eight, and train their rows, until the
 *   prediction holds for enough of them
 * leave out what can be spared
 * </pre>
 *
 * <p>Rows are trained as {@code whylink.embed} does, with everything else as it is: see {@link Transplant}.
 */
public final class SufficientSet {
    private final GraphDatabaseService database;
    private final Transaction transaction;
    private final TerminationGuard guard;

    public SufficientSet(GraphDatabaseService database, Transaction transaction, TerminationGuard guard) {
        this.database = database;
        this.transaction = transaction;
        this.guard = guard;
    }

    /** One row per fact of the set. */
    public Stream<SufficientRow> run(String modelName, Map<String, Object> configuration) {
        SufficientConfiguration request = SufficientConfiguration.of(configuration);
        ReadyModel ready = ReadyModel.of(database, transaction, guard, modelName);
        return ready.watched("sufficient", job -> find(ready, request, job)).stream();
    }

    private List<SufficientRow> find(ReadyModel ready, SufficientConfiguration request, Job job) {
        MethodRequest how = ready.how(request.how());
        Inquiry inquiry = Inquiry.of(ready, transaction, request.link(), how, job);
        Answer before = inquiry.answer();
        if (before.rank() != 1) {
            throw new IllegalArgumentException(
                    "(source)-[:%s]->(target) is not the model's best answer but has rank %d, so that there is no prediction to carry over to others; take the target of rank 1 that whylink.predict.targets gives"
                            .formatted(request.link().type(), before.rank()));
        }
        int maxEpochs = request.maxEpochs() == 0 ? ready.stored().epochs().intValue() : request.maxEpochs();
        Map<String, Object> effective = new LinkedHashMap<>(how.echoedIn(request.effective()));
        effective.put("maxEpochs", (long) maxEpochs);
        Transplant transplant = new Transplant(
                inquiry.training().members(),
                inquiry.model().embedding(),
                inquiry.link().link(),
                KnownFacts.of(inquiry.training().everyFact()),
                request.entities(),
                maxEpochs,
                ready.monitor());
        int hosts = transplant.hosts().length;
        if (hosts == 0) {
            throw new IllegalArgumentException(
                    "there is no other node like the source for which the model does not give the target too, so that there is nobody to carry the prediction over to; ask whylink.explain.necessary");
        }
        Evidence evidence = inquiry.evidence(how);
        Map<Integer, Credit> promising = promising(inquiry, evidence, transplant);
        int most = SufficientFacts.mostTrials(promising.size(), request.maxFacts());
        job.enter(Phase.RETRAINING, "up to %d trainings of %d rows".formatted(most, hosts));
        SufficientFacts found = SufficientFacts.of(
                transplant,
                List.copyOf(promising.keySet()),
                request.maxFacts(),
                Math.max(1, (int) Math.ceil(request.threshold() * hosts - 1e-9)),
                tried -> job.trained(tried, most));
        return rows(inquiry, evidence, promising, found, before, transplant, effective);
    }

    /**
     * The facts of the source by their numbers in the training, the most supporting first. Those that seem to oppose come last, but
     * they come: what a fact did to this model's rows is not what it does to others, and each is tried out.
     */
    private static Map<Integer, Credit> promising(Inquiry inquiry, Evidence evidence, Transplant transplant) {
        Set<Integer> ofTheSource = Arrays.stream(transplant.ofTheHead()).boxed().collect(Collectors.toSet());
        Map<Integer, Credit> promising = new LinkedHashMap<>();
        for (Credit credit : evidence.first(Integer.MAX_VALUE, Direction.ANY)) {
            int fact = inquiry.inTraining(evidence, credit);
            if (ofTheSource.contains(fact)) {
                promising.put(fact, credit);
            }
        }
        return promising;
    }

    private static List<SufficientRow> rows(
            Inquiry inquiry,
            Evidence evidence,
            Map<Integer, Credit> promising,
            SufficientFacts found,
            Answer before,
            Transplant transplant,
            Map<String, Object> configuration) {
        List<Node> hosts =
                Arrays.stream(transplant.hosts()).mapToObj(inquiry::node).toList();
        List<SufficientRow> rows = new ArrayList<>();
        for (int fact : found.facts()) {
            Credit credit = promising.get(fact);
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
            rows.add(new SufficientRow(row, found.enough(), hosts, found.holding(), found.trials()));
        }
        return rows;
    }
}
