package io.github.whylink.procedures.api;

/** What {@code SHOW PROCEDURES} says about arguments: configuration keys with type, default, range and meaning. */
final class Descriptions {
    static final String NEW_MODEL =
            "Name of the new model: a letter, then up to 62 letters, digits or underscores; not ending in _influence or _rollback.";

    static final String MODEL = "Name of a model.";

    static final String SOURCE = "Start node of the link.";

    static final String TYPE =
            "Relationship type of the link, one of the model; of a type that a property splits with its value, as RATED=5.";

    static final String TARGET = "End node of the link.";

    static final String TRAIN = "nodeLabels :: LIST<STRING> = ['*'] (both ends of a fact have one of them); "
            + "relationshipTypes :: LIST<STRING> = ['*']; "
            + "relationshipProperties :: MAP = {} (a property splits a type into one relation per value: {RATED: 'rating'} makes RATED=1, RATED=2, ...; up to 200 numbers, texts, or true and false); "
            + "relationshipWeightProperty :: STRING = null (a property that every relationship has, a number of 0 or more by which the loss of its fact is multiplied; null: each counts the same); "
            + "scoringFunction :: STRING = 'ComplEx' (DistMult, ComplEx, TransE, TransE-L1, RotatE, RESCAL, SimplE, CP); "
            + "reciprocalRelations :: BOOLEAN = false (sources are asked for with relation rows of their own; with negativeSides both or random); "
            + "embeddingDimension :: INTEGER = 32 (1 to 4096); "
            + "maxEpochs :: INTEGER = 30 (1 to 100000); "
            + "batchSize :: INTEGER = 1 (1 to 100000, facts per step); "
            + "negativeSampling :: STRING = 'perFact' (perFact: each fact and side draws its own negatives, shared: one draw for a batch, 1vsAll: all nodes, KvsAll: all nodes, facts with one query are one example; KvsAll with loss softmax or logistic); "
            + "negativeSamples :: INTEGER = 64 (1 to 100000, per fact and side or, shared, per batch; only with perFact and shared); "
            + "negativeSides :: STRING = 'both' (both, tail, head: which end of a fact is replaced; random: one of them, drawn for each fact, only with perFact); "
            + "negativeDistribution :: STRING = 'uniform' (uniform; bernoulli: by the answers per query, with negativeSides random; typed: nodes with the labels that the type has there or, if a node has none, nodes that were seen there; shared knows uniform only; without meaning where all nodes are negatives); "
            + "filterNegatives :: BOOLEAN = false (leave out known answers; not with KvsAll, which always tells them apart); "
            + "loss :: STRING = 'softmax' (softmax, logistic, margin, selfAdversarial); "
            + "margin :: FLOAT = 1.0 (0 to 1000, above 0 with loss margin; only with loss margin or selfAdversarial); "
            + "labelSmoothing :: FLOAT = 0.0 (0 to below 1; only with loss softmax or logistic); "
            + "adversarialTemperature :: FLOAT = 1.0 (0 to 1000; only with loss selfAdversarial); "
            + "regularizer :: STRING = 'none' (none, L2, N3); "
            + "entityPenalty :: FLOAT = 0.01 (0 to 1000; only with a regularizer); "
            + "relationPenalty :: FLOAT = 0.01 (0 to 1000; only with a regularizer); "
            + "penaltyWeighting :: STRING = 'perFact' (perFact: a row is penalized as often as it occurs, perRow: once an epoch; only with a regularizer); "
            + "entityDropout :: FLOAT = 0.0 (0 to below 1); "
            + "relationDropout :: FLOAT = 0.0 (0 to below 1); "
            + "optimizer :: STRING = 'Adagrad' (SGD, Adagrad, RowAdagrad, Adam, LazyAdam); "
            + "initialAccumulator :: FLOAT = 0.1 (0 to 1000; only with Adagrad or RowAdagrad); "
            + "maxGradientNorm :: FLOAT = 0.0 (0 to 1000000, to which the gradient of a row is scaled down; 0 for no bound); "
            + "learningRate :: FLOAT = 0.1 (above 0, at most 10); "
            + "learningRateSchedule :: STRING = 'step' (constant, step: times learningRateDecay every learningRateDecaySteps, linear and cosine: falls to 0 with the last step); "
            + "learningRateDecay :: FLOAT = 1.0 (above 0, at most 1; 1 keeps the rate constant; only with schedule step); "
            + "learningRateDecaySteps :: INTEGER = 1000 (steps from one decay to the next; only with schedule step); "
            + "warmupSteps :: INTEGER = 0 (steps over which the rate rises to its full height); "
            + "initialScale :: FLOAT = 0.1 (above 0, at most 10; first rows are uniform in plus or minus this); "
            + "heldOutFraction :: FLOAT = 0.1 (0 to 0.5, share of the facts that only measure the model); "
            + "validationFraction :: FLOAT = 0.0 (0 to 0.5, share of the other facts that only decide when to stop; 0 trains for all epochs); "
            + "validateEvery :: INTEGER = 5 (1 to 100000, epochs from one validation to the next; only with a validationFraction); "
            + "patience :: INTEGER = 3 (1 to 100000, validations without improvement before the training stops; only with a validationFraction); "
            + "randomSeed :: INTEGER = 42 (the same seed gives the same model); "
            + "ensembleSize :: INTEGER = 1 (1 to 100 models with seeds that count up from randomSeed, whose mean answers; with DistMult, ComplEx, TransE-L1, SimplE, CP); "
            + "concurrency :: INTEGER = 4 (1 to 256 threads, never changes the result); "
            + "influence :: BOOLEAN = true (record what each fact does, for whylink.explain; not with Adam or LazyAdam and a batchSize above 1); "
            + "influenceStorage :: STRING = 'int16' (how what a fact did is kept on its relationship; float32: as it is, int16: in half the room, int8: in a quarter, where facts of nearly the same influence may change places; only with influence true); "
            + "continueFrom :: STRING = null (name of a model in whose embeddings the training begins, on the graph as it is now; keys that are not given are those of that model, and its scoringFunction, reciprocalRelations, embeddingDimension and ensembleSize stay; this and the keys below are no part of the echoed configuration); "
            + "overwrite :: BOOLEAN = false (replace a model of this name, which answers until the new one does); "
            + "background :: BOOLEAN = false (return a jobId at once and go on training; whylink.jobs() shows how far it is, whylink.jobs.cancel stops it); "
            + "sudo :: BOOLEAN = false (train even if that seems not to fit into the heap).";

