package io.github.whylink.procedures.config;

import io.github.whylink.embedding.tune.Nearest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.neo4j.graphdb.Node;
import org.neo4j.graphdb.Relationship;

/**
 * Reads a configuration map key by key and collects everything that is wrong with it, so that the user hears of all
 * problems at once.
 *
 * <p>Keys are matched whatever their case. What has been asked for is what is allowed: {@link #finish} reports the other
 * keys as unknown. A value that is wrong is replaced by its default until then, and what follows from it is no problem of
 * its own.
 */
final class ConfigurationReader {
    /** Characters of a value or key in a message. */
    private static final int SHOWN_AT_MOST = 80;

    /** More is hardly meant, and the database has a limit of its own. */
    private static final int LONGEST_NAME = 1_000;

    /** What the names of Whylink's own labels and types begin with. */
    private static final Pattern OWN_NAME = Pattern.compile("_whylink", Pattern.CASE_INSENSITIVE);

    private final String procedure;
    private final Map<String, Object> given = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

    /** What a key has where it is not given, instead of its default. */
    private final Map<String, Object> inherited;

    private final Set<String> allowed = new LinkedHashSet<>();
    private final List<String> problems = new ArrayList<>();
    private final Map<String, Object> effective = new LinkedHashMap<>();
    private final Set<String> wrong = new HashSet<>();

    /**
     * Begins to read.
     *
     * @param procedure begins the message about problems
     * @param configuration null is as good as empty
     */
    ConfigurationReader(String procedure, Map<String, Object> configuration) {
        this(procedure, configuration, Map.of());
    }

    /**
     * Begins to read.
     *
     * @param inherited sound values of keys that are not given; those of keys without meaning are passed over
     */
    ConfigurationReader(String procedure, Map<String, Object> configuration, Map<String, Object> inherited) {
        this.procedure = procedure;
        this.inherited = inherited;
        Map<String, Object> orEmpty = configuration == null ? Map.of() : configuration;
        orEmpty.forEach((key, value) -> {
            if (given.containsKey(key)) {
                problems.add("'%s' is given more than once".formatted(shortened(key)));
            }
            given.put(key, value);
        });
    }

    boolean has(String key) {
        return given.containsKey(key);
    }

    /** Notes a problem that is more than one key's own, unless one of the keys is wrong by itself. */
    void problem(String text, String... keys) {
        if (areSound(keys)) {
            problems.add(text);
        }
    }

    /**
     * Tells whether a key has a meaning beside another one, so that it is to be read. Where it has none, it is a problem to
     * give it.
     *
     * @param only what it has a meaning for
     * @param decider the key that decides, read before
     */
    boolean applies(String key, boolean meaning, String only, String decider) {
        if (!meaning) {
            allowed.add(key);
            if (has(key)) {
                problem(
                        "'%s' is only for %s, but '%s' is %s".formatted(key, only, decider, effective(decider)),
                        decider);
            }
        }
        return meaning;
    }

    /**
     * Makes a value of what was read, and notes what its maker refuses as a problem of the keys.
     *
     * @param otherwise returned then, and where one of the keys is wrong by itself
     * @param remedy what the user can do about it
     * @param keys all of them read before
     */
    <T> T together(Supplier<T> maker, T otherwise, String remedy, String... keys) {
        if (!areSound(keys)) {
            return otherwise;
        }
        try {
            return maker.get();
        } catch (IllegalArgumentException e) {
            problems.add("%s cannot be: %s; %s"
                    .formatted(
                            Arrays.stream(keys)
                                    .map(key -> "'%s' %s".formatted(key, effective(key)))
                                    .collect(Collectors.joining(" with ")),
                            e.getMessage(),
                            remedy));
            return otherwise;
        }
    }

    /**
     * Every choice and number as it was read, defaults filled in, in the order of reading; without what has no value, and
     * without nodes and relationships, which are the caller's own.
     */
    Map<String, Object> effective() {
        return Collections.unmodifiableMap(new LinkedHashMap<>(effective));
    }

