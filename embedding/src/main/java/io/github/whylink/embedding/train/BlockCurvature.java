package io.github.whylink.embedding.train;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.KnownFacts;
import io.github.whylink.embedding.facts.Side;
import io.github.whylink.embedding.kernel.HeapBytes;
import io.github.whylink.embedding.kernel.MatrixKernel;
import io.github.whylink.embedding.kernel.MatrixKernels;
import io.github.whylink.embedding.kernel.Rows;
import io.github.whylink.embedding.kernel.Team;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.Parameters.Table;
import io.github.whylink.embedding.train.ExampleCurvature.Direction;
import java.util.Arrays;

/**
 * {@link ExampleCurvature} summed over a batch whose facts are held against the same candidates by dot products.
 *
 * <pre>
 * Q [columns × w]      one query per fact and side            C [candidates × w]     rows of the candidates
 * S = C·Qᵀ             scores                                 G, D, L, R             coefficients and their derivative
 *
 * for each direction:  Q̇ from the direction's rows of head and relation, Ċ its rows of the candidates
 * Ṡ  = C·Q̇ᵀ + Ċ·Qᵀ                    slope  = Σ_candidates G∘Ṡ,  common = Σ_candidates L∘Ṡ
 * Ġ  = D∘Ṡ - R∘common
 * ∂C = Ġ·Q + G·Q̇                      to the candidates' rows
 * ∂Q = Ġᵀ·C + Gᵀ·Ċ                     back to each fact's head and relation row
 * </pre>
 *
 * <p>Six matrix products a direction where the gradient takes three; four for the Gauss–Newton part, which lacks those with
 * G·Q̇ and Gᵀ·Ċ. A fact's own answer is handled by itself, entries of
 * it and of known answers that are filtered are masked. For softmax without smoothing D, L and R are G again, up to the
 * weight of a column. Columns are processed in chunks, so that the matrices of all directions stay small.
 */
final class BlockCurvature implements BatchCurvature {
    /** Numbers in the matrices of one chunk, those of all directions together. */
    private static final int HELD = 1 << 23;

    private static final int LEAST_COLUMNS = 32;
    private static final int MOST_COLUMNS = 512;
    private static final int BLOCK = 128;
    /** Columns that a thread takes at once: fewer would pack the operands of the products too often. */
    private static final int GROUP = 64;

    private final Examples examples;
    private final Facts facts;
    private final KnownFacts filter;
    private final Loss loss;
    private final boolean softmax;
    private final boolean full;
    private final Side[] sides;
    private final int width;
    private final SharedSampler shared;
    private final int[] permutation;
    private final int[] swapped;
    private final int[] candidateIds;
    private final int[] positions;
    private final float[][] candidates;
    private final int n;
    private final int blocks;
    private final int chunkColumns;

    private final int[] columnFacts;
    private final Side[] columnSides;
    private final float[] columnWeights;
    private final int[] answers;
    private final float[] answerScores;
    private final float[] answerCoefficients;
    private final float[] answerDiagonal;
    private final float[] answerLeft;
    private final float[] answerRight;
    private final float[][] queries;
    private final float[][] transposedQueries;
    private final float[][] queryGradients;

    /** {@code [candidates][chunk]}; the last three are null for softmax. */
    private final float[][] coefficients;

    private final float[][] diagonal;
    private final float[][] left;
    private final float[][] right;

    private final OfDirection[] ofDirections;
    private final Worker[] workers;
    private final Team team;
    private final float[] maxima;
    private final float[] normalizers;
    private final float[][] blockRows;

