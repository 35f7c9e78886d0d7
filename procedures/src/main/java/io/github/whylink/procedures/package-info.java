/**
 * The plugin. The way of the data is the way through the packages: {@code api} (annotations, one line per procedure),
 * {@code config} (the map of the call becomes a request), {@code workflow} (one class per verb, its method tells the
 * whole story), {@code projection} (graph to facts), {@code store} (model to properties and back), {@code result} (rows).
 * {@code jobs} knows what is being trained.
 *
 * <p>Everything here works in the sandbox of the server, without {@code dbms.security.procedures.unrestricted}.
 */
package io.github.whylink.procedures;
