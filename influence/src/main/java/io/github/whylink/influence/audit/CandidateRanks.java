package io.github.whylink.influence.audit;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.KnownFacts;
import io.github.whylink.embedding.facts.RelationRoles;
import io.github.whylink.embedding.facts.Side;
import io.github.whylink.embedding.kernel.CounterHash;
import io.github.whylink.embedding.kernel.MatrixKernel;
import io.github.whylink.embedding.kernel.MatrixKernels;
import io.github.whylink.embedding.kernel.Team;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.influence.rollback.InfluenceLedger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * Where the ends of facts stand among a fixed sample of candidates, by what a model says.
 *
 * <pre>
 * rank = log(1 + candidates above + half of the equal ones),  known answers of the query left out
 * loss = log(1 + Σ over candidates c exp(score(c) - score)),  mean of the two sides
 * </pre>
 *
 * <p>The candidates are a sample of all entities, or of those that the relation is seen with on that side. The facts of a
 * relation are taken in blocks, each a matrix product. O(facts · candidates · d), in parallel over the blocks.
 */
final class CandidateRanks {
    static final int CANDIDATES = 400;
    static final int TYPED_CANDIDATES = 160;

    /** Of the loss, which is measured after every epoch. */
    private static final int LOSS_CANDIDATES = 64;

    /** Relations among which that of a fact is ranked, at most. */
    private static final int RELATIONS = 48;

    private static final int BLOCK = 128;

    private final Facts facts;
    private final KnownFacts known;
    private final int[][] byRelation;
    private final int[] candidates;
    private final int[] lossCandidates;

    /** By relation: candidates that it is seen with on that side. */
    private final int[][] typedHeads;

    private final int[][] typedTails;

    private final int[] relations;
    private final Team team;
    private final Runnable checkCancelled;

    CandidateRanks(Facts facts, long seed, Team team, Runnable checkCancelled) {
        this.facts = facts;
        this.team = team;
        this.checkCancelled = checkCancelled;
        known = KnownFacts.of(facts);
        byRelation = facts.byRelation();
        int[] all = new int[facts.entityCount()];
        Arrays.setAll(all, i -> i);
        candidates = sample(all, CANDIDATES, seed);
        lossCandidates = sample(all, LOSS_CANDIDATES, seed);
        RelationRoles roles = RelationRoles.of(facts);
        typedHeads = typed(roles, Side.HEAD);
        typedTails = typed(roles, Side.TAIL);
        int[] allRelations = new int[facts.relationCount()];
        Arrays.setAll(allRelations, i -> i);
        relations = sample(allRelations, RELATIONS, seed);
    }

    private int[][] typed(RelationRoles roles, Side side) {
        int[][] samples = new int[facts.relationCount()][];
        Arrays.setAll(samples, relation -> sample(roles.entities(relation, side), TYPED_CANDIDATES, relation));
        return samples;
    }

    /** What is wanted of a model; null for what is not. By fact. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Wanted(
            float[] score,
            float[] tailRank,
            float[] headRank,
            float[] typedTailRank,
            float[] typedHeadRank,
            float[] relationRank) {
        boolean nothing() {
            return score == null
                    && tailRank == null
                    && headRank == null
                    && typedTailRank == null
                    && typedHeadRank == null
                    && relationRank == null;
        }
    }

    /**
     * Asks a model.
     *
     * @param without what each fact did to its own rows, to be taken back while it is asked about; null for nothing
     * @param which the facts to ask about; null for all
     * @param wanted Modified, at those facts.
     */
    void ask(EmbeddingModel model, InfluenceLedger without, BitSet which, Wanted wanted) {
        if (wanted.nothing()) {
            return;
        }
        List<int[]> blocks = blocks(which);
        float[][] columns = transposed(model, candidates);
        Asking[] asking = new Asking[team.concurrency()];
        team.run(blocks.size(), (worker, piece) -> {
            if (worker == 0) {
                checkCancelled.run();
            }
            if (asking[worker] == null) {
                asking[worker] = new Asking(model, without);
            }
            asking[worker].block(blocks.get(piece), columns, wanted);
        });
    }

