package io.github.whylink.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Everything that the documentation tells a user to run is run, and gives what it shows. */
final class DocumentationIT {
    private static final Path ROOT = Path.of(System.getProperty("whylink.root"));
    private static final Path EXAMPLES = ROOT.resolve("cypher-examples");

    /** A database with the demo graph and no model. */
    private static Server withAtlas() {
        Server server = Server.emptied();
        DocumentedStatement.ofCypherFile(EXAMPLES.resolve("graph/atlas.cypher"))
                .forEach(statement -> server.run(statement.cypher()));
        return server;
    }

    @Test
    void theNumberedExamplesGiveTheResultsTheyShow() throws IOException {
        Server server = withAtlas();
        try (Stream<Path> files = Files.list(EXAMPLES.resolve("cypher"))) {
            List<Path> numbered = files.sorted().toList();
            assertTrue(numbered.size() >= 6, numbered.toString());
            for (Path file : numbered) {
                assertTrue(Files.readAllLines(file).get(0).matches("// .*\\?.*"), file + " begins with its question");
                DocumentedStatement.ofCypherFile(file).forEach(statement -> assertShown(server, statement));
            }
        }
    }

    @Test
    void theWalkThroughOfTheReadmeGivesTheResultsItShows() {
        Server server = withAtlas();
        List<DocumentedStatement> statements = DocumentedStatement.ofMarkdown(ROOT.resolve("README.md"));
        assertTrue(statements.size() >= 4, statements.toString());
        statements.forEach(statement -> assertShown(server, statement));
    }

    private static void assertShown(Server server, DocumentedStatement statement) {
        List<List<String>> result = DocumentedStatement.table(server.run(statement.cypher()));
        if (!statement.shown().isEmpty()) {
            assertEquals(
                    DocumentedStatement.text(statement.shown()), DocumentedStatement.text(result), statement.place());
        }
    }
}
