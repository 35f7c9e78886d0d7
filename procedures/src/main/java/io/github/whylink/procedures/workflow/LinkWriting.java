package io.github.whylink.procedures.workflow;

import io.github.whylink.procedures.config.LinksConfiguration;
import io.github.whylink.procedures.jobs.Job;
import io.github.whylink.procedures.jobs.Jobs;
import io.github.whylink.procedures.jobs.Phase;
import io.github.whylink.procedures.result.WriteRow;
import io.github.whylink.procedures.store.InnerTransactions;
import io.github.whylink.procedures.store.LinkWriter;
import io.github.whylink.procedures.store.LinkWriter.PlannedLink;
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
        List<PlannedLink> links = transactions.read(inner -> {
            LinkSearch.Links found = LinkSearch.find(inner, ready, request);
            return found.found().stream()
                    .map(link -> new PlannedLink(
                            found.model().nodeIds()[link.head()],
                            found.model().types().get(link.relation()),
                            found.model().nodeIds()[link.tail()],
                            link.score(),
                            link.probability(),
                            found.model().calibrated(link.relation(), link.score())))
                    .toList();
        });
        long predictMillis = watch.lap();
        job.enter(Phase.WRITING, "writing %d relationships".formatted(links.size()));
        LinkWriter writer = new LinkWriter(transactions, ready.stored().name(), request.writeType());
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
            return new WriteRow(ready.stored().name(), request, links.size(), written, predictMillis, watch.lap());
        } finally {
            if (!finished) {
                undo(writer, ready, request);
            }
        }
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
