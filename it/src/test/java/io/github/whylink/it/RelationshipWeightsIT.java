package io.github.whylink.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.neo4j.driver.Record;

/** A relationship property that says by how much a fact counts. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class RelationshipWeightsIT {
    /** With one fact a step, so that a training without a fact is the one that never saw it. */
    private static final String TRAINED =
            "maxEpochs: 20, optimizer: 'SGD', learningRate: 0.05, initialScale: 0.5, embeddingDimension: 8, negativeSamples: 5, heldOutFraction: 0.0";

    private static final String WEIGHED = "relationshipWeightProperty: 'trust'";

    private static final String SET_ALL = "MATCH ()-[r:IN|LIVES_IN|CITIZEN_OF|KNOWS]->() SET r.trust = ";

    private static final String BOB_KNOWS_CARL = "MATCH (:Person {name: 'bob'})-[r:KNOWS]->(:Person {name: 'carl'}) ";

    private static final String DORA =
            "MATCH (d {name: 'dora'}), (g {name: 'Germany'}) CALL whylink.explain('m', {source: d, type: 'CITIZEN_OF', target: g, ";

    private Server server;

    @BeforeEach
    void graph() {
        server = Server.emptied();
        server.run(SmallGraphs.TOWNS);
    }

    @Test
    void weightsOfOneAreNoWeights() {
        server.run(SET_ALL + "1");
        train("plain", "");
        train("m", WEIGHED);
        assertEquals(rows("plain"), rows("m"));
        server.run(SET_ALL + "3");
        train("m", WEIGHED + ", overwrite: true");
        assertNotEquals(rows("plain"), rows("m"));
    }

    @Test
    void aWeightOfZeroIsRemoval() {
        server.run(SET_ALL + "2.5");
        server.run(BOB_KNOWS_CARL + "SET r.trust = 0");
        train("m", WEIGHED);
        assertEquals(
                0.0,
                server.one(BOB_KNOWS_CARL + "RETURN r.whylink_m_influence AS influence")
                        .get("influence")
                        .asDouble());
        server.run(BOB_KNOWS_CARL + "DELETE r");
        train("removed", WEIGHED);
        assertEquals(rows("removed"), rows("m"));
    }

    @Test
    void aHeavyFactExplainsMore() {
        server.run(SET_ALL + "1");
        train("m", WEIGHED);
        double light = recorded();
        server.run(BOB_KNOWS_CARL + "SET r.trust = 5");
        train("m", WEIGHED + ", overwrite: true");
        assertTrue(recorded() > 1.5 * light, recorded() + " after " + light);
    }

    private double recorded() {
        return server.one(BOB_KNOWS_CARL + "RETURN r.whylink_m_influence AS influence")
                .get("influence")
                .asDouble();
    }

    @Test
    void aModelKnowsItsWeights() {
        weigh();
        Record row = train("m", WEIGHED);
        assertEquals(
                "trust",
                row.get("configuration").get("relationshipWeightProperty").asString());
        assertFalse(stale());
        List<Record> explained = server.run(DORA + "tier: 'replay', topK: 3}) YIELD fact, influence RETURN *");
        assertEquals(3, explained.size());
        server.run(BOB_KNOWS_CARL + "SET r.trust = 4");
        assertTrue(stale());
        String refused = server.fails(DORA + "tier: 'replay'}) YIELD fact RETURN fact");
        assertTrue(refused.contains("are no longer those that it was trained on"), refused);
        assertFalse(server.run(DORA + "tier: 'fast'}) YIELD fact RETURN fact").isEmpty());
        server.run(BOB_KNOWS_CARL + "REMOVE r.trust");
        assertTrue(stale());
        server.run(BOB_KNOWS_CARL + "SET r.trust = 2");
        assertFalse(stale(), "2 is 2.0");
        Record again = server.run(
                        "CALL whylink.train('again', $configuration)",
                        Map.of("configuration", row.get("configuration").asMap()))
                .get(0);
        assertEquals(row.get("configuration"), again.get("configuration"));
        assertEquals(rows("m"), rows("again"));
    }

    @Test
    void everyProcedureTakesTheTrainingAgainWithTheWeights() {
        weigh();
        train("m", WEIGHED);
        for (String method : List.of("unrolled", "tracin", "influence_function", "gauss_newton")) {
            assertEquals(
                    3,
                    server.run(DORA + "method: '%s', topK: 3}) YIELD fact RETURN fact".formatted(method))
                            .size(),
                    method);
        }
        server.run(DORA + "tier: 'verify', topK: 2}) YIELD fact RETURN fact");
        Record whatif = server.run(
                        BOB_KNOWS_CARL
                                + "MATCH ()-[p:LIVES_IN]->() WITH r, collect(p) AS all CALL whylink.whatif('m', {remove: [r], predictions: all[0..1], verify: true}) YIELD predictedChange, change RETURN *")
                .get(0);
        assertFalse(whatif.get("change").isNull());
        assertFalse(server.run(
                        "CALL whylink.audit('m', {topK: 5, canaryFraction: 0.1, repetitions: 1}) YIELD fact RETURN fact")
                .isEmpty());
        server.run(
                "MATCH (d {name: 'dora'}), (g {name: 'Germany'}) CALL whylink.correct('m', {source: d, type: 'CITIZEN_OF', target: g, dryRun: true}) YIELD types RETURN types");
        List<Record> before = rows("m");
        server.run(BOB_KNOWS_CARL + "CALL whylink.forget('m', {facts: r}) YIELD facts RETURN facts");
        assertNotEquals(before, rows("m"));
        server.run("CALL whylink.models.revert('m')");
        assertEquals(before, rows("m"));
        Record best = server.one(
                "CALL whylink.tune({%s, budgetSeconds: 600, maxTrials: 2, maxEpochs: 20, validationFraction: 0.2, topK: 1})"
                        .formatted(WEIGHED));
        assertEquals(
                "trust",
                best.get("configuration").get("relationshipWeightProperty").asString());
    }

    @Test
    void aTrainingGoesOnWithTheWeightsOfTheModelUnlessItIsToldOtherwise() {
        weigh();
        train("m", WEIGHED);
        Record on = server.one("CALL whylink.train('on', {continueFrom: 'm', maxEpochs: 1})");
        assertEquals(
                "trust",
                on.get("configuration").get("relationshipWeightProperty").asString());
        Record off = server.one(
                "CALL whylink.train('off', {continueFrom: 'm', maxEpochs: 1, relationshipWeightProperty: null})");
        assertFalse(off.get("configuration").asMap().containsKey("relationshipWeightProperty"));
        assertNotEquals(rows("on"), rows("off"));
    }

    @Test
    void factsOfNewNodesHaveWeightsToo() {
        weigh();
        train("m", WEIGHED);
        server.run(
                "MATCH (paris {name: 'Paris'}), (jean {name: 'jean'}) CREATE (paris)<-[:LIVES_IN {trust: 2}]-(:Person {name: 'louise'})-[:KNOWS]->(jean)");
        server.fails(
                "CALL whylink.embed('m', {})",
                "1 of the 2 relationships of the new nodes have no 'trust' that is a finite number of 0 or more, by which model 'm' weighs its facts; SET it on them");
        server.run("MATCH (:Person {name: 'louise'})-[r:KNOWS]->() SET r.trust = 0");
        assertEquals(2, server.one("CALL whylink.embed('m', {})").get("facts").asInt());
        assertFalse(stale());
        assertEquals(
                List.of(true, false),
                server
                        .run(
                                "MATCH (:Person {name: 'louise'})-[r]->() RETURN r.whylink_m_influence > 0 AS did ORDER BY type(r) DESC")
                        .stream()
                        .map(row -> row.get("did").asBoolean())
                        .toList());
        server.run("MATCH (:Person {name: 'louise'})-[r:KNOWS]->() SET r.trust = 1");
        assertTrue(stale());
    }

    @Test
    void ofParallelRelationshipsTheOneThatIsTheFactWeighsIt() {
        weigh();
        train("m", WEIGHED);
        server.run("MATCH (b:Person {name: 'bob'})-[:KNOWS]->(c:Person {name: 'carl'}) CREATE (b)-[:KNOWS]->(c)");
        server.run(BOB_KNOWS_CARL
                + "WITH r ORDER BY id(r) WITH collect(r) AS both SET (both[0]).trust = 2, (both[1]).trust = 9");
        train("parallel", WEIGHED);
        assertEquals(rows("m"), rows("parallel"));
    }

    @Test
    void whatAFactWeighsDoesNotHangOnWhichParallelCarriesWhatWasRecorded() {
        weigh();
        server.run(
                "MATCH (b:Person {name: 'bob'})-[:KNOWS]->(c:Person {name: 'carl'}) CREATE (b)-[:KNOWS {trust: 9}]->(c)");
        train("m", WEIGHED);
        server.run(BOB_KNOWS_CARL
                + "WITH r ORDER BY id(r) WITH collect(r) AS both WITH both[0] AS from, both[1] AS to "
                + "SET to.whylink_m_influence = from.whylink_m_influence, to.whylink_m_rollback = from.whylink_m_rollback "
                + "REMOVE from.whylink_m_influence, from.whylink_m_rollback");
        assertFalse(stale());
        assertEquals(
                3,
                server.run(DORA + "tier: 'replay', topK: 3}) YIELD fact RETURN fact")
                        .size());
    }

    @Test
    void aFactThatWasReweighedIsForgottenByWhatWasRecorded() {
        weigh();
        train("m", WEIGHED + ", regularizer: 'N3'");
        String forget =
                BOB_KNOWS_CARL + "CALL whylink.forget('m', {facts: r, dryRun: true%s}) YIELD method RETURN method";
        server.run(BOB_KNOWS_CARL + "SET r.trust = 0");
        server.fails(
                forget.formatted(", method: 'settle'"), "or their 'trust' have changed since", "set it to 'rollback'");
        assertEquals("rollback", server.one(forget.formatted("")).get("method").asString());
    }

    @Test
    void weightsTakeTheirRoom() {
        weigh();
        String estimate = "CALL whylink.train.estimate('m', {%s}) YIELD heapBytes RETURN heapBytes";
        long without = server.one(estimate.formatted(TRAINED)).get("heapBytes").asLong();
        long with = server.one(estimate.formatted(TRAINED + ", " + WEIGHED))
                .get("heapBytes")
                .asLong();
        assertTrue(with >= without + 2 * 4 * SmallGraphs.TOWNS_FACTS, with + " and " + without);
    }

    @Test
    void whatIsNoWeightIsRefusedBeforeTheTrainingWithTheRemedy() {
        String call = "CALL whylink.train('m', {%s})".formatted(WEIGHED);
        server.run("CREATE (:Unused {trust: 1})");
        server.fails(
                call,
                "'relationshipWeightProperty': 10 of 10 relationships of type 'CITIZEN_OF' and 3 of 3 relationships of type 'IN' and 4 of 4 relationships of type 'KNOWS' and 11 of 11 relationships of type 'LIVES_IN' have no 'trust' that is a finite number of 0 or more; SET it on them, as with MATCH ()-[r:CITIZEN_OF|IN|KNOWS|LIVES_IN]->() WHERE r.trust IS NULL SET r.trust = 1.0, or leave 'relationshipWeightProperty' out");
        server.run(SET_ALL + "1.0");
        for (String wrong : List.of("-1", "-0.5", "0.0/0.0", "1.0/0.0", "1e300", "'1'", "true", "[1]")) {
            server.run(BOB_KNOWS_CARL + "SET r.trust = " + wrong);
            server.fails(call, "'relationshipWeightProperty': 1 of 4 relationships of type 'KNOWS' (one has ");
        }
        server.run(SET_ALL + "0");
        server.fails(
                call,
                "'relationshipWeightProperty': each of the 25 relationships to train on has a 'trust' of 0, so that there is nothing to learn");
        server.fails(
                "CALL whylink.train('m', {relationshipWeightProperty: 'trusted'})",
                "'relationshipWeightProperty': the database has no property 'trusted'; did you mean 'trust'?");
        server.fails(
                "CALL whylink.train('m', {relationshipWeightProperty: 'whylink_m'})",
                "'relationshipWeightProperty' weighs facts by 'whylink_m', which Whylink itself writes; name a property of your own");
        server.fails(
                "CALL whylink.train('m', {relationshipWeightProperty: 1.5})",
                "'relationshipWeightProperty' must be a name of at most 1000 characters, or null, but is 1.5");
        assertEquals(List.of(), server.run("CALL whylink.models()"));
        assertEquals(List.of(), server.traces());
    }

    /** Different ones, the same in every run. */
    private void weigh() {
        server.run(
                "MATCH (a)-[r:IN|LIVES_IN|CITIZEN_OF|KNOWS]->(b) SET r.trust = 0.5 + (size(a.name) * 7 + size(b.name)) % 4");
        server.run(BOB_KNOWS_CARL + "SET r.trust = 2.0");
    }

    private Record train(String name, String more) {
        return server.one(
                "CALL whylink.train('%s', {%s%s})".formatted(name, TRAINED, more.isEmpty() ? "" : ", " + more));
    }

    private List<Record> rows(String model) {
        return server.run(
                "MATCH (n) WHERE n.whylink_%1$s IS NOT NULL OR n.whylink__2_%1$s IS NOT NULL RETURN n.name AS name, coalesce(n.whylink__2_%1$s, n.whylink_%1$s) AS row ORDER BY name UNION ALL MATCH (:_WhylinkModel {name: '%1$s'})-->(n:_WhylinkRelation) RETURN n.type AS name, n.embedding AS row ORDER BY name"
                        .formatted(model));
    }

    private boolean stale() {
        return server.one("CALL whylink.models('m') YIELD stale").get("stale").asBoolean();
    }
}
