package io.github.whylink.procedures.workflow;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.KnownFacts;
import io.github.whylink.embedding.facts.Side;
import io.github.whylink.embedding.train.TrainingMonitor;
import io.github.whylink.embedding.train.TrainingSettings;
import io.github.whylink.influence.Link;
import io.github.whylink.influence.audit.Audit;
import io.github.whylink.influence.audit.AuditReport;
import io.github.whylink.influence.audit.AuditSettings;
import io.github.whylink.influence.audit.FalseFacts;
import io.github.whylink.influence.audit.Findings;
import io.github.whylink.influence.audit.Signal;
import io.github.whylink.procedures.config.AuditConfiguration;
import io.github.whylink.procedures.jobs.Job;
import io.github.whylink.procedures.jobs.Phase;
import io.github.whylink.procedures.result.AuditRow;
import io.github.whylink.procedures.store.LoadedModel;
import io.github.whylink.procedures.store.StoredTraining;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.neo4j.graphdb.GraphDatabaseService;
import org.neo4j.graphdb.Relationship;
import org.neo4j.graphdb.Transaction;
import org.neo4j.procedure.TerminationGuard;

/**
 * {@code whylink.audit}: the facts of a model's selection, held out or not, the most suspicious first. The settings of the
 * model's training serve to train with canaries in memory; neither graph nor model changes.
 */
public final class GraphAudit {
    /** Marks a relationship that a user knows to be true: it stays evidence, and is no row. */
    private static final String CONFIRMED = "whylink_confirmed";

    private final GraphDatabaseService database;
    private final Transaction transaction;
    private final TerminationGuard guard;

    public GraphAudit(GraphDatabaseService database, Transaction transaction, TerminationGuard guard) {
        this.database = database;
        this.transaction = transaction;
        this.guard = guard;
    }

    /** One row per fact. */
    public Stream<AuditRow> run(String modelName, Map<String, Object> configuration) {
        AuditConfiguration request = AuditConfiguration.of(configuration);
        ReadyModel ready = ReadyModel.of(database, transaction, guard, modelName);
        return ready.watched("audit", job -> audit(ready, request, job)).stream();
    }

    private List<AuditRow> audit(ReadyModel ready, AuditConfiguration request, Job job) {
        LoadedModel model = ready.reload();
        List<Integer> wanted = model.requireRelations("relationshipTypes", request.relationshipTypes());
        StoredTraining training =
                StoredTraining.of(transaction, ready.stored(), model, request.concurrency(), guard::check);
        TrainingSettings settings = training.trained().settings();
        Facts facts = training.everyFact();
        int epochs = training.trained().epochs();
        AuditSettings audit = new AuditSettings(
                request.canaryFraction(),
                FalseFacts.Mix.MIXED,
                request.signals(),
                request.folds(),
                request.repetitions(),
                request.randomSeed());
        job.expect(epochs * Audit.trainings(facts.count(), audit));
        job.enter(Phase.TRAINING, "training");
        AuditReport report = Audit.run(facts, settings, epochs, audit, monitor(ready, job), job::says);
        Map<String, Object> effective = new LinkedHashMap<>(request.effective());
        effective.put("repetitions", (long) Audit.repetitions(facts.count(), audit));
        return rows(model, training, request, new HashSet<>(wanted), facts, report, effective);
    }

    /** Counts the epochs of all trainings. */
    private static TrainingMonitor monitor(ReadyModel ready, Job job) {
        TrainingMonitor cancelling = ready.monitor();
        return new TrainingMonitor() {
            private int finished;

            @Override
            public void checkCancelled() {
                cancelling.checkCancelled();
            }

            @Override
            public void epochFinished(int epoch, int epochs, double meanLoss) {
                job.epochFinished(++finished, meanLoss);
            }
        };
    }

    private List<AuditRow> rows(
            LoadedModel model,
            StoredTraining training,
            AuditConfiguration request,
            Set<Integer> wanted,
            Facts facts,
            AuditReport report,
            Map<String, Object> effective) {
        KnownFacts known = KnownFacts.of(facts);
        Findings findings = new Findings(report);
        Captions captions = new Captions(null);
        List<AuditRow> rows = new ArrayList<>();
        for (int place = 0; place < report.order().length && rows.size() < request.topK(); place++) {
            int fact = report.order()[place];
            if (!wanted.contains(facts.relation(fact))) {
                continue;
            }
            String type = model.types().get(facts.relation(fact));
            Relationship relationship = training.relationshipOfEvery(transaction, fact);
            if (Boolean.TRUE.equals(relationship.getProperty(CONFIRMED, null))) {
                continue;
            }
            Answer answer = answer(model, known, facts, fact);
            rows.add(new AuditRow(
                    rows.size() + 1,
                    relationship,
                    type,
                    report.severity()[fact],
                    report.precision()[place],
                    findings.message(
                            fact,
                            captions.caption(relationship.getStartNode()),
                            type,
                            captions.caption(relationship.getEndNode())),
                    signals(report, fact),
                    answer.probability(),
                    answer.rank(),
                    effective));
        }
        return rows;
    }

    private static Answer answer(LoadedModel model, KnownFacts known, Facts facts, int fact) {
        int head = facts.head(fact);
        int relation = facts.relation(fact);
        int tail = facts.tail(fact);
        int[] others =
                PredictedLink.competitorsExcluded(model, head, relation, known.known(Side.TAIL, head, relation), tail);
        return Answer.of(model.embedding(), new Link(head, relation, tail), others);
    }

    private static Map<String, Object> signals(AuditReport report, int fact) {
        Map<String, Object> signals = new LinkedHashMap<>();
        for (Map.Entry<Signal, float[]> signal : report.signals().entrySet()) {
            float value = signal.getValue()[fact];
            signals.put(signal.getKey().text(), Float.isNaN(value) ? null : (Double) (double) value);
        }
        return signals;
    }
}
