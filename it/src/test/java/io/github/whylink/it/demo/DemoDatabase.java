package io.github.whylink.it.demo;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.neo4j.configuration.GraphDatabaseSettings;
import org.neo4j.dbms.api.DatabaseManagementService;
import org.neo4j.dbms.api.DatabaseManagementServiceBuilder;
import org.neo4j.graphdb.GraphDatabaseService;

/** An embedded Neo4j in a folder of its own, with the packaged plugin loaded as a server loads it. */
final class DemoDatabase implements AutoCloseable {
    private final DatabaseManagementService management;
    private final GraphDatabaseService database;

    /** Starts with an empty database; what an earlier run left in the folder is deleted. */
    DemoDatabase(Path home, Path pluginJar) throws IOException {
        if (Files.exists(home)) {
            try (Stream<Path> files = Files.walk(home)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
        Path plugins = Files.createDirectories(home.resolve("plugins"));
        Files.copy(pluginJar, plugins.resolve(pluginJar.getFileName()), StandardCopyOption.REPLACE_EXISTING);
        management = new DatabaseManagementServiceBuilder(home)
                .setConfig(GraphDatabaseSettings.plugin_dir, plugins.toAbsolutePath())
                .build();
        database = management.database(GraphDatabaseSettings.DEFAULT_DATABASE_NAME);
    }

    /** Runs one statement in a transaction of its own. */
    List<Map<String, Object>> run(String cypher, Map<String, Object> parameters) {
        return database.executeTransactionally(
                cypher, parameters, result -> result.stream().toList());
    }

    List<Map<String, Object>> run(String cypher) {
        return run(cypher, Map.of());
    }

    /** Runs the statements of a file of the examples. */
    void load(String resource) {
        try (InputStream file = DemoDatabase.class.getResourceAsStream("/io/github/whylink/examples/" + resource)) {
            String script = new String(file.readAllBytes(), StandardCharsets.UTF_8);
            for (String statement : script.split(";\\s*\n", -1)) {
                if (!statement.isBlank()) {
                    run(statement);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        management.shutdown();
    }
}
