package io.github.whylink.it.bench;

import com.sun.management.ThreadMXBean;
import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.KnownFacts;
import io.github.whylink.embedding.ranking.RankingEvaluation;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.train.Trainer;
import io.github.whylink.embedding.train.TrainingMonitor;
import io.github.whylink.embedding.train.TrainingObserver;
import io.github.whylink.embedding.train.TrainingSettings;
import io.github.whylink.influence.rollback.InfluenceLedger;
import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Holds the estimates that are made before a training against what is really taken. */
@Command(
        name = "memory",
        sortOptions = false,
        description = "Estimated and measured memory of a training with these keys, one thread: of tables, the heap "
                + "that they hold; of facts, a training and a ranking, all that the thread allocates, garbage included. "
                + "Trains the first steps only.")
final class MemoryExperiment implements Callable<Integer> {
    private static final double MEGABYTE = 1e6;

    /** Looks at the monitor between which everything that a training allocates once has been allocated. */
    private static final int ENOUGH_CHECKS = 4;

    /** Facts that are ranked. */
    private static final int RANKED = 2000;

    @Mixin
    private TrainingOptions training;

    @Override
    public Integer call() throws Exception {
        TrainingSettings settings =
                training.settings().with().concurrency(1).epochs(1).build();
        Dataset data = training.dataset();
        Facts facts = data.train();
        int entities = facts.entityCount();
        int relations = facts.relationCount();
        int entityWidth = settings.entityWidth();
        int relationWidth = settings.relationWidth();
        System.out.printf("%-20s %14s %14s %7s%n", "", "estimated MB", "measured MB", "ratio");

        int[] all = new int[facts.count()];
        print("training facts", Facts.bytes(facts.count()), allocated(() -> facts.select(all)));
        int known = facts.count() + data.valid().count() + data.test().count();
        print("known facts, at most", KnownFacts.bytes(known), held(data::known));
        print(
                "parameters",
                Parameters.bytes(entities, entityWidth, relations, relationWidth),
                held(() -> Trainer.initialParameters(facts, settings)));
        Parameters parameters = Trainer.initialParameters(facts, settings);
        print(
                "optimizer",
                settings.optimizer().bytes(entities, entityWidth, relations, relationWidth),
                held(() -> settings.optimizer().create(parameters)));
        print(
                "influence ledger",
                InfluenceLedger.bytes(facts.count(), entityWidth, relationWidth),
                held(() -> InfluenceLedger.zeros(facts.count(), entityWidth, relationWidth)));
        print(
                "training in all",
                Trainer.bytes(settings, facts.count(), entities, relations),
                allocated(() -> trainSomeSteps(facts, settings)));
        Facts ranked = RankingEvaluation.sample(data.valid(), RANKED);
        EmbeddingModel model = new EmbeddingModel(settings.scoringFunction(), parameters);
        KnownFacts filter = data.knownBeforeTest();
        print(
                "ranking " + ranked.count() + " facts",
                RankingEvaluation.bytes(ranked.count(), entityWidth, 1),
                allocated(() -> RankingEvaluation.of(model, ranked, filter, 1, () -> {})));
        return 0;
    }

    private static void trainSomeSteps(Facts facts, TrainingSettings settings) {
        try {
            Trainer.train(facts, settings, TrainingObserver.NONE, new TrainingMonitor() {
                private int checks;

                @Override
                public void checkCancelled() {
                    if (++checks == ENOUGH_CHECKS) {
                        throw new CancellationException("enough");
                    }
                }
            });
        } catch (CancellationException e) {
            System.err.println("measured the first steps");
        }
    }

    private static void print(String what, long estimated, long measured) {
        double ratio = (double) estimated / Math.max(1, measured);
        System.out.printf(
                Locale.ROOT, "%-20s %14.2f %14.2f %7.2f%n", what, estimated / MEGABYTE, measured / MEGABYTE, ratio);
    }

    /** Heap that is taken while the object is there. */
    private static long held(Supplier<Object> make) {
        long before = usedHeap();
        Object object = make.get();
        try {
            return usedHeap() - before;
        } finally {
            Reference.reachabilityFence(object);
        }
    }

    /** Twice, as a first collection may leave what it has just found to be unreachable. */
    private static long usedHeap() {
        System.gc();
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    /** With the plain kernel: before they are compiled, vectors of the other one are objects on the heap, held by nobody. */
    private static long allocated(Runnable work) {
        ThreadMXBean threads = ManagementFactory.getPlatformMXBean(ThreadMXBean.class);
        long before = threads.getCurrentThreadAllocatedBytes();
        Kernels.computeWith("plain", work);
        return threads.getCurrentThreadAllocatedBytes() - before;
    }
}
