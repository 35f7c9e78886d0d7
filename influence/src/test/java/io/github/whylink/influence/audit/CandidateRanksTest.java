package io.github.whylink.influence.audit;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.kernel.Team;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.ScoringFunctions;
import org.junit.jupiter.api.Test;

final class CandidateRanksTest {
    /** Entities from 64 on score 20 where the others score 1. */
    @Test
    void theLossIsAgainstASampleOfAllEntities() {
        int count = 300;
        float[][] entities = new float[count][1];
        for (int e = 0; e < count; e++) {
            entities[e][0] = e < 64 ? 1f : 20f;
        }
        EmbeddingModel model =
                new EmbeddingModel(ScoringFunctions.named("DistMult"), new Parameters(entities, new float[][] {{1f}}));
        Facts facts = Facts.of(count, 1, new int[] {0}, new int[] {0}, new int[] {1});
        float[] loss = new float[1];
        try (Team team = new Team(1)) {
            new CandidateRanks(facts, 5, team, () -> {}).addLoss(model, loss);
        }
        assertTrue(loss[0] > 19, "loss " + loss[0]);
    }
}
