package io.github.whylink.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.neo4j.configuration.GraphDatabaseSettings;
import org.neo4j.configuration.connectors.BoltConnector;
import org.neo4j.configuration.connectors.BoltConnectorInternalSettings;
import org.neo4j.configuration.connectors.ConnectorPortRegister;
import org.neo4j.configuration.connectors.ConnectorType;
import org.neo4j.configuration.helpers.SocketAddress;
import org.neo4j.dbms.api.DatabaseManagementService;
import org.neo4j.dbms.api.DatabaseManagementServiceBuilder;
import org.neo4j.driver.AuthTokens;
import org.neo4j.driver.Driver;
import org.neo4j.driver.GraphDatabase;
import org.neo4j.driver.Record;
import org.neo4j.driver.Session;
import org.neo4j.kernel.internal.GraphDatabaseAPI;

/**
 * A database with the packaged jar in its plugin directory, loaded as a server loads it: sandboxed. Queries go over Bolt
 * through the official driver.
 */
final class Server implements AutoCloseable {
    private static Server shared;

    private final DatabaseManagementService service;
    private final Driver driver;

    private Server(DatabaseManagementService service, Driver driver) {
        this.service = service;
        this.driver = driver;
    }

    /** The one of this JVM, with an empty graph: starting one takes seconds. */
    static synchronized Server emptied() {
        if (shared == null) {
            shared = start(temporaryDirectory());
            Runtime.getRuntime().addShutdownHook(new Thread(() -> shared.close()));
        }
        shared.run("MATCH (n) DETACH DELETE n");
        return shared;
    }

    /** Starts a server in a directory, on whatever is there already. */
    static Server start(Path home) {
        DatabaseManagementService service = new DatabaseManagementServiceBuilder(home)
                .setConfig(GraphDatabaseSettings.plugin_dir, pluginDirectory(home))
                .setConfig(GraphDatabaseSettings.auth_enabled, false)
                .setConfig(BoltConnector.enabled, true)
                .setConfig(BoltConnector.listen_address, new SocketAddress("localhost", 0))
                .setConfig(BoltConnectorInternalSettings.thread_pool_shutdown_wait_time, Duration.ZERO)
                .setConfig(BoltConnectorInternalSettings.connection_shutdown_wait_time, Duration.ZERO)
                .build();
        GraphDatabaseAPI database = (GraphDatabaseAPI) service.database("neo4j");
        int port = database.getDependencyResolver()
                .resolveDependency(ConnectorPortRegister.class)
                .getLocalAddress(ConnectorType.BOLT)
                .getPort();
        return new Server(service, GraphDatabase.driver("bolt://localhost:" + port, AuthTokens.none()));
    }

    static Path temporaryDirectory() {
        try {
            return Files.createTempDirectory("whylink-it");
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
        service.shutdown();
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