    BlockCurvature(Examples examples, int mostDirections, Curvature curvature) {
        this.examples = examples;
        full = curvature == Curvature.FULL;
        facts = examples.facts();
        filter = examples.filter();
        TrainingSettings settings = examples.settings();
        loss = settings.loss();
        softmax = loss instanceof SoftmaxCrossEntropy cross && cross.labelSmoothing() == 0f;
        sides = settings.negatives().sides() == NegativeSides.BOTH
                ? new Side[] {Side.TAIL, Side.HEAD}
                : new Side[] {settings.negatives().sides() == NegativeSides.TAIL ? Side.TAIL : Side.HEAD};
        width = settings.entityWidth();
        boolean all = settings.negatives().regime().all();
        shared = all ? null : (SharedSampler) examples.sampler();
        n = all ? facts.entityCount() : shared.limit();
        permutation = all ? null : identity(facts.entityCount());
        swapped = all ? null : new int[n];
        candidateIds = identity(n);
        positions = new int[facts.entityCount()];
        Arrays.fill(positions, -1);
        candidates = new float[n][];
        blocks = (n + BLOCK - 1) / BLOCK;
        chunkColumns = chunkColumns(settings, n, Math.min(settings.batchSize(), facts.count()), mostDirections);

        columnFacts = new int[chunkColumns];
        columnSides = new Side[chunkColumns];
        columnWeights = new float[chunkColumns];
        answers = new int[chunkColumns];
        answerScores = new float[chunkColumns];
        answerCoefficients = new float[chunkColumns];
        answerDiagonal = new float[chunkColumns];
        answerLeft = new float[chunkColumns];
        answerRight = new float[chunkColumns];
        queries = new float[chunkColumns][width];
        transposedQueries = new float[width][chunkColumns];
        queryGradients = new float[chunkColumns][width];
        coefficients = new float[n][chunkColumns];
        diagonal = softmax ? null : new float[n][chunkColumns];
        left = softmax ? null : new float[n][chunkColumns];
        right = softmax ? null : new float[n][chunkColumns];
        maxima = new float[chunkColumns];
        normalizers = new float[chunkColumns];
        blockRows = new float[blocks][chunkColumns];

        ofDirections = new OfDirection[mostDirections];
        Arrays.setAll(ofDirections, k -> new OfDirection());
        workers = new Worker[settings.concurrency()];
        Arrays.setAll(workers, i -> new Worker());
        team = new Team(settings.concurrency());
    }

    private static int chunkColumns(TrainingSettings settings, int candidates, int batchSize, int directions) {
        int mostColumns = batchSize * (settings.negatives().sides() == NegativeSides.BOTH ? 2 : 1);
        int fitting = HELD / candidates / (directions + 4) / LEAST_COLUMNS * LEAST_COLUMNS;
        return Math.min(mostColumns, Math.max(LEAST_COLUMNS, Math.min(MOST_COLUMNS, fitting)));
    }

    /** Bytes that an instance holds beside the parameters. */
    static long bytes(TrainingSettings settings, int entityCount, int batchSize, int directions) {
        int candidates = settings.negatives().regime().all()
                ? entityCount
                : Math.min(entityCount, settings.negatives().count());
        int chunk = chunkColumns(settings, candidates, batchSize, directions);
        int w = settings.entityWidth();
        return (4L + directions) * HeapBytes.ofTable(candidates, chunk)
                + (1L + directions) * (2 * HeapBytes.ofTable(chunk, w) + HeapBytes.ofTable(w, chunk))
                + 3 * HeapBytes.ofFloats(entityCount);
    }

    @Override
    public void add(
            Parameters parameters,
            Batch batch,
            Direction[] directions,
            int count,
            RowGradients[] results,
            double[][] slopes,
            OwnGradients own) {
        drawCandidates(parameters, batch);
        if (own != null) {
            for (int i = 0; i < batch.factCount(); i++) {
                own.clear(i);
            }
        }
        team.run(count, (worker, k) -> ofDirections[k].begin(directions[k], results[k], slopes[k], batch.factCount()));
        int columns = batch.factCount() * sides.length;
        for (int chunk = 0; chunk * chunkColumns < columns; chunk++) {
            int first = chunk * chunkColumns;
            int in = Math.min(chunkColumns, columns - first);
            compare(parameters, batch, first, in);
            if (own != null) {
                team.run(
                        groups(in, GROUP),
                        (worker, group) -> addOwn(
                                workers[worker],
                                parameters,
                                batch.epoch(),
                                first,
                                group * GROUP,
                                Math.min(in, (group + 1) * GROUP),
                                own));
            }
            for (int from = 0; from < count; from++) {
                ofDirections[from].firstColumn = first;
            }
            int groups = groups(in, GROUP);
            team.run(
                    count * groups,
                    (worker, piece) -> ofDirections[piece / groups].moveQueries(
                            workers[worker], parameters, batch.epoch(), piece % groups, in));
            team.run(
                    count * blocks,
                    (worker, piece) -> ofDirections[piece / blocks].moveScores(workers[worker], piece % blocks, in));
            team.run(count, (worker, k) -> ofDirections[k].sumUp(parameters, in));
            team.run(
                    count * blocks,
                    (worker, piece) ->
                            ofDirections[piece / blocks].pullCandidates(workers[worker], piece % blocks, in));
            team.run(
                    count * groups,
                    (worker, piece) -> ofDirections[piece / groups].pullQueries(workers[worker], piece % groups, in));
            team.run(count, (worker, k) -> ofDirections[k].finish(workers[worker], parameters, batch.epoch(), in));
        }
        team.run(count, (worker, k) -> ofDirections[k].addPenalties(workers[worker], parameters, batch));
        if (own != null) {
            for (int i = 0; i < batch.factCount(); i++) {
                int fact = batch.fact(i);
                workers[0].terms.addPenalty(fact, parameters, own.head(i), own.relation(i), own.tail(i, fact));
            }
        }
        if (shared != null) {
            for (int id : candidateIds) {
                positions[id] = -1;
            }
        }
    }

