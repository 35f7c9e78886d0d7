package io.github.whylink.procedures.jobs;

/** Somebody cancelled a job. */
@SuppressWarnings("serial")
public final class JobCancelledException extends RuntimeException {
    JobCancelledException(String what) {
        super(what + " was cancelled with whylink.jobs.cancel");
    }
}
