package io.github.whylink.procedures.workflow;

import io.github.whylink.influence.drawing.ExplanationPicture;
import io.github.whylink.influence.drawing.ExplanationSvg;
import io.github.whylink.procedures.config.ExplainConfiguration;
import io.github.whylink.procedures.config.ExplainConfiguration.Direction;
import io.github.whylink.procedures.config.LinkRequest;
import io.github.whylink.procedures.config.Method;
import io.github.whylink.procedures.config.MethodRequest;
import io.github.whylink.procedures.config.Tier;
import io.github.whylink.procedures.jobs.Job;
import io.github.whylink.procedures.result.Belief;
import io.github.whylink.procedures.result.DrawnGraph;
import io.github.whylink.procedures.result.ExplanationGraphRow;
import io.github.whylink.procedures.result.ExplanationRow;
import io.github.whylink.procedures.store.LoadedModel;
import io.github.whylink.procedures.workflow.Evidence.Credit;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.neo4j.graphdb.GraphDatabaseService;
import org.neo4j.graphdb.Node;
import org.neo4j.graphdb.Relationship;
import org.neo4j.graphdb.Transaction;
import org.neo4j.procedure.TerminationGuard;

/**
 * {@code whylink.explain}, {@code whylink.explain.graph} and {@code whylink.explain.fact}: the facts that are responsible
 * for a predicted link, or for the model's belief in a fact.
 */
public final class Explanation {
    private final GraphDatabaseService database;
    private final Transaction transaction;
    private final TerminationGuard guard;

    public Explanation(GraphDatabaseService database, Transaction transaction, TerminationGuard guard) {
        this.database = database;
        this.transaction = transaction;
        this.guard = guard;
    }

    /** One row per fact. */
    public Stream<ExplanationRow> rows(String modelName, Map<String, Object> configuration) {
        return explain(modelName, ExplainConfiguration.forRows(configuration)).rows.stream();
    }

    /** One row per fact behind another one, that one itself among them if the model was trained on it. */
    public Stream<ExplanationRow> fact(String modelName, Relationship fact, Map<String, Object> configuration) {
        return explain(modelName, ExplainConfiguration.forFact(fact, configuration)).rows.stream();
    }

    /** All facts in one row, with a picture. */
    public Stream<ExplanationGraphRow> graph(String modelName, Map<String, Object> configuration) {
        ExplainConfiguration request = ExplainConfiguration.forPicture(configuration);
        ReadyModel ready = ReadyModel.of(database, transaction, guard, modelName);
        Explained explained = explain(ready, request);
        List<Node> nodes = nodes(explained);
        ExplanationPicture picture = picture(ready, request, explained, nodes);
        return Stream.of(new ExplanationGraphRow(
                explained.link,
                explained.belief,
                nodes,
                explained.rows,
                ExplanationSvg.draw(picture),
                DrawnGraph.of(picture),
                explained.configuration));
    }

    /** The picture alone. */
    ExplanationPicture picture(ReadyModel ready, ExplainConfiguration request) {
        Explained explained = explain(ready, request);
        return picture(ready, request, explained, nodes(explained));
    }

    private static ExplanationPicture picture(
            ReadyModel ready, ExplainConfiguration request, Explained explained, List<Node> nodes) {
        return new Captions(request.captionProperty())
                .picture(
                        ready.stored().name().value(),
                        explained.link,
                        explained.belief.probability(),
                        nodes,
                        explained.rows);
    }

    /** The ends of the link and of the facts, each once. */
    private static List<Node> nodes(Explained explained) {
        LinkRequest link = explained.link;
        Set<Node> nodes = new LinkedHashSet<>(List.of(link.source()));
        nodes.add(link.target());
        for (ExplanationRow row : explained.rows) {
            nodes.add(row.source);
            nodes.add(row.target);
        }
        return new ArrayList<>(nodes);
    }

    /** A link, by the name that the model has for its type, with what is believed of it and why. */
    private record Explained(
            LinkRequest link, Belief belief, List<ExplanationRow> rows, Map<String, Object> configuration) {}

    private Explained explain(String modelName, ExplainConfiguration request) {
        return explain(ReadyModel.of(database, transaction, guard, modelName), request);
    }

    private Explained explain(ReadyModel ready, ExplainConfiguration request) {
        return request.how().tier() == Tier.FAST
                ? fromTheGraph(ready, request)
                : ready.watched("explain", job -> fromTheTraining(ready, request, job));
    }

    /** Asks what the training recorded of the facts around the link. */
    private Explained fromTheGraph(ReadyModel ready, ExplainConfiguration request) {
        LoadedModel model = ready.load();
        PredictedLink link = PredictedLink.of(model, request.link());
        Attribution attribution = new Attribution(transaction, ready.stored(), model, ready.monitor());
        attribution.requirePossible(request.how().method(), false);
        boolean firstOnly = request.how().method() == Method.ROLLBACK
                && (request.direction() == Direction.ANY || request.direction() == Direction.SUPPORTING);
        Evidence evidence = firstOnly
                ? attribution.aroundFirst(database, link, request.topK())
                : attribution.around(link, request.how().method());
        List<Credit> credits = evidence.first(request.topK(), request.direction());
        Belief belief = link.belief(model, link.answer(model.embedding()));
        return explained(
                model, link, evidence, credits, belief, Collections.nCopies(credits.size(), null), request.effective());
    }

    /** Takes the training again and, where that is asked for, without each of the facts that it names. */
    private Explained fromTheTraining(ReadyModel ready, ExplainConfiguration request, Job job) {
        MethodRequest how = ready.how(request.how());
        Inquiry inquiry = Inquiry.of(ready, transaction, request.link(), how, job);
        Evidence evidence = inquiry.evidence(how);
        List<Credit> credits = evidence.first(request.topK(), request.direction());
        Belief belief = inquiry.link().belief(inquiry.model(), inquiry.answer());
        List<Double> verified = request.how().tier() == Tier.VERIFY
                ? drops(inquiry, evidence, credits, belief.probability())
                : Collections.nCopies(credits.size(), null);
        return explained(
                inquiry.model(),
                inquiry.link(),
                evidence,
                credits,
                belief,
                verified,
                how.echoedIn(request.effective()));
    }

    private static List<Double> drops(Inquiry inquiry, Evidence evidence, List<Credit> credits, double probability) {
        List<BitSet> single = credits.stream()
                .map(credit -> inquiry.inTraining(evidence, List.of(credit)))
                .toList();
        inquiry.retrainings().expect(single.size());
        return inquiry.retrainings()
                .without(
                        single,
                        without -> probability - inquiry.link().answer(without).probability());
    }

    private static Explained explained(
            LoadedModel model,
            PredictedLink link,
            Evidence evidence,
            List<Credit> credits,
            Belief belief,
            List<Double> verified,
            Map<String, Object> configuration) {
        List<ExplanationRow> rows = new ArrayList<>();
        for (int i = 0; i < credits.size(); i++) {
            Credit credit = credits.get(i);
            rows.add(new ExplanationRow(
                    i + 1,
                    evidence.relationship(credit),
                    model.types().get(evidence.relation(credit)),
                    evidence.role(credit),
                    evidence.chain(credit),
                    credit.influence(),
                    evidence.spread(credit),
                    verified.get(i),
                    belief,
                    configuration));
        }
        return new Explained(link.request(), belief, rows, configuration);
    }
}
