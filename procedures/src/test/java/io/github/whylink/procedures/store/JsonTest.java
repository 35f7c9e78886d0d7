package io.github.whylink.procedures.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class JsonTest {
    @Test
    void writesMapsInTheirOrder() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("b", List.of("x", 1L));
        map.put("a", 0.5);
        map.put("t", true);
        map.put("n", null);
        assertEquals("{\"b\": [\"x\", 1], \"a\": 0.5, \"t\": true, \"n\": null}", Json.write(map));
    }

    @Test
    void escapesWhatJsonDoesNotAllowInText() {
        assertEquals("\"say \\\"hi\\\" \\\\ \\u000a\\u0000 ä\"", Json.write("say \"hi\" \\ \n\0 ä"));
    }

    @Test
    void refusesWhatJsonCannotSay() {
        assertThrows(IllegalArgumentException.class, () -> Json.write(Double.NaN));
        assertThrows(IllegalArgumentException.class, () -> Json.write(new Object()));
    }
}