    private static final String SEARCHED = " :: ANY = ";

    static final String TUNE =
            "budgetSeconds :: FLOAT = 60.0 (1 to 86400, how long to search; how far it gets depends on the machine); "
                    + "maxTrials :: INTEGER = 1000000 (1 to 1000000, how many trainings at most; where this ends the search and not the time, the result is the same every time); "
                    + "topK :: INTEGER = 10 (1 to 10000, how many configurations to return, the best first); "
                    + "nodeLabels :: LIST<STRING> = ['*'] (as for whylink.train); "
                    + "relationshipTypes :: LIST<STRING> = ['*'] (as for whylink.train); "
                    + "relationshipProperties :: MAP = {} (as for whylink.train); "
                    + "relationshipWeightProperty :: STRING = null (as for whylink.train); "
                    + "heldOutFraction :: FLOAT = 0.1 (0 to 0.5, share of the facts that the search leaves alone, so that whylink.train can measure by them); "
                    + "validationFraction :: FLOAT = 0.1 (above 0, at most 0.5, share of the others that measures the configurations); "
                    + "randomSeed :: INTEGER = 42 (of the draws, the split and the trainings); "
                    + "concurrency :: INTEGER = 4 (1 to 256 threads, changes only how far the search gets in its time); "
                    + "influence :: BOOLEAN = true (whether the configurations are to record influence; the search itself does not); "
                    + "influenceStorage :: STRING = 'int16' (as for whylink.train; only with influence true); "
                    + "background :: BOOLEAN = false (return a jobId at once and go on searching; found of whylink.jobs() has the rows when it is done, until the next search begins); "
                    + "sudo :: BOOLEAN = false (search even if what comes out seems not to fit into the heap); "
                    + "scoringFunction"
                    + SEARCHED
                    + "['ComplEx', 'DistMult', 'TransE', 'RotatE'] (this key and those below: a value is kept, a list of values or a range like {min: 1, max: 10, log: true} is searched; values as for whylink.train); "
                    + "reciprocalRelations"
                    + SEARCHED
                    + "[true, false] (false for distances: TransE, RotatE); "
                    + "embeddingDimension"
                    + SEARCHED
                    + "[32, 64, 128] (16, 32, 64 for less than 1,000 nodes); "
                    + "maxEpochs"
                    + SEARCHED
                    + "from 2 to 10, by the number of facts, to 27 times as many (the least is how long a configuration is trained at first; what is best before the end is returned with the epochs that it took); "
                    + "batchSize"
                    + SEARCHED
                    + "[128, 256, 512, 1024] (64, 128, 256 for less than 1,000 nodes); "
                    + "negativeSampling"
                    + SEARCHED
                    + "['1vsAll', 'KvsAll', 'shared'] (shared for distances, and where nodes times facts are more than 200 million); "
                    + "negativeSamples"
                    + SEARCHED
                    + "[100, 300, 1000] (no more than half of the nodes); "
                    + "negativeSides"
                    + SEARCHED
                    + "'both'; "
                    + "negativeDistribution"
                    + SEARCHED
                    + "'uniform'; "
                    + "filterNegatives"
                    + SEARCHED
                    + "false; "
                    + "loss"
                    + SEARCHED
                    + "'softmax' (for distances also selfAdversarial); "
                    + "margin"
                    + SEARCHED
                    + "{min: 1, max: 12, log: true} (with loss selfAdversarial or margin); "
                    + "labelSmoothing"
                    + SEARCHED
                    + "0.0; "
                    + "adversarialTemperature"
                    + SEARCHED
                    + "[0.5, 1.0] (with loss selfAdversarial); "
                    + "regularizer"
                    + SEARCHED
                    + "['N3', 'none'] (none for distances); "
                    + "entityPenalty"
                    + SEARCHED
                    + "{min: 0.001, max: 0.5, log: true} (with a regularizer); "
                    + "relationPenalty"
                    + SEARCHED
                    + "{min: 0.001, max: 0.5, log: true} (with a regularizer); "
                    + "penaltyWeighting"
                    + SEARCHED
                    + "'perFact' (with a regularizer); "
                    + "entityDropout"
                    + SEARCHED
                    + "[0.0, 0.1, 0.3]; "
                    + "relationDropout"
                    + SEARCHED
                    + "[0.0, 0.1, 0.3]; "
                    + "optimizer"
                    + SEARCHED
                    + "['Adagrad', 'RowAdagrad']; "
                    + "initialAccumulator"
                    + SEARCHED
                    + "[0.0, 0.1] (with Adagrad or RowAdagrad); "
                    + "maxGradientNorm"
                    + SEARCHED
                    + "0.0; "
                    + "learningRate"
                    + SEARCHED
                    + "{min: 0.02, max: 0.5, log: true}; "
                    + "learningRateSchedule"
                    + SEARCHED
                    + "['constant', 'cosine']; "
                    + "learningRateDecay"
                    + SEARCHED
                    + "1.0 (with schedule step); "
                    + "learningRateDecaySteps"
                    + SEARCHED
                    + "1000 (with schedule step); "
                    + "warmupSteps"
                    + SEARCHED
                    + "0; "
                    + "initialScale"
                    + SEARCHED
                    + "{min: 0.01, max: 0.5, log: true}.";

