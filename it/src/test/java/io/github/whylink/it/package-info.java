/** Tests of the packaged plugin in a real database, over Bolt: {@code Server} starts it, {@code SmallGraphs} fill it. */
package io.github.whylink.it;
