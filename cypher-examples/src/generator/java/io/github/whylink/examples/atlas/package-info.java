/**
 * Writes the demo graph {@code atlas}: facts about countries, their regions, currencies, languages, scripts, time
 * zones and land borders.
 *
 * <p>{@link io.github.whylink.examples.atlas.AtlasGenerator} is the way in. It gathers
 * {@link io.github.whylink.examples.atlas.Fact facts} from two sources,
 * {@link io.github.whylink.examples.atlas.CldrFacts CLDR} and
 * {@link io.github.whylink.examples.atlas.LandBorders Natural Earth}, and hands them to
 * {@link io.github.whylink.examples.atlas.CypherScript}. The same sources give the same bytes.
 */
package io.github.whylink.examples.atlas;
