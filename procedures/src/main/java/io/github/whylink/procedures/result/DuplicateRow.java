package io.github.whylink.procedures.result;

import io.github.whylink.influence.audit.Duplicates.Pair;
import java.util.Map;
import org.neo4j.graphdb.Node;
import org.neo4j.procedure.Description;

/** A row of {@code whylink.audit.duplicates}: two nodes that may be one thing. */
public final class DuplicateRow {
    @Description("Place in the list, from 1, the most probable first.")
    public final long rank;

    @Description("The node that came first into the database, as far as its id tells.")
    public final Node first;

    @Description("The other node.")
    public final Node second;

    @Description(
            "How far the two stand out of what is around either, by their embeddings and by what they have in common, less what excludes it. Its order means something, it is no probability.")
    public final double score;

    @Description("Cosine of the two embeddings, less their mean: -1 to 1.")
    public final double similarity;

    @Description("Share of the facts that both have with the same other end, rare ones weighing more: 0 to 1.")
    public final double overlap;

    @Description("What both have in common: how many facts with the same other end, by type and direction.")
    public final Map<String, Object> shared;

    @Description(
            "How far the model believes the facts of one of the other too: the mean share of nodes of which it would believe them less. 0 to 1, by chance 0.5.")
    public final double support;

    @Description(
            "How far the two exclude each other, from 0: for each type that both have facts of, but none in common, 1 where nodes have only one such fact, less where they have several.")
    public final double conflict;

    @Description(Columns.CONFIGURATION)
    public final Map<String, Object> configuration;

    /** Makes a row. */
    public DuplicateRow(
            long rank,
            Node first,
            Node second,
            Pair pair,
            Map<String, Object> shared,
            Map<String, Object> configuration) {
        this.rank = rank;
        this.first = first;
        this.second = second;
        score = pair.score();
        similarity = pair.similarity();
        overlap = pair.overlap();
        this.shared = shared;
        support = pair.support();
        conflict = pair.conflict();
        this.configuration = configuration;
    }
}
