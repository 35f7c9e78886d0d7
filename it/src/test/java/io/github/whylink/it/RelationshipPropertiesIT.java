package io.github.whylink.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.neo4j.driver.Record;
import org.neo4j.driver.Value;
import org.neo4j.driver.exceptions.Neo4jException;

/** A relationship property that splits a type into several relations. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class RelationshipPropertiesIT {
    /** Users like the films whose number has the parity of their own. */
    private static final String FILMS =
            """
            UNWIND range(0, 9) AS i CREATE (:User {name: 'u' + i, i: i}), (:Film {name: 'f' + i, i: i})
            WITH count(*) AS all
            MATCH (u:User), (f:Film) WHERE (u.i * 7 + f.i * 3) % 10 < 6
            CREATE (u)-[:RATED {rating: CASE WHEN u.i % 2 = f.i % 2 THEN 5 ELSE 2 END}]->(f)
            WITH count(*) AS all
            MATCH (a:User), (b:User {i: (a.i + 2) % 10}) CREATE (a)-[:KNOWS]->(b)
            """;

    private static final String SPLIT = "relationshipProperties: {RATED: 'rating'}";

    private Server server;

    @BeforeEach
    void graph() {
        server = Server.emptied();
        server.run(FILMS);
    }

    @Test
    void aPropertySplitsATypeIntoOneRelationForEachValue() {
        Record row = server.one("CALL whylink.train('m', {%s, maxEpochs: 5})".formatted(SPLIT));
        assertEquals(3, row.get("relations").asInt());
        assertEquals(
                Map.of("RATED", "rating"),
                row.get("configuration").get("relationshipProperties").asMap());
        assertEquals(
                List.of("KNOWS", "RATED=2", "RATED=5"),
                server
                        .run(
                                "CALL whylink.evaluate('m', {facts: 'all'}) YIELD type, side WHERE side = 'target' RETURN type")
                        .stream()
                        .map(line -> line.get("type").asString())
                        .toList());
        assertEquals(
                List.of("KNOWS", "RATED=2", "RATED=5"),
                server
                        .run(
                                "MATCH (u:User {name: 'u0'}), (f:Film {name: 'f9'}) CALL whylink.predict.types('m', {source: u, target: f, includeKnown: true}) YIELD type RETURN type ORDER BY type")
                        .stream()
                        .map(line -> line.get("type").asString())
                        .toList());
        Record again = server.run(
                        "CALL whylink.train('again', $configuration)",
                        Map.of("configuration", row.get("configuration").asMap()))
                .get(0);
        assertEquals(row.get("mrr"), again.get("mrr"), "what is echoed makes the same model");
        assertEquals(
                3,
                server.one("CALL whylink.train.estimate('m', {%s})".formatted(SPLIT))
                        .get("relations")
                        .asInt());
    }

    @Test
    void aModelRemembersWhatARatingWas() {
        train("m", SPLIT + ", maxEpochs: 40, heldOutFraction: 0.0");
        assertEquals(false, stale());
        server.run("MATCH (:User {name: 'u0'})-[r:RATED]->(:Film {name: 'f0'}) SET r.rating = 2");
        assertEquals(true, stale());
        assertFalse(
                facts("{source: u, type: 'RATED=2', target: f, topK: 1000}").contains(List.of("u0", "RATED=2", "f0")),
                "what it did, it did as another fact");
        server.run("MATCH (:User {name: 'u0'})-[r:RATED]->(:Film {name: 'f0'}) SET r.rating = 5.0");
        assertEquals(false, stale(), "5.0 is 5");
        assertTrue(
                facts("{source: u, type: 'RATED=2', target: f, topK: 1000}").contains(List.of("u0", "RATED=5", "f0")));
        server.run("MATCH (:User {name: 'u0'})-[r:RATED]->(:Film {name: 'f0'}) REMOVE r.rating");
        assertEquals(true, stale());
    }

    @Test
    void everyProcedureKnowsTheRelationByItsName() {
        train("m", SPLIT + ", maxEpochs: 20, heldOutFraction: 0.0, optimizer: 'SGD', initialScale: 0.5");
        String link = "MATCH (u:User {name: 'u0'}), (f:Film {name: 'f9'}) ";
        assertNotEquals(
                server.one(link + "RETURN whylink.score('m', u, 'RATED=5', f) AS s")
                        .get("s"),
                server.one(link + "RETURN whylink.score('m', u, 'RATED=2', f) AS s")
                        .get("s"));
        assertEquals(
                "RATED=5",
                server.run(
                                link
                                        + "CALL whylink.predict.targets('m', {source: u, type: 'RATED=5'}) YIELD type RETURN type")
                        .get(0)
                        .get("type")
                        .asString());
        assertTrue(facts("{source: u, type: 'RATED=5', target: f}").stream()
                .anyMatch(fact -> fact.get(1).equals("RATED=5")));
        for (String tier : List.of("replay", "verify")) {
            assertEquals(
                    3,
                    facts("{source: u, type: 'RATED=5', target: f, topK: 3, tier: '%s'}".formatted(tier))
                            .size());
        }
        assertTrue(server.one(
                        link
                                + "CALL whylink.explain.graph('m', {source: u, type: 'RATED=5', target: f}) YIELD svg RETURN svg")
                .get("svg")
                .asString()
                .contains("RATED=5"));
        Record itself = server.run(
                        "MATCH (:User {name: 'u0'})-[r:RATED]->(:Film {name: 'f0'}) CALL whylink.explain.fact('m', r, {topK: 100}) YIELD role, type, fact WHERE role = 'the fact itself' RETURN type, fact.rating AS rating")
                .get(0);
        assertEquals(
                List.of("RATED=5", 5L),
                itself.values().stream().map(Value::asObject).toList());
        assertTrue(server
                .run(
                        "CALL whylink.audit('m', {topK: 5, relationshipTypes: 'RATED=2', canaryFraction: 0.1, repetitions: 1}) YIELD type, fact RETURN type, fact.rating AS rating")
                .stream()
                .allMatch(row ->
                        row.values().stream().map(Value::asObject).toList().equals(List.of("RATED=2", 2L))));
        assertEquals(
                2,
                server.run(
                                "CALL whylink.audit('m', {topK: 1000, relationshipTypes: 'RATED', canaryFraction: 0.1, repetitions: 1}) YIELD type RETURN DISTINCT type")
                        .size(),
                "a type is all that it is split into");
        assertEquals(
                "RATED=5",
                server.run(
                                "MATCH (u:User {name: 'u0'})-[r:RATED]->(:Film {name: 'f0'}) WITH r MATCH (:User {name: 'u2'})-[p:RATED {rating: 5}]->() WITH r, collect(p)[0] AS p "
                                        + "CALL whylink.whatif('m', {remove: [r], predictions: [p], verify: true}) YIELD type RETURN type")
                        .get(0)
                        .get("type")
                        .asString());
        assertTrue(server
                .one(
                        link
                                + "CALL whylink.correct('m', {source: u, type: 'RATED=5', target: f, dryRun: true}) YIELD types RETURN types")
                .get("types")
                .asList()
                .stream()
                .allMatch(type -> List.of("KNOWS", "RATED=2", "RATED=5").contains(type)));
        assertEquals(
                1,
                server.one(
                                "MATCH (:User {name: 'u0'})-[r:RATED]->(:Film {name: 'f0'}) CALL whylink.forget('m', {facts: r}) YIELD facts RETURN facts")
                        .get("facts")
                        .asInt());
        assertFalse(
                facts("{source: u, type: 'RATED=5', target: f, topK: 1000}").contains(List.of("u0", "RATED=5", "f0")));
        server.run("CALL whylink.models.revert('m')");
        assertTrue(
                facts("{source: u, type: 'RATED=5', target: f, topK: 1000}").contains(List.of("u0", "RATED=5", "f0")));
    }

    @Test
    void whatStandsOrFallsWithARatingIsNoOtherRatingOfAFilmThatWasRated() {
        train("m", SPLIT + ", maxEpochs: 20, heldOutFraction: 0.0, optimizer: 'SGD', initialScale: 0.5");
        for (String tier : List.of("fast", "replay")) {
            String impact =
                    "MATCH (:User {name: 'u0'})-[r:RATED]->(:Film {name: 'f0'}) CALL whylink.audit.impact('m', {fact: r, topK: 1000, tier: '%s', among: '%s'}) YIELD source, type, target, fact "
                            + "RETURN type, source:User AND EXISTS { (source)-[:RATED]->(target) } AS rated, type STARTS WITH 'RATED' AS rating, fact = r AS itself, fact.rating AS value";
            List<Record> predictions = server.run(impact.formatted(tier, "predictions"));
            assertTrue(predictions.stream().anyMatch(row -> row.get("rating").asBoolean()), tier);
            assertTrue(
                    predictions.stream()
                            .noneMatch(row -> row.get("rating").asBoolean()
                                    && row.get("rated").asBoolean()),
                    predictions.toString());
            List<Record> facts = server.run(impact.formatted(tier, "facts"));
            assertTrue(facts.size() > 10, facts.toString());
            assertTrue(facts.stream().noneMatch(row -> row.get("itself").asBoolean()));
            assertTrue(
                    facts.stream().filter(row -> row.get("rating").asBoolean()).allMatch(row -> row.get("type")
                            .asString()
                            .equals("RATED=" + row.get("value").asInt())),
                    facts.toString());
        }
        assertTrue(server
                .run(
                        "CALL whylink.audit.duplicates('m', {topK: 100}) YIELD shared UNWIND keys(shared) AS role RETURN role")
                .stream()
                .anyMatch(row -> row.get("role").asString().equals("-[RATED=5]->")));
    }

    @Test
    void aReportTellsOfEachValueAndHowManyAreRight() {
        train("m", SPLIT + ", maxEpochs: 20, heldOutFraction: 0.3");
        String html = server.one("CALL whylink.report('m', {examples: 5})")
                .get("html")
                .asString();
        for (String part : List.of("right value, RATED", "RATED=2", "RATED=5", "relationshipProperties")) {
            assertTrue(html.contains(part), part);
        }
    }

    @Test
    void aSearchKeepsWhatSplitsATypeAndEachRelationHasItsOwnCurve() {
        Record best = server.one(
                "CALL whylink.tune({%s, budgetSeconds: 600, maxTrials: 2, maxEpochs: 20, validationFraction: 0.2, heldOutFraction: 0.3, topK: 1})"
                        .formatted(SPLIT));
        Record trained = server.run(
                        "CALL whylink.train('m', $configuration)",
                        Map.of("configuration", best.get("configuration").asMap()))
                .get(0);
        assertEquals(3, trained.get("relations").asInt());
        assertEquals(best.get("configuration"), trained.get("configuration"));
        List<Record> rows = server.run(
                "MATCH (u:User {name: 'u0'}) CALL whylink.predict.targets('m', {source: u, type: 'RATED=5', topK: 3}) YIELD target, calibrated RETURN calibrated, whylink.calibrated('m', u, 'RATED=5', target) AS said");
        assertEquals(3, rows.size());
        rows.forEach(row -> assertEquals(row.get("said"), row.get("calibrated")));
    }

    @Test
    void aForgottenRatingThatHasChangedSinceIsNotPutBackAsTheNewOne() {
        train("m", SPLIT + ", maxEpochs: 20, heldOutFraction: 0.0");
        String rating = "MATCH (:User {name: 'u0'})-[r:RATED]->(:Film {name: 'f0'}) ";
        server.run(rating + "CALL whylink.forget('m', {facts: r}) YIELD facts RETURN facts");
        server.run(rating + "SET r.rating = 2");
        server.run("CALL whylink.models.revert('m')");
        String all = "{source: u, type: 'RATED=2', target: f, topK: 1000}";
        assertFalse(facts(all).contains(List.of("u0", "RATED=2", "f0")));
        server.run(rating + "SET r.rating = 5");
        assertTrue(facts(all).contains(List.of("u0", "RATED=5", "f0")));
    }

    @Test
    void recordsOfEveryFormKnowTheirRelation() {
        for (String form : List.of("float32", "int16", "int8")) {
            train(
                    "m",
                    SPLIT
                            + ", maxEpochs: 20, heldOutFraction: 0.0, overwrite: true, influenceStorage: '%s'"
                                    .formatted(form));
            List<List<String>> facts = facts("{source: u, type: 'RATED=5', target: f, topK: 1000}");
            assertTrue(facts.contains(List.of("u0", "RATED=5", "f0")), form);
            assertTrue(facts.contains(List.of("u0", "KNOWS", "u2")), form);
        }
    }

    @Test
    void whoHasRatedAFilmDoesNotGetItRecommended() {
        train("m", SPLIT + ", maxEpochs: 20, heldOutFraction: 0.2");
        server.run("MATCH (u:User {name: 'u0'}), (f:Film {name: 'f9'}) CREATE (u)-[:RATED {rating: 3}]->(f)");
        String targets =
                "MATCH (u:User {name: 'u0'}) CALL whylink.predict.targets('m', {source: u, type: 'RATED=5', nodeLabels: 'Film', topK: 100%s}) YIELD target, known RETURN target, known, EXISTS { (u)-[:RATED]->(target) } AS rated";
        List<Record> films = server.run(targets.formatted(""));
        assertEquals(3, films.size());
        assertTrue(films.stream().noneMatch(row -> row.get("rated").asBoolean()));
        List<Record> all = server.run(targets.formatted(", includeKnown: true"));
        assertEquals(10, all.size());
        assertTrue(all.stream()
                .allMatch(
                        row -> row.get("known").asBoolean() == row.get("rated").asBoolean()));
        String links =
                "CALL whylink.predict.links('m', {relationshipTypes: %s, sourceLabels: 'User', targetLabels: 'Film', topK: 1000%s}) YIELD source, target, type, known RETURN EXISTS { (source)-[:RATED]->(target) } AS rated, known, type";
        List<Record> unseen = server.run(links.formatted("'RATED=5'", ""));
        assertEquals(39, unseen.size());
        assertTrue(unseen.stream().noneMatch(row -> row.get("rated").asBoolean()));
        assertEquals(78, server.run(links.formatted("['RATED']", "")).size(), "each with two ratings");
        List<Record> each = server.run(links.formatted("'RATED=5'", ", includeKnown: true"));
        assertEquals(100, each.size());
        assertTrue(each.stream()
                .allMatch(
                        row -> row.get("known").asBoolean() == row.get("rated").asBoolean()));
        assertEquals(
                List.of("KNOWS"),
                server
                        .run(
                                "MATCH (u:User {name: 'u0'}), (f:Film {name: 'f0'}) CALL whylink.predict.types('m', {source: u, target: f}) YIELD type RETURN type")
                        .stream()
                        .map(row -> row.get("type").asString())
                        .toList());
    }

    @Test
    void whatIsWrittenHasTheValue() {
        train("m", SPLIT + ", maxEpochs: 20");
        server.run(
                "CALL whylink.predict.write('m', {relationshipTypes: 'RATED=5', writeType: 'RATED', sourceLabels: 'User', targetLabels: 'Film', topK: 3})");
        assertEquals(
                List.of(3L, List.of(5L), List.of("RATED=5")),
                server
                        .one(
                                "MATCH (:User)-[r:RATED {model: 'm'}]->(:Film) RETURN count(r), collect(DISTINCT r.rating), collect(DISTINCT r.type)")
                        .values()
                        .stream()
                        .map(Value::asObject)
                        .toList());
        Record row = server.one(
                "CALL whylink.predict.write('m', {relationshipTypes: 'RATED=2', writeType: 'RATED=2', sourceLabels: 'User', targetLabels: 'Film', topK: 3})");
        assertEquals("RATED", row.get("writeType").asString());
        assertEquals(3, row.get("written").asInt());
        server.run(
                "CALL whylink.predict.write('m', {writeType: 'PERHAPS', relationshipTypes: ['RATED', 'KNOWS'], topK: 100})");
        assertTrue(server.run("MATCH ()-[r:PERHAPS]->() RETURN r.type AS type, r.rating AS rating").stream()
                .allMatch(line -> switch (line.get("type").asString()) {
                    case "RATED=5" -> line.get("rating").asObject().equals(5L);
                    case "RATED=2" -> line.get("rating").asObject().equals(2L);
                    default -> line.get("rating").isNull();
                }));
        fails(
                "CALL whylink.predict.write('m', {writeType: 'RATED=5', relationshipTypes: 'RATED'})",
                "'writeType' 'RATED=5' is one value of 'rating', but 'relationshipTypes' has others; set 'writeType' to 'RATED'");
    }

    @Test
    void valuesMayBeNumbersTextsAndBooleans() {
        server.run(
                "MATCH ()-[r:RATED]->() SET r.stars = r.rating + 0.5, r.verdict = CASE r.rating WHEN 5 THEN 'good' ELSE 'not so good' END, r.liked = r.rating = 5, r.float = toFloat(r.rating)");
        Map.of(
                        "stars", List.of("RATED=2.5", "RATED=5.5"),
                        "verdict", List.of("RATED=good", "RATED=not so good"),
                        "liked", List.of("RATED=false", "RATED=true"),
                        "float", List.of("RATED=2", "RATED=5"))
                .forEach((property, names) -> {
                    train(
                            "m",
                            "relationshipProperties: {RATED: '%s'}, maxEpochs: 3, overwrite: true, relationshipTypes: 'RATED'"
                                    .formatted(property));
                    assertEquals(
                            names,
                            server
                                    .run(
                                            "MATCH (u:User {name: 'u0'}), (f:Film {name: 'f9'}) CALL whylink.predict.types('m', {source: u, target: f, includeKnown: true}) YIELD type RETURN type ORDER BY type")
                                    .stream()
                                    .map(row -> row.get("type").asString())
                                    .toList());
                });
        train("floats", "relationshipProperties: {RATED: 'float'}, maxEpochs: 3");
        server.run("CALL whylink.predict.write('floats', {relationshipTypes: 'RATED=5', writeType: 'MAYBE', topK: 1})");
        assertEquals(
                5.0,
                server.one("MATCH ()-[r:MAYBE]->() RETURN r.float AS x")
                        .get("x")
                        .asObject(),
                "floats stay floats");
    }

    @Test
    void whatDoesNotSplitATypeIsRefusedBeforeAnyWork() {
        fails(
                "CALL whylink.train('m', {relationshipProperties: {RATED: 'ratng'}})",
                "'relationshipProperties': the database has no property 'ratng'; did you mean 'rating'?");
        fails(
                "CALL whylink.train('m', {relationshipProperties: {RATD: 'rating'}})",
                "'relationshipProperties': the database has no relationship type 'RATD'; did you mean 'RATED'?");
        fails(
                "CALL whylink.train('m', {relationshipTypes: 'KNOWS', relationshipProperties: {RATED: 'rating'}})",
                "'relationshipProperties' splits the type 'RATED', which is none of 'relationshipTypes'");
        fails(
                "CALL whylink.train('m', {relationshipProperties: ['rating']})",
                "'relationshipProperties' must be a map from relationship types to properties, as {RATED: 'rating'}, but is ['rating']");
        fails(
                "CALL whylink.train('m', {relationshipProperties: {RATED: 'whylink_m_influence'}})",
                "which Whylink itself writes");
        server.run("MATCH (:User {name: 'u0'})-[r:RATED]->(:Film {name: 'f0'}) SET r.rating = [5]");
        server.run("MATCH (:User {name: 'u1'})-[r:RATED]->(:Film {name: 'f1'}) REMOVE r.rating");
        fails(
                "CALL whylink.train('m', {%s})".formatted(SPLIT),
                "2 of 60 relationships of type 'RATED' have no 'rating' that is a number");
        server.run("MATCH ()-[r:RATED]->() WHERE r.rating IS NULL OR r.rating = [5] SET r.rating = '5'");
        fails(
                "CALL whylink.train.estimate('m', {%s})".formatted(SPLIT),
                "'rating' of 'RATED' has values of several kinds, as ",
                "'5'");
        server.run("MATCH ()-[r:RATED]->() SET r.rating = 5");
        server.run("MATCH (u:User {name: 'u0'}), (f:Film {name: 'f0'}) CREATE (u)-[:`RATED=5`]->(f)");
        fails(
                "CALL whylink.train('m', {%s})".formatted(SPLIT),
                "the type 'RATED=5' has the name of the relation that 'RATED' is with 'rating' 5");
        server.run("MATCH ()-[r:`RATED=5`]->() DELETE r");
        server.run(
                "MATCH (u:User {name: 'u0'}), (f:Film {name: 'f0'}) UNWIND range(1, 201) AS i CREATE (u)-[:RATED {rating: i / 7.0}]->(f)");
        fails(
                "CALL whylink.train('m', {%s})".formatted(SPLIT),
                "'rating' of 'RATED' has more than 200 values",
                "SET r.ratingClass = round(r.rating)");
        assertEquals(List.of(), server.run("CALL whylink.models()"));
    }

    @Test
    void aNameThatIsNoneIsAnsweredWithThoseThatAre() {
        train("m", SPLIT + ", maxEpochs: 1");
        String call =
                "MATCH (u:User {name: 'u0'}) CALL whylink.predict.targets('m', {source: u, type: '%s'}) YIELD rank RETURN rank";
        fails(
                call.formatted("RATED"),
                "'type': in model 'm' the type 'RATED' is several relations, by its property 'rating'; name one of 'RATED=2', 'RATED=5'");
        fails(
                call.formatted("RATED=4"),
                "'type': model 'm' was not trained on relationships of type 'RATED=4'; did you mean 'RATED=");
    }

    private boolean stale() {
        return server.one("CALL whylink.models('m') YIELD stale").get("stale").asBoolean();
    }

    private List<List<String>> facts(String configuration) {
        return server
                .run(
                        "MATCH (u:User {name: 'u0'}), (f:Film {name: 'f9'}) CALL whylink.explain('m', %s) YIELD source, type, target RETURN source.name AS source, type, target.name AS target"
                                .formatted(configuration))
                .stream()
                .map(row -> row.values().stream().map(Value::asString).toList())
                .toList();
    }

    private void train(String name, String configuration) {
        server.run("CALL whylink.train('%s', {%s})".formatted(name, configuration));
    }

    private void fails(String query, String... parts) {
        Neo4jException e = assertThrows(Neo4jException.class, () -> server.run(query));
        for (String part : parts) {
            assertTrue(e.getMessage().contains(part), () -> "expected <%s> in: %s".formatted(part, e.getMessage()));
        }
    }
}