    static final String EVALUATE =
            "facts :: STRING = 'heldOut' (heldOut: those that the training neither saw nor stopped by, training, all); "
                    + "filtered :: BOOLEAN = true (leave other known answers out of the ranking); "
                    + "ties :: STRING = 'realistic' (realistic: the mean, optimistic, pessimistic: the rank among equal scores); "
                    + "concurrency :: INTEGER = 4 (1 to 256 threads, never changes the result).";

    static final String REPORT =
            "examples :: INTEGER = 3 (0 to 100, how many predictions to show, each of another relationship type); "
                    + "topK :: INTEGER = 6 (1 to 100, how many facts to show around each); "
                    + "captionProperty :: STRING = null (node property to write on the pictures; by default name, title, or the first text); "
                    + "faithfulness :: INTEGER = 0 (0 to 1000, how many predictions to explain by rollback and compare with training without the facts named first, and without as many facts drawn from all; trains up to three times as often and once more); "
                    + "concurrency :: INTEGER = 4 (1 to 256 threads, never changes the result).";

    static final String PREDICT_TARGETS = "source :: NODE (required); "
            + "type :: STRING (required, a relationship type of the model, or RATED=5 where a property splits it); "
            + "topK :: INTEGER = 10 (1 to 10000); "
            + "nodeLabels :: LIST<STRING> = ['*'] (an answer has one of them); "
            + "includeKnown :: BOOLEAN = false (also links that exist in the graph, of a split type with whichever value).";