    private String effective(String key) {
        return shown(effective.get(key));
    }

    private boolean areSound(String... keys) {
        return Arrays.stream(keys).noneMatch(wrong::contains);
    }

    int integer(String key, int min, int max, int byDefault) {
        Object value = value(key, byDefault);
        Long number = whole(value);
        if (number == null || number < min || number > max) {
            return wrong(key, "a whole number from %d to %d".formatted(min, max), value, byDefault);
        }
        return read(key, number).intValue();
    }

    long anyLong(String key, long byDefault) {
        Object value = value(key, byDefault);
        Long number = whole(value);
        return number == null ? wrong(key, "a whole number", value, byDefault) : read(key, number);
    }

    /** A number in {@code [min, max]}. */
    double decimal(String key, double min, double max, double byDefault) {
        return decimal(key, min, Double.NEGATIVE_INFINITY, max, Double.POSITIVE_INFINITY, byDefault);
    }

    /** A number in {@code (min, max]}. */
    double decimalAbove(String key, double min, double max, double byDefault) {
        return decimal(key, min, min, max, Double.POSITIVE_INFINITY, byDefault);
    }

    /** A number in {@code [min, max)}. */
    double decimalBelow(String key, double min, double max, double byDefault) {
        return decimal(key, min, Double.NEGATIVE_INFINITY, max, max, byDefault);
    }

    private double decimal(String key, double min, double above, double max, double below, double byDefault) {
        Object value = value(key, byDefault);
        if (value instanceof Number number) {
            double x = number.doubleValue();
            // Training calculates with floats: what is above 0 must be so there too.
            boolean vanishes = x != 0 && (float) x == 0f;
            if (x >= min && x > above && x <= max && x < below && !vanishes) {
                return read(key, x);
            }
            if (vanishes) {
                return wrong(
                        key,
                        "a number that is not so near to 0, as training calculates in single precision",
                        value,
                        byDefault);
            }
        }
        String range =
                above == min ? "above %s and at most %s" : below == max ? "from %s and below %s" : "from %s to %s";
        return wrong(key, "a number " + range.formatted(plain(min), plain(max)), value, byDefault);
    }

    /** A number in {@code (min, max]}; null where none is given. */
    Double optionalDecimalAbove(String key, double min, double max) {
        return value(key, null) == null ? null : (Double) decimalAbove(key, min, max, max);
    }

    /** Any finite number; null where none is given. */
    Double optionalNumber(String key) {
        Object value = value(key, null);
        if (value == null) {
            return null;
        }
        return value instanceof Number number && Double.isFinite(number.doubleValue())
                ? read(key, number.doubleValue())
                : wrong(key, "a number or null", value, (Double) null);
    }

    boolean bool(String key, boolean byDefault) {
        Object value = value(key, byDefault);
        return value instanceof Boolean b ? read(key, b) : wrong(key, "true or false", value, byDefault);
    }

    /** Something about the call and not about what it makes, false by default; no part of {@link #effective}. */
    boolean flag(String key) {
        boolean value = bool(key, false);
        effective.remove(key);
        return value;
    }

    /** One of some names, whatever the case; returned as it is spelt in {@code names}. */
    String oneOf(String key, List<String> names, String byDefault) {
        Object value = value(key, byDefault);
        if (value instanceof String text) {
            for (String name : names) {
                if (name.equalsIgnoreCase(text)) {
                    return read(key, name);
                }
            }
            Optional<String> near = Nearest.to(text, names);
            String expected = "one of " + Nearest.list(names);
            return refuse(
                    key,
                    must(key, expected, value)
                            + near.map("; did you mean '%s'?"::formatted).orElse(""),
                    byDefault);
        }
        return wrong(key, "one of " + Nearest.list(names), value, byDefault);
    }

    /** One of some names, as {@link #oneOf} reads it; null where none is given. */
    String optionalOneOf(String key, List<String> names) {
        return value(key, null) == null ? null : oneOf(key, names, names.get(0));
    }

