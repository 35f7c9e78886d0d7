package io.github.whylink.embedding.ranking;

import io.github.whylink.embedding.facts.Side;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.scoring.Parameters.Table;
import io.github.whylink.embedding.scoring.SideBySide;
import java.util.Arrays;

/**
 * What each of several models that stand {@linkplain SideBySide side by side} answers by itself: how many of them stand
 * behind an answer of their mean.
 */
public final class MemberAnswers {
    private MemberAnswers() {}

    /**
     * Finds the best answer of each member; of equal scores the first in the order of the entities. O(entities · width) for
     * all members together, as much as one query of the joined model.
     *
     * @param joined the models, side by side
     * @param side TAIL asks (entity, relation, ?), HEAD asks (?, relation, entity)
     * @param excluded entities that are no answer, ascending
     * @return one entity for each member; -1 where there is none to choose from
     */
    public static int[] best(
            SideBySide sideBySide, EmbeddingModel joined, Side side, int entity, int relation, int[] excluded) {
        int members = sideBySide.members();
        int width = joined.parameters().entities()[entity].length / members;
        float[] joinedQuery = new float[members * width];
        joined.query(side, entity, relation, joinedQuery);
        float[][] queries = new float[members][width];
        for (int m = 0; m < members; m++) {
            sideBySide.take(Table.ENTITIES, joinedQuery, m, queries[m]);
        }
        float[] row = new float[width];
        float[] highest = new float[members];
        int[] best = new int[members];
        Arrays.fill(best, -1);
        int next = 0;
        for (int candidate = 0; candidate < joined.entityCount(); candidate++) {
            if (next < excluded.length && excluded[next] == candidate) {
                next++;
                continue;
            }
            for (int m = 0; m < members; m++) {
                sideBySide.take(Table.ENTITIES, joined.parameters().entities()[candidate], m, row);
                float score = joined.function().similarity().of(queries[m], row);
                if (best[m] < 0 || score > highest[m]) {
                    best[m] = candidate;
                    highest[m] = score;
                }
            }
        }
        return best;
    }

    /** How many members have an entity as their best answer. */
    public static int count(int[] best, int entity) {
        int count = 0;
        for (int answer : best) {
            count += answer == entity ? 1 : 0;
        }
        return count;
    }
}