    static final String PREDICT_SOURCES = "target :: NODE (required); "
            + "type :: STRING (required, a relationship type of the model, or RATED=5 where a property splits it); "
            + "topK :: INTEGER = 10 (1 to 10000); "
            + "nodeLabels :: LIST<STRING> = ['*'] (an answer has one of them); "
            + "includeKnown :: BOOLEAN = false (also links that exist in the graph, of a split type with whichever value).";

    private static final String ORDER_BY =
            "orderBy :: STRING = 'probability' (probability: that of the target among all entities of the model as the answer to source and type, or score); ";

    static final String PREDICT_TYPES = "source :: NODE (required); "
            + "target :: NODE (required); "
            + "topK :: INTEGER = 10 (1 to 10000); "
            + ORDER_BY
            + "includeKnown :: BOOLEAN = false (also types of relationships that lead from source to target in the graph).";

    static final String PREDICT_VALUE = "source :: NODE (required); "
            + "type :: STRING (required, a relationship type that a property splits in the model, as RATED and not RATED=5); "
            + "target :: NODE (required).";

    private static final String BEST_LINKS =
            "relationshipTypes :: LIST<STRING> = ['*'] (of the model; * for all of them); "
                    + "sourceLabels :: LIST<STRING> = ['*'] (sources have one of them); "
                    + "targetLabels :: LIST<STRING> = ['*'] (targets have one of them); "
                    + "topK :: INTEGER = 10 (1 to 100000, how many links at most); "
                    + ORDER_BY
                    + "threshold :: FLOAT = null (the least score or probability, whichever orderBy says); ";

    private static final String THREADS = "concurrency :: INTEGER = 4 (1 to 256 threads, never changes the result).";

    static final String PREDICT_LINKS = BEST_LINKS
            + "includeKnown :: BOOLEAN = false (also links that exist in the graph, of a split type with whichever value); "
            + THREADS;

    static final String PREDICT_WRITE =
            "writeType :: STRING (required, type of the relationships to write); " + BEST_LINKS + THREADS;

    private static final String LINK = "source :: NODE (required); "
            + "type :: STRING (required, a relationship type of the model, or RATED=5 where a property splits it); "
            + "target :: NODE (required); ";

    private static final String REPLAY_MEMORY =
            "replayMemory :: INTEGER = a quarter of the heap (MB for the walk backwards, less memory takes more time; only with method unrolled); ";

    private static final String CONCURRENCY = "concurrency :: INTEGER = 4 (1 to 256 threads, never changes the result";

    private static final String HOW =
            "direction :: STRING = null (supporting: only facts with a positive influence, opposing: only those with a negative one, both: the strongest first, whichever way; null: all, the most supporting first); "
                    + "tier :: STRING = 'fast', or that of the method (fast: reads what the training recorded, replay: takes the training again, verify: and once more without each fact of the result, one by one); "
                    + "method :: STRING = that of the tier: 'rollback' for fast, 'unrolled' else (with fast: rollback, neighbourhood, similarity; with replay: unrolled, tracin, influence_function, gauss_newton, paths, random; with verify all of them); "
                    + REPLAY_MEMORY
                    + CONCURRENCY
                    + "; only with tier replay or verify)";

    private static final String FOUND_HOW =
            "tier :: STRING = 'replay', or that of the method (how the facts are found; fast: by what the training recorded, replay: by taking the training again); "
                    + "method :: STRING = that of the tier: 'unrolled' for replay, 'rollback' for fast (with replay: unrolled, tracin, influence_function, gauss_newton, paths, random; with fast: rollback, neighbourhood, similarity); "
                    + REPLAY_MEMORY
                    + CONCURRENCY
                    + ")";

