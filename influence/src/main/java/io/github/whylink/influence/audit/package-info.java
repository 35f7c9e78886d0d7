/**
 * Which facts of a graph are probably false: {@link io.github.whylink.influence.audit.Audit} plants canaries, facts known to
 * be false, in memory, trains with them, asks every {@link io.github.whylink.influence.audit.Signal} about every fact as if
 * the fact itself were not there, lets a {@link io.github.whylink.influence.audit.Booster} learn which signals tell the
 * canaries from the rest, and ranks the facts by that. How many of the canaries stand how high in the list says how far
 * down it is worth reading.
 */
package io.github.whylink.influence.audit;
