package io.github.whylink.it.bench;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.Side;
import io.github.whylink.embedding.kernel.Rows;
import io.github.whylink.embedding.ranking.Softmax;
import io.github.whylink.embedding.ranking.Ties;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.Parameters.Table;
import io.github.whylink.embedding.train.ExampleGradient;
import io.github.whylink.embedding.train.Examples;
import io.github.whylink.embedding.train.FactOrder;
import io.github.whylink.embedding.train.RowGradients;
import io.github.whylink.embedding.train.TrainingMonitor;
import io.github.whylink.embedding.train.TrainingSettings;
import io.github.whylink.influence.FactIndex;
import io.github.whylink.influence.TrainedModel;
import io.github.whylink.influence.correction.Forgetting;
import io.github.whylink.influence.rollback.RollbackRecorder;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Asks how near a model that has forgotten some facts is to one that never saw them. */
@Command(
        name = "forget",
        sortOptions = false,
        description =
                "Train, let copies of the model forget random sets of facts, and compare each with training again without them (same "
                        + "seed, order and negatives). Prints per size of the sets and per remedy (forget; rollback: subtracting what "
                        + "was recorded; finetune: one step on each remaining fact around) the mean distance to that training, as a "
                        + "part of the distance of the model that forgets nothing: own (probability of the forgotten facts), held and "
                        + "held_rank (probability and reciprocal rank of test facts); and time, as a part of the training's.")
final class ForgetExperiment implements Callable<Integer> {
    private static final String NOTHING = "nothing";

    @Mixin
    private TrainingOptions training;

    @Option(
            names = "--facts",
            split = ",",
            defaultValue = "1,10,100,1%",
            description = "How many facts to forget; with %% of the training [${DEFAULT-VALUE}].")
    private List<String> sizes;

    @Option(names = "--sets", defaultValue = "3", description = "Random sets of each size [${DEFAULT-VALUE}].")
    private int sets;

    @Option(names = "--queries", defaultValue = "300", description = "Test facts to ask for [${DEFAULT-VALUE}].")
    private int queries;

    @Option(
            names = "--effort",
            defaultValue = "" + Forgetting.EFFORT,
            description = "Gradients to compute, as a part of those of the training [${DEFAULT-VALUE}].")
    private double effort;

    @Option(
            names = "--passes",
            defaultValue = "" + Forgetting.PASSES,
            description = "Changes of each row [${DEFAULT-VALUE}].")
    private int passes;

    @Option(
            names = "--finetune-rate",
            defaultValue = "0.01",
            description = "Step of finetune along a gradient [${DEFAULT-VALUE}].")
    private float finetuneRate;

    /** What is measured of a remedy, summed over sets. */
    private static final class Sums {
        private double own;
        private double held;
        private double heldRank;
        private double millis;
    }

    @Override
    public Integer call() throws Exception {
        TrainingSettings settings = training.settings();
        TrainingOptions.requireAtLeast1("--sets", sets);
        TrainingOptions.requireAtLeast1("--queries", queries);
        TrainingOptions.requireAtLeast1("--passes", passes);
        if (!(effort > 0)) {
            throw new IllegalArgumentException("--effort must be above 0, but is " + effort);
        }
        Dataset data = training.dataset();
        Facts facts = data.train();
        int[] counts = sizes.stream().mapToInt(size -> count(size, facts)).toArray();
        RollbackRecorder recorder = RollbackRecorder.of(facts, settings.entityWidth(), settings.relationWidth());
        TrainedModel trained = TrainedModel.train(facts, settings, recorder, TrainingOptions.printingTo(System.err));
        int[] shuffled = Dataset.shuffled(facts, settings.seed());
        int[] asked = Arrays.copyOf(
                Dataset.shuffled(data.test(), settings.seed()),
                Math.min(queries, data.test().count()));
        Facts held = data.test().select(asked);
        Figures figures = new Figures(System.out);
        int used = 0;
        for (int i = 0; i < counts.length; i++) {
            Map<String, Sums> sums = new LinkedHashMap<>();
            double trainMillis = 0;
            for (int set = 0; set < sets; set++) {
                System.err.printf("forgetting %d facts, set %d of %d%n", counts[i], set + 1, sets);
                BitSet forgotten = new BitSet();
                for (int k = 0; k < counts[i]; k++) {
                    forgotten.set(shuffled[used++ % shuffled.length]);
                }
                long start = System.nanoTime();
                EmbeddingModel truth = trained.without(forgotten);
                trainMillis += (System.nanoTime() - start) / 1e6;
                measure(trained, recorder, forgotten, truth, held, sums);
            }
            Sums nothing = sums.remove(NOTHING);
            figures.print(sizes.get(i) + ".nothing.own", nothing.own / sets);
            figures.print(sizes.get(i) + ".nothing.held", nothing.held / sets);
            for (Map.Entry<String, Sums> remedy : sums.entrySet()) {
                String name = sizes.get(i) + "." + remedy.getKey();
                figures.print(name + ".own", remedy.getValue().own / nothing.own);
                figures.print(name + ".held", remedy.getValue().held / nothing.held);
                figures.print(name + ".held_rank", remedy.getValue().heldRank / nothing.heldRank);
                figures.print(name + ".time", remedy.getValue().millis / trainMillis);
            }
        }
        return 0;
    }

