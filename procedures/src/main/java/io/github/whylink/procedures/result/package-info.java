/**
 * The rows that procedures return. Every public field is a column and describes itself, so that {@code SHOW PROCEDURES}
 * is the manual. They are plain classes because the server reads columns from fields, not from record components.
 */
package io.github.whylink.procedures.result;
