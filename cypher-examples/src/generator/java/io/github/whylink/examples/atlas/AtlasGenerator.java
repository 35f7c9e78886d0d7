package io.github.whylink.examples.atlas;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.NavigableSet;
import java.util.TreeSet;

/** Gathers the facts of the atlas and writes them as one Cypher script. */
public final class AtlasGenerator {

    private AtlasGenerator() {}

    /**
     * Writes the script.
     *
     * @param arguments the folder of the npm package {@code world-atlas}, and the file to write
     * @throws IOException if a source cannot be read or the script cannot be written
     */
    public static void main(String[] arguments) throws IOException {
        Path worldAtlas = Path.of(arguments[0]);
        Path script = Path.of(arguments[1]);

        CldrFacts cldr = new CldrFacts();
        NavigableSet<Fact> facts = new TreeSet<>(cldr.facts());
        facts.addAll(new LandBorders(worldAtlas, cldr::country).facts());
        Files.writeString(script, new CypherScript(facts, cldr.version()).text());
    }
}
