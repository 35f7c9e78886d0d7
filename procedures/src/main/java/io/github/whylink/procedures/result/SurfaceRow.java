package io.github.whylink.procedures.result;

import org.neo4j.procedure.Description;

/** A row of {@code whylink.list}. */
public final class SurfaceRow {
    @Description("The name.")
    public final String name;

    @Description("'procedure', to be called with CALL, or 'function', to be used in expressions.")
    public final String kind;

    @Description("What it does.")
    public final String description;

    public SurfaceRow(String name, String kind, String description) {
        this.name = name;
        this.kind = kind;
        this.description = description;
    }
}