    /** Adds the loss of each fact to a sum. */
    void addLoss(EmbeddingModel model, float[] sums) {
        List<int[]> blocks = blocks(null);
        float[][] columns = transposed(model, lossCandidates);
        Asking[] asking = new Asking[team.concurrency()];
        team.run(blocks.size(), (worker, piece) -> {
            if (worker == 0) {
                checkCancelled.run();
            }
            if (asking[worker] == null) {
                asking[worker] = new Asking(model, null);
            }
            asking[worker].addLoss(blocks.get(piece), columns, sums);
        });
    }

    private List<int[]> blocks(BitSet which) {
        List<int[]> blocks = new ArrayList<>();
        for (int[] members : byRelation) {
            int[] wanted = which == null
                    ? members
                    : Arrays.stream(members).filter(which::get).toArray();
            for (int from = 0; from < wanted.length; from += BLOCK) {
                blocks.add(Arrays.copyOfRange(wanted, from, Math.min(from + BLOCK, wanted.length)));
            }
        }
        return blocks;
    }

    private static float[][] transposed(EmbeddingModel model, int[] entities) {
        int width = model.parameters().entities()[0].length;
        float[][] columns = new float[width][entities.length];
        for (int j = 0; j < entities.length; j++) {
            float[] row = model.parameters().entities()[entities[j]];
            for (int k = 0; k < width; k++) {
                columns[k][j] = row[k];
            }
        }
        return columns;
    }

    /** The members with the smallest hashes. */
    private static int[] sample(int[] members, int most, long seed) {
        if (members.length <= most) {
            return members;
        }
        long[] hashed = new long[members.length];
        for (int i = 0; i < members.length; i++) {
            hashed[i] = CounterHash.hash(seed, members[i], 17, 0) << 32 | members[i];
        }
        Arrays.sort(hashed);
        int[] chosen = new int[most];
        Arrays.setAll(chosen, i -> (int) hashed[i]);
        return chosen;
    }

    /** Scratch space of one thread. */
    private final class Asking {
        private final EmbeddingModel model;
        private final InfluenceLedger without;
        private final MatrixKernel kernel = MatrixKernels.fastest();
        private final float[][] heads = new float[BLOCK][];
        private final float[][] tails = new float[BLOCK][];
        private final float[][] between = new float[BLOCK][];
        private final float[][] headScratch;
        private final float[][] tailScratch;
        private final float[][] relationScratch;
        private final float[][] queries;
        private final float[][] scores = new float[BLOCK][CANDIDATES];
        private final float[] truth = new float[BLOCK];
        private final float[] query;
        private final int width;

        Asking(EmbeddingModel model, InfluenceLedger without) {
            this.model = model;
            this.without = without;
            width = model.parameters().entities()[0].length;
            int relationWidth = model.parameters().relations()[0].length;
            queries = new float[BLOCK][width];
            query = new float[width];
            headScratch = new float[without == null ? 0 : BLOCK][width];
            tailScratch = new float[without == null ? 0 : BLOCK][width];
            relationScratch = new float[without == null ? 0 : BLOCK][relationWidth];
        }

        void block(int[] block, float[][] columns, Wanted wanted) {
            int relation = facts.relation(block[0]);
            rows(block);
            queries(Side.TAIL, block.length);
            if (wanted.score != null) {
                for (int i = 0; i < block.length; i++) {
                    wanted.score[block[i]] = truth[i];
                }
            }
            rank(block, Side.TAIL, candidates, columns, wanted.tailRank);
            rankTyped(block, Side.TAIL, relation, wanted.typedTailRank);
            queries(Side.HEAD, block.length);
            rank(block, Side.HEAD, candidates, columns, wanted.headRank);
            rankTyped(block, Side.HEAD, relation, wanted.typedHeadRank);
            if (wanted.relationRank != null) {
                for (int i = 0; i < block.length; i++) {
                    wanted.relationRank[block[i]] = relationRank(block[i], i);
                }
            }
        }

