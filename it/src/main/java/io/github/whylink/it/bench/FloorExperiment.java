package io.github.whylink.it.bench;

import io.github.whylink.embedding.kernel.CounterHash;
import io.github.whylink.embedding.kernel.MatrixKernel;
import io.github.whylink.embedding.kernel.MatrixKernels;
import io.github.whylink.embedding.kernel.Rows;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What bounds the shapes of {@link ThroughputExperiment}: the part of a training that cannot be left out, alone. */
@Command(
        name = "floor",
        sortOptions = false,
        description =
                "Facts per CPU second that the shapes of throughput could reach at most on this machine, one thread: "
                        + "with nothing but their three matrix products, by each kernel; and one fact a step with nothing but "
                        + "reading the rows of its candidates once and moving them once. Variants take turns; medians.")
final class FloorExperiment implements Callable<Integer> {
    /** Those of FB15k-237. */
    private static final int ENTITIES = 14_541;

    private static final int BATCH = 512;
    private static final int SHARED = 480;
    private static final int WIDTH = 128;

    /** Candidates in a product, and queries: as in training. */
    private static final int ROWS = 512;

    private static final int CANDIDATES_OF_ONE = 501;
    private static final int WIDTH_OF_ONE = 100;

    @Option(
            names = "--seconds",
            defaultValue = "1",
            description = "Measured in each turn, at least [${DEFAULT-VALUE}].")
    private double seconds;

    @Option(
            names = "--repeats",
            defaultValue = "5",
            description = "Rounds that count, after one that does not [${DEFAULT-VALUE}].")
    private int repeats;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show these keys.")
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private boolean help;

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    /** Keeps what is computed from being left out. */
    @SuppressWarnings("UnusedVariable")
    private float sink;

    @Override
    public Integer call() {
        if (repeats < 1) {
            throw new IllegalArgumentException("--repeats must be at least 1, but is " + repeats);
        }
        if (!(seconds > 0 && seconds < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("--seconds must be above 0, but is " + seconds);
        }
        Kernels.hintAtVectors(System.err);
        Map<String, Runnable> batches = new LinkedHashMap<>();
        for (String kernel : MatrixKernels.available()) {
            batches.put("%-16s %-7s".formatted("shared-distmult", kernel), products(kernel, SHARED, 512));
            batches.put("%-16s %-7s".formatted("1vsall-distmult", kernel), products(kernel, ENTITIES, 256));
        }
        batches.put("%-16s %-7s".formatted("single", "-"), rowsOfOneBatch());
        Map<String, List<Double>> measured = new LinkedHashMap<>();
        for (int round = 0; round <= repeats; round++) {
            for (Map.Entry<String, Runnable> batch : batches.entrySet()) {
                double factsPerSecond = BATCH / secondsOf(batch.getValue());
                if (round > 0) {
                    measured.computeIfAbsent(batch.getKey(), key -> new ArrayList<>())
                            .add(factsPerSecond);
                }
            }
        }
        System.out.printf("%-16s %-7s %18s%n", "shape", "kernel", "facts/CPU second");
        measured.forEach((row, figures) -> System.out.printf(
                "%s %,18.0f%n",
                row,
                ThroughputExperiment.median(
                        figures.stream().mapToDouble(figure -> figure).toArray())));
        return 0;
    }

    /** CPU seconds of one batch. */
    private double secondsOf(Runnable batch) {
        long begun = THREADS.getCurrentThreadCpuTime();
        int done = 0;
        while (THREADS.getCurrentThreadCpuTime() - begun < seconds * 1e9) {
            batch.run();
            done++;
        }
        return (THREADS.getCurrentThreadCpuTime() - begun) / 1e9 / done;
    }

    /** The scores of both sides of a batch, and what their coefficients do to candidates and to queries. */
    private static Runnable products(String name, int candidates, int columns) {
        MatrixKernel kernel = MatrixKernels.named(name);
        float[][] rows = filled(candidates, WIDTH);
        float[][] queries = filled(columns, WIDTH);
        float[][] transposed = filled(WIDTH, columns);
        float[][] scores = new float[candidates][columns];
        float[][] ofRows = new float[candidates][WIDTH];
        float[][] ofQueries = new float[columns][WIDTH];
        List<float[][]> waves = new ArrayList<>();
        List<float[][]> coefficients = new ArrayList<>();
        for (int from = 0; from < candidates; from += ROWS) {
            waves.add(Arrays.copyOfRange(rows, from, Math.min(candidates, from + ROWS)));
            coefficients.add(Arrays.copyOfRange(scores, from, Math.min(candidates, from + ROWS)));
        }
        return () -> {
            for (int chunk = 0; chunk * columns < 2 * BATCH; chunk++) {
                for (int from = 0; from < candidates; from += ROWS) {
                    kernel.multiply(rows, transposed, WIDTH, columns, from, Math.min(candidates, from + ROWS), scores);
                }
                for (int wave = 0; wave < waves.size(); wave++) {
                    int from = wave * ROWS;
                    int to = Math.min(candidates, from + ROWS);
                    kernel.multiply(scores, queries, columns, WIDTH, from, to, ofRows);
                    kernel.multiplyTransposedAdd(
                            coefficients.get(wave), waves.get(wave), to - from, WIDTH, 0, columns, ofQueries);
                }
                for (float[] row : ofQueries) {
                    Arrays.fill(row, 0f);
                }
            }
        };
    }

    /** For each fact of a batch, rows drawn from all: added up, and each moved along one row. */
    private Runnable rowsOfOneBatch() {
        float[][] table = filled(ENTITIES, WIDTH_OF_ONE);
        float[][] drawn = new float[CANDIDATES_OF_ONE][];
        float[] factors = new float[CANDIDATES_OF_ONE];
        Arrays.fill(factors, 1e-6f);
        float[] sum = new float[WIDTH_OF_ONE];
        long[] steps = {0};
        return () -> {
            for (int fact = 0; fact < BATCH; fact++) {
                long step = steps[0]++;
                for (int j = 0; j < drawn.length; j++) {
                    drawn[j] = table[CounterHash.bounded(CounterHash.hash(1, 2, step, j), ENTITIES)];
                }
                Arrays.fill(sum, 0f);
                Rows.axpys(factors, drawn, drawn.length, sum);
                for (float[] row : drawn) {
                    Rows.axpy(1e-6f, sum, row);
                }
                sink += sum[0];
            }
        };
    }

    private static float[][] filled(int rows, int width) {
        float[][] matrix = new float[rows][width];
        for (int i = 0; i < rows; i++) {
            for (int k = 0; k < width; k++) {
                matrix[i][k] = CounterHash.bounded(CounterHash.hash(1, 1, i, k), 1000) / 1000f - 0.5f;
            }
        }
        return matrix;
    }
}
