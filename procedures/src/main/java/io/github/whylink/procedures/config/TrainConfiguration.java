package io.github.whylink.procedures.config;

import io.github.whylink.embedding.scoring.ScoringFunctions;
import io.github.whylink.embedding.scoring.SideBySide;
import io.github.whylink.embedding.train.Dropout;
import io.github.whylink.embedding.train.EarlyStopping;
import io.github.whylink.embedding.train.LearningRate;
import io.github.whylink.embedding.train.Loss;
import io.github.whylink.embedding.train.LossSettings;
import io.github.whylink.embedding.train.NegativeSides;
import io.github.whylink.embedding.train.Negatives;
import io.github.whylink.embedding.train.Negatives.Regime;
import io.github.whylink.embedding.train.Negatives.Sampling;
import io.github.whylink.embedding.train.OptimizerSettings;
import io.github.whylink.embedding.train.Regularizer;
import io.github.whylink.embedding.train.TrainingSettings;
import io.github.whylink.influence.rollback.LedgerCodec;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code whylink.train} is asked to do, with every default filled in.
 *
 * <p>The defaults stand in {@link #of} and, for the user to read, in the description of the procedure; a test compares
 * the two. A key that has no meaning beside the others is refused and stands in no echoed map.
 *
 * @param relationshipProperties the property that splits a type into several relations, by type
 * @param relationshipWeightProperty the property that says by how much a fact counts; null where each counts the same
 * @param settings of the trainer
 * @param heldOutFraction share of the facts that only measure the model
 * @param ensembleSize models that differ by their seed alone and answer together; the settings are those of the first
 * @param validationFraction share of the other facts that only decide when to stop; 0 for none
 * @param earlyStopping present if there are such facts
 * @param influence whether to record what each fact does
 * @param influenceStorage how that is stored
 * @param continueFrom the model in whose rows the training begins; null to begin anew
 * @param overwrite whether a model of that name may be replaced
 * @param background whether the call returns before the training
 * @param sudo whether to train even if that seems not to fit into memory
 * @param toMap the map that, given to {@link #of}, makes this configuration again
 */
public record TrainConfiguration(
        List<String> nodeLabels,
        List<String> relationshipTypes,
        Map<String, String> relationshipProperties,
        String relationshipWeightProperty,
        TrainingSettings settings,
        int ensembleSize,
        double heldOutFraction,
        double validationFraction,
        Optional<EarlyStopping> earlyStopping,
        boolean influence,
        LedgerCodec.Form influenceStorage,
        String continueFrom,
        boolean overwrite,
        boolean background,
        boolean sudo,
        Map<String, Object> toMap) {
    /** Stands for all labels or all types. */
    public static final String ALL = "*";

    /** The keys that the model is made by, in the order in which they are documented. */
    public static final List<String> KEYS = List.of(
            "nodeLabels",
            "relationshipTypes",
            "relationshipProperties",
            "relationshipWeightProperty",
            "scoringFunction",
            "reciprocalRelations",
            "embeddingDimension",
            "maxEpochs",
            "batchSize",
            "negativeSampling",
            "negativeSamples",
            "negativeSides",
            "negativeDistribution",
            "filterNegatives",
            "loss",
            "margin",
            "labelSmoothing",
            "adversarialTemperature",
            "regularizer",
            "entityPenalty",
            "relationPenalty",
            "penaltyWeighting",
            "entityDropout",
            "relationDropout",
            "optimizer",
            "initialAccumulator",
            "maxGradientNorm",
            "learningRate",
            "learningRateSchedule",
            "learningRateDecay",
            "learningRateDecaySteps",
            "warmupSteps",
            "initialScale",
            "heldOutFraction",
            "validationFraction",
            "validateEvery",
            "patience",
            "randomSeed",
            "ensembleSize",
            "concurrency",
            "influence",
            "influenceStorage");

    /** Names the model that a training goes on from: kept with the new model, but no part of the echoed map. */
    public static final String CONTINUE_FROM = "continueFrom";

    /** What the rows are made for, so that a training that goes on from them cannot have it otherwise. */
    private static final List<String> OF_THE_ROWS =
            List.of("scoringFunction", "reciprocalRelations", "embeddingDimension", "ensembleSize");

    /** The keys that are about the call alone: no part of the echoed map, nor kept with the model. */
    public static final List<String> CALL_KEYS = List.of("overwrite", "background", "sudo");

    private static final int MOST_STEPS = Integer.MAX_VALUE;

    /**
     * Reads the map of a call.
     *
     * @throws IllegalArgumentException with everything that is wrong with it
     */
    public static TrainConfiguration of(Map<String, Object> configuration) {
        return of("whylink.train", configuration);
    }

    /**
     * Reads the map of a call.
     *
     * @param procedure begins the message about problems
     * @throws IllegalArgumentException with everything that is wrong with it
     */
    public static TrainConfiguration of(String procedure, Map<String, Object> configuration) {
        return of(procedure, configuration, Map.of());
    }

    /** The model that a call wants to go on from; empty if it names none, or nothing that can be a name. */
    public static Optional<ModelName> predecessor(Map<String, Object> configuration) {
        return configuration == null
                ? Optional.empty()
                : configuration.entrySet().stream()
                        .filter(entry -> CONTINUE_FROM.equalsIgnoreCase(entry.getKey()))
                        .map(Map.Entry::getValue)
                        .filter(value -> value instanceof String name && ModelName.isAllowed(name))
                        .map(value -> new ModelName((String) value))
                        .findFirst();
    }

    /**
     * Reads the map of a call that goes on from a model.
     *
     * @param ofPredecessor the configuration of that model, which has the values of keys that are not given; empty for none
     * @throws IllegalArgumentException with everything that is wrong with it
     */
    public static TrainConfiguration of(
            String procedure, Map<String, Object> configuration, Map<String, Object> ofPredecessor) {
        Map<String, Object> inherited =
                ofPredecessor.isEmpty() ? Map.of() : of(ofPredecessor).toMap();
        ConfigurationReader in = new ConfigurationReader(procedure, configuration, inherited);
        TrainConfiguration model = read(in, false);
        String continueFrom = in.optionalString(CONTINUE_FROM);
        if (continueFrom != null && !ModelName.isAllowed(continueFrom)) {
            in.wrongName(CONTINUE_FROM, continueFrom);
        }
        requireFitting(in, inherited, continueFrom);
        boolean overwrite = in.flag("overwrite");
        boolean background = in.flag("background");
        boolean sudo = in.flag("sudo");
        in.finish();
        return model.called(continueFrom, overwrite, background, sudo);
    }

    /**
     * Reads the keys that a model is made by; what is wrong with them is said when the reader ends.
     *
     * @param tuned whether they are those of a search, which always validates, at epochs of its own, and trains one model at
     *     a time, anew
     */
    static TrainConfiguration read(ConfigurationReader in, boolean tuned) {
        List<String> nodeLabels = in.strings("nodeLabels", List.of(ALL));
        List<String> relationshipTypes = in.strings("relationshipTypes", List.of(ALL));
        Map<String, String> relationshipProperties = relationshipProperties(in, relationshipTypes);
        String relationshipWeightProperty = relationshipWeightProperty(in);
        String scoringFunction = in.oneOf("scoringFunction", ScoringFunctions.names(), "ComplEx");
        boolean reciprocal = in.bool("reciprocalRelations", false);
        TrainingSettings.Builder settings = TrainingSettings.of(
                ScoringFunctions.named(scoringFunction, reciprocal), in.integer("embeddingDimension", 1, 4096, 32));
        settings.epochs(in.integer("maxEpochs", 1, 100_000, 30));
        int batchSize = in.integer("batchSize", 1, 100_000, 1);
        settings.batchSize(batchSize)
                .negatives(negatives(in, reciprocal))
                .loss(loss(in))
                .regularizer(regularizer(in))
                .dropout(dropout(in));
        OptimizerSettings optimizer = optimizer(in);
        settings.optimizer(optimizer).initialScale((float) in.decimalAbove("initialScale", 0, 10, 0.1));
        double heldOutFraction = in.decimal("heldOutFraction", 0, 0.5, 0.1);
        double validationFraction = tuned
                ? in.decimalAbove("validationFraction", 0, 0.5, 0.1)
                : in.decimal("validationFraction", 0, 0.5, 0.0);
        Optional<EarlyStopping> earlyStopping =
                tuned ? Optional.of(new EarlyStopping(1, 1)) : earlyStopping(in, validationFraction > 0);
        settings.seed(in.anyLong("randomSeed", 42));
        int ensembleSize = tuned ? 1 : in.integer("ensembleSize", 1, 100, 1);
        in.together(
                () -> new SideBySide(ScoringFunctions.named(scoringFunction, reciprocal), ensembleSize),
                null,
                "set 'ensembleSize' to 1 or choose another 'scoringFunction'",
                "scoringFunction",
                "ensembleSize");
        // More threads than processors only wait for each other; the result is the same.
        settings.concurrency(Math.min(
                in.integer("concurrency", 1, 256, 4), Runtime.getRuntime().availableProcessors()));
        boolean influence = in.bool("influence", true);
        LedgerCodec.Form influenceStorage = influenceStorage(in, influence);

        TrainingSettings built = in.together(
                settings::build, null, "choose another 'loss' or 'negativeSampling'", "negativeSampling", "loss");
        if (influence && !optimizer.attributable(batchSize)) {
            in.problem(
                    ("'influence' must be false with 'optimizer' '%s' and 'batchSize' %d: its momentum mixes the facts of "
                                    + "a batch, so that no step can be attributed to them exactly; use 'Adagrad', 'SGD' or "
                                    + "'batchSize' 1 to have predictions explained")
                            .formatted(optimizer.name(), batchSize),
                    "influence",
                    "optimizer",
                    "batchSize");
        }
        return new TrainConfiguration(
                nodeLabels,
                relationshipTypes,
                relationshipProperties,
                relationshipWeightProperty,
                built,
                ensembleSize,
                heldOutFraction,
                validationFraction,
                earlyStopping,
                influence,
                influenceStorage,
                null,
                false,
                false,
                false,
                in.effective());
    }

    private TrainConfiguration called(
            String predecessor, boolean replaces, boolean returnsAtOnce, boolean whateverItTakes) {
        return new TrainConfiguration(
                nodeLabels,
                relationshipTypes,
                relationshipProperties,
                relationshipWeightProperty,
                settings,
                ensembleSize,
                heldOutFraction,
                validationFraction,
                earlyStopping,
                influence,
                influenceStorage,
                predecessor,
                replaces,
                returnsAtOnce,
                whateverItTakes,
                toMap);
    }

    private static Map<String, String> relationshipProperties(ConfigurationReader in, List<String> relationshipTypes) {
        String key = "relationshipProperties";
        Map<String, String> properties = in.names(key, "relationship types to properties, as {RATED: 'rating'}");
        properties.forEach((type, property) -> {
            if (!relationshipTypes.contains(ALL) && !relationshipTypes.contains(type)) {
                in.problem(
                        "'%s' splits the type '%s', which is none of 'relationshipTypes'; add it there, or leave it out here"
                                .formatted(key, type),
                        key,
                        "relationshipTypes");
            }
            if (ModelName.isModelProperty(property)) {
                in.problem(
                        "'%s' splits the type '%s' by '%s', which Whylink itself writes; name a property of your own"
                                .formatted(key, type, property),
                        key);
            }
        });
        return properties;
    }

    private static String relationshipWeightProperty(ConfigurationReader in) {
        String key = "relationshipWeightProperty";
        String property = in.optionalName(key);
        if (property != null && ModelName.isModelProperty(property)) {
            in.problem(
                    "'%s' weighs facts by '%s', which Whylink itself writes; name a property of your own"
                            .formatted(key, property),
                    key);
        }
        return property;
    }

    private static void requireFitting(ConfigurationReader in, Map<String, Object> ofPredecessor, String continueFrom) {
        if (ofPredecessor.isEmpty()) {
            return;
        }
        for (String key : OF_THE_ROWS) {
            Object read = in.effective().get(key);
            if (in.has(key) && !ofPredecessor.get(key).equals(read)) {
                in.problem(
                        "'%s' is %s, but the rows of model '%s', in which the training is to begin, are made for %s; leave the key out, or train without '%s'"
                                .formatted(key, read, continueFrom, ofPredecessor.get(key), CONTINUE_FROM),
                        key);
            }
        }
        if (Boolean.FALSE.equals(ofPredecessor.get("influence"))
                && Boolean.TRUE.equals(in.effective().get("influence"))) {
            in.problem(
                    "'influence' must be false, as model '%s' was trained so: nothing was recorded of what led to its rows, and predictions would be explained by a part of their training alone; leave the key out, or train without '%s'"
                            .formatted(continueFrom, CONTINUE_FROM),
                    "influence");
        }
    }

    private static Negatives negatives(ConfigurationReader in, boolean reciprocal) {
        Regime regime = Negatives.regime(in.oneOf("negativeSampling", Negatives.regimeNames(), Regime.PER_FACT.text()));
        String drawn = "'negativeSampling' 'perFact' or 'shared', as the others take all nodes and draw none";
        int count = in.applies("negativeSamples", !regime.all(), drawn, "negativeSampling")
                ? in.integer("negativeSamples", 1, 100_000, 64)
                : 1;
        String sidesText = in.oneOf("negativeSides", List.of("both", "tail", "head", "random"), "both");
        NegativeSides sides = NegativeSides.valueOf(sidesText.toUpperCase(Locale.ROOT));
        Sampling sampling = in.applies("negativeDistribution", !regime.all(), drawn, "negativeSampling")
                ? Sampling.valueOf(in.oneOf("negativeDistribution", List.of("uniform", "bernoulli", "typed"), "uniform")
                        .toUpperCase(Locale.ROOT))
                : Sampling.UNIFORM;
        boolean filtered = in.applies(
                        "filterNegatives",
                        regime != Regime.K_VS_ALL,
                        "'negativeSampling' 'perFact', 'shared' or '1vsAll', as KvsAll takes every known answer for what it is",
                        "negativeSampling")
                && in.bool("filterNegatives", false);
        if (reciprocal && (sides == NegativeSides.TAIL || sides == NegativeSides.HEAD)) {
            in.problem(
                    ("'reciprocalRelations' true cannot be with 'negativeSides' '%s': sources and targets are asked for with "
                                    + "relation rows of their own, and those of the other side would never be trained; use 'both' or 'random'")
                            .formatted(sidesText),
                    "reciprocalRelations",
                    "negativeSides");
        }
        return negatives(in, regime, count, sides, sampling, filtered);
    }

    /** Looks at two keys at a time, so that the user hears of each pair that does not go together. */
    private static Negatives negatives(
            ConfigurationReader in,
            Regime regime,
            int count,
            NegativeSides sides,
            Sampling sampling,
            boolean filtered) {
        Negatives usual = Negatives.perFact(1, NegativeSides.BOTH);
        if (regime == Regime.PER_FACT) {
            return in.together(
                    () -> new Negatives(regime, count, sides, sampling, filtered),
                    usual,
                    "set 'negativeSides' to 'random'",
                    "negativeDistribution",
                    "negativeSides");
        }
        Negatives read = in.together(
                () -> new Negatives(regime, count, sides, Sampling.UNIFORM, filtered),
                usual,
                "or set 'negativeSampling' to 'perFact'",
                "negativeSampling",
                "negativeSides");
        if (sampling != Sampling.UNIFORM) {
            in.together(
                    () -> new Negatives(regime, count, NegativeSides.BOTH, sampling, filtered),
                    usual,
                    "set 'negativeDistribution' to 'uniform' or 'negativeSampling' to 'perFact'",
                    "negativeSampling",
                    "negativeDistribution");
        }
        return read;
    }

    private static Loss loss(ConfigurationReader in) {
        String name = in.oneOf("loss", LossSettings.names(), "softmax");
        boolean isMargin = name.equals("margin");
        boolean isAdversarial = name.equals("selfAdversarial");
        double margin = 1;
        if (in.applies("margin", isMargin || isAdversarial, "the losses 'margin' and 'selfAdversarial'", "loss")) {
            margin = isMargin ? in.decimalAbove("margin", 0, 1000, 1.0) : in.decimal("margin", 0, 1000, 1.0);
        }
        double smoothing = in.applies(
                        "labelSmoothing",
                        !isMargin && !isAdversarial,
                        "the losses 'softmax' and 'logistic', as the others have no target to smooth",
                        "loss")
                ? in.decimalBelow("labelSmoothing", 0, 1, 0.0)
                : 0;
        double temperature = in.applies("adversarialTemperature", isAdversarial, "the loss 'selfAdversarial'", "loss")
                ? in.decimal("adversarialTemperature", 0, 1000, 1.0)
                : 1;
        float marginFloat = (float) margin;
        return in.together(
                        () -> new LossSettings(name, marginFloat, (float) smoothing, (float) temperature),
                        LossSettings.of("softmax"),
                        "choose numbers that are not so near to the end of their range",
                        "loss")
                .create();
    }

    private static Regularizer regularizer(ConfigurationReader in) {
        String name = in.oneOf("regularizer", Regularizer.names(), "none");
        boolean some = !name.equals("none");
        String only = "the regularizers 'L2' and 'N3'";
        double entities =
                in.applies("entityPenalty", some, only, "regularizer") ? in.decimal("entityPenalty", 0, 1000, 0.01) : 0;
        double relations = in.applies("relationPenalty", some, only, "regularizer")
                ? in.decimal("relationPenalty", 0, 1000, 0.01)
                : 0;
        String weighting = in.applies("penaltyWeighting", some, only, "regularizer")
                ? in.oneOf("penaltyWeighting", List.of("perFact", "perRow"), "perFact")
                : "perFact";
        return new Regularizer(name, (float) entities, (float) relations, weighting.equals("perFact"));
    }

    private static Dropout dropout(ConfigurationReader in) {
        double entities = in.decimalBelow("entityDropout", 0, 1, 0.0);
        double relations = in.decimalBelow("relationDropout", 0, 1, 0.0);
        return in.together(
                () -> new Dropout((float) entities, (float) relations),
                Dropout.NONE,
                "choose a share that is not so near to 1",
                "entityDropout",
                "relationDropout");
    }

    private static OptimizerSettings optimizer(ConfigurationReader in) {
        String name = in.oneOf("optimizer", OptimizerSettings.names(), "Adagrad");
        double accumulator = in.applies(
                        "initialAccumulator",
                        name.equals("Adagrad") || name.equals("RowAdagrad"),
                        "the optimizers 'Adagrad' and 'RowAdagrad'",
                        "optimizer")
                ? in.decimal("initialAccumulator", 0, 1000, 0.1)
                : 0;
        double maxNorm = in.decimal("maxGradientNorm", 0, 1_000_000, 0.0);
        double rate = in.decimalAbove("learningRate", 0, 10, 0.1);
        String schedule = in.oneOf("learningRateSchedule", LearningRate.schedules(), "step");
        boolean stairs = schedule.equals("step");
        String only = "'learningRateSchedule' 'step'";
        double decay = in.applies("learningRateDecay", stairs, only, "learningRateSchedule")
                ? in.decimalAbove("learningRateDecay", 0, 1, 1.0)
                : 1;
        int decaySteps = in.applies("learningRateDecaySteps", stairs, only, "learningRateSchedule")
                ? in.integer("learningRateDecaySteps", 1, MOST_STEPS, 1000)
                : 1;
        int warmup = in.integer("warmupSteps", 0, MOST_STEPS, 0);
        LearningRate learningRate = in.together(
                () -> new LearningRate(schedule, (float) rate, (float) decay, decaySteps, warmup),
                LearningRate.constant(1f),
                "choose numbers that are not so near to 0",
                "learningRate");
        return new OptimizerSettings(name, learningRate, (float) accumulator, (float) maxNorm);
    }

    private static Optional<EarlyStopping> earlyStopping(ConfigurationReader in, boolean validates) {
        String only = "a 'validationFraction' above 0";
        int every = in.applies("validateEvery", validates, only, "validationFraction")
                ? in.integer("validateEvery", 1, 100_000, 5)
                : 1;
        int patience = in.applies("patience", validates, only, "validationFraction")
                ? in.integer("patience", 1, 100_000, 3)
                : 1;
        return validates ? Optional.of(new EarlyStopping(every, patience)) : Optional.empty();
    }

    private static LedgerCodec.Form influenceStorage(ConfigurationReader in, boolean influence) {
        LedgerCodec.Form byDefault = LedgerCodec.Form.INT16;
        return in.applies("influenceStorage", influence, "'influence' true", "influence")
                ? LedgerCodec.Form.named(in.oneOf("influenceStorage", LedgerCodec.Form.names(), byDefault.text()))
                : byDefault;
    }

    /** Numbers in an entity row of the whole model. */
    public int entityWidth() {
        return ensembleSize * settings.entityWidth();
    }

    /** Numbers in a relation row of the whole model. */
    public int relationWidth() {
        return ensembleSize * settings.relationWidth();
    }

    /** Whether negatives are to fit the classes of the nodes, so that their labels have to be read. */
    public boolean needsClasses() {
        return settings.negatives().sampling() == Sampling.TYPED;
    }
}
