package io.github.whylink.embedding.tune;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Finds what a misspelt name was probably meant to be, by edit distance. */
public final class Nearest {
    private static final int LISTED_AT_MOST = 20;

    /** A longer name is no misspelling, and comparing it takes long. */
    private static final int LONGEST = 200;

    private Nearest() {}

    /** Returns the name that fewest edits away, if that is few enough to be a misspelling; the case does not count. */
    public static Optional<String> to(String misspelt, Collection<String> names) {
        if (misspelt.length() > LONGEST) {
            return Optional.empty();
        }
        String wanted = misspelt.toLowerCase(Locale.ROOT);
        int tolerated = Math.max(2, wanted.length() / 3);
        return names.stream()
                .filter(name -> distance(wanted, name.toLowerCase(Locale.ROOT)) <= tolerated)
                .min(Comparator.comparingInt(name -> distance(wanted, name.toLowerCase(Locale.ROOT))));
    }

    /** Returns {@code "; did you mean 'x'?"}, or else the names there are. */
    public static String hint(String misspelt, Collection<String> names) {
        return to(misspelt, names)
                .map("; did you mean '%s'?"::formatted)
                .orElseGet(() -> names.isEmpty() ? "; there is none" : "; there are " + list(names));
    }

    /** Returns the names in quotes, the first of them only if there are many. */
    public static String list(Collection<String> names) {
        String listed =
                names.stream().limit(LISTED_AT_MOST).map("'%s'"::formatted).collect(Collectors.joining(", "));
        return names.size() <= LISTED_AT_MOST
                ? listed
                : "%s and %d more".formatted(listed, names.size() - LISTED_AT_MOST);
    }

    /** Levenshtein distance, one row of the table at a time. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
