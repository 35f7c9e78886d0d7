package io.github.whylink.it.bench;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.Side;
import io.github.whylink.embedding.kernel.CounterHash;
import io.github.whylink.embedding.ranking.RankingEvaluation;
import io.github.whylink.embedding.ranking.Softmax;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.train.Trainer;
import io.github.whylink.embedding.train.TrainingSettings;
import io.github.whylink.influence.FactIndex;
import io.github.whylink.influence.FactInfluences;
import io.github.whylink.influence.Link;
import io.github.whylink.influence.faithfulness.RankCorrelation;
import io.github.whylink.influence.faithfulness.TopPrediction;
import io.github.whylink.influence.rollback.EntityColumns;
import io.github.whylink.influence.rollback.InfluenceLedger;
import io.github.whylink.influence.rollback.LedgerCodec;
import io.github.whylink.influence.rollback.RollbackExplainer;
import io.github.whylink.influence.rollback.RollbackRecorder;
import io.github.whylink.influence.rollback.RollbackTables;
import io.github.whylink.influence.rollback.TopInfluences;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Asks how long the most influential facts of a prediction take, and whether they are the right ones. */
@Command(
        name = "explain",
        sortOptions = false,
        description =
                "Train, then explain the best answer to test queries (h, r, ?) by gradient rollback. Prints mrr_tail "
                        + "of the model; candidates (facts that share a row); CPU ms of the first k facts of an explanation; the "
                        + "shares of candidates that needed a second bound and a full rescoring; CPU ms of the influences of all "
                        + "candidates, and in how many queries their first k are the same facts, to the last bit; and CPU ms per "
                        + "candidate of the naive way, which copies the model and scores it again, with the ratio. With --storage, "
                        + "for each form in which influence can be stored: bytes per fact, the overlap of the first k facts with "
                        + "those of the exact updates, in how many queries the first fact is the same, and the rank correlation "
                        + "over all candidates.")
final class ExplainExperiment implements Callable<Integer> {
    private static final double MILLISECOND = 1e6;

    /** Explanations before the measured ones, of other queries: by then the compiler is done. */
    private static final int WARM_UP = 100;

    @Mixin
    private TrainingOptions training;

    @Option(names = "--k", defaultValue = "10", description = "How many facts an explanation has [${DEFAULT-VALUE}].")
    private int k;

    @Option(
            names = "--queries",
            defaultValue = "200",
            description = "How many test queries, drawn by the seed [${DEFAULT-VALUE}].")
    private int queries;

    @Option(
            names = "--checked",
            defaultValue = "200",
            description = "For how many of them all candidates are rescored too [${DEFAULT-VALUE}].")
    private int checked;

    @Option(
            names = "--naive-facts",
            defaultValue = "3",
            description = "Candidates per query that are explained the naive way [${DEFAULT-VALUE}].")
    private int naiveFacts;

    @Option(
            names = "--storage",
            split = ",",
            description = "Forms of stored influence to compare with the exact updates: float32, int16, int8 [none].")
    private List<String> storage = List.of();

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();

