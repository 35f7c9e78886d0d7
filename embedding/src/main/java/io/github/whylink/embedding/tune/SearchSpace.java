package io.github.whylink.embedding.tune;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.kernel.CounterHash;
import io.github.whylink.embedding.tune.Keys.Kind;
import io.github.whylink.embedding.tune.Range.Choice;
import io.github.whylink.embedding.tune.Range.Decimal;
import io.github.whylink.embedding.tune.Range.Whole;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which configurations are searched: a range for each declared key, some of them only beside certain values of another
 * key; the other keys are as {@code whylink.train} has them by default. Immutable.
 *
 * <p>{@code maxEpochs} is not drawn: its least value is how long a configuration is trained at first, its greatest how long
 * at most. A key without meaning beside what was drawn before it, as {@code margin} beside softmax, is left out.
 */
public final class SearchSpace {
    private static final String EPOCHS = "maxEpochs";

    /** Drawn values that do not go together are drawn again so often. */
    private static final int ATTEMPTS = 100;

    /** Up to so many scores an epoch and side, all entities compete: some tens of seconds an epoch on one core. */
    private static final double SCORES_AGAINST_ALL = 2e8;

    /** Fewer entities than this need no wide rows. */
    private static final int FEW_ENTITIES = 1_000;

    /** How many facts the first look at a configuration should have seen. */
    private static final int FACTS_AT_FIRST = 100_000;

    private static final List<String> DISTANCES = List.of("TransE", "TransE-L1", "RotatE");

    private static final SearchSpace DEFAULTS = new SearchSpace(Map.of());

    private final Map<String, List<Alternative>> declared;

    /** A range that holds where another key has one of some values; everywhere if that key is null. */
    private record Alternative(String decider, List<Object> values, Range range) {
        boolean holds(Map<String, Object> drawn) {
            return decider == null || values.contains(Keys.value(decider, drawn));
        }
    }

    private SearchSpace(Map<String, List<Alternative>> declared) {
        this.declared = declared;
    }

    /** The keys that a space may have ranges for, those that decide about others before them. */
    public static List<String> keys() {
        return Keys.all();
    }

    /** The space of one configuration: every key as it is by default. */
    public static SearchSpace defaults() {
        return DEFAULTS;
    }

    /**
     * A space that suits a graph of this size: ComplEx, DistMult, TransE and RotatE; all entities as negatives where
     * entities × facts is small, and else negatives shared by a batch; softmax, for distances also the self-adversarial
     * loss; only optimizers whose steps can be attributed to facts, so that influence can be recorded; from the epochs that
     * it takes to see some 100,000 facts to 27 times as many.
     *
     * <p>The ranges are around the settings of Lacroix, Usunier and Obozinski (ICML 2018, arXiv 1806.07297), Sun et al.
     * (ICLR 2019, arXiv 1902.10197), and those that Ruffinelli, Broscheit and Gemulla, "You CAN teach an old dog new
     * tricks" (ICLR 2020) found to do well.
     *
     * @param facts of the training
     */
    public static SearchSpace standard(Facts facts) {
        boolean few = facts.entityCount() < FEW_ENTITIES;
        boolean small = (double) facts.entityCount() * facts.count() <= SCORES_AGAINST_ALL;
        long first = Math.max(2, Math.min(10, FACTS_AT_FIRST / Math.max(1, facts.count())));
        return DEFAULTS.with("scoringFunction", Range.oneOf("ComplEx", "DistMult", "TransE", "RotatE"))
                .with("reciprocalRelations", Range.oneOf(true, false))
                .where("reciprocalRelations", "scoringFunction", DISTANCES, Range.oneOf(false))
                .with("embeddingDimension", few ? Range.oneOf(16, 32, 64) : Range.oneOf(32, 64, 128))
                .with(EPOCHS, Range.whole(first, 27 * first))
                .with("batchSize", few ? Range.oneOf(64, 128, 256) : Range.oneOf(128, 256, 512, 1024))
                .with("negativeSampling", small ? Range.oneOf("1vsAll", "KvsAll", "shared") : Range.oneOf("shared"))
                .where("negativeSampling", "scoringFunction", DISTANCES, Range.oneOf("shared"))
                .with("negativeSamples", counts(facts.entityCount()))
                .with("loss", Range.oneOf("softmax"))
                .where("loss", "scoringFunction", DISTANCES, Range.oneOf("softmax", "selfAdversarial"))
                .with("margin", Range.decimalLog(1, 12))
                .with("adversarialTemperature", Range.oneOf(0.5, 1.0))
                .with("regularizer", Range.oneOf("N3", "none"))
                .where("regularizer", "scoringFunction", DISTANCES, Range.oneOf("none"))
                .with("entityPenalty", Range.decimalLog(1e-3, 0.5))
                .with("relationPenalty", Range.decimalLog(1e-3, 0.5))
                .with("entityDropout", Range.oneOf(0.0, 0.1, 0.3))
                .with("relationDropout", Range.oneOf(0.0, 0.1, 0.3))
                .with("optimizer", Range.oneOf("Adagrad", "RowAdagrad"))
                .with("initialAccumulator", Range.oneOf(0.0, 0.1))
                .with("learningRate", Range.decimalLog(0.02, 0.5))
                .with("learningRateSchedule", Range.oneOf("constant", "cosine"))
                .with("initialScale", Range.decimalLog(0.01, 0.5));
    }

