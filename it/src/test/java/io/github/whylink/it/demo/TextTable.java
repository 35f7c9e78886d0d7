package io.github.whylink.it.demo;

import java.util.ArrayList;
import java.util.List;

/** A table for the terminal: columns as wide as their widest cell, numbers to the right. */
final class TextTable {
    private final List<List<String>> rows = new ArrayList<>();

    TextTable(String... header) {
        row((Object[]) header);
    }

    TextTable row(Object... cells) {
        List<String> row = new ArrayList<>();
        for (Object cell : cells) {
            row.add(String.valueOf(cell));
        }
        rows.add(row);
        return this;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < rows.size(); i++) {
            text.append("  ");
            for (int column = 0; column < rows.get(0).size(); column++) {
                String cell = rows.get(i).get(column);
                int width = width(column);
                String padding = " ".repeat(width - cell.length());
                text.append(numeric(column) ? padding + cell : cell + padding).append("  ");
            }
            text.setLength(text.toString().stripTrailing().length());
            text.append('\n');
            if (i == 0) {
                text.append("  ");
                for (int column = 0; column < rows.get(0).size(); column++) {
                    text.append("-".repeat(width(column))).append("  ");
                }
                text.setLength(text.length() - 2);
                text.append('\n');
            }
        }
        return text.toString();
    }

    private int width(int column) {
        return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
    }

    private boolean numeric(int column) {
        return rows.stream().skip(1).allMatch(row -> row.get(column).matches("[+-]?[0-9.,]+%?|"));
    }
}
