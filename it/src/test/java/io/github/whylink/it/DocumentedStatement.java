package io.github.whylink.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A statement of the documentation with the result that is shown below it.
 *
 * @param place file and line where the statement begins
 * @param cypher the statement
 * @param shown the rows of the table below it, the header first; empty if none is shown
 */
record DocumentedStatement(String place, String cypher, List<List<String>> shown) {
    /** The statements of a {@code .cypher} file; results stand in comments that begin with {@code // |}. */
    static List<DocumentedStatement> ofCypherFile(Path file) {
        Reader reader = new Reader(file);
        for (String line : lines(file)) {
            if (line.startsWith("// |")) {
                reader.table(line.substring(3));
            } else if (!line.startsWith("//")) {
                reader.code(line);
            }
            reader.lineEnds();
        }
        return reader.statements();
    }

    /** The statements in the {@code cypher} blocks of a Markdown file; results are the tables that follow a block. */
    static List<DocumentedStatement> ofMarkdown(Path file) {
        Reader reader = new Reader(file);
        boolean inside = false;
        for (String line : lines(file)) {
            if (line.startsWith("```")) {
                inside = line.equals("```cypher");
                reader.blockEnds();
            } else if (inside) {
                reader.code(line);
            } else if (line.startsWith("|")) {
                reader.table(line);
            } else if (!line.isBlank()) {
                reader.textFollows();
            }
            reader.lineEnds();
        }
        return reader.statements();
    }

    /** The rows that a result has, written as they are to be shown. */
    static List<List<String>> table(List<Map<String, Object>> rows) {
        List<List<String>> table = new ArrayList<>();
        if (!rows.isEmpty()) {
            table.add(List.copyOf(rows.get(0).keySet()));
            rows.forEach(row -> table.add(
                    row.values().stream().map(DocumentedStatement::cell).toList()));
        }
        return table;
    }

    /** A table in the form in which it can be pasted below its statement. */
    static String text(List<List<String>> table) {
        return table.stream()
                .map(row -> row.stream().collect(Collectors.joining(" | ", "| ", " |")))
                .collect(Collectors.joining("\n"));
    }

    private static String cell(Object value) {
        return value == null ? "" : value.toString();
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Collects statements line by line. */
    private static final class Reader {
        private final Path file;
        private final List<DocumentedStatement> statements = new ArrayList<>();
        private final StringBuilder code = new StringBuilder();
        private boolean tableMayFollow;
        private int line = 1;
        private int begin;

        Reader(Path file) {
            this.file = file;
        }

        void code(String text) {
            if (code.isEmpty()) {
                if (text.isBlank()) {
                    return;
                }
                begin = line;
            }
            code.append(text).append('\n');
            if (text.stripTrailing().endsWith(";")) {
                blockEnds();
            }
        }

        void blockEnds() {
            String statement = code.toString().strip();
            code.setLength(0);
            if (!statement.isEmpty()) {
                String cypher = statement.endsWith(";") ? statement.substring(0, statement.length() - 1) : statement;
                statements.add(
                        new DocumentedStatement(file.getFileName() + ", line " + begin, cypher, new ArrayList<>()));
                tableMayFollow = true;
            }
        }

        void table(String row) {
            if (tableMayFollow && !row.matches("[|: -]+")) {
                String cells = row.strip();
                List<String> shown = new ArrayList<>();
                for (String cell : cells.substring(1, cells.length() - 1).split("\\|", -1)) {
                    shown.add(cell.strip());
                }
                statements.get(statements.size() - 1).shown().add(shown);
            }
        }

        void textFollows() {
            if (!statements.isEmpty()
                    && !statements.get(statements.size() - 1).shown().isEmpty()) {
                tableMayFollow = false;
            }
        }

        void lineEnds() {
            line++;
        }

        List<DocumentedStatement> statements() {
            blockEnds();
            return statements;
        }
    }
}
