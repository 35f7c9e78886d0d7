/**
 * Trainings while they run, and whatever else takes long: explanations and audits that train again, links that are written.
 * {@link io.github.whylink.procedures.jobs.Jobs} keeps the names that are being worked on and the last jobs,
 * {@link io.github.whylink.procedures.jobs.Job} is one of them with its phase and progress. All of it lives in memory and ends
 * with the server; what outlives it is in the graph.
 */
package io.github.whylink.procedures.jobs;
