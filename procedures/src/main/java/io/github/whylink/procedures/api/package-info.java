/**
 * The Cypher surface: annotations, and one line per procedure that hands over to {@code workflow}. The texts of the
 * configuration maps stand in {@code Descriptions}; with those of the columns in {@code result} they make
 * {@code SHOW PROCEDURES} the manual. Only what the sandbox of the server grants is injected.
 */
package io.github.whylink.procedures.api;
