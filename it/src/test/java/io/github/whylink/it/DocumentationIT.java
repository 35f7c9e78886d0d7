package io.github.whylink.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Everything that the documentation tells a user to run is run, and gives what it shows. */
final class DocumentationIT {
    private static final Path ROOT = Path.of(System.getProperty("whylink.root"));
    private static final Pattern CLASS_NAME = Pattern.compile("`([A-Z][A-Za-z]+)`");
    private static final Pattern LINK = Pattern.compile("]\\((?!https?:)([^)\\s]+)\\)");
    private static final Path EXAMPLES = ROOT.resolve("cypher-examples");

    /**
     * A new database with the demo graph and no model, as a user has it: what the same seed gives hangs on the ids of the
     * nodes, and a database that had others before gives them in another order.
     */
    private static EmbeddedDatabase withAtlas() throws IOException {
        EmbeddedDatabase database = new EmbeddedDatabase(Server.temporaryDirectory(), Server.pluginJar());
        database.keepDeletedIds();
        database.load(EXAMPLES.resolve("graph/atlas.cypher"));
        return database;
    }

    @Test
    void theNumberedExamplesGiveTheResultsTheyShow() throws IOException {
        try (EmbeddedDatabase database = withAtlas();
                Stream<Path> files = Files.list(EXAMPLES.resolve("cypher"))) {
            List<Path> numbered = files.sorted().toList();
            assertTrue(numbered.size() >= 6, numbered.toString());
            for (Path file : numbered) {
                assertTrue(Files.readAllLines(file).get(0).matches("// .*\\?.*"), file + " begins with its question");
                DocumentedStatement.ofCypherFile(file).forEach(statement -> assertShown(database, statement));
            }
        }
    }

    @Test
    void theWalkThroughOfTheReadmeGivesTheResultsItShows() throws IOException {
        List<DocumentedStatement> statements = DocumentedStatement.ofMarkdown(ROOT.resolve("README.md"));
        assertTrue(statements.size() >= 5, statements.toString());
        try (EmbeddedDatabase database = withAtlas()) {
            statements.forEach(statement -> assertShown(database, statement));
        }
    }

    @Test
    void theExamplesOfHowToTrainGiveTheResultsTheyShow() throws IOException {
        List<DocumentedStatement> statements = DocumentedStatement.ofMarkdown(ROOT.resolve("procedures/README.md"));
        assertTrue(statements.size() >= 2, statements.toString());
        try (EmbeddedDatabase database = withAtlas()) {
            statements.forEach(statement -> assertShown(database, statement));
        }
    }

    /** The picture in the README is what the statement in the README draws. */
    @Test
    void thePictureOfTheReadmeIsTheOneThatTheWalkThroughDraws() throws IOException {
        List<DocumentedStatement> statements = DocumentedStatement.ofMarkdown(ROOT.resolve("README.md"));
        List<String> drawn = new ArrayList<>();
        try (EmbeddedDatabase database = withAtlas()) {
            for (DocumentedStatement statement : statements) {
                for (Map<String, Object> row : database.run(statement.cypher())) {
                    if (row.get("svg") instanceof String svg) {
                        drawn.add(svg);
                    }
                }
            }
        }
        assertEquals(List.of(Files.readString(EXAMPLES.resolve("pictures/kosovo-time-zone.svg"))), drawn);
    }

    @Test
    void theClassesThatTheTourOfOneCallNamesAreThere() throws IOException {
        Set<String> classes = files(".java")
                .map(file -> file.getFileName().toString().replace(".java", ""))
                .collect(Collectors.toSet());
        classes.add("TerminationGuard");
        List<String> named = CLASS_NAME
                .matcher(Files.readString(ROOT.resolve("procedures/ONE-CALL.md")))
                .results()
                .map(name -> name.group(1))
                .toList();
        assertTrue(named.size() > 30, named.toString());
        assertEquals(
                List.of(),
                named.stream().filter(name -> !classes.contains(name)).toList());
    }

    @Test
    void everyLinkOfAPageLeadsSomewhere() throws IOException {
        List<String> dead = new ArrayList<>();
        int seen = 0;
        for (Path page : files(".md").toList()) {
            for (MatchResult link :
                    LINK.matcher(Files.readString(page)).results().toList()) {
                seen++;
                String to = link.group(1);
                int hash = to.indexOf('#');
                String file = hash < 0 ? to : to.substring(0, hash);
                Path target = file.isEmpty() ? page : page.resolveSibling(file).normalize();
                boolean leads =
                        Files.exists(target) && (hash < 0 || headings(target).contains(to.substring(hash + 1)));
                if (!leads) {
                    dead.add(page + ": " + to);
                }
            }
        }
        assertTrue(seen > 20, "links were found");
        assertEquals(List.of(), dead);
    }

    /** Anchors as GitHub makes them of headings. */
    private static List<String> headings(Path page) throws IOException {
        return Files.readAllLines(page).stream()
                .filter(line -> line.startsWith("#"))
                .map(line -> line.replaceFirst("#+ ", "")
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\w\\- ]", "")
                        .replace(' ', '-'))
                .toList();
    }

    private static Stream<Path> files(String ending) throws IOException {
        try (Stream<Path> all = Files.walk(ROOT)) {
            return all
                    .filter(file -> file.toString().endsWith(ending)
                            && !ROOT.relativize(file).toString().matches("(.*/)?(target|\\.git)/.*"))
                    .toList()
                    .stream();
        }
    }

    private static void assertShown(EmbeddedDatabase database, DocumentedStatement statement) {
        List<List<String>> result = DocumentedStatement.table(database.run(statement.cypher()));
        if (!statement.shown().isEmpty()) {
            assertEquals(
                    DocumentedStatement.text(statement.shown()), DocumentedStatement.text(result), statement.place());
        }
    }
}
