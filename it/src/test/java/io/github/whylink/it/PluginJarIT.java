package io.github.whylink.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.DataInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.neo4j.driver.Record;

final class PluginJarIT {
    private static final int JAVA_17 = 61;

    @Test
    void everyClassIsInOurPackagesAndRunsOnJava17() throws IOException {
        List<String> wrong = new ArrayList<>();
        int classes = 0;
        try (JarFile jar = new JarFile(Server.pluginJar().toFile())) {
            for (JarEntry entry : jar.stream().toList()) {
                if (entry.getName().endsWith(".class")) {
                    classes++;
                    try (DataInputStream in = new DataInputStream(jar.getInputStream(entry))) {
                        in.readInt();
                        in.readUnsignedShort();
                        int major = in.readUnsignedShort();
                        boolean ours = entry.getName().startsWith("io/github/whylink/");
                        boolean bundled = entry.getName().startsWith("io/github/whylink/shaded/");
                        boolean rightVersion = bundled ? major <= JAVA_17 : major == JAVA_17;
                        if (!ours || !rightVersion) {
                            wrong.add(entry.getName() + " " + major);
                        }
                    }
                }
            }
        }
        assertTrue(classes > 50, "classes: " + classes);
        assertEquals(List.of(), wrong);
    }

    @Test
    void itsLicenceComesWithIt() throws IOException {
        try (JarFile jar = new JarFile(Server.pluginJar().toFile())) {
            assertNotNull(jar.getEntry("META-INF/LICENSE"), "META-INF/LICENSE");
            assertNotNull(jar.getEntry("META-INF/NOTICE"), "META-INF/NOTICE");
        }
    }

    @Test
    void allProceduresLoadInTheSandbox() {
        Server server = Server.emptied();
        Record unrestricted = server.one("SHOW SETTINGS 'dbms.security.procedures.unrestricted' YIELD value");
        assertEquals("", unrestricted.get("value").asString());
        List<String> loaded = names(server, "SHOW PROCEDURES YIELD name WHERE name STARTS WITH 'whylink.' RETURN name");
        assertTrue(
                loaded.containsAll(List.of("whylink.train", "whylink.predict.targets", "whylink.explain")),
                "" + loaded);
        assertEquals(
                names(server, "CALL whylink.list() YIELD name, kind WHERE kind = 'procedure' RETURN name"), loaded);
        assertEquals(
                System.getProperty("whylink.version"),
                server.one("RETURN whylink.version() AS version").get("version").asString());
    }

    private static List<String> names(Server server, String query) {
        return server.run(query + " ORDER BY name").stream()
                .map(row -> row.get("name").asString())
                .toList();
    }
}
