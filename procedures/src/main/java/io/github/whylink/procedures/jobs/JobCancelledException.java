package io.github.whylink.procedures.jobs;

import io.github.whylink.procedures.config.ModelName;

/** Somebody cancelled a job. */
@SuppressWarnings("serial")
public final class JobCancelledException extends RuntimeException {
    JobCancelledException(ModelName model) {
        super("the training of model '%s' was cancelled with whylink.jobs.cancel".formatted(model));
    }
}
