package io.github.whylink.influence.rollback;

import io.github.whylink.embedding.facts.Facts;

/**
 * How far each fact moved its head, relation and tail row: Euclidean norms, rounded up.
 *
 * <p>The facts of a relation stand side by side with all that a bound by norms reads, in ascending order, as most candidates
 * are facts of the relation of a link, and would else be gathered from all over the memory. Memory: 28 bytes per fact.
 * Immutable.
 */
final class FactNorms {
    /** Bytes per fact. */
    static final int BYTES = 28;

    private final int[] starts;
    private final int[] facts;
    private final int[] places;
    private final int[] heads;
    private final int[] tails;
    private final float[] headNorms;
    private final float[] relationNorms;
    private final float[] tailNorms;

    FactNorms(InfluenceLedger ledger, Facts all) {
        int count = all.count();
        starts = new int[all.relationCount() + 1];
        for (int fact = 0; fact < count; fact++) {
            starts[all.relation(fact) + 1]++;
        }
        for (int relation = 0; relation < all.relationCount(); relation++) {
            starts[relation + 1] += starts[relation];
        }
        facts = new int[count];
        places = new int[count];
        heads = new int[count];
        tails = new int[count];
        headNorms = new float[count];
        relationNorms = new float[count];
        tailNorms = new float[count];
        int[] next = starts.clone();
        float[] entityPart = new float[ledger.relationOffset()];
        float[] relationPart = new float[ledger.tailOffset() - ledger.relationOffset()];
        for (int fact = 0; fact < count; fact++) {
            int place = next[all.relation(fact)]++;
            facts[place] = fact;
            places[fact] = place;
            heads[place] = all.head(fact);
            tails[place] = all.tail(fact);
            float[] updates = ledger.row(fact);
            headNorms[place] = normAtMost(updates, ledger.headOffset(), entityPart);
            relationNorms[place] = normAtMost(updates, ledger.relationOffset(), relationPart);
            tailNorms[place] = normAtMost(updates, ledger.tailOffset(), entityPart);
        }
    }

    /** The first place of a relation; its last one is before the first of the next relation. */
    int start(int relation) {
        return starts[relation];
    }

    int end(int relation) {
        return starts[relation + 1];
    }

    int fact(int place) {
        return facts[place];
    }

    int place(int fact) {
        return places[fact];
    }

    int head(int place) {
        return heads[place];
    }

    int tail(int place) {
        return tails[place];
    }

    float ofHead(int place) {
        return headNorms[place];
    }

    float ofRelation(int place) {
        return relationNorms[place];
    }

    float ofTail(int place) {
        return tailNorms[place];
    }

    private static float normAtMost(float[] updates, int offset, float[] part) {
        System.arraycopy(updates, offset, part, 0, part.length);
        double sum = 0;
        for (float x : part) {
            sum += (double) x * x;
        }
        return (float) ((1 + 1e-6) * Math.sqrt(sum));
    }
}
