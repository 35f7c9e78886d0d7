package io.github.whylink.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.neo4j.configuration.connectors.BoltConnectorInternalSettings;
import org.neo4j.driver.AuthTokens;
import org.neo4j.driver.Driver;
import org.neo4j.driver.GraphDatabase;
import org.neo4j.driver.Record;
import org.neo4j.driver.Session;
import org.neo4j.driver.SessionConfig;

/**
 * A real Neo4j server, in a process of its own from Maven artifacts, with the packaged jar in its folder {@code plugins}.
 * Nobody but this machine can reach it.
 */
public final class ServerProcess implements AutoCloseable {
    static final String USER = "anna";
    static final String PASSWORD = "ordinary-user";

    private static final String ADMIN_PASSWORD = "administrator";
    private static final long START_SECONDS = 180;
    private static final long STOP_SECONDS = 60;

    private final Path home;
    private final List<String> flags;
    private final boolean authentication;
    private final int boltPort;
    private final int httpPort;
    private Process process;
    private Driver driver;

    /** Starts on whatever is in the folder already, with authentication on. */
    ServerProcess(Path home) throws IOException, InterruptedException {
        this(home, ChildJvm.SHORT_LIVED, "64m");
    }

    /**
     * Starts with a heap and a page cache of their own.
     *
     * @param flags of the JVM: heap, compiler and collector
     * @param pageCache as {@code server.memory.pagecache.size} takes it
     */
    ServerProcess(Path home, List<String> flags, String pageCache) throws IOException, InterruptedException {
        this(home, Server.pluginJar(), flags, pageCache, true);
    }

    private ServerProcess(Path home, Path pluginJar, List<String> flags, String pageCache, boolean authentication)
            throws IOException, InterruptedException {
        this.home = home;
        this.flags = flags;
        this.authentication = authentication;
        boltPort = freePort();
        httpPort = freePort();
        Path plugins = Files.createDirectories(home.resolve("plugins"));
        Files.copy(pluginJar, plugins.resolve(pluginJar.getFileName()), StandardCopyOption.REPLACE_EXISTING);
        Files.writeString(
                Files.createDirectories(home.resolve("conf")).resolve("neo4j.conf"),
                """
                server.bolt.listen_address=127.0.0.1:%d
                server.bolt.advertised_address=127.0.0.1:%d
                server.http.listen_address=127.0.0.1:%d
                server.http.advertised_address=127.0.0.1:%d
                server.https.enabled=false
                dbms.security.auth_enabled=%s
                dbms.usage_report.enabled=false
                server.memory.pagecache.size=%s
                db.tx_log.preallocate=false
                %s=0s
                %s=0s
                """
                        .formatted(
                                boltPort,
                                boltPort,
                                httpPort,
                                httpPort,
                                authentication,
                                pageCache,
                                BoltConnectorInternalSettings.thread_pool_shutdown_wait_time.name(),
                                BoltConnectorInternalSettings.connection_shutdown_wait_time.name()));
        start();
    }

    /** Starts on whatever is in the folder already; whoever is on this machine may ask. */
    public static ServerProcess withoutAuthentication(Path home, Path pluginJar)
            throws IOException, InterruptedException {
        return new ServerProcess(home, pluginJar, List.of("-Xmx1g"), "64m", false);
    }

    /** Starts the process and waits until it answers. */
    void start() throws IOException, InterruptedException {
        process = ChildJvm.start(
                flags,
                ChildJvm.neo4jClassPath(),
                ServerMain.class,
                home.resolve("errors.log"),
                "--home-dir=" + home,
                "--config-dir=" + home.resolve("conf"),
                "--console-mode");
        Thread output = new Thread(() -> {
            try {
                process.getInputStream().transferTo(Files.newOutputStream(home.resolve("output.log")));
            } catch (IOException e) {
                // The process has ended.
            }
        });
        output.setDaemon(true);
        output.start();
        awaitHttp();
        if (authentication && driver == null) {
            addUser();
            driver = GraphDatabase.driver(boltUri(), AuthTokens.basic(USER, PASSWORD));
        }
    }

