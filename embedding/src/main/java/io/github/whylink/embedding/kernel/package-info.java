/**
 * Arithmetic that everything else stands on: {@link io.github.whylink.embedding.kernel.Rows} for float rows,
 * {@link io.github.whylink.embedding.kernel.MatrixKernel} for products and distances of many rows at once,
 * {@link io.github.whylink.embedding.kernel.CounterHash} for random numbers without state, and
 * {@link io.github.whylink.embedding.kernel.Team} for work on several threads.
 *
 * <p>Two rules make results repeatable. A sum of products always runs from the first element to the last with one
 * accumulator, and each step is one fused multiply-add, {@code sum = fma(a, b, sum)}, which rounds once and whose result
 * Java prescribes to the bit. So a kernel may work on many rows at once, cut the sum into blocks, or use vectors of any
 * width, and never changes a bit of any result. And every random number is a pure function of what it is for, so that it
 * does not depend on which thread asks, or when.
 *
 * <p>The fused multiply-add needs a processor that has it (x86-64 since 2013, every AArch64); elsewhere Java computes the
 * same bits in software, slowly.
 */
package io.github.whylink.embedding.kernel;
