package io.github.whylink.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.neo4j.driver.Record;
import org.neo4j.driver.Value;

/** {@code SHOW PROCEDURES} is the manual, so that nothing in it may be left undescribed. */
final class ShowProceduresIT {
    @Test
    void everyProcedureArgumentAndColumnIsDescribed() {
        List<Record> procedures = Server.emptied()
                .run(
                        """
                        SHOW PROCEDURES YIELD name, description, argumentDescription, returnDescription
                        WHERE name STARTS WITH 'whylink'
                        """);
        assertEquals(12, procedures.size());
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
    void theFunctionIsDescribed() {
        Record function =
                Server.emptied().one("SHOW FUNCTIONS YIELD name, description WHERE name STARTS WITH 'whylink'");
        assertEquals("whylink.version", function.get("name").asString());
        assertFalse(function.get("description").asString().isBlank());
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