    /** Several of some names, or one alone, whatever the case; as they are spelt in {@code names}, each once. */
    List<String> severalOf(String key, List<String> names, List<String> byDefault) {
        Object value = value(key, byDefault);
        List<?> list = value instanceof String ? List.of(value) : value instanceof List<?> l ? l : List.of();
        List<String> found = new ArrayList<>();
        for (Object wanted : list) {
            Optional<String> name = names.stream()
                    .filter(n -> wanted instanceof String text && n.equalsIgnoreCase(text))
                    .findFirst();
            if (name.isEmpty()) {
                String near = wanted instanceof String text
                        ? Nearest.to(text, names)
                                .map("; did you mean '%s'?"::formatted)
                                .orElse("")
                        : "";
                return refuse(
                        key,
                        "'%s' must hold names among %s, but has %s".formatted(key, Nearest.list(names), shown(wanted))
                                + near,
                        byDefault);
            }
            found.add(name.get());
        }
        return found.isEmpty()
                ? wrong(key, "a list of names that is not empty", value, byDefault)
                : read(key, found.stream().distinct().toList());
    }

    /** A list of strings, or one string alone; not empty. */
    List<String> strings(String key, List<String> byDefault) {
        Object value = value(key, byDefault);
        List<?> list = value instanceof String ? List.of(value) : value instanceof List<?> l ? l : List.of();
        if (list.isEmpty() || !list.stream().allMatch(e -> e instanceof String s && isName(s))) {
            return wrong(
                    key,
                    "a name or a list of names that is not empty, each of at most %d characters"
                            .formatted(LONGEST_NAME),
                    value,
                    byDefault);
        }
        return read(key, list.stream().map(String.class::cast).distinct().toList());
    }

    /**
     * A map from names to names, empty by default; in the order of its keys.
     *
     * @param meaning from what to what
     */
    Map<String, String> names(String key, String meaning) {
        Object value = value(key, Map.of());
        Map<String, String> names = new TreeMap<>();
        boolean allowed = value instanceof Map<?, ?>;
        for (Map.Entry<?, ?> entry : value instanceof Map<?, ?> map ? map.entrySet() : Set.<Map.Entry<?, ?>>of()) {
            if (entry.getKey() instanceof String from
                    && isName(from)
                    && entry.getValue() instanceof String to
                    && isName(to)) {
                names.put(from, to);
            } else {
                allowed = false;
            }
        }
        Map<String, String> read = Collections.unmodifiableMap(names);
        return allowed ? read(key, read) : wrong(key, "a map from " + meaning, value, Map.<String, String>of());
    }

    /** A text; null where none is given. */
    String optionalString(String key) {
        Object value = value(key, null);
        if (value == null) {
            return null;
        }
        return value instanceof String text ? read(key, text) : wrong(key, "a string or null", value, (String) null);
    }

    /** A name; null where none is given. */
    String optionalName(String key) {
        Object value = value(key, null);
        if (value == null) {
            return null;
        }
        return value instanceof String text && isName(text)
                ? read(key, text)
                : wrong(key, "a name of at most %d characters, or null".formatted(LONGEST_NAME), value, (String) null);
    }

    String requiredString(String key, String meaning) {
        Object value = required(key, meaning);
        if (value == null) {
            return null;
        }
        return value instanceof String text && isName(text)
                ? read(key, text)
                : wrong(key, meaning, value, (String) null);
    }

    private static boolean isName(String text) {
        return !text.isBlank() && text.length() <= LONGEST_NAME;
    }

    /** The name of a relationship type that may be written. */
    String requiredType(String key) {
        String meaning = "the name of a relationship type, none of Whylink's own";
        Object value = required(key, meaning);
        boolean allowed = value instanceof String text
                && isName(text)
                && text.indexOf('\0') < 0
                && !OWN_NAME.matcher(text).lookingAt();
        if (value == null) {
            return null;
        }
        return allowed ? read(key, (String) value) : wrong(key, meaning, value, (String) null);
    }

