package io.github.whylink.procedures.api;

/** What {@code SHOW PROCEDURES} says about arguments: configuration keys with type, default, range and meaning. */
final class Descriptions {
    static final String NEW_MODEL =
            "Name of the new model: a letter, then up to 62 letters, digits or underscores; not ending in _influence or _rollback.";

    static final String MODEL = "Name of a model.";

    static final String TRAIN = "nodeLabels :: LIST<STRING> = ['*'] (both ends of a fact have one of them); "
            + "relationshipTypes :: LIST<STRING> = ['*']; "
            + "scoringFunction :: STRING = 'ComplEx' (DistMult, ComplEx, TransE, TransE-L1); "
            + "embeddingDimension :: INTEGER = 32 (1 to 4096); "
            + "maxEpochs :: INTEGER = 30 (1 to 100000); "
            + "batchSize :: INTEGER = 1 (1 to 100000, facts per step); "
            + "negativeSamples :: INTEGER = 64 (1 to 100000, per fact and side); "
            + "negativeSides :: STRING = 'both' (both, tail, head: which end of a fact is replaced); "
            + "loss :: STRING = 'softmax' (softmax, logistic, margin); "
            + "margin :: FLOAT = 1.0 (above 0, at most 1000; only with loss margin); "
            + "optimizer :: STRING = 'Adagrad' (SGD, Adagrad, Adam, LazyAdam); "
            + "learningRate :: FLOAT = 0.1 (above 0, at most 10); "
            + "learningRateDecay :: FLOAT = 1.0 (above 0, at most 1; 1 keeps the rate constant); "
            + "learningRateDecaySteps :: INTEGER = 1000 (steps from one decay to the next); "
            + "initialAccumulator :: FLOAT = 0.1 (0 to 1000; only with Adagrad); "
            + "initialScale :: FLOAT = 0.1 (above 0, at most 10; first rows are uniform in plus or minus this); "
            + "heldOutFraction :: FLOAT = 0.1 (0 to 0.5, share of the facts that only measure the model); "
            + "randomSeed :: INTEGER = 42 (the same seed gives the same model); "
            + "concurrency :: INTEGER = 4 (1 to 256 threads, never changes the result); "
            + "influence :: BOOLEAN = true (record what each fact does, for whylink.explain; not with Adam or LazyAdam and a batchSize above 1).";

    static final String PREDICT_TARGETS = "source :: NODE (required); "
            + "type :: STRING (required, a relationship type of the model); "
            + "topK :: INTEGER = 10 (1 to 10000); "
            + "includeKnown :: BOOLEAN = false (also links that exist in the graph).";

    static final String PREDICT_SOURCES = "target :: NODE (required); "
            + "type :: STRING (required, a relationship type of the model); "
            + "topK :: INTEGER = 10 (1 to 10000); "
            + "includeKnown :: BOOLEAN = false (also links that exist in the graph).";

    static final String EXPLAIN = "source :: NODE (required); "
            + "type :: STRING (required, a relationship type of the model); "
            + "target :: NODE (required); "
            + "topK :: INTEGER = 10 (1 to 10000, how many facts).";

    static final String EXPLAIN_GRAPH = "source :: NODE (required); "
            + "type :: STRING (required, a relationship type of the model); "
            + "target :: NODE (required); "
            + "topK :: INTEGER = 10 (1 to 100, how many facts); "
            + "captionProperty :: STRING = null (node property to write on the picture; by default name, title, or the first text).";

    static final String DROP = "failIfMissing :: BOOLEAN = true (whether it is an error that there is no such model).";

    private Descriptions() {}
}
