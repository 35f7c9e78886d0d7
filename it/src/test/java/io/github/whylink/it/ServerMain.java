package io.github.whylink.it;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;

/** Starts a Neo4j server as its own launcher does, in a process that ends with its parent. */
final class ServerMain {
    private static final String ENTRY_POINT = "META-INF/services/org.neo4j.server.startup.EntryPoint";

    private ServerMain() {}

    /** Starts the entry point that the class path names; it differs between versions. */
    public static void main(String[] arguments) throws IOException, ReflectiveOperationException {
        ChildJvm.endWithParent();
        try (InputStream services = ServerMain.class.getClassLoader().getResourceAsStream(ENTRY_POINT)) {
            String entryPoint = new String(services.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                    .findFirst()
                    .orElseThrow();
            Method main = Class.forName(entryPoint).getMethod("main", String[].class);
            main.invoke(null, (Object) arguments);
        }
    }
}
