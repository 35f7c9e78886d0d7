package io.github.whylink.it;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.neo4j.configuration.GraphDatabaseSettings;
import org.neo4j.harness.Neo4jBuilder;
import org.neo4j.harness.Neo4jBuilders;

/**
 * Several databases in one process that share one plugin, as those of one server do. A server of the free edition has only one
 * database of its users, so that each is in a server of its own here; they take the plugin from the class path, and so what it
 * keeps in memory is one for all.
 */
final class DatabasesMain {
    private static final List<String> PROCEDURES =
            List.of("TrainProcedure", "PredictProcedures", "ExplainProcedures", "ModelProcedures");

    private DatabasesMain() {}

    /**
     * Starts them and prints where each is asked.
     *
     * @param arguments for each a folder, whose name is that of the database
     */
    public static void main(String[] arguments) throws ClassNotFoundException, InterruptedException {
        ChildJvm.endWithParent();
        for (String folder : arguments) {
            System.out.println(start(Path.of(folder)));
        }
        new CountDownLatch(1).await();
    }

    private static URI start(Path folder) throws ClassNotFoundException {
        Neo4jBuilder builder = Neo4jBuilders.newInProcessBuilder(folder)
                .withDisabledServer()
                .withConfig(
                        GraphDatabaseSettings.initial_default_database,
                        folder.getFileName().toString())
                .withConfig(GraphDatabaseSettings.auth_enabled, false)
                .withConfig(GraphDatabaseSettings.preallocate_logical_logs, false)
                .withFunction(plugin("ScoreFunctions"));
        for (String procedures : PROCEDURES) {
            builder.withProcedure(plugin(procedures));
        }
        return builder.build().boltURI();
    }

    private static Class<?> plugin(String name) throws ClassNotFoundException {
        return Class.forName("io.github.whylink.procedures.api." + name);
    }
}