    @Override
    public void close() {
        team.close();
    }

    private void drawCandidates(Parameters parameters, Batch batch) {
        if (shared != null) {
            shared.draw(batch.epoch(), batch.batch(), permutation, swapped, candidateIds);
        }
        for (int j = 0; j < n; j++) {
            candidates[j] = parameters.entities()[candidateIds[j]];
            positions[candidateIds[j]] = j;
        }
    }

    /** Everything about a chunk of columns that no direction changes. */
    private void compare(Parameters parameters, Batch batch, int first, int in) {
        for (int b = 0; b < in; b++) {
            columnFacts[b] = batch.fact((first + b) / sides.length);
            columnSides[b] = sides[(first + b) % sides.length];
        }
        team.run(
                groups(in, GROUP),
                (worker, group) -> formQueries(
                        workers[worker], parameters, batch.epoch(), group * GROUP, Math.min(in, (group + 1) * GROUP)));
        team.run(blocks, (worker, block) -> {
            for (int j = block * BLOCK; j < blockEnd(block); j++) {
                Arrays.fill(coefficients[j], 0, in, 0f);
            }
            workers[worker].kernel.multiplyAdd(
                    candidates, transposedQueries, width, in, block * BLOCK, blockEnd(block), coefficients);
        });
        mask(in);
        if (softmax) {
            softmax(in);
        } else {
            team.run(
                    groups(in, GROUP),
                    (worker, group) ->
                            differentiate(workers[worker], group * GROUP, Math.min(in, (group + 1) * GROUP)));
        }
        team.run(groups(in, GROUP), (worker, group) -> {
            int from = group * GROUP;
            int to = Math.min(in, from + GROUP);
            for (int b = from; b < to; b++) {
                Arrays.fill(queryGradients[b], 0f);
            }
            workers[worker].kernel.multiplyTransposedAdd(coefficients, candidates, n, width, from, to, queryGradients);
            for (int b = from; b < to; b++) {
                Rows.axpy(answerCoefficients[b], parameters.entities()[answers[b]], queryGradients[b]);
            }
        });
    }

    private void formQueries(Worker worker, Parameters parameters, int epoch, int from, int to) {
        for (int b = from; b < to; b++) {
            int fact = columnFacts[b];
            Side side = columnSides[b];
            answers[b] = side == Side.TAIL ? facts.tail(fact) : facts.head(fact);
            columnWeights[b] = examples.negativeWeight(fact, side);
            worker.terms.query(side, fact, epoch, parameters, queries[b]);
            answerScores[b] = Rows.dot(queries[b], parameters.entities()[answers[b]]);
        }
        transpose(queries, from, to, transposedQueries);
    }

    /**
     * Adds to the facts' gradients on their own rows what comes from some columns. Both columns of a fact are in one group.
     */
    private void addOwn(
            Worker worker, Parameters parameters, int epoch, int first, int from, int to, OwnGradients own) {
        for (int b = from; b < to; b++) {
            int fact = columnFacts[b];
            int i = (first + b) / sides.length;
            boolean asksTail = columnSides[b] == Side.TAIL;
            int known = asksTail ? facts.head(fact) : facts.tail(fact);
            float[] knownGradient = asksTail ? own.head(i) : own.tail(i, fact);
            float[] answerGradient = asksTail ? own.tail(i, fact) : own.head(i);
            Rows.axpy(answerCoefficients[b], queries[b], answerGradient);
            if (positions[known] >= 0) {
                Rows.axpy(coefficients[positions[known]][b], queries[b], knownGradient);
            }
            worker.terms.carryBack(
                    columnSides[b], fact, epoch, parameters, queryGradients[b], knownGradient, own.relation(i));
        }
    }