    @Override
    public Integer call() throws Exception {
        TrainingSettings settings = training.settings();
        List<LedgerCodec.Form> forms =
                storage.stream().map(LedgerCodec.Form::named).toList();
        Dataset data = training.dataset();
        Facts facts = data.train();
        RollbackRecorder recorder = RollbackRecorder.of(facts, settings.entityWidth(), settings.relationWidth());
        Parameters parameters = Trainer.train(facts, settings, recorder, TrainingOptions.printingTo(System.err));
        EmbeddingModel model = new EmbeddingModel(settings.scoringFunction(), parameters);
        Figures figures = new Figures(System.out);
        figures.print(
                "mrr_tail",
                RankingEvaluation.of(model, data.test(), data.known(), settings.concurrency(), () -> {})
                        .tail()
                        .mrr());
        int[] drawn = draw(data.test(), WARM_UP + queries, settings.seed());
        TopPrediction[] predictions = TopPrediction.of(model, data.test().select(drawn), data.knownBeforeTest());

        FactIndex index = new FactIndex(facts);
        long start = threads.getCurrentThreadCpuTime();
        EntityColumns columns = EntityColumns.of(model);
        figures.print("columns_cpu_ms", (threads.getCurrentThreadCpuTime() - start) / MILLISECOND);
        RollbackExplainer explainer =
                new RollbackExplainer(model, new RollbackTables(columns, facts, index, recorder.ledger()), () -> {});
        int warmUp = Math.min(WARM_UP, predictions.length / 2);
        for (int i = 0; i < warmUp; i++) {
            explainer.top(predictions[i].link(), k);
        }
        TopPrediction[] measured = Arrays.copyOfRange(predictions, warmUp, predictions.length);
        figures.print("queries", measured.length);
        TopInfluences[] tops = new TopInfluences[measured.length];
        double[] milliseconds = new double[measured.length];
        for (int i = 0; i < measured.length; i++) {
            start = threads.getCurrentThreadCpuTime();
            tops[i] = explainer.top(measured[i].link(), k);
            milliseconds[i] = (threads.getCurrentThreadCpuTime() - start) / MILLISECOND;
        }
        double candidates =
                Arrays.stream(tops).mapToInt(TopInfluences::candidates).sum();
        figures.print("candidates.mean", candidates / tops.length);
        figures.print(
                "candidates.max",
                Arrays.stream(tops).mapToInt(TopInfluences::candidates).max().orElse(0));
        Arrays.sort(milliseconds);
        figures.print("top.cpu_ms_median", quantile(milliseconds, 0.5));
        figures.print("top.cpu_ms_p95", quantile(milliseconds, 0.95));
        figures.print("top.cpu_ms_max", quantile(milliseconds, 1));
        figures.print(
                "second_bound_%",
                100 * Arrays.stream(tops).mapToInt(TopInfluences::refined).sum() / candidates);
        figures.print(
                "rescored_%",
                100 * Arrays.stream(tops).mapToInt(TopInfluences::rescored).sum() / candidates);

        check(figures, explainer, measured, tops);
        for (LedgerCodec.Form form : forms) {
            compare(
                    figures,
                    form,
                    new StoredRows(model, columns, facts, index, recorder.ledger()),
                    explainer,
                    measured);
        }
        timeNaively(
                figures,
                new Naive(model, facts, recorder.ledger()),
                index,
                measured,
                tops,
                Arrays.stream(milliseconds).average().orElse(Double.NaN));
        return 0;
    }

    private void check(Figures figures, RollbackExplainer explainer, TopPrediction[] measured, TopInfluences[] tops) {
        int count = Math.min(checked, measured.length);
        double candidates = 0;
        int agreeing = 0;
        long start = threads.getCurrentThreadCpuTime();
        for (int i = 0; i < count; i++) {
            FactInfluences all = explainer.explain(measured[i].link());
            candidates += all.count();
            int[] ranked = all.ranked();
            boolean same = tops[i].count() == Math.min(k, ranked.length);
            for (int place = 0; same && place < tops[i].count(); place++) {
                same = tops[i].fact(place) == all.fact(ranked[place])
                        && Double.compare(tops[i].influence(place), all.influence(ranked[place])) == 0;
            }
            agreeing += same ? 1 : 0;
        }
        if (count > 0) {
            double spent = (threads.getCurrentThreadCpuTime() - start) / MILLISECOND;
            figures.print("all.cpu_ms_mean", spent / count);
            figures.print("all.cpu_ms_per_candidate", spent / candidates);
            figures.print("checked", count);
            figures.print("agreeing_%", 100.0 * agreeing / count);
        }
    }

    /** How explanations from stored rows differ from those of the exact ones. */
    private void compare(
            Figures figures,
            LedgerCodec.Form form,
            StoredRows stored,
            RollbackExplainer exactly,
            TopPrediction[] measured) {
        RollbackExplainer decoded = stored.explainer(form);
        int count = Math.min(checked, measured.length);
        double shared = 0;
        double sameFirst = 0;
        double correlation = 0;
        for (int i = 0; i < count; i++) {
            FactInfluences exact = exactly.explain(measured[i].link());
            FactInfluences near = decoded.explain(measured[i].link());
            int[] first = Arrays.stream(exact.ranked()).limit(k).sorted().toArray();
            int[] nearFirst = Arrays.stream(near.ranked()).limit(k).toArray();
            shared += Arrays.stream(nearFirst)
                            .filter(fact -> Arrays.binarySearch(first, fact) >= 0)
                            .count()
                    / (double) Math.max(1, first.length);
            sameFirst += first.length > 0 && exact.ranked()[0] == near.ranked()[0] ? 1 : 0;
            correlation += RankCorrelation.spearman(influences(exact), influences(near));
        }
        if (count > 0) {
            figures.print(form.text() + ".bytes_per_fact", stored.codec().bytes(form));
            figures.print(form.text() + ".overlap_" + k + "_%", 100 * shared / count);
            figures.print(form.text() + ".same_first_%", 100 * sameFirst / count);
            figures.print(form.text() + ".spearman", correlation / count);
        }
    }

