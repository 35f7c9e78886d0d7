package io.github.whylink.procedures.api;

import io.github.whylink.procedures.result.CorrectionRow;
import io.github.whylink.procedures.result.EmbedRow;
import io.github.whylink.procedures.result.ForgetRow;
import io.github.whylink.procedures.result.RevertedRow;
import io.github.whylink.procedures.workflow.Correction;
import io.github.whylink.procedures.workflow.Embedding;
import io.github.whylink.procedures.workflow.Forgetfulness;
import io.github.whylink.procedures.workflow.Reversion;
import java.util.Map;
import java.util.stream.Stream;
import org.neo4j.graphdb.GraphDatabaseService;
import org.neo4j.graphdb.Transaction;
import org.neo4j.procedure.Context;
import org.neo4j.procedure.Description;
import org.neo4j.procedure.Mode;
import org.neo4j.procedure.Name;
import org.neo4j.procedure.Procedure;
import org.neo4j.procedure.TerminationGuard;

/** {@code whylink.embed}, {@code whylink.forget}, {@code whylink.correct} and {@code whylink.models.revert}. */
public final class CorrectProcedures {
    @Context
    public GraphDatabaseService database;

    @Context
    public Transaction transaction;

    @Context
    public TerminationGuard terminationGuard;

    /** Embeds new nodes. */
    @Procedure(name = "whylink.embed", mode = Mode.WRITE)
    @Description(
            "Gives nodes that a model does not know an embedding, from their relationships, in a small part of the time of a training. "
                    + "The embeddings of all others stay what they are, to the last bit. "
                    + "Reads what is committed and commits by itself, whatever becomes of the calling transaction.")
    public Stream<EmbedRow> embed(
            @Name(value = "modelName", description = Descriptions.MODEL) String modelName,
            @Name(value = "configuration", defaultValue = "{}", description = Descriptions.EMBED)
                    Map<String, Object> configuration) {
        return new Embedding(database, terminationGuard).run(modelName, configuration);
    }

    /** Forgets facts. */
    @Procedure(name = "whylink.forget", mode = Mode.WRITE)
    @Description(
            "Makes a model forget facts: changes it into about what it would be had it never seen them, in a small part of the time of a training. "
                    + "The relationships stay until the user deletes them. Commits by itself, whatever becomes of the calling transaction.")
    public Stream<ForgetRow> forget(
            @Name(value = "modelName", description = Descriptions.MODEL) String modelName,
            @Name(value = "configuration", description = Descriptions.FORGET) Map<String, Object> configuration) {
        return new Forgetfulness(database, transaction, terminationGuard).run(modelName, configuration);
    }

    /** Corrects a prediction. */
    @Procedure(name = "whylink.correct", mode = Mode.WRITE)
    @Description(
            "Makes (source)-[type]->(target) a model's best new answer, without training it again, or only says what that would change. "
                    + "Commits by itself, whatever becomes of the calling transaction.")
    public Stream<CorrectionRow> correct(
            @Name(value = "modelName", description = Descriptions.MODEL) String modelName,
            @Name(value = "configuration", description = Descriptions.CORRECT) Map<String, Object> configuration) {
        return new Correction(database, transaction, terminationGuard).run(modelName, configuration);
    }

    /** Undoes the last change. */
    @Procedure(name = "whylink.models.revert", mode = Mode.WRITE)
    @Description("Undoes the last whylink.forget, whylink.correct or whylink.embed of a model, or makes it final.")
    public Stream<RevertedRow> revert(
            @Name(value = "modelName", description = Descriptions.MODEL) String modelName,
            @Name(value = "configuration", defaultValue = "{}", description = Descriptions.REVERT)
                    Map<String, Object> configuration) {
        return new Reversion(database, transaction, terminationGuard).run(modelName, configuration);
    }
}