    private void transpose(float[][] rows, int from, int to, float[][] transposed) {
        for (int i = 0; i < width; i++) {
            float[] row = transposed[i];
            for (int b = from; b < to; b++) {
                row[b] = rows[b][i];
            }
        }
    }

    /** Scores that take no part become negative infinity. */
    private void mask(int in) {
        for (int b = 0; b < in; b++) {
            maskIfCandidate(answers[b], b);
            if (filter != null) {
                for (int known : UniformSampler.answers(filter, facts, columnFacts[b], columnSides[b])) {
                    maskIfCandidate(known, b);
                }
            }
        }
    }

    private void maskIfCandidate(int entity, int column) {
        if (positions[entity] >= 0) {
            coefficients[positions[entity]][column] = Float.NEGATIVE_INFINITY;
        }
    }

    /** Scores to coefficients, weight · (p - [answer]). */
    private void softmax(int in) {
        System.arraycopy(answerScores, 0, maxima, 0, in);
        team.run(blocks, (worker, block) -> {
            float[] max = blockRows[block];
            Arrays.fill(max, 0, in, Float.NEGATIVE_INFINITY);
            for (int j = block * BLOCK; j < blockEnd(block); j++) {
                float[] row = coefficients[j];
                for (int b = 0; b < in; b++) {
                    max[b] = Math.max(max[b], row[b]);
                }
            }
        });
        for (float[] max : blockRows) {
            for (int b = 0; b < in; b++) {
                maxima[b] = Math.max(maxima[b], max[b]);
            }
        }
        team.run(blocks, (worker, block) -> {
            float[] sum = blockRows[block];
            Arrays.fill(sum, 0, in, 0f);
            for (int j = block * BLOCK; j < blockEnd(block); j++) {
                workers[worker].kernel.expAndSum(coefficients[j], maxima, sum, in);
            }
        });
        for (int b = 0; b < in; b++) {
            double sum = Math.exp((double) answerScores[b] - maxima[b]);
            double answer = sum;
            for (float[] ofBlock : blockRows) {
                sum += ofBlock[b];
            }
            normalizers[b] = (float) (columnWeights[b] / sum);
            answerCoefficients[b] = (float) (columnWeights[b] * (answer / sum - 1));
            // The derivative of the answer's own coefficient: weight · p.
            answerDiagonal[b] = (float) (columnWeights[b] * answer / sum);
        }
        team.run(blocks, (worker, block) -> {
            for (int j = block * BLOCK; j < blockEnd(block); j++) {
                float[] row = coefficients[j];
                for (int b = 0; b < in; b++) {
                    row[b] *= normalizers[b];
                }
            }
        });
    }

    /** Scores to coefficients and their derivative for any loss, column by column. */
    private void differentiate(Worker worker, int from, int to) {
        worker.makeRoom();
        for (int b = from; b < to; b++) {
            int count = 1;
            worker.scores[0] = answerScores[b];
            for (int j = 0; j < n; j++) {
                if (coefficients[j][b] != Float.NEGATIVE_INFINITY) {
                    worker.scores[count++] = coefficients[j][b];
                }
            }
            float negative = columnWeights[b];
            float positive = examples.positiveWeight(columnFacts[b], negative);
            ExampleGradient.weightedLoss(loss, worker.scores, count, positive, negative, worker.coefficients);
            loss.derivative(worker.scores, count, worker.diagonal, worker.left, worker.right);
            answerCoefficients[b] = worker.coefficients[0];
            answerDiagonal[b] = positive * worker.diagonal[0];
            answerLeft[b] = positive * worker.left[0];
            answerRight[b] = worker.right[0];
            int at = 1;
            for (int j = 0; j < n; j++) {
                boolean takesPart = coefficients[j][b] != Float.NEGATIVE_INFINITY;
                coefficients[j][b] = takesPart ? worker.coefficients[at] : 0f;
                diagonal[j][b] = takesPart ? negative * worker.diagonal[at] : 0f;
                left[j][b] = takesPart ? negative * worker.left[at] : 0f;
                right[j][b] = takesPart ? worker.right[at] : 0f;
                at += takesPart ? 1 : 0;
            }
        }
    }

    private int blockEnd(int block) {
        return Math.min(n, (block + 1) * BLOCK);
    }

    private static int groups(int count, int size) {
        return (count + size - 1) / size;
    }

    private static int[] identity(int count) {
        int[] ids = new int[count];
        Arrays.setAll(ids, i -> i);
        return ids;
    }