    static final String EXPLAIN = LINK + "topK :: INTEGER = 10 (1 to 10000, how many facts); " + HOW + ".";

    static final String FACT = "The fact: a relationship of a type and between nodes that the model knows.";

    static final String EXPLAIN_FACT = "topK :: INTEGER = 10 (1 to 10000, how many facts); " + HOW + ".";

    static final String EXPLAIN_GRAPH = LINK
            + "topK :: INTEGER = 10 (1 to 100, how many facts); "
            + HOW
            + "; captionProperty :: STRING = null (node property to write on the picture; by default name, title, or the first text).";

    static final String EXPLAIN_VERIFY = LINK
            + "facts :: LIST<RELATIONSHIP> = those that the method finds (which to leave out); "
            + "topK :: INTEGER = 10 (1 to 10000, how many supporting facts to leave out; not with facts); "
            + FOUND_HOW
            + "; seeds :: INTEGER = 1 (0 to 100, how many times to train with nothing changed but the seed, to tell a drop from noise).";

    static final String EXPLAIN_NECESSARY =
            LINK + "maxFacts :: INTEGER = 64 (1 to 100000, how many facts may be left out); "
                    + "maxTrainings :: INTEGER = 30 (1 to 100000, after so many trainings no more facts are tried to be spared; the search itself takes about 2 log2 of maxFacts at most); "
                    + FOUND_HOW + ".";

    static final String EXPLAIN_SUFFICIENT = LINK
            + "maxFacts :: INTEGER = 8 (1 to 1000, how many facts may be given to others); "
            + "entities :: INTEGER = 10 (1 to 1000, how many others, which take part in some type of relationship as the source does); "
            + "threshold :: FLOAT = 0.9 (0 to 1, for what share of them the prediction has to hold); "
            + "maxEpochs :: INTEGER = 0 (0 to 100000, how long their rows are trained; 0: as long as the model was); "
            + FOUND_HOW
            + ".";

    static final String FAITHFULNESS =
            "methods :: LIST<STRING> = ['rollback', 'unrolled'] (rollback, neighbourhood, similarity, unrolled, tracin, influence_function, gauss_newton, paths, random; neighbourhood is measured in any case); "
                    + "queries :: INTEGER = 20 (1 to 100000, how many predictions to explain: the best answers to the queries of held-out facts); "
                    + "facts :: INTEGER = 50 (0 to 1000000, how many facts to leave out one by one, beside those that a method names first); "
                    + "seeds :: INTEGER = 1 (0 to 100, how many times to train with nothing changed but the seed); "
                    + "randomSeed :: INTEGER = 42 (draws the queries and the facts); "
                    + REPLAY_MEMORY
                    + CONCURRENCY
                    + ").";

    static final String AUDIT = "topK :: INTEGER = 100 (1 to 1000000, how many facts); "
            + "relationshipTypes :: LIST<STRING> = ['*'] (only facts of these types; all are evidence); "
            + "signals :: LIST<STRING> = all but the last five of these (what facts are asked about; "
            + "headSignature, headMisfit, tailSignature, tailMisfit, signatures, reverse, twoHops, threeHops, paths, twoHopPaths, threeHopPaths, headDegree, tailDegree, headUses, tailUses, relationUses: from the graph; "
            + "score, relationScore, tailRank, headRank, relationRank, loss: from a training; "
            + "outOfFoldScore, outOfFoldTailRank, outOfFoldHeadRank, outOfFoldTypedTailRank, outOfFoldTypedHeadRank, outOfFoldRelationRank: from trainings without the fact; "
            + "gradient, selfInfluence, scoreWithoutItself, tailRankWithoutItself, headRankWithoutItself: the fact's own part in a training, not by default and, but for gradient, not with Adam or LazyAdam and a batchSize above 1); "
            + "canaryFraction :: FLOAT = 0.05 (above 0, at most 0.3, false facts to plant per fact); "
            + "folds :: INTEGER = 2 (2 to 20, trainings without a part of the facts); "
            + "repetitions :: INTEGER = 0 (0 to 100, how often false facts are planted, all anew; 0 for 8 times in graphs of up to 3,000 facts, and once in graphs of more than 12,000); "
            + "randomSeed :: INTEGER = 42 (draws canaries and parts); "
            + CONCURRENCY
            + ").";