    /** A hundred to a thousand, but not more than half of the entities. */
    private static Range counts(int entities) {
        int half = Math.max(1, entities / 2);
        List<Object> counts = new ArrayList<>();
        for (long count : new long[] {100, 300, 1000}) {
            if (count <= half) {
                counts.add(count);
            }
        }
        return new Choice(counts.isEmpty() ? List.of((long) half) : counts);
    }

    /**
     * The same space, but a key has this range, whatever was declared for it before.
     *
     * @throws IllegalArgumentException if the key is unknown, or the range is not of its type
     */
    public SearchSpace with(String key, Range range) {
        String known = Keys.named(key);
        return replacing(known, List.of(new Alternative(null, List.of(), checked(known, range))));
    }

    /** The same space, but a key has one value. */
    public SearchSpace fixed(String key, Object value) {
        return with(key, new Choice(List.of(value)));
    }

    /**
     * The same space, but a key has this range where another one has one of some values. The first declaration that holds
     * counts, before the range for all other cases.
     *
     * @throws IllegalArgumentException if a key is unknown, the range is not of its type, or the other key is drawn later
     */
    public SearchSpace where(String key, String decider, List<?> values, Range range) {
        String known = Keys.named(key);
        String other = Keys.named(decider);
        if (Keys.all().indexOf(other) >= Keys.all().indexOf(known) || known.equals(EPOCHS) || other.equals(EPOCHS)) {
            throw new IllegalArgumentException("'%s' cannot depend on '%s'".formatted(known, other));
        }
        List<Object> checkedValues =
                values.stream().map(value -> Keys.checked(other, value)).toList();
        List<Alternative> alternatives = new ArrayList<>(declared.getOrDefault(known, List.of()));
        int place = 0;
        while (place < alternatives.size() && alternatives.get(place).decider() != null) {
            place++;
        }
        alternatives.add(place, new Alternative(other, checkedValues, checked(known, range)));
        return replacing(known, alternatives);
    }

    /**
     * The same space, but some keys have other ranges, as a user declares them: a value fixes a key, a list is a choice, and
     * a map {@code {min: .., max: .., log: true}} is a range, where {@code log} is false if left out.
     *
     * @throws IllegalArgumentException naming the key that is unknown or whose range cannot be read
     */
    public SearchSpace with(Map<String, ?> ranges) {
        SearchSpace space = this;
        for (Map.Entry<String, ?> entry : ranges.entrySet()) {
            String key = Keys.named(entry.getKey());
            Object value = entry.getValue();
            if (value instanceof List<?> values) {
                if (values.isEmpty() || values.stream().anyMatch(v -> v == null)) {
                    throw new IllegalArgumentException("'%s' needs a list of values, but is %s".formatted(key, values));
                }
                space = space.with(key, new Choice(new ArrayList<>(values)));
            } else if (value instanceof Map<?, ?> bounds) {
                space = space.with(key, between(key, bounds));
            } else if (value == null) {
                throw new IllegalArgumentException(
                        "'%s' must be a value, a list or a range, but is null".formatted(key));
            } else {
                space = space.fixed(key, value);
            }
        }
        return space;
    }