    Node requiredNode(String key) {
        String meaning = "a node, as in MATCH (n ...) CALL ... {%s: n}".formatted(key);
        Object value = required(key, meaning);
        return value == null || value instanceof Node ? (Node) value : wrong(key, meaning, value, (Node) null);
    }

    /** A list of nodes, or one alone, not empty; empty where none is given. */
    List<Node> optionalNodes(String key) {
        Object value = value(key, null);
        if (!has(key)) {
            return List.of();
        }
        List<?> list = value instanceof Node ? List.of(value) : value instanceof List<?> l ? l : List.of();
        if (list.isEmpty() || !list.stream().allMatch(Node.class::isInstance)) {
            return wrong(
                    key,
                    "a list of nodes that is not empty, as in MATCH (n) ... {%s: collect(n)}".formatted(key),
                    value,
                    List.of());
        }
        return list.stream().map(Node.class::cast).distinct().toList();
    }

    /** A list of relationships, or one alone, not empty; empty where none is given. */
    List<Relationship> optionalRelationships(String key) {
        Object value = value(key, null);
        if (!has(key)) {
            return List.of();
        }
        List<?> list = value instanceof Relationship ? List.of(value) : value instanceof List<?> l ? l : List.of();
        if (list.isEmpty() || !list.stream().allMatch(Relationship.class::isInstance)) {
            return wrong(
                    key,
                    "a list of relationships that is not empty, as in MATCH ()-[r]->() ... {%s: collect(r)}"
                            .formatted(key),
                    value,
                    List.of());
        }
        return list.stream().map(Relationship.class::cast).distinct().toList();
    }

    /** A list of relationships, or one alone, not empty. */
    List<Relationship> requiredRelationships(String key) {
        String meaning =
                "a list of relationships that is not empty, as in MATCH ()-[r]->() ... {%s: collect(r)}".formatted(key);
        return required(key, meaning) == null ? List.of() : optionalRelationships(key);
    }

    /** One relationship; null where it is wrong. */
    Relationship requiredRelationship(String key) {
        String meaning = "a relationship, as in MATCH ()-[r]->() CALL ... {%s: r}".formatted(key);
        Object value = required(key, meaning);
        return value == null || value instanceof Relationship
                ? (Relationship) value
                : wrong(key, meaning, value, (Relationship) null);
    }

    /** A list of anything, or one thing alone, not empty; empty where none is given. */
    List<?> optionalList(String key, String meaning) {
        Object value = value(key, null);
        if (!has(key)) {
            return List.of();
        }
        List<?> list = value instanceof List<?> l ? l : value == null ? List.of() : List.of(value);
        return list.isEmpty() ? wrong(key, meaning, value, List.of()) : list;
    }

    /** Refuses a key that somebody may well expect, and says why there is none. */
    void refuseKey(String key, String problem) {
        allowed.add(key);
        problems.add(problem);
    }

    /** Notes that a key has no meaning in this call, so that its value is no part of {@link #effective}. */
    void withoutMeaning(String key) {
        effective.remove(key);
    }

    /** Notes that a text cannot be the name of a model. */
    void wrongName(String key, String value) {
        wrong(key, "the name of a model", value, (String) null);
        effective.remove(key);
    }

    /** Notes that an element of a list is wrong. */
    void wrongPart(String key, Object element, String expected) {
        problems.add("'%s' must be %s, but has %s".formatted(key, expected, shown(element)));
        wrong.add(key);
    }