    static final String IMPACT = "fact :: RELATIONSHIP (required, a fact the model was trained on); "
            + "topK :: INTEGER = 10 (1 to 1000, how many of the most affected links); "
            + "among :: STRING = 'all' (which links: facts, predictions: the best new answers to the queries of facts, all: both); "
            + "tier :: STRING = 'fast' (fast: what was recorded of the fact is subtracted from its rows, replay: the links that this names, and three times as many, are followed back through the training); "
            + "replayMemory :: INTEGER = a quarter of the heap (MB for the walk backwards, less memory takes more time; only with tier replay); "
            + CONCURRENCY
            + "; only with tier replay).";

    static final String DUPLICATES = "topK :: INTEGER = 20 (1 to 10000, how many pairs); "
            + "nodeLabels :: LIST<STRING> = ['*'] (both nodes have one of them); "
            + "acrossLabels :: BOOLEAN = false (also nodes that have labels, but none in common).";

    static final String WHAT_IF =
            "remove :: LIST<RELATIONSHIP> = none (facts the model was trained on, to be without); "
                    + "add :: LIST<MAP> = none (facts it was not trained on, to have: maps {source :: NODE, type :: STRING, target :: NODE}, or relationships that were held out; remove or add is required); "
                    + "predictions :: LIST<MAP> = the most affected ones (which to ask for: maps {source :: NODE, type :: STRING, target :: NODE}, or relationships); "
                    + "topK :: INTEGER = 10 (1 to 1000, how many of the most affected facts; not with predictions); "
                    + "among :: STRING = 'all' (which facts may be the most affected ones: all, heldOut, training; not with predictions); "
                    + "verify :: BOOLEAN = false (train again without the facts to remove and with those to add, in memory, and show the real changes beside the predicted ones); "
                    + "replayMemory :: INTEGER = a quarter of the heap (MB for the walk backwards, less memory takes more time); "
                    + CONCURRENCY
                    + ").";

    private static final String SAMPLE =
            "sample :: INTEGER = 200 (0 to 1000000, how many held-out facts to rank before and after, to see what it does to others); ";

    private static final String UNDOABLE =
            "undoable :: BOOLEAN = true (keep what stood there before, so that whylink.models.revert can put it back); ";

    static final String EMBED =
            "nodes :: LIST<NODE> = all that have a relationship of the model's selection and no embedding (which to embed); "
                    + "maxEpochs :: INTEGER = 10 (1 to 100000); "
                    + "learningRate :: FLOAT = that of the model (above 0, at most 10); "
                    + UNDOABLE
                    + CONCURRENCY
                    + ").";

    static final String FORGET = "facts :: LIST<RELATIONSHIP> (required, facts the model was trained on); "
            + "method :: STRING = 'settle' where the model has a regularizer or no influence, else 'rollback' (settle: the rows of the facts move until the other facts pull as all did, rollback: what was recorded of the facts is subtracted, needs influence); "
            + SAMPLE
            + "dryRun :: BOOLEAN = false (change nothing, only say what would be); "
            + UNDOABLE
            + CONCURRENCY
            + ").";

    static final String CORRECT = LINK
            + "remedy :: STRING = 'steps' (steps: a few steps on the rows of source and target, rollback: roll back the facts that speak against it, fineTuning: train a little more on the facts that support it most); "
            + "maxSteps :: INTEGER = 10, or 50 with fineTuning (1 to 1000; only with remedy steps or fineTuning); "
            + "maxFacts :: INTEGER = 50, or 10 with fineTuning (1 to 100000, how many facts may be rolled back or trained on; only with remedy rollback or fineTuning); "
            + SAMPLE
            + "dryRun :: BOOLEAN = true (change nothing, only say what would be); "
            + UNDOABLE
            + CONCURRENCY
            + ").";

    static final String REVERT =
            "discard :: BOOLEAN = false (put nothing back, but throw away what could be, so that the change is final).";

    static final String DROP = "failIfMissing :: BOOLEAN = true (whether it is an error that there is no such model); "
            + "onlyUnfinished :: BOOLEAN = false (keep a model that answers, and remove only what a new version left that was cut short).";

    private Descriptions() {}
}
