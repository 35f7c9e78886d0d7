package io.github.whylink.procedures.api;

import io.github.whylink.procedures.result.SurfaceRow;
import java.lang.reflect.Method;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.neo4j.procedure.Description;
import org.neo4j.procedure.Mode;
import org.neo4j.procedure.Procedure;
import org.neo4j.procedure.UserFunction;

/** {@code whylink.list}: what the annotations of this package say. */
public final class ListProcedure {
    /** The classes whose methods are the plugin. */
    static final List<Class<?>> SURFACE = List.of(
            AuditProcedure.class,
            CorrectProcedures.class,
            EvaluateProcedures.class,
            ExplainProcedures.class,
            ListProcedure.class,
            ModelProcedures.class,
            PredictProcedures.class,
            ReportProcedure.class,
            ScoreFunctions.class,
            TrainProcedure.class,
            TuneProcedure.class,
            VersionFunction.class);

    /** Lists the plugin. */
    @Procedure(name = "whylink.list", mode = Mode.READ)
    @Description("Lists the procedures and functions of the plugin by name. "
            + "SHOW PROCEDURES and SHOW FUNCTIONS describe their arguments and columns too.")
    public Stream<SurfaceRow> list() {
        return SURFACE.stream()
                .flatMap(surface -> Stream.of(surface.getDeclaredMethods()))
                .filter(method -> method.isAnnotationPresent(Description.class))
                .map(ListProcedure::row)
                .sorted(Comparator.comparing((SurfaceRow row) -> row.name).thenComparing(row -> row.kind));
    }

    private static SurfaceRow row(Method method) {
        String description = method.getAnnotation(Description.class).value();
        Procedure procedure = method.getAnnotation(Procedure.class);
        return procedure == null
                ? new SurfaceRow(method.getAnnotation(UserFunction.class).name(), "function", description)
                : new SurfaceRow(procedure.name(), "procedure", description);
    }
}
