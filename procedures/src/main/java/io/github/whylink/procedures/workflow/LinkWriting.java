package io.github.whylink.procedures.workflow;

import io.github.whylink.procedures.config.LinksConfiguration;
import io.github.whylink.procedures.jobs.Job;
import io.github.whylink.procedures.jobs.Jobs;
import io.github.whylink.procedures.jobs.Phase;
import io.github.whylink.procedures.projection.Relation;
import io.github.whylink.procedures.result.WriteRow;
import io.github.whylink.procedures.store.InnerTransactions;
import io.github.whylink.procedures.store.LinkWriter;
import io.github.whylink.procedures.store.LinkWriter.PlannedLink;
import io.github.whylink.procedures.store.LoadedModel;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.neo4j.graphdb.GraphDatabaseService;
import org.neo4j.graphdb.Transaction;
import org.neo4j.logging.Log;
import org.neo4j.procedure.TerminationGuard;

/**
 * {@code whylink.predict.write}: the best links of the whole graph, as relationships.
 *
 * <p>Reads what is committed and commits by itself. A failure or cancellation removes what was written before it is passed
 * on.
 */
public final class LinkWriting {
    private final GraphDatabaseService database;
    private final Transaction transaction;
    private final Log log;
    private final TerminationGuard guard;

    public LinkWriting(GraphDatabaseService database, Transaction transaction, Log log, TerminationGuard guard) {
        this.database = database;
        this.transaction = transaction;
        this.log = log;
        this.guard = guard;
    }

    /** Writes the links and returns one row about it. */
    public Stream<WriteRow> run(String modelName, Map<String, Object> configuration) {
        LinksConfiguration request = LinksConfiguration.forWriting(configuration);
        ReadyModel ready = ReadyModel.of(database, transaction, guard, modelName);
        WriteRow row = Jobs.OF_THIS_SERVER.watched(
                database.databaseName(), ready.stored().name(), "write", 0, job -> write(ready, request, job));
        return Stream.of(row);
    }

    private WriteRow write(ReadyModel ready, LinksConfiguration request, Job job) {
        InnerTransactions transactions = new InnerTransactions(database);
        Stopwatch watch = new Stopwatch();
        job.enter(Phase.EVALUATING, "looking for the best links");
        String writeType = writeType(ready.load(), request);
        List<PlannedLink> links = transactions.read(inner -> {
            LinkSearch.Links found = LinkSearch.find(inner, ready, request);
            return found.found().stream()
                    .map(link -> new PlannedLink(
                            found.model().nodeIds()[link.head()],
                            found.model().relations().get(link.relation()),
                            found.model().nodeIds()[link.tail()],
                            link.score(),
                            link.probability(),
                            found.model().calibrated(link.relation(), link.score())))
                    .toList();
        });
        long predictMillis = watch.lap();
        job.enter(Phase.WRITING, "writing %d relationships".formatted(links.size()));
        LinkWriter writer = new LinkWriter(transactions, ready.stored().name(), writeType);
        writer.probe(links, guard::check);
        boolean finished = false;
        try {
            int written = writer.write(
                    links,
                    guard::check,
                    done -> job.enter(Phase.WRITING, "%d of %d relationships".formatted(done, links.size())));
            // The last batch may have taken a while: who cancelled meanwhile wants nothing of it.
            guard.check();
            finished = true;
            return new WriteRow(
                    ready.stored().name(), writeType, request, links.size(), written, predictMillis, watch.lap());
        } finally {
            if (!finished) {
                undo(writer, ready, request);
            }
        }
    }

    /**
     * The type to write: where that is the name of one value of a property, the type that the property splits.
     *
     * @throws IllegalArgumentException if what is predicted would be written as something else
     */
    private static String writeType(LoadedModel model, LinksConfiguration request) {
        List<Integer> wanted = model.requireRelations("relationshipTypes", request.relationshipTypes());
        for (int relation : wanted) {
            Relation predicted = model.relations().get(relation);
            if (predicted.isSplit() && LinkWriter.writes(predicted.property())) {
                throw new IllegalArgumentException(
                        "'relationshipTypes': links of '%s' cannot be written, as their property '%s' is one that says what the model thinks of a link; train with another 'relationshipProperties'"
                                .formatted(predicted.name(), predicted.property()));
            }
        }
        int written = model.relation(request.writeType());
        if (written < 0 || !model.relations().get(written).isSplit()) {
            return request.writeType();
        }
        if (!wanted.equals(List.of(written))) {
            throw new IllegalArgumentException(
                    "'writeType' '%s' is one value of '%s', but 'relationshipTypes' has others; set 'writeType' to '%s', and each link gets its own value"
                            .formatted(
                                    request.writeType(),
                                    model.relations().get(written).property(),
                                    model.relations().get(written).type()));
        }
        return model.relations().get(written).type();
    }

    /** Must not hide the failure that made it necessary. */
    private void undo(LinkWriter writer, ReadyModel ready, LinksConfiguration request) {
        try {
            writer.undo();
        } catch (RuntimeException e) {
            log.error(
                    "whylink: could not take back the relationships of type '%s' that model '%s' has begun to write; those with the property model: '%s' are its own"
                            .formatted(
                                    request.writeType(),
                                    ready.stored().name(),
                                    ready.stored().name()),
                    e);
        }
    }
}