    /** What one direction needs. */
    private final class OfDirection {
        private final float[][] queryTangents = new float[chunkColumns][width];
        private final float[][] transposedTangents = new float[width][chunkColumns];
        private final float[][] queryGradientTangents = new float[chunkColumns][width];

        /** Ṡ, then Ġ. */
        private final float[][] scoreTangents = new float[n][chunkColumns];

        private final float[][] candidateTangents = new float[n][];
        private final float[][] candidateResults = new float[n][];
        private final float[][] slopeOfBlocks = new float[blocks][chunkColumns];
        private final float[][] commonOfBlocks = softmax ? null : new float[blocks][chunkColumns];
        private final float[] common = new float[chunkColumns];
        private final float[] answerTangents = new float[chunkColumns];
        private final float[] entityZeros = new float[width];
        private final float[] relationZeros = new float[examples.settings().relationWidth()];

        private Direction direction;
        private RowGradients result;
        private double[] slopes;
        private int firstColumn;
        private boolean candidatesMove;

        void begin(Direction direction, RowGradients result, double[] slopes, int factCount) {
            this.direction = direction;
            this.result = result;
            this.slopes = slopes;
            Arrays.fill(slopes, 0, factCount, 0);
            candidatesMove = false;
            for (int j = 0; j < n; j++) {
                float[] tangent = direction.rowOrNull(Table.ENTITIES, candidateIds[j]);
                candidatesMove |= tangent != null;
                candidateTangents[j] = tangent == null ? entityZeros : tangent;
                candidateResults[j] = result.row(Table.ENTITIES, candidateIds[j]);
            }
        }

        void moveQueries(Worker worker, Parameters parameters, int epoch, int group, int in) {
            int to = Math.min(in, (group + 1) * GROUP);
            for (int b = group * GROUP; b < to; b++) {
                int fact = columnFacts[b];
                Side side = columnSides[b];
                // Draws the dropout of the fact, which the tangents share.
                worker.terms.query(side, fact, epoch, parameters, worker.row);
                worker.terms.queryTangent(
                        side,
                        fact,
                        parameters,
                        entityTangent(side, fact),
                        relationTangent(fact),
                        queryTangents[b],
                        worker.row);
            }
            transpose(queryTangents, group * GROUP, to, transposedTangents);
        }

        private float[] entityTangent(Side side, int fact) {
            float[] row = direction.rowOrNull(Table.ENTITIES, side == Side.TAIL ? facts.head(fact) : facts.tail(fact));
            return row == null ? entityZeros : row;
        }

        private float[] relationTangent(int fact) {
            float[] row = direction.rowOrNull(Table.RELATIONS, facts.relation(fact));
            return row == null ? relationZeros : row;
        }

        /** Ṡ of a block, and its share of the sums over candidates. */
        void moveScores(Worker worker, int block, int in) {
            int from = block * BLOCK;
            int to = blockEnd(block);
            for (int j = from; j < to; j++) {
                Arrays.fill(scoreTangents[j], 0, in, 0f);
            }
            worker.kernel.multiplyAdd(candidates, transposedTangents, width, in, from, to, scoreTangents);
            if (candidatesMove) {
                worker.kernel.multiplyAdd(candidateTangents, transposedQueries, width, in, from, to, scoreTangents);
            }
            addProducts(coefficients, from, to, in, slopeOfBlocks[block]);
            if (!softmax) {
                addProducts(left, from, to, in, commonOfBlocks[block]);
            }
        }

        private void addProducts(float[][] factors, int from, int to, int in, float[] sums) {
            Arrays.fill(sums, 0, in, 0f);
            for (int j = from; j < to; j++) {
                float[] factor = factors[j];
                float[] row = scoreTangents[j];
                for (int b = 0; b < in; b++) {
                    sums[b] += factor[b] * row[b];
                }
            }
        }

