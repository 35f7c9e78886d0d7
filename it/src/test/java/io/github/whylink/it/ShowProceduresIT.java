package io.github.whylink.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.neo4j.driver.Record;
import org.neo4j.driver.Value;

/** {@code SHOW PROCEDURES} is the manual, so that nothing in it may be left undescribed. */
final class ShowProceduresIT {
    @Test
    void everyProcedureArgumentAndColumnIsDescribed() {
        Server server = Server.emptied();
        List<Record> procedures = server.run(
                """
                        SHOW PROCEDURES YIELD name, description, argumentDescription, returnDescription
                        WHERE name STARTS WITH 'whylink'
                        """);
        assertEquals(
                listed(server, "procedure").keySet(),
                procedures.stream()
                        .map(row -> row.get("name").asString())
                        .collect(Collectors.toCollection(TreeSet::new)));
        List<String> undescribed = new ArrayList<>();
        for (Record procedure : procedures) {
            String name = procedure.get("name").asString();
            if (procedure.get("description").asString().isBlank()) {
                undescribed.add(name);
            }
            List<Map<String, Object>> parts = new ArrayList<>();
            parts.addAll(procedure.get("argumentDescription").asList(Value::asMap));
            parts.addAll(procedure.get("returnDescription").asList(Value::asMap));
            for (Map<String, Object> part : parts) {
                String description = String.valueOf(part.get("description"));
                String typeOnly = part.get("name") + " :: " + part.get("type");
                boolean saysNothing = description.isBlank()
                        || description.equals(typeOnly)
                        || (description.startsWith(part.get("name") + " =")
                                && description.endsWith(":: " + part.get("type")));
                if (saysNothing) {
                    undescribed.add(name + "." + part.get("name"));
                }
            }
        }
        assertEquals(List.of(), undescribed);
    }

    @Test
    void everyProcedureThatIsConfiguredSaysWhatWasUsed() {
        List<String> silent = new ArrayList<>();
        for (Record procedure : Server.emptied()
                .run(
                        "SHOW PROCEDURES YIELD name, argumentDescription, returnDescription WHERE name STARTS WITH 'whylink'")) {
            if (has(procedure.get("argumentDescription"), "configuration")
                    && !has(procedure.get("returnDescription"), "configuration")) {
                silent.add(procedure.get("name").asString());
            }
        }
        assertEquals(List.of(), silent);
    }

    private static boolean has(Value parts, String name) {
        return parts.asList(Value::asMap).stream().anyMatch(part -> name.equals(part.get("name")));
    }

    @Test
    void everyFunctionAndItsArgumentsAreDescribed() {
        Server server = Server.emptied();
        Map<String, String> described = new TreeMap<>();
        for (Record function : server.run(
                "SHOW FUNCTIONS YIELD name, description, argumentDescription WHERE name STARTS WITH 'whylink'")) {
            described.put(
                    function.get("name").asString(), function.get("description").asString());
            for (Map<String, Object> argument :
                    function.get("argumentDescription").asList(Value::asMap)) {
                String typeOnly = argument.get("name") + " :: " + argument.get("type");
                assertNotEquals(typeOnly, argument.get("description"), function.toString());
            }
        }
        assertEquals(listed(server, "function"), described);
    }

    @Test
    void whatIsListedIsWhatIsThereWithTheSameDescriptions() {
        Server server = Server.emptied();
        Map<String, String> described = new TreeMap<>();
        server.run("SHOW PROCEDURES YIELD name, description WHERE name STARTS WITH 'whylink'")
                .forEach(row -> described.put(
                        row.get("name").asString(), row.get("description").asString()));
        assertEquals(listed(server, "procedure"), described);
    }

    private static Map<String, String> listed(Server server, String kind) {
        Map<String, String> listed = new TreeMap<>();
        server.run("CALL whylink.list()").stream()
                .filter(row -> row.get("kind").asString().equals(kind))
                .forEach(row -> listed.put(
                        row.get("name").asString(), row.get("description").asString()));
        return listed;
    }

    @Test
    void theDescriptionOfTrainNamesEveryKeyWithItsDefault() {
        Server server = Server.emptied();
        server.run(SmallGraphs.TOWNS);
        String described = server.one("SHOW PROCEDURES YIELD name, argumentDescription WHERE name = 'whylink.train'")
                .get("argumentDescription")
                .get(1)
                .get("description")
                .asString();
        Map<String, Object> defaults =
                server.one("CALL whylink.train('m')").get("configuration").asMap();
        defaults.forEach((key, value) -> {
            String shown = value instanceof String || value instanceof List<?> ? quoted(value) : String.valueOf(value);
            String expected = " = " + shown + " ";
            int at = described.indexOf(key + " :: ");
            assertTrue(at >= 0, key);
            String entry = described.substring(at).split(";", 2)[0] + " ";
            assertTrue(entry.contains(expected), () -> "expected <%s> in <%s>".formatted(expected, entry));
        });
    }

    private static String quoted(Object value) {
        return value instanceof List<?> list ? "['" + list.get(0) + "']" : "'" + value + "'";
    }
}
