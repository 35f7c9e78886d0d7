package io.github.whylink.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ErrorsIT {
    private static final String DORA_IN_GERMANY = "MATCH (s {name: 'dora'}), (t {name: 'Germany'}) ";

    private Server server;

    @BeforeEach
    void graph() {
        server = Server.emptied();
        server.run(SmallGraphs.TOWNS);
    }

    @Test
    void allProblemsOfAConfigurationAreReportedAtOnce() {
        fails(
                "CALL whylink.train('m', {learningrat: 0.2, maxEpochs: 0, loss: 'softmaxx', batchSize: 'many'})",
                "4 problems",
                "unknown key 'learningrat': did you mean 'learningRate'?",
                "'maxEpochs' must be a whole number from 1 to 100000, but is 0",
                "'loss' must be one of 'softmax', 'logistic', 'margin', 'selfAdversarial', but is 'softmaxx'; did you mean 'softmax'?",
                "'batchSize' must be a whole number from 1 to 100000, but is 'many'");
        assertUntouched();
    }

    @Test
    void keysThatDoNotGoTogetherAreRefused() {
        fails(
                "CALL whylink.train('m', {margin: 2.0})",
                "'margin' is only for the losses 'margin' and 'selfAdversarial'");
        fails(
                "CALL whylink.train('m', {negativeSampling: 'KvsAll', loss: 'margin', reciprocalRelations: true, negativeSides: 'head'})",
                "2 problems",
                "'negativeSampling' 'KvsAll' with 'loss' 'margin' cannot be: ",
                "'reciprocalRelations' true cannot be with 'negativeSides' 'head'");
        fails(
                "CALL whylink.train('m', {optimizer: 'Adam', batchSize: 32})",
                "'influence' must be false with 'optimizer' 'Adam' and 'batchSize' 32");
        assertUntouched();
    }

    @Test
    void namesThatCannotBePropertyKeysAreRefused() {
        fails("CALL whylink.train('my model')", "modelName must be", "'my model'");
        fails("CALL whylink.train('m_rollback')", "must not end in");
        assertUntouched();
    }

    @Test
    void unknownLabelsAndTypesAreToldApartFromAnEmptySelection() {
        fails(
                "CALL whylink.train('m', {nodeLabels: ['Persn']})",
                "the database has no node label 'Persn'; did you mean 'Person'?");
        fails(
                "CALL whylink.train('m', {relationshipTypes: ['LIVESIN']})",
                "the database has no relationship type 'LIVESIN'; did you mean 'LIVES_IN'?");
        fails(
                "CALL whylink.train('m', {nodeLabels: ['Country'], relationshipTypes: ['KNOWS']})",
                "there is nothing to train on",
                "'KNOWS'",
                "'Country'",
                "'LIVES_IN'",
                "'Person'");
        assertUntouched();
    }

    @Test
    void oneNodeIsNotEnough() {
        server.run("MATCH (n) DETACH DELETE n");
        server.run("CREATE (n:Lonely)-[:KNOWS]->(n)");
        fails("CALL whylink.train('m')", "only one node");
        assertUntouched();
    }

    @Test
    void whatCannotFitIntoMemoryIsRefused() {
        fails(
                "CALL whylink.train('m', {scoringFunction: 'RESCAL', embeddingDimension: 4096})",
                "the training needs about",
                "set 'influence' to false, as it records 16785408 numbers for each of 25 facts");
        assertUntouched();
    }

    @Test
    void aTrainingThatHasNothingToValidateWithIsRefused() {
        fails(
                "CALL whylink.train('m', {relationshipTypes: ['CITIZEN_OF'], validationFraction: 0.1})",
                "'validationFraction' 0.1 leaves nothing to validate with");
        assertUntouched();
    }

    @Test
    void whatCannotBeEvaluatedIsRefused() {
        fails("CALL whylink.evaluate('m')", "there is no model 'm'");
        train("m", "heldOutFraction: 0.0, influence: false, maxEpochs: 1");
        fails(
                "CALL whylink.evaluate('m', {ties: 'fair'})",
                "'ties' must be one of 'realistic', 'optimistic', 'pessimistic'");
        fails("CALL whylink.evaluate('m')", "no fact of the graph is one of {facts: 'heldOut'}", "'training' or 'all'");
        server.run("MATCH (a {name: 'anna'}), (b {name: 'karl'}) CREATE (a)-[:KNOWS]->(b)");
        fails(
                "CALL whylink.evaluate('m', {facts: 'training'})",
                "have changed since it was trained",
                "evaluate {facts: 'all'}");
    }

    @Test
    void aDivergedTrainingLeavesNothingBehind() {
        fails(
                "CALL whylink.train('m', {optimizer: 'SGD', learningRate: 10, initialScale: 10, maxEpochs: 1000})",
                "training diverged");
        assertUntouched();
        assertEquals(
                "failed", server.run("CALL whylink.jobs()").get(0).get("phase").asString());
    }

    @Test
    void aNameIsTakenOnlyOnce() {
        train("m", "");
        fails(
                "CALL whylink.train('m')",
                "a model 'm' exists already; replace it with overwrite: true",
                "whylink.models.drop('m')");
        assertEquals(
                "ready", server.one("CALL whylink.models('m')").get("state").asString());
    }

    @Test
    void unknownModelsAreNamed() {
        fails(
                DORA_IN_GERMANY
                        + "CALL whylink.explain('m', {source: s, type: 'CITIZEN_OF', target: t}) YIELD fact RETURN fact",
                "there is no model 'm'",
                "whylink.train");
        train("atlas", "");
        fails(
                "MATCH (s {name: 'dora'}) CALL whylink.predict.targets('atlass', {source: s, type: 'KNOWS'}) YIELD target RETURN target",
                "there is no model 'atlass'; did you mean 'atlas'?");
        fails("CALL whylink.models.drop('atla')", "there is no model 'atla'; did you mean 'atlas'?");
    }

    @Test
    void modelsThatAreNotReadyAreRefused() {
        train("m", "");
        server.run("MATCH (m:_WhylinkModel) SET m.state = 'training'");
        fails(
                "MATCH (s {name: 'dora'}) CALL whylink.predict.targets('m', {source: s, type: 'KNOWS'}) YIELD target RETURN target",
                "model 'm' is incomplete",
                "whylink.models.drop('m')");
        fails("CALL whylink.train('m')", "an incomplete model 'm' is in the way", "whylink.models.drop('m')");
    }

    @Test
    void whatTheModelDoesNotKnowIsNamed() {
        train("m", "relationshipTypes: ['LIVES_IN', 'CITIZEN_OF']");
        fails(
                "MATCH (s {name: 'dora'}) CALL whylink.predict.targets('m', {source: s, type: 'CITIZENOF'}) YIELD target RETURN target",
                "not trained on relationships of type 'CITIZENOF'; did you mean 'CITIZEN_OF'?");
        server.run("CREATE (:Person {name: 'newcomer'})");
        fails(
                "MATCH (s {name: 'newcomer'}) CALL whylink.predict.targets('m', {source: s, type: 'CITIZEN_OF'}) YIELD target RETURN target",
                "'source' is a node that model 'm' does not know");
        fails(
                "MATCH (s {name: 'newcomer'}) CALL whylink.predict.sources('m', {target: s, type: 'CITIZEN_OF'}) YIELD source RETURN source",
                "'target' is a node that model 'm' does not know");
    }

    @Test
    void sourcesAndTargetsMustBeNodes() {
        train("m", "");
        fails(
                "CALL whylink.predict.targets('m', {source: 'dora', typ: 'CITIZEN_OF'})",
                "3 problems",
                "'source' must be a node",
                "but is 'dora'",
                "'type' is missing",
                "unknown key 'typ': did you mean 'type'?");
        fails(
                "OPTIONAL MATCH (s {name: 'zoe'}) CALL whylink.predict.targets('m', {source: s, type: 'CITIZEN_OF'}) YIELD target RETURN target",
                "'source' must be a node",
                "but is null",
                "find nothing");
    }

    @Test
    void factsAreNotPredictions() {
        train("m", "heldOutFraction: 0.0");
        fails(
                "MATCH (s {name: 'anna'}), (t {name: 'Germany'}) CALL whylink.explain('m', {source: s, type: 'CITIZEN_OF', target: t}) YIELD fact RETURN fact",
                "is a fact the model was trained on; whylink.explain explains predicted links");
    }

    @Test
    void aModelWithoutInfluenceSaysSo() {
        train("m", "influence: false");
        fails(
                DORA_IN_GERMANY
                        + "CALL whylink.explain('m', {source: s, type: 'CITIZEN_OF', target: t}) YIELD fact RETURN fact",
                "trained with influence: false");
    }

    private void train(String name, String configuration) {
        server.run("CALL whylink.train('%s', {%s})".formatted(name, configuration));
    }

    private void fails(String query, String... parts) {
        server.fails(query, parts);
    }

    private void assertUntouched() {
        assertEquals(List.of(), server.traces());
    }
}