        /** The slopes, and what the coefficients of a column have in common. */
        void sumUp(Parameters parameters, int in) {
            for (int b = 0; b < in; b++) {
                float answer = Rows.dot(queryTangents[b], parameters.entities()[answers[b]]);
                float[] moved = direction.rowOrNull(Table.ENTITIES, answers[b]);
                if (moved != null) {
                    answer += Rows.dot(queries[b], moved);
                }
                double slope = 0;
                for (float[] ofBlock : slopeOfBlocks) {
                    slope += ofBlock[b];
                }
                double shared;
                if (softmax) {
                    // A fact of weight 0 has no coefficients, and nothing for them to have in common.
                    shared = columnWeights[b] == 0f
                            ? 0
                            : (slope + (double) answerDiagonal[b] * answer) / columnWeights[b];
                    answerTangents[b] = (float) (answerDiagonal[b] * (answer - shared));
                } else {
                    shared = (double) answerLeft[b] * answer;
                    for (float[] ofBlock : commonOfBlocks) {
                        shared += ofBlock[b];
                    }
                    answerTangents[b] = (float) (answerDiagonal[b] * answer - answerRight[b] * shared);
                }
                common[b] = (float) shared;
                slopes[(firstColumn + b) / sides.length] += slope + (double) answerCoefficients[b] * answer;
            }
        }

        /** Ġ of a block, and what it does to the candidates' rows. */
        void pullCandidates(Worker worker, int block, int in) {
            int from = block * BLOCK;
            int to = blockEnd(block);
            for (int j = from; j < to; j++) {
                float[] row = scoreTangents[j];
                if (softmax) {
                    float[] weighted = coefficients[j];
                    for (int b = 0; b < in; b++) {
                        row[b] = weighted[b] * (row[b] - common[b]);
                    }
                } else {
                    float[] slope = diagonal[j];
                    float[] factor = right[j];
                    for (int b = 0; b < in; b++) {
                        row[b] = slope[b] * row[b] - factor[b] * common[b];
                    }
                }
            }
            worker.kernel.multiplyAdd(scoreTangents, queries, in, width, from, to, candidateResults);
            if (full) {
                worker.kernel.multiplyAdd(coefficients, queryTangents, in, width, from, to, candidateResults);
            }
        }

        void pullQueries(Worker worker, int group, int in) {
            int from = group * GROUP;
            int to = Math.min(in, from + GROUP);
            for (int b = from; b < to; b++) {
                Arrays.fill(queryGradientTangents[b], 0f);
            }
            worker.kernel.multiplyTransposedAdd(scoreTangents, candidates, n, width, from, to, queryGradientTangents);
            if (full && candidatesMove) {
                worker.kernel.multiplyTransposedAdd(
                        coefficients, candidateTangents, n, width, from, to, queryGradientTangents);
            }
        }

        /** What only the fact itself does: its answer, and the way back from its queries. */
        void finish(Worker worker, Parameters parameters, int epoch, int in) {
            for (int b = 0; b < in; b++) {
                int fact = columnFacts[b];
                Side side = columnSides[b];
                float[] answerRow = result.row(Table.ENTITIES, answers[b]);
                Rows.axpy(answerTangents[b], queries[b], answerRow);
                if (full) {
                    Rows.axpy(answerCoefficients[b], queryTangents[b], answerRow);
                }
                float[] pull = queryGradientTangents[b];
                Rows.axpy(answerTangents[b], parameters.entities()[answers[b]], pull);
                float[] moved = direction.rowOrNull(Table.ENTITIES, answers[b]);
                if (full && moved != null) {
                    Rows.axpy(answerCoefficients[b], moved, pull);
                }
                worker.terms.query(side, fact, epoch, parameters, worker.row);
                worker.terms.carryBackTangent(
                        side,
                        fact,
                        parameters,
                        entityTangent(side, fact),
                        relationTangent(fact),
                        full ? queryGradients[b] : entityZeros,
                        pull,
                        result.row(Table.ENTITIES, side == Side.TAIL ? facts.head(fact) : facts.tail(fact)),
                        result.row(Table.RELATIONS, facts.relation(fact)));
            }
        }

        void addPenalties(Worker worker, Parameters parameters, Batch batch) {
            for (int i = 0; i < batch.factCount(); i++) {
                slopes[i] += worker.terms.addPenaltyCurvature(batch.fact(i), parameters, direction, result);
            }
        }
    }

    /** Scratch space of one thread. */
    private final class Worker {
        private final MatrixKernel kernel = MatrixKernels.fastest();
        private final FactTerms terms = new FactTerms(examples);
        private final float[] row = new float[width];
        private float[] scores;
        private float[] coefficients;
        private float[] diagonal;
        private float[] left;
        private float[] right;

        void makeRoom() {
            if (scores == null) {
                scores = new float[n + 1];
                coefficients = new float[n + 1];
                diagonal = new float[n + 1];
                left = new float[n + 1];
                right = new float[n + 1];
            }
        }
    }
}
