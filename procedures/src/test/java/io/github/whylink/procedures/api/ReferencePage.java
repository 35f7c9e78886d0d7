package io.github.whylink.procedures.api;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.neo4j.graphdb.Node;
import org.neo4j.graphdb.Relationship;
import org.neo4j.procedure.Description;
import org.neo4j.procedure.Mode;
import org.neo4j.procedure.Name;
import org.neo4j.procedure.Procedure;
import org.neo4j.procedure.UserFunction;

/** What {@code SHOW PROCEDURES} and {@code SHOW FUNCTIONS} say, as a page to be read. */
final class ReferencePage {
    private static final Map<Class<?>, String> TYPES = Map.ofEntries(
            Map.entry(String.class, "STRING"),
            Map.entry(long.class, "INTEGER"),
            Map.entry(Long.class, "INTEGER"),
            Map.entry(double.class, "FLOAT"),
            Map.entry(Double.class, "FLOAT"),
            Map.entry(boolean.class, "BOOLEAN"),
            Map.entry(Boolean.class, "BOOLEAN"),
            Map.entry(Map.class, "MAP"),
            Map.entry(Node.class, "NODE"),
            Map.entry(Relationship.class, "RELATIONSHIP"),
            Map.entry(ZonedDateTime.class, "ZONED DATETIME"),
            Map.entry(Object.class, "ANY"));

    private final StringBuilder page = new StringBuilder();

    /** Configurations that were described, with the procedure where they are. */
    private final Map<String, String> described = new HashMap<>();

    private ReferencePage() {}

    /** The whole page. */
    static String text() {
        ReferencePage page = new ReferencePage();
        page.write();
        return page.page.toString();
    }

    private void write() {
        List<Method> procedures = surface(
                Procedure.class, method -> method.getAnnotation(Procedure.class).name());
        List<Method> functions = surface(UserFunction.class, method -> method.getAnnotation(UserFunction.class)
                .name());
        page.append(
                """
                # Reference

                All procedures and functions with their arguments, configuration keys and columns: what `SHOW PROCEDURES` and
                `SHOW FUNCTIONS` say in the database. This page is written from the same signatures, and a test compares them; after
                a change of one, `mvn test -pl procedures -am -Dtest=ReferencePageTest -Dsurefire.failIfNoSpecifiedTests=false
                -Dreference.write` writes it anew. How to use them is told in [the other page](README.md).

                Keys are matched whatever their case, and all problems of a configuration are reported at once. `NODE` and
                `RELATIONSHIP` are what a `MATCH` finds.

                """);
        procedures.forEach(method -> page.append(
                "- %s%n".formatted(link(method.getAnnotation(Procedure.class).name()))));
        functions.forEach(method -> page.append(
                "- %s%n".formatted(link(method.getAnnotation(UserFunction.class).name()))));
        page.append("\n## Procedures\n");
        procedures.forEach(this::procedure);
        page.append("\n## Functions\n");
        functions.forEach(this::function);
    }

    private static <A extends java.lang.annotation.Annotation> List<Method> surface(
            Class<A> annotation, java.util.function.Function<Method, String> name) {
        return ListProcedure.SURFACE.stream()
                .flatMap(surface -> Arrays.stream(surface.getDeclaredMethods()))
                .filter(method -> method.isAnnotationPresent(annotation))
                .sorted(Comparator.comparing(name))
                .toList();
    }

    private void procedure(Method method) {
        Procedure procedure = method.getAnnotation(Procedure.class);
        heading(procedure.name(), method);
        page.append("```\nCALL %s(%s)\n```\n".formatted(procedure.name(), arguments(method)));
        page.append("\nMode %s.\n".formatted(procedure.mode() == Mode.DEFAULT ? Mode.READ : procedure.mode()));
        for (Parameter parameter : method.getParameters()) {
            Name name = parameter.getAnnotation(Name.class);
            if (name.description().contains(" :: ")) {
                configuration(procedure.name(), name);
            } else {
                page.append("\n`%s`: %s\n".formatted(name.value(), cell(name.description())));
            }
        }
        columns(method);
    }

