package io.github.whylink.examples.atlas;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.ibm.icu.util.Region;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Which countries share a land border, read from Natural Earth's country shapes.
 *
 * <p>TopoJSON stores a line between two shapes once, as an arc that both refer to. Two countries are neighbours when
 * they refer to the same arc. Countries that only touch in a point share no arc.
 *
 * <p>A border is stored once, from the lower country code to the higher. Stored both ways, each half would give the
 * other away as soon as one of them is held out.
 */
final class LandBorders {

    /** At 1:50m the borders of Gibraltar, Ceuta and Melilla vanish; at 1:10m that of Macao does. */
    private static final List<String> RESOLUTIONS = List.of("countries-10m.json", "countries-50m.json");

    /**
     * Shapes to which Natural Earth gives no ISO number, and the country that the code of ISO (for Kosovo, CLDR)
     * stands for. The other shapes without one are leased bases, buffer zones, disputed areas and reefs; left out.
     */
    private static final Map<String, String> CODES_BY_NAME =
            Map.of("Kosovo", "XK", "N. Cyprus", "CY", "Somaliland", "SO");

    private final NavigableSet<Fact> facts = new TreeSet<>();

    /**
     * @param worldAtlas folder of the npm package {@code world-atlas}
     * @param country gives the node of a country code
     * @throws IOException if a file of the package cannot be read
     */
    LandBorders(Path worldAtlas, Function<String, Entity> country) throws IOException {
        for (String resolution : RESOLUTIONS) {
            JsonNode topology =
                    new ObjectMapper().readTree(worldAtlas.resolve(resolution).toFile());
            Map<Integer, NavigableSet<String>> countriesOfArc = new HashMap<>();
            for (JsonNode shape : topology.at("/objects/countries/geometries")) {
                String code = code(shape);
                if (code != null) {
                    for (int arc : arcs(shape.path("arcs"))) {
                        countriesOfArc
                                .computeIfAbsent(arc, key -> new TreeSet<>())
                                .add(code);
                    }
                }
            }
            for (NavigableSet<String> codes : countriesOfArc.values()) {
                for (String lower : codes) {
                    for (String higher : codes.tailSet(lower, false)) {
                        facts.add(new Fact(country.apply(lower), "BORDERS", country.apply(higher)));
                    }
                }
            }
        }
    }

    NavigableSet<Fact> facts() {
        return facts;
    }

    private static String code(JsonNode shape) {
        if (shape.has("id")) {
            return Region.getInstance(shape.get("id").asInt()).toString();
        }
        return CODES_BY_NAME.get(shape.at("/properties/name").asText());
    }

    /** Arcs are nested by ring and polygon. One walked backwards is written as its ones' complement. */
    private static Set<Integer> arcs(JsonNode node) {
        Set<Integer> arcs = new HashSet<>();
        if (node.isInt()) {
            arcs.add(Math.max(node.asInt(), ~node.asInt()));
        } else {
            node.forEach(child -> arcs.addAll(arcs(child)));
        }
        return arcs;
    }
}
