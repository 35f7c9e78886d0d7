package io.github.whylink.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.neo4j.configuration.Config;
import org.neo4j.configuration.GraphDatabaseSettings;
import org.neo4j.configuration.connectors.BoltConnectorInternalSettings;
import org.neo4j.driver.AuthTokens;
import org.neo4j.driver.Driver;
import org.neo4j.driver.GraphDatabase;
import org.neo4j.driver.Record;
import org.neo4j.driver.Session;
import org.neo4j.driver.exceptions.Neo4jException;
import org.neo4j.graphdb.Transaction;
import org.neo4j.harness.Neo4j;
import org.neo4j.harness.Neo4jBuilders;

/**
 * A database with the packaged jar in its plugin directory, loaded as a server loads it: sandboxed. Queries go over Bolt
 * through the official driver.
 */
final class Server implements AutoCloseable {
    private static Server shared;

    private final Neo4j neo4j;
    private final Driver driver;

    /**
     * Left open, so that no id of a deleted node is given to a new one: when that happens hangs on the clock, and what a seed gives
     * hangs on the order of the ids.
     */
    private final Transaction keepsDeletedIds;

    private Server(Neo4j neo4j) {
        this.neo4j = neo4j;
        driver = GraphDatabase.driver(neo4j.boltURI(), AuthTokens.none());
        keepsDeletedIds = neo4j.defaultDatabaseService().beginTx();
    }

    private Server(URI bolt) {
        neo4j = null;
        driver = GraphDatabase.driver(bolt, AuthTokens.none());
        keepsDeletedIds = null;
    }

    /** One of another process, which closing does not end. */
    static Server at(URI bolt) {
        return new Server(bolt);
    }

    /** The one of this JVM, with an empty graph: starting one takes seconds. */
    static synchronized Server emptied() {
        if (shared == null) {
            shared = start();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> shared.close()));
        }
        shared.run("MATCH (n) DETACH DELETE n");
        return shared;
    }

    /** Starts a server with an empty graph. */
    static Server start() {
        Path home = temporaryDirectory();
        return new Server(Neo4jBuilders.newInProcessBuilder(home)
                .withDisabledServer()
                .withConfig(GraphDatabaseSettings.plugin_dir, pluginDirectory(home))
                .withConfig(GraphDatabaseSettings.auth_enabled, false)
                .withConfig(GraphDatabaseSettings.preallocate_logical_logs, false)
                .withConfig(BoltConnectorInternalSettings.thread_pool_shutdown_wait_time, Duration.ZERO)
                .withConfig(BoltConnectorInternalSettings.connection_shutdown_wait_time, Duration.ZERO)
                .build());
    }

    /** An empty folder where the build keeps its results, so that {@code mvn clean} removes it. */
    static Path temporaryDirectory() {
        try {
            return Files.createTempDirectory(
                    Files.createDirectories(Path.of("target", "databases")).toAbsolutePath(), "it");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Path pluginJar() {
        return Path.of(System.getProperty("whylink.plugin.jar"));
    }

    Session session() {
        return driver.session();
    }

    /** Runs one query in a transaction of its own. */
    List<Record> run(String query, Map<String, Object> parameters) {
        try (Session session = session()) {
            return session.run(query, parameters).list();
        }
    }

    List<Record> run(String query) {
        return run(query, Map.of());
    }

    /** Runs a query that gives one row. */
    Record one(String query) {
        List<Record> rows = run(query);
        if (rows.size() != 1) {
            throw new AssertionError("expected one row, got " + rows);
        }
        return rows.get(0);
    }

    /**
     * Runs a query that must be refused.
     *
     * @param parts of the message
     * @return the message
     */
    String fails(String query, String... parts) {
        try {
            throw new AssertionError("not refused: " + query + ", but " + run(query));
        } catch (Neo4jException refused) {
            for (String part : parts) {
                if (!refused.getMessage().contains(part)) {
                    throw new AssertionError("expected <%s> in: %s".formatted(part, refused.getMessage()), refused);
                }
            }
            return refused.getMessage();
        }
    }

    /** Has transactions that begin from here on wait for a lock no longer than that; zero, the default, is for ever. */
    void setLockTimeout(Duration timeout) {
        ((Config) neo4j.config()).setDynamic(GraphDatabaseSettings.lock_acquisition_timeout, timeout, "test");
    }

    /** Whatever Whylink keeps in the graph: its nodes, and the property keys on others. */
    List<String> traces() {
        return run(
                        "MATCH (n) UNWIND labels(n) + keys(n) AS name WITH name WHERE name STARTS WITH 'whylink_' OR name STARTS WITH "
                                + "'_Whylink' RETURN DISTINCT name UNION MATCH ()-[r]->() UNWIND keys(r) + [type(r)] AS name WITH name "
                                + "WHERE name STARTS WITH 'whylink_' OR name STARTS WITH '_WHYLINK' RETURN DISTINCT name")
                .stream()
                .map(row -> row.get("name").asString())
                .toList();
    }

    @Override
    public void close() {
        driver.close();
        if (neo4j != null) {
            keepsDeletedIds.close();
            neo4j.close();
        }
    }

    private static Path pluginDirectory(Path home) {
        try {
            Path plugins = Files.createDirectories(home.resolve("plugins"));
            Path jar = plugins.resolve(pluginJar().getFileName());
            if (!Files.exists(jar)) {
                Files.copy(pluginJar(), jar);
            }
            return plugins;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
