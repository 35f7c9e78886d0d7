package io.github.whylink.it.bench;

import com.sun.management.OperatingSystemMXBean;
import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.train.Trainer;
import io.github.whylink.embedding.train.TrainingMonitor;
import io.github.whylink.embedding.train.TrainingObserver;
import io.github.whylink.embedding.train.TrainingSettings;
import io.github.whylink.influence.rollback.RollbackRecorder;
import java.lang.management.ManagementFactory;
import java.util.concurrent.CancellationException;

/**
 * How many facts a training gets through.
 *
 * @param perCpuSecond facts per second of CPU time of the whole process: compiler and garbage collector count, other
 *     programs on the machine do not
 * @param perWallSecond facts per second of time that passes
 */
record Throughput(double perCpuSecond, double perWallSecond) {
    /**
     * Trains for a while, from fresh parameters; the first epoch is not measured.
     *
     * @param kernel of matrix products: plain or vector
     * @param tracked whether a recorder sums up what each fact does
     * @param seconds after which the measurement ends with the running epoch
     * @param epochs how many to measure whatever the time; 0 for as many as the time has
     */
    static Throughput measure(
            Facts facts, TrainingSettings settings, String kernel, boolean tracked, double seconds, int epochs) {
        TrainingObserver observer = tracked
                ? RollbackRecorder.of(facts, settings.entityWidth(), settings.relationWidth())
                : TrainingObserver.NONE;
        Slice slice = new Slice(facts.count(), seconds, epochs);
        // What earlier trainings left behind is not to be collected during this one.
        System.gc();
        try {
            TrainingSettings endless = settings.with().epochs(Integer.MAX_VALUE).build();
            Kernels.computeWith(kernel, () -> Trainer.train(facts, endless, observer, slice));
        } catch (CancellationException e) {
            return slice.throughput();
        }
        throw new IllegalStateException("the training ended before its time");
    }

    /** Measures whole epochs and cancels the training when there are enough of them. */
    private static final class Slice implements TrainingMonitor {
        private static final OperatingSystemMXBean SYSTEM =
                ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

        private final long factsPerEpoch;
        private final double seconds;
        private final int mostEpochs;
        private long startCpu;
        private long startWall;
        private long facts;
        private long cpu;
        private long wall;

        Slice(long factsPerEpoch, double seconds, int mostEpochs) {
            this.factsPerEpoch = factsPerEpoch;
            this.seconds = seconds;
            this.mostEpochs = mostEpochs;
        }

        @Override
        public void epochFinished(int epoch, int epochs, double meanLoss) {
            long cpuNow = SYSTEM.getProcessCpuTime();
            long wallNow = System.nanoTime();
            if (epoch == 1) {
                startCpu = cpuNow;
                startWall = wallNow;
                return;
            }
            facts += factsPerEpoch;
            cpu = cpuNow - startCpu;
            wall = wallNow - startWall;
            if (mostEpochs > 0 ? epoch > mostEpochs : wall >= seconds * 1e9) {
                throw new CancellationException("measured");
            }
        }

        Throughput throughput() {
            return new Throughput(facts * 1e9 / cpu, facts * 1e9 / wall);
        }
    }
}
