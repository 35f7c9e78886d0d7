package io.github.whylink.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.neo4j.configuration.GraphDatabaseSettings;
import org.neo4j.dbms.api.DatabaseManagementService;
import org.neo4j.dbms.api.DatabaseManagementServiceBuilder;
import org.neo4j.graphdb.GraphDatabaseService;
import org.neo4j.graphdb.Transaction;

/** An embedded Neo4j in a folder of its own, with the packaged plugin loaded as a server loads it. */
public final class EmbeddedDatabase implements AutoCloseable {
    private final DatabaseManagementService management;
    private final GraphDatabaseService database;
    private Transaction keepsDeletedIds;

    /** Starts on whatever is in the folder already. */
    public EmbeddedDatabase(Path home, Path pluginJar) throws IOException {
        Path plugins = Files.createDirectories(home.resolve("plugins"));
        Files.copy(pluginJar, plugins.resolve(pluginJar.getFileName()), StandardCopyOption.REPLACE_EXISTING);
        management = new DatabaseManagementServiceBuilder(home)
                .setConfig(GraphDatabaseSettings.plugin_dir, plugins.toAbsolutePath())
                // A quarter of a gigabyte for each log file, of which a killed database begins a new one each time.
                .setConfig(GraphDatabaseSettings.preallocate_logical_logs, false)
                .build();
        database = management.database(GraphDatabaseSettings.DEFAULT_DATABASE_NAME);
    }

    /** Runs one statement in a transaction of its own; the columns of a row keep their order. */
    public List<Map<String, Object>> run(String cypher, Map<String, Object> parameters) {
        return database.executeTransactionally(cypher, parameters, result -> {
            List<Map<String, Object>> rows = new ArrayList<>();
            while (result.hasNext()) {
                Map<String, Object> values = result.next();
                Map<String, Object> row = new LinkedHashMap<>();
                result.columns().forEach(column -> row.put(column, values.get(column)));
                rows.add(row);
            }
            return rows;
        });
    }

    public List<Map<String, Object>> run(String cypher) {
        return run(cypher, Map.of());
    }

    /** Does something in a transaction that is rolled back. */
    public void within(Consumer<Transaction> work) {
        try (Transaction transaction = database.beginTx()) {
            work.accept(transaction);
        }
    }

    /**
     * From here on no id of a deleted node is given to a new one: when that happens hangs on the clock, and what a seed gives hangs
     * on the order of the ids.
     */
    void keepDeletedIds() {
        keepsDeletedIds = database.beginTx();
    }

    /** Runs the statements of a file. */
    public void load(Path file) {
        DocumentedStatement.ofCypherFile(file).forEach(statement -> run(statement.cypher()));
    }

    @Override
    public void close() {
        if (keepsDeletedIds != null) {
            keepsDeletedIds.close();
        }
        management.shutdown();
    }
}