    private void configuration(String procedure, Name name) {
        String before = described.putIfAbsent(name.description(), procedure);
        if (before != null) {
            page.append("\n`%s`: the keys of %s.\n".formatted(name.value(), link(before)));
            return;
        }
        table("key", "type", "default", "meaning");
        for (Keys key : Keys.of(name.description())) {
            row(
                    "`%s`".formatted(key.name()),
                    "`%s`".formatted(key.type()),
                    key.byDefault() == null ? "*required*" : byDefault(key.byDefault()),
                    key.meaning());
        }
    }

    /** What is a value as it is written, and what is told in words. */
    private static String byDefault(String text) {
        return text.matches("-?[0-9.]+|true|false|null|\\{.*\\}|\\[[^a-z]*\\]|'[^']*'|\\['.*'\\]|\\[(true|[0-9]).*\\]")
                ? "`%s`".formatted(text)
                : text;
    }

    private void columns(Method method) {
        Class<?> row = (Class<?>) ((ParameterizedType) method.getGenericReturnType()).getActualTypeArguments()[0];
        String before = described.putIfAbsent(
                row.getName(), method.getAnnotation(Procedure.class).name());
        if (before != null) {
            page.append("\nColumns: those of %s.\n".formatted(link(before)));
            return;
        }
        table("column", "type", "meaning");
        for (Field column : row.getDeclaredFields()) {
            if (Modifier.isPublic(column.getModifiers()) && !Modifier.isStatic(column.getModifiers())) {
                row(
                        "`%s`".formatted(column.getName()),
                        "`%s`".formatted(type(column.getGenericType())),
                        column.getAnnotation(Description.class).value());
            }
        }
    }

    private void function(Method method) {
        String name = method.getAnnotation(UserFunction.class).name();
        heading(name, method);
        page.append("```\n%s(%s) :: %s\n```\n".formatted(name, arguments(method), type(method.getGenericReturnType())));
        for (Parameter parameter : method.getParameters()) {
            Name argument = parameter.getAnnotation(Name.class);
            page.append("\n`%s`: %s\n".formatted(argument.value(), cell(argument.description())));
        }
    }

    private void heading(String name, Method method) {
        page.append("\n### %s\n\n%s\n\n"
                .formatted(name, cell(method.getAnnotation(Description.class).value())));
    }

    private static String arguments(Method method) {
        List<String> arguments = new ArrayList<>();
        for (Parameter parameter : method.getParameters()) {
            Name name = parameter.getAnnotation(Name.class);
            boolean optional = !name.defaultValue().equals(Name.DEFAULT_VALUE);
            String byDefault =
                    parameter.getType() == String.class ? "'%s'".formatted(name.defaultValue()) : name.defaultValue();
            arguments.add("%s%s :: %s"
                    .formatted(
                            name.value(), optional ? " = " + byDefault : "", type(parameter.getParameterizedType())));
        }
        return String.join(", ", arguments);
    }

    private static String type(Type type) {
        if (type instanceof ParameterizedType generic && generic.getRawType() == List.class) {
            return "LIST<%s>".formatted(type(generic.getActualTypeArguments()[0]));
        }
        Type raw = type instanceof ParameterizedType generic ? generic.getRawType() : type;
        String name = TYPES.get((Class<?>) raw);
        if (name == null) {
            throw new IllegalArgumentException("no name for " + type);
        }
        return name;
    }

    private void table(String... titles) {
        page.append('\n');
        row(titles);
        page.append(Arrays.stream(titles).map(title -> "|---").collect(Collectors.joining()))
                .append("|\n");
    }

    private void row(String... cells) {
        page.append(Arrays.stream(cells).map(ReferencePage::cell).collect(Collectors.joining(" | ", "| ", " |\n")));
    }

    /** A vertical bar would end the cell. */
    private static String cell(String text) {
        return text.replace("|", "\\|").strip();
    }

    private static String link(String name) {
        return "[%s](#%s)".formatted(name, name.toLowerCase(Locale.ROOT).replace(".", ""));
    }
}
