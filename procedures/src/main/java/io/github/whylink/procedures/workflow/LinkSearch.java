package io.github.whylink.procedures.workflow;

import io.github.whylink.embedding.ranking.BestLinks;
import io.github.whylink.embedding.ranking.BestLinks.Found;
import io.github.whylink.embedding.ranking.BestLinks.Wanted;
import io.github.whylink.procedures.config.LinksConfiguration;
import io.github.whylink.procedures.result.LinkRow;
import io.github.whylink.procedures.store.ExistingLinks;
import io.github.whylink.procedures.store.LoadedModel;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.neo4j.graphdb.GraphDatabaseService;
import org.neo4j.graphdb.Node;
import org.neo4j.graphdb.Transaction;
import org.neo4j.procedure.TerminationGuard;

/** {@code whylink.predict.links}: the best links of the whole graph that it does not have. */
public final class LinkSearch {
    private final GraphDatabaseService database;
    private final Transaction transaction;
    private final TerminationGuard guard;

    public LinkSearch(GraphDatabaseService database, Transaction transaction, TerminationGuard guard) {
        this.database = database;
        this.transaction = transaction;
        this.guard = guard;
    }

    /** One row per link, the best first. */
    public Stream<LinkRow> run(String modelName, Map<String, Object> configuration) {
        LinksConfiguration request = LinksConfiguration.forRows(configuration);
        ReadyModel ready = ReadyModel.of(database, transaction, guard, modelName);
        Links links = find(transaction, ready, request);
        List<LinkRow> rows = new ArrayList<>(links.found.size());
        for (Found link : links.found) {
            Optional<Node> source = links.model.node(transaction, link.head());
            Optional<Node> target = links.model.node(transaction, link.tail());
            // Nodes that the calling transaction has deleted.
            if (source.isEmpty() || target.isEmpty()) {
                continue;
            }
            rows.add(new LinkRow(
                    rows.size() + 1,
                    source.get(),
                    links.model.types().get(link.relation()),
                    target.get(),
                    link.score(),
                    link.probability(),
                    links.model.calibrated(link.relation(), link.score()),
                    link.rank(),
                    links.existing.linked(link.head(), link.relation(), link.tail()),
                    request.effective()));
        }
        return rows.stream();
    }

    /** What was found, in the numbers of a model. */
    record Links(LoadedModel model, ExistingLinks existing, List<Found> found) {}

    /**
     * Finds the links.
     *
     * @param transaction sees what is known, and the labels
     * @throws IllegalArgumentException if the model does not know a type, or the database a label
     */
    static Links find(Transaction transaction, ReadyModel ready, LinksConfiguration request) {
        // Not from memory: a node that was deleted since is no candidate.
        LoadedModel model = ready.reload();
        List<Integer> relations = model.requireRelations("relationshipTypes", request.relationshipTypes());
        BitSet loops = new BitSet();
        relations.stream().filter(model::hasSelfLoops).forEach(loops::set);
        Wanted wanted = new Wanted(
                relations,
                LabelledEntities.of(transaction, model, "sourceLabels", request.sourceLabels()),
                LabelledEntities.of(transaction, model, "targetLabels", request.targetLabels()),
                loops,
                request.includeKnown(),
                request.order(),
                request.threshold(),
                request.topK());
        ExistingLinks existing = ExistingLinks.of(transaction, model, relations, ready.guard()::check);
        return new Links(
                model,
                existing,
                BestLinks.of(
                        model.embedding(),
                        wanted,
                        existing.known(),
                        existing::linked,
                        request.concurrency(),
                        ready.guard()::check));
    }
}
