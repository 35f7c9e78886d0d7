package io.github.whylink.procedures.result;

/** What {@code SHOW PROCEDURES} says of columns that several procedures have. */
final class Columns {
    static final String CONFIGURATION =
            "Every key of the call with the value that was used, defaults filled in; without nodes and relationships, and keys that have none.";

    private Columns() {}
}
