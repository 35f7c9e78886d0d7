/**
 * The demo of the README: {@link io.github.whylink.it.demo.Demo} is the story,
 * {@link io.github.whylink.it.demo.TextTable} what it prints.
 */
package io.github.whylink.it.demo;
