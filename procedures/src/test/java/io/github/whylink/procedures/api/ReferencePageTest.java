package io.github.whylink.procedures.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ReferencePageTest {
    private static final Path PAGE = Path.of("REFERENCE.md");

    @Test
    void thePageSaysWhatTheSignaturesSay() throws IOException {
        String text = ReferencePage.text();
        if (System.getProperty("reference.write") != null) {
            Files.writeString(PAGE, text);
        }
        assertEquals(
                text,
                Files.readString(PAGE),
                "a signature has changed; mvn test -pl procedures -am -Dtest=ReferencePageTest -Dsurefire.failIfNoSpecifiedTests=false -Dreference.write writes the page anew");
    }

    @Test
    void aKeyIsReadWithItsTypeDefaultAndMeaning() {
        assertEquals(
                List.of(
                        new Keys("source", "NODE", null, ""),
                        new Keys("type", "STRING", null, "a type; or two"),
                        new Keys("topK", "INTEGER", "10", "1 to 100; more (much) is refused"),
                        new Keys("method", "STRING", "that of the tier: 'a' for b", "")),
                Keys.of(
                        "source :: NODE (required); type :: STRING (required, a type; or two); topK :: INTEGER = 10 (1 to 100; more (much) is refused); method :: STRING = that of the tier: 'a' for b."));
    }

    @Test
    void everyProcedureAndFunctionIsOnThePage() {
        String text = ReferencePage.text();
        List<String> names = new ListProcedure().list().map(row -> row.name).toList();
        assertTrue(names.size() > 30);
        names.forEach(name -> assertTrue(text.contains("\n### " + name + "\n"), name));
    }
}
