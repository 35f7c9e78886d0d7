package io.github.whylink.procedures.config;

import io.github.whylink.embedding.tune.Nearest;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How facts are to be credited with a prediction.
 *
 * @param byDefault whether the user left the choice of the method to the tier
 * @param replayMemory bytes for the replay of a training
 * @param concurrency threads; never changes the result
 */
public record MethodRequest(Tier tier, Method method, boolean byDefault, long replayMemory, int concurrency) {
    private static final long MEGABYTE = 1 << 20;

    /** Reads the keys of a call that may be fast, so that some of them have no meaning. */
    static MethodRequest orFast(ConfigurationReader in) {
        MethodRequest read = tierAndMethod(in, List.of(Tier.values()), Tier.FAST);
        boolean trains = in.applies("concurrency", read.tier != Tier.FAST, "the tiers 'replay' and 'verify'", "tier");
        return new MethodRequest(
                read.tier, read.method, read.byDefault, replayMemory(in, read.method), trains ? concurrency(in) : 1);
    }

    /** Reads the keys of a call that trains again in any case: the tier says how the facts are found. */
    static MethodRequest beforeTraining(ConfigurationReader in) {
        MethodRequest read = tierAndMethod(in, List.of(Tier.FAST, Tier.REPLAY), Tier.REPLAY);
        return new MethodRequest(
                read.tier, read.method, read.byDefault, replayMemory(in, read.method), concurrency(in));
    }

    /**
     * The same for an ensemble: where the user left the choice, the tiers that train again take the method that says most about
     * models of any seed.
     */
    public MethodRequest ofEnsemble() {
        return byDefault && tier != Tier.FAST
                ? new MethodRequest(tier, Method.GAUSS_NEWTON, true, replayMemory, concurrency)
                : this;
    }

    /** A configuration as it is echoed to the user, with the method that is used. */
    public Map<String, Object> echoedIn(Map<String, Object> effective) {
        Map<String, Object> echoed = new LinkedHashMap<>(effective);
        echoed.put("method", method.text());
        if (!method.walksBack()) {
            echoed.remove("replayMemory");
        }
        return echoed;
    }

    /** Reads how many threads there may be. */
    static int concurrency(ConfigurationReader in) {
        // More threads than processors only wait for each other; the result is the same.
        return Math.min(
                in.integer("concurrency", 1, 256, 4), Runtime.getRuntime().availableProcessors());
    }

    /** Reads how much memory a replay may take, in bytes. */
    static long replayMemory(ConfigurationReader in) {
        int heap = (int) Math.min(Integer.MAX_VALUE, Runtime.getRuntime().maxMemory() / MEGABYTE);
        return in.integer("replayMemory", 1, heap, Math.max(1, heap / 4)) * MEGABYTE;
    }

    private static long replayMemory(ConfigurationReader in, Method method) {
        String only = "the method 'unrolled', which walks the training backwards";
        return in.applies("replayMemory", method.walksBack(), only, "method") ? replayMemory(in) : MEGABYTE;
    }

    /** A method alone says what tier it needs, and a tier alone has a method of its own. */
    private static MethodRequest tierAndMethod(ConfigurationReader in, List<Tier> tiers, Tier byDefault) {
        List<String> names = tiers.stream().map(Tier::text).toList();
        Method method;
        Tier tier;
        if (in.has("method") && !in.has("tier")) {
            method = Method.named(
                    in.oneOf("method", Method.names(), byDefault.method().text()));
            tier = tier(in.oneOf("tier", names, method.tier().text()));
        } else {
            tier = tier(in.oneOf("tier", names, byDefault.text()));
            method = Method.named(
                    in.oneOf("method", Method.names(), tier.method().text()));
        }
        if (tier == Tier.FAST && method.tier() == Tier.REPLAY) {
            in.problem(
                    "'method' '%s' cannot be with 'tier' 'fast', which reads only what stands around the link, as it needs the whole training; set 'tier' to 'replay', or 'method' to one of %s"
                            .formatted(method.text(), methods(Tier.FAST)),
                    "method",
                    "tier");
        }
        if (tier == Tier.REPLAY && method.tier() == Tier.FAST) {
            in.problem(
                    "'method' '%s' cannot be with 'tier' 'replay', as it replays nothing; set 'tier' to 'fast'%s, or 'method' to one of %s"
                            .formatted(
                                    method.text(),
                                    tiers.contains(Tier.VERIFY) ? ", or to 'verify' to have its facts tried out" : "",
                                    methods(Tier.REPLAY)),
                    "method",
                    "tier");
        }
        return new MethodRequest(tier, method, !in.has("method"), MEGABYTE, 1);
    }

    private static String methods(Tier tier) {
        return Nearest.list(Arrays.stream(Method.values())
                .filter(method -> method.tier() == tier)
                .map(Method::text)
                .toList());
    }

    private static Tier tier(String text) {
        return Arrays.stream(Tier.values())
                .filter(tier -> tier.text().equals(text))
                .findFirst()
                .orElseThrow();
    }
}