    private void measure(
            TrainedModel trained,
            RollbackRecorder recorder,
            BitSet forgotten,
            EmbeddingModel truth,
            Facts held,
            Map<String, Sums> sums) {
        Facts own = trained.facts().select(forgotten.stream().toArray());
        Map<String, Supplier<EmbeddingModel>> remedies = new LinkedHashMap<>();
        remedies.put(NOTHING, trained::model);
        remedies.put("forget", () -> Forgetting.forget(
                        trained,
                        new FactIndex(trained.facts()),
                        recorder.ledger(),
                        forgotten,
                        effort,
                        passes,
                        TrainingMonitor.NONE)
                .model());
        remedies.put(
                "rollback", () -> Forgetting.rollBack(trained.facts(), trained.model(), recorder.ledger(), forgotten)
                        .model());
        remedies.put("finetune", () -> finetuned(trained, forgotten));
        double[][] ownTruth = answers(truth, own);
        double[][] heldTruth = answers(truth, held);
        remedies.forEach((name, remedy) -> {
            Sums sum = sums.computeIfAbsent(name, key -> new Sums());
            long start = System.nanoTime();
            EmbeddingModel model = remedy.get();
            sum.millis += (System.nanoTime() - start) / 1e6;
            sum.own += distance(answers(model, own)[0], ownTruth[0]);
            double[][] ofHeld = answers(model, held);
            sum.held += distance(ofHeld[0], heldTruth[0]);
            sum.heldRank += distance(ofHeld[1], heldTruth[1]);
        });
    }

    /** A copy that took one step on each remaining fact around the forgotten ones. */
    private EmbeddingModel finetuned(TrainedModel trained, BitSet forgotten) {
        Facts facts = trained.facts();
        FactIndex index = new FactIndex(facts);
        BitSet around = new BitSet();
        forgotten.stream().forEach(fact -> IntStream.of(facts.head(fact), facts.tail(fact))
                .flatMap(entity -> Arrays.stream(index.at(entity)))
                .filter(other -> !forgotten.get(other))
                .forEach(around::set));
        Parameters rows = trained.model().parameters().copy();
        ExampleGradient gradients = new ExampleGradient(new Examples(facts, trained.settings()));
        RowGradients gradient = RowGradients.shapedLike(rows);
        int epoch = trained.epochs() - 1;
        int[] batches = new FactOrder(facts, trained.settings().seed())
                .batches(epoch, Math.min(trained.settings().batchSize(), facts.count()));
        around.stream().forEach(fact -> {
            gradient.clear();
            gradients.add(rows, fact, epoch, batches[fact], gradient);
            for (Table table : Table.values()) {
                for (int i = 0; i < gradient.count(table); i++) {
                    Rows.axpy(-finetuneRate, gradient.values(table, i), rows.row(table, gradient.id(table, i)));
                }
            }
        });
        return new EmbeddingModel(trained.model().function(), rows);
    }

    private static int count(String size, Facts facts) {
        try {
            int count = size.endsWith("%")
                    ? (int) Math.round(Double.parseDouble(size.substring(0, size.length() - 1)) / 100 * facts.count())
                    : Integer.parseInt(size);
            if (count >= 1 && count < facts.count()) {
                return count;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("--facts must hold numbers or shares as 1%, but has " + size, e);
        }
        throw new IllegalArgumentException(
                "--facts must be at least 1 and below %d, the facts of the training, but has %s"
                        .formatted(facts.count(), size));
    }

    private static double distance(double[] a, double[] b) {
        return IntStream.range(0, a.length)
                .mapToDouble(i -> Math.abs(a[i] - b[i]))
                .average()
                .orElse(0);
    }

    /** Probability and reciprocal rank of each fact as the answer to its tail query, among all entities. */
    private static double[][] answers(EmbeddingModel model, Facts of) {
        double[][] answers = new double[2][of.count()];
        float[] scores = new float[model.entityCount()];
        float[] query = new float[model.parameters().entities()[0].length];
        for (int i = 0; i < of.count(); i++) {
            model.scores(Side.TAIL, of.head(i), of.relation(i), query, scores);
            answers[0][i] = Softmax.probability(scores, of.tail(i));
            answers[1][i] = 1 / Ties.REALISTIC.rank(scores, of.tail(i), e -> false);
        }
        return answers;
    }
}