    /**
     * Draws a configuration with the least number of epochs. A pure function of (seed, index): the draw of a key does not
     * depend on what is declared for others, except where values do not go together and all are drawn again.
     *
     * @throws IllegalArgumentException naming the reason if values that go together cannot be found
     */
    public TunedConfiguration draw(long seed, long index) {
        IllegalArgumentException reason = null;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            try {
                return TunedConfiguration.of(values(seed, index, attempt));
            } catch (IllegalArgumentException e) {
                reason = e;
            }
        }
        throw new IllegalArgumentException(
                "the space has no configuration that goes together: " + reason.getMessage(), reason);
    }

    /** How many epochs a configuration is trained at first. */
    public int leastEpochs() {
        return epochs(false);
    }

    /** How many epochs a configuration is trained at most. */
    public int mostEpochs() {
        return epochs(true);
    }

    private Map<String, Object> values(long seed, long index, int attempt) {
        Map<String, Object> drawn = new LinkedHashMap<>();
        for (String key : Keys.all()) {
            if (key.equals(EPOCHS)) {
                drawn.put(EPOCHS, (long) leastEpochs());
            } else if (Keys.applies(key, drawn)) {
                Range range = range(key, drawn);
                if (range != null) {
                    // The hash code of a string is part of Java's specification.
                    long hash = CounterHash.hash(seed, index, attempt, key.hashCode());
                    drawn.put(key, Keys.checked(key, range.at((hash >>> 11) * 0x1p-53)));
                }
            }
        }
        return drawn;
    }

    /** The range of a key beside some values; null if its default is meant. */
    private Range range(String key, Map<String, Object> drawn) {
        for (Alternative alternative : declared.getOrDefault(key, List.of())) {
            if (alternative.holds(drawn)) {
                return alternative.range();
            }
        }
        return null;
    }

    private int epochs(boolean most) {
        Range range = range(EPOCHS, Map.of());
        long found;
        if (range == null) {
            found = (Long) Keys.value(EPOCHS, Map.of());
        } else if (range instanceof Whole whole) {
            found = most ? whole.max() : whole.min();
        } else {
            long[] values = ((Choice) range)
                    .values().stream()
                            .mapToLong(v -> (Long) Keys.checked(EPOCHS, v))
                            .sorted()
                            .toArray();
            found = values[most ? values.length - 1 : 0];
        }
        if (found < 1 || found > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("'maxEpochs' must be at least 1, but is " + found);
        }
        return (int) found;
    }

    private SearchSpace replacing(String key, List<Alternative> alternatives) {
        Map<String, List<Alternative>> changed = new LinkedHashMap<>(declared);
        changed.put(key, List.copyOf(alternatives));
        return new SearchSpace(changed);
    }

    private static Range between(String key, Map<?, ?> bounds) {
        boolean complete = bounds.containsKey("min") && bounds.containsKey("max");
        if (!complete
                || bounds.size() > (bounds.containsKey("log") ? 3 : 2)
                || !((bounds.containsKey("log") ? bounds.get("log") : false) instanceof Boolean log)) {
            throw new IllegalArgumentException(
                    "'%s' needs a range like {min: 1, max: 10, log: true}, but is %s".formatted(key, bounds));
        }
        Object min = Keys.checked(key, bounds.get("min"));
        Object max = Keys.checked(key, bounds.get("max"));
        if (min instanceof Long from && max instanceof Long to) {
            return new Whole(from, to, log);
        }
        if (min instanceof Double from && max instanceof Double to) {
            return new Decimal(from, to, log);
        }
        throw new IllegalArgumentException("'%s' takes no range; give a list of values".formatted(key));
    }

    private static Range checked(String key, Range range) {
        if (range instanceof Choice choice) {
            return new Choice(choice.values().stream()
                    .map(value -> Keys.checked(key, value))
                    .toList());
        }
        Kind kind = Keys.kind(key);
        if ((kind == Kind.WHOLE && range instanceof Whole) || (kind == Kind.DECIMAL && range instanceof Decimal)) {
            return range;
        }
        throw new IllegalArgumentException("%s is no range for '%s'".formatted(range, key));
    }
}