    private void awaitHttp() throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(START_SECONDS).toNanos();
        while (true) {
            try {
                HttpRequest root = HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/".formatted(httpPort)))
                        .build();
                HttpClient.newHttpClient().send(root, HttpResponse.BodyHandlers.ofString());
                return;
            } catch (IOException notYet) {
                if (!process.isAlive() || System.nanoTime() > end) {
                    throw new AssertionError("the server did not start; see " + home, notYet);
                }
                Thread.sleep(200);
            }
        }
    }

    /** The first login has to change the password, as on every new server; then there is a user beside the administrator. */
    private void addUser() {
        SessionConfig system = SessionConfig.forDatabase("system");
        try (Driver first = GraphDatabase.driver(boltUri(), AuthTokens.basic("neo4j", "neo4j"));
                Session session = first.session(system)) {
            session.run("ALTER CURRENT USER SET PASSWORD FROM 'neo4j' TO '%s'".formatted(ADMIN_PASSWORD))
                    .consume();
        }
        try (Driver admin = GraphDatabase.driver(boltUri(), AuthTokens.basic("neo4j", ADMIN_PASSWORD));
                Session session = admin.session(system)) {
            session.run("CREATE USER %s SET PASSWORD '%s' CHANGE NOT REQUIRED".formatted(USER, PASSWORD))
                    .consume();
        }
    }

    public String boltUri() {
        return "bolt://127.0.0.1:" + boltPort;
    }

    /** Of Neo4j Browser, where that is on the class path. */
    public String browserUri() {
        return "http://127.0.0.1:%d/browser/?dbms=%s&preselectAuthMethod=NO_AUTH".formatted(httpPort, boltUri());
    }

    Driver driver() {
        return driver;
    }

    /** Runs one query in a transaction of its own, over Bolt. */
    List<Record> run(String query, Map<String, Object> parameters) {
        try (Session session = driver.session()) {
            return session.run(query, parameters).list();
        }
    }

    List<Record> run(String query) {
        return run(query, Map.of());
    }

    /** Bytes of the heap that are in use after a full collection. */
    long heapInUse() throws IOException, InterruptedException {
        Process collection = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        String.valueOf(process.pid()),
                        "GC.run")
                .redirectErrorStream(true)
                .start();
        collection.getInputStream().readAllBytes();
        ChildJvm.awaitEnd(collection, STOP_SECONDS);
        return run("CALL dbms.queryJmx('java.lang:type=Memory') YIELD attributes "
                        + "RETURN attributes.HeapMemoryUsage.value.properties.used AS used")
                .get(0)
                .get("used")
                .asLong();
    }

    /** Runs one query over the HTTP query API and returns the body of the answer. */
    String runOverHttp(String query) throws IOException, InterruptedException {
        String credentials =
                Base64.getEncoder().encodeToString((USER + ":" + PASSWORD).getBytes(StandardCharsets.UTF_8));
        String statement = query.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", " ");
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:%d/db/neo4j/query/v2".formatted(httpPort)))
                .header("Authorization", "Basic " + credentials)
                .header("Content-Type", "application/json")
                .header("Accept", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"statement\": \"" + statement + "\"}"))
                .build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body();
    }

    /** Ends the process as a power failure does: SIGKILL. */
    void kill() {
        process.destroyForcibly();
        ChildJvm.awaitEnd(process, STOP_SECONDS);
    }

    /** Ends the process as an administrator does: SIGTERM. */
    void stop() {
        process.destroy();
        ChildJvm.awaitEnd(process, STOP_SECONDS);
    }

    @Override
    public void close() {
        if (driver != null) {
            driver.close();
        }
        if (process.isAlive()) {
            stop();
        }
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