        void addLoss(int[] block, float[][] columns, float[] sums) {
            rows(block);
            for (Side side : Side.values()) {
                queries(side, block.length);
                score(block.length, columns);
                for (int i = 0; i < block.length; i++) {
                    double sum = 1;
                    for (int j = 0; j < columns[0].length; j++) {
                        sum += Math.exp(Math.min(50, (double) scores[i][j] - truth[i]));
                    }
                    sums[block[i]] += (float) (Math.log(sum) / 2);
                }
            }
        }

        /** The rows of the facts, without what each of them did. */
        private void rows(int[] block) {
            for (int i = 0; i < block.length; i++) {
                int fact = block[i];
                heads[i] = model.parameters().entities()[facts.head(fact)];
                tails[i] = model.parameters().entities()[facts.tail(fact)];
                between[i] = model.parameters().relations()[facts.relation(fact)];
                if (without != null) {
                    float[] updates = without.row(fact);
                    boolean loop = facts.head(fact) == facts.tail(fact);
                    heads[i] = minus(heads[i], updates, 0, headScratch[i]);
                    tails[i] = loop ? heads[i] : minus(tails[i], updates, updates.length - width, tailScratch[i]);
                    between[i] = minus(between[i], updates, width, relationScratch[i]);
                }
            }
        }

        private static float[] minus(float[] row, float[] updates, int offset, float[] out) {
            for (int k = 0; k < row.length; k++) {
                out[k] = row[k] - updates[offset + k];
            }
            return out;
        }

        private void queries(Side side, int count) {
            for (int i = 0; i < count; i++) {
                if (side == Side.TAIL) {
                    model.function().tailQuery(heads[i], between[i], queries[i]);
                    truth[i] = model.function().similarity().of(queries[i], tails[i]);
                } else {
                    model.function().headQuery(between[i], tails[i], queries[i]);
                    truth[i] = model.function().similarity().of(queries[i], heads[i]);
                }
            }
        }

        private void score(int count, float[][] columns) {
            model.function().similarity().ofColumns(kernel, queries, count, columns, columns[0].length, scores);
        }

        private void rankTyped(int[] block, Side side, int relation, float[] out) {
            if (out != null) {
                int[] fitting = (side == Side.TAIL ? typedTails : typedHeads)[relation];
                rank(block, side, fitting, transposed(model, fitting), out);
            }
        }

        private void rank(int[] block, Side side, int[] entities, float[][] columns, float[] out) {
            if (out == null) {
                return;
            }
            score(block.length, columns);
            for (int i = 0; i < block.length; i++) {
                int fact = block[i];
                int given = side == Side.TAIL ? facts.head(fact) : facts.tail(fact);
                int[] answers = known.known(side, given, facts.relation(fact));
                double above = 0;
                for (int j = 0; j < entities.length; j++) {
                    // Written so that what is not a number counts as above.
                    if (!(scores[i][j] < truth[i]) && Arrays.binarySearch(answers, entities[j]) < 0) {
                        above += scores[i][j] == truth[i] ? 0.5 : 1;
                    }
                }
                out[fact] = (float) Math.log1p(above);
            }
        }

        private float relationRank(int fact, int i) {
            double above = 0;
            model.function().tailQuery(heads[i], between[i], query);
            float own = model.function().similarity().of(query, tails[i]);
            for (int relation : relations) {
                if (relation != facts.relation(fact)) {
                    model.function().tailQuery(heads[i], model.parameters().relations()[relation], query);
                    float other = model.function().similarity().of(query, tails[i]);
                    if (!(other < own) && !known.contains(facts.head(fact), relation, facts.tail(fact))) {
                        above += other == own ? 0.5 : 1;
                    }
                }
            }
            return (float) Math.log1p(above);
        }
    }
}
