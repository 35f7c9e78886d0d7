/**
 * The demo of the README: {@link io.github.whylink.it.demo.Demo} is the story,
 * {@link io.github.whylink.it.demo.DemoDatabase} an embedded Neo4j with the packaged plugin,
 * {@link io.github.whylink.it.demo.TextTable} what it prints.
 */
package io.github.whylink.it.demo;
