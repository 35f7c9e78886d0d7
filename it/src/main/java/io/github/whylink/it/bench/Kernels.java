package io.github.whylink.it.bench;

import io.github.whylink.embedding.kernel.MatrixKernels;
import java.io.PrintStream;

/** What this JVM can compute with. */
final class Kernels {
    private static final String PROPERTY = "whylink.kernel";

    private Kernels() {}

    /** Does some work with one kernel, plain or vector, and returns to the choice of before. One caller at a time. */
    static void computeWith(String kernel, Runnable work) {
        String before = System.setProperty(PROPERTY, kernel);
        try {
            work.run();
        } finally {
            if (before == null) {
                System.clearProperty(PROPERTY);
            } else {
                System.setProperty(PROPERTY, before);
            }
        }
    }

    /** Says how to get the vector kernel where it is absent; a manifest cannot ask for an incubating module. */
    static void hintAtVectors(PrintStream progress) {
        if (!MatrixKernels.available().contains("vector")) {
            progress.println("hint: without the Vector API training is slower; start with"
                    + " java --add-modules jdk.incubator.vector -jar whylink-bench.jar");
        }
    }
}
