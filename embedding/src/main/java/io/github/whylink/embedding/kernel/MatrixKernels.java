package io.github.whylink.embedding.kernel;

import java.lang.reflect.Constructor;
import java.util.List;
import java.util.Optional;

/**
 * The implementations of {@link MatrixKernel}: {@code plain} everywhere, and {@code vector} where the JVM was started with
 * {@code --add-modules jdk.incubator.vector}. They differ in speed and in nothing else.
 *
 * <p>The vector kernel is reached by reflection only, so that this class loads where its module is absent.
 */
public final class MatrixKernels {
    private static final String VECTOR_MODULE = "jdk.incubator.vector";

    /** Which kernel {@link #fastest} takes, a name of {@link #named}; read at each call. */
    private static final String PROPERTY = "whylink.kernel";

    private static final Optional<Constructor<? extends MatrixKernel>> VECTOR = findVector();

    private MatrixKernels() {}

    /**
     * Returns a new instance of the fastest implementation that this JVM offers, or of the one that the system property
     * {@code whylink.kernel} names, as comparisons want it.
     *
     * @throws IllegalArgumentException as {@link #named}, if the property is set to something else
     */
    public static MatrixKernel fastest() {
        return named(System.getProperty(PROPERTY, "auto"));
    }

    /**
     * Returns a new instance of an implementation.
     *
     * @param name {@code plain}, {@code vector}, or {@code auto} for the fastest
     * @throws IllegalArgumentException if there is no such implementation, or not in this JVM; the message says what to do
     */
    public static MatrixKernel named(String name) {
        return switch (name) {
            case "auto" -> VECTOR.map(MatrixKernels::instantiate).orElseGet(PlainMatrixKernel::new);
            case "plain" -> new PlainMatrixKernel();
            case "vector" ->
                VECTOR.map(MatrixKernels::instantiate)
                        .orElseThrow(() -> new IllegalArgumentException("the kernel 'vector' needs the module "
                                + VECTOR_MODULE
                                + " and a processor with vectors: start the JVM with --add-modules " + VECTOR_MODULE
                                + ", or choose 'auto' or 'plain'"));
            default ->
                throw new IllegalArgumentException(
                        "there is no kernel '" + name + "'; choose 'auto', 'plain' or 'vector'");
        };
    }

    /** Returns the names that {@link #named} accepts in this JVM, without {@code auto}; the fastest comes last. */
    public static List<String> available() {
        return VECTOR.isPresent() ? List.of("plain", "vector") : List.of("plain");
    }

    private static Optional<Constructor<? extends MatrixKernel>> findVector() {
        if (ModuleLayer.boot().findModule(VECTOR_MODULE).isEmpty()) {
            return Optional.empty();
        }
        try {
            Constructor<? extends MatrixKernel> constructor = Class.forName(
                            MatrixKernels.class.getPackageName() + ".VectorMatrixKernel")
                    .asSubclass(MatrixKernel.class)
                    .getDeclaredConstructor();
            constructor.newInstance();
            return Optional.of(constructor);
        } catch (ReflectiveOperationException | LinkageError | RuntimeException e) {
            // An incubating module may change from one Java version to the next; the plain kernel gives the same bits.
            return Optional.empty();
        }
    }

    private static MatrixKernel instantiate(Constructor<? extends MatrixKernel> constructor) {
        try {
            return constructor.newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("a kernel that could be made once can be made again", e);
        }
    }
}
