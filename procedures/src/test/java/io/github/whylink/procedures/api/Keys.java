package io.github.whylink.procedures.api;

import java.util.ArrayList;
import java.util.List;

/**
 * A configuration key as the description of its argument has it: {@code key :: TYPE = default (meaning)}.
 *
 * @param byDefault null if it must be given
 * @param meaning empty if there is nothing to say
 */
record Keys(String name, String type, String byDefault, String meaning) {
    /** All keys of a description. */
    static List<Keys> of(String description) {
        String entries = description.endsWith(".") ? description.substring(0, description.length() - 1) : description;
        List<Keys> keys = new ArrayList<>();
        // There are semicolons within brackets too.
        for (String entry : entries.split("; (?=[a-zA-Z]+ :: )", -1)) {
            String[] nameAndRest = entry.split(" :: ", 2);
            String rest = nameAndRest[1];
            int type = rest.indexOf(' ');
            int bracket = rest.indexOf(" (");
            String meaning = bracket < 0 ? "" : rest.substring(bracket + 2, rest.length() - 1);
            String beforeMeaning = bracket < 0 ? rest : rest.substring(0, bracket);
            if (bracket >= 0 && !rest.endsWith(")")) {
                throw new IllegalArgumentException("no end of the bracket in " + entry);
            }
            boolean required = meaning.startsWith("required");
            if (!required && !beforeMeaning.startsWith(" = ", type)) {
                throw new IllegalArgumentException("no default in " + entry);
            }
            keys.add(new Keys(
                    nameAndRest[0],
                    rest.substring(0, type),
                    required ? null : beforeMeaning.substring(type + 3),
                    required ? meaning.replaceFirst("^required(, )?", "") : meaning));
        }
        return keys;
    }
}