    /**
     * Ends the reading.
     *
     * @return {@link #effective}
     * @throws IllegalArgumentException with all problems, if there are any
     */
    Map<String, Object> finish() {
        for (String key : given.keySet()) {
            if (allowed.stream().noneMatch(key::equalsIgnoreCase)) {
                String name = shortened(key);
                String near = Nearest.to(name, allowed)
                        .map("did you mean '%s'?"::formatted)
                        .orElseGet(() -> "the keys are " + String.join(", ", allowed));
                problems.add("unknown key '%s': %s".formatted(name, near));
            }
        }
        if (problems.size() == 1) {
            throw new IllegalArgumentException(procedure + ": " + problems.get(0));
        }
        if (!problems.isEmpty()) {
            StringBuilder text =
                    new StringBuilder("%s: the configuration has %d problems".formatted(procedure, problems.size()));
            for (int i = 0; i < problems.size(); i++) {
                text.append("%s(%d) %s".formatted(i == 0 ? ": " : "; ", i + 1, problems.get(i)));
            }
            throw new IllegalArgumentException(text.toString());
        }
        return effective();
    }

    private Object value(String key, Object byDefault) {
        allowed.add(key);
        return given.containsKey(key) ? given.get(key) : inherited.getOrDefault(key, byDefault);
    }

    private Object required(String key, String meaning) {
        Object value = value(key, null);
        if (value == null) {
            problems.add(
                    has(key)
                            ? must(key, meaning, null) + " (did the MATCH before find nothing?)"
                            : "'%s' is missing; it must be %s".formatted(key, meaning));
        }
        return value;
    }

    private <T> T read(String key, T value) {
        effective.put(key, value);
        return value;
    }

    private <T> T wrong(String key, String expected, Object value, T byDefault) {
        return refuse(key, must(key, expected, value), byDefault);
    }

    private <T> T refuse(String key, String problem, T byDefault) {
        problems.add(problem);
        wrong.add(key);
        return read(key, byDefault);
    }

    private static String must(String key, String expected, Object value) {
        return "'%s' must be %s, but is %s".formatted(key, expected, shown(value));
    }

    /** Whole numbers may come as floats: some clients know no others. */
    private static Long whole(Object value) {
        if (value instanceof Long || value instanceof Integer) {
            return ((Number) value).longValue();
        }
        if (value instanceof Double d && d == Math.rint(d) && Math.abs(d) < 0x1p53) {
            return d.longValue();
        }
        return null;
    }

    private static String plain(double bound) {
        return bound == Math.rint(bound) ? Long.toString((long) bound) : Double.toString(bound);
    }

    /** The value as it is to be read in a message: enough of it to be recognised. */
    private static String shown(Object value) {
        StringBuilder text = new StringBuilder();
        show(value, text);
        return shortened(text);
    }

    private static String shortened(CharSequence text) {
        if (text.length() <= SHOWN_AT_MOST) {
            return text.toString();
        }
        int end = Character.isHighSurrogate(text.charAt(SHOWN_AT_MOST - 1)) ? SHOWN_AT_MOST - 1 : SHOWN_AT_MOST;
        return text.subSequence(0, end) + "…";
    }

    /** Appends a value, however deep or long it is, until there is enough of it. */
    private static void show(Object value, StringBuilder text) {
        if (text.length() > SHOWN_AT_MOST) {
            return;
        }
        if (value instanceof String string) {
            text.append('\'')
                    .append(string, 0, Math.min(string.length(), SHOWN_AT_MOST + 1))
                    .append('\'');
        } else if (value instanceof Node) {
            text.append("a node");
        } else if (value instanceof Relationship) {
            text.append("a relationship");
        } else if (value instanceof List<?> list) {
            text.append('[');
            for (int i = 0; i < list.size() && text.length() <= SHOWN_AT_MOST; i++) {
                text.append(i == 0 ? "" : ", ");
                show(list.get(i), text);
            }
            text.append(']');
        } else if (value instanceof Map<?, ?> map) {
            text.append('{');
            String separator = "";
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                if (text.length() > SHOWN_AT_MOST) {
                    break;
                }
                text.append(separator)
                        .append(shortened(String.valueOf(entry.getKey())))
                        .append(": ");
                show(entry.getValue(), text);
                separator = ", ";
            }
            text.append('}');
        } else {
            text.append(value);
        }
    }
}
