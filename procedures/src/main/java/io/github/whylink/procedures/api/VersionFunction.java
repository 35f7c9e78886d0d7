package io.github.whylink.procedures.api;

import io.github.whylink.procedures.PluginVersion;
import org.neo4j.procedure.Description;
import org.neo4j.procedure.UserFunction;

/** {@code whylink.version}. */
public final class VersionFunction {
    /** Returns the version. */
    @UserFunction(name = "whylink.version")
    @Description("Returns the version of the Whylink plugin.")
    public String version() {
        return PluginVersion.TEXT;
    }
}
