package io.github.whylink.procedures.api;

import io.github.whylink.procedures.result.TuneRow;
import io.github.whylink.procedures.workflow.Tuning;
import java.util.Map;
import java.util.stream.Stream;
import org.neo4j.graphdb.GraphDatabaseService;
import org.neo4j.procedure.Context;
import org.neo4j.procedure.Description;
import org.neo4j.procedure.Mode;
import org.neo4j.procedure.Name;
import org.neo4j.procedure.Procedure;
import org.neo4j.procedure.TerminationGuard;

/** {@code whylink.tune}. */
public final class TuneProcedure {
    @Context
    public GraphDatabaseService database;

    @Context
    public TerminationGuard terminationGuard;

    /** Searches for how to train. */
    @Procedure(name = "whylink.tune", mode = Mode.READ)
    @Description(
            "Searches for a good configuration of whylink.train within a budget of seconds: trains random draws for a few epochs, "
                    + "the best of them longer, and measures them on validation facts. Trains in memory and writes nothing.")
    public Stream<TuneRow> tune(
            @Name(value = "configuration", defaultValue = "{}", description = Descriptions.TUNE)
                    Map<String, Object> configuration) {
        return new Tuning(database, terminationGuard).run(configuration);
    }
}