    private static double[] influences(FactInfluences explained) {
        return IntStream.range(0, explained.count())
                .mapToDouble(explained::influence)
                .toArray();
    }

    /** What an explainer sees that reads the updates of facts from the store. */
    private record StoredRows(
            EmbeddingModel model, EntityColumns columns, Facts facts, FactIndex index, InfluenceLedger exact) {
        LedgerCodec codec() {
            return new LedgerCodec(entityWidth(), relationWidth());
        }

        RollbackExplainer explainer(LedgerCodec.Form form) {
            LedgerCodec codec = codec();
            float[][] rows = IntStream.range(0, facts.count())
                    .mapToObj(fact -> codec.decode(codec.encode(exact.row(fact), form)))
                    .toArray(float[][]::new);
            InfluenceLedger decoded = new InfluenceLedger(rows, entityWidth(), relationWidth());
            return new RollbackExplainer(model, new RollbackTables(columns, facts, index, decoded), () -> {});
        }

        private int entityWidth() {
            return model.parameters().entities()[0].length;
        }

        private int relationWidth() {
            return model.parameters().relations()[0].length;
        }
    }

    private void timeNaively(
            Figures figures,
            Naive naive,
            FactIndex index,
            TopPrediction[] measured,
            TopInfluences[] tops,
            double topMean) {
        double spent = 0;
        int timed = 0;
        double candidates = 0;
        for (int i = 0; i < measured.length; i++) {
            int[] all = index.sharingARow(measured[i].link());
            candidates += (double) all.length / measured.length;
            for (int n = 0; n < Math.min(naiveFacts, all.length); n++) {
                int fact = all[(int) ((long) n * all.length / naiveFacts)];
                long start = threads.getCurrentThreadCpuTime();
                double without = naive.probabilityWithout(fact, measured[i].link());
                spent += (threads.getCurrentThreadCpuTime() - start) / MILLISECOND;
                timed++;
                if (!(without <= tops[i].probability() - tops[i].influence(tops[i].count() - 1) + 1)) {
                    throw new IllegalStateException("a probability without a fact is " + without);
                }
            }
        }
        if (timed > 0) {
            figures.print("naive.cpu_ms_per_candidate", spent / timed);
            figures.print("naive_to_top", spent / timed * candidates / topMean);
        }
    }

    /** Gradient rollback by the letter: a copy of the model for every fact. */
    private record Naive(EmbeddingModel model, Facts facts, InfluenceLedger ledger) {
        double probabilityWithout(int fact, Link link) {
            Parameters copy = model.parameters().copy();
            float[] updates = ledger.row(fact);
            float[] head = copy.entities()[facts.head(fact)];
            float[] relation = copy.relations()[facts.relation(fact)];
            float[] tail = copy.entities()[facts.tail(fact)];
            for (int i = 0; i < head.length; i++) {
                head[i] -= updates[i];
                tail[i] -= updates[head.length + relation.length + i];
            }
            for (int i = 0; i < relation.length; i++) {
                relation[i] -= updates[head.length + i];
            }
            float[] scores = new float[model.entityCount()];
            new EmbeddingModel(model.function(), copy)
                    .scores(Side.TAIL, link.head(), link.relation(), new float[head.length], scores);
            return Softmax.probability(scores, link.tail());
        }
    }

    private static double quantile(double[] sorted, double share) {
        return sorted[(int) Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
    }

    /** Facts with the smallest hashes of (seed, key). */
    private static int[] draw(Facts facts, int wanted, long seed) {
        return IntStream.range(0, facts.count())
                .boxed()
                .sorted(Comparator.comparingLong(i -> CounterHash.hash(seed, facts.key(i), 1, 0)))
                .limit(wanted)
                .mapToInt(Integer::intValue)
                .toArray();
    }
}
