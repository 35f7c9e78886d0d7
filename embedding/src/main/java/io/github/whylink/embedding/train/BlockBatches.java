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
import io.github.whylink.embedding.scoring.Similarity;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Many facts a step, all held against the same candidates: the negatives that the batch shares, or all entities. The
 * gradient comes from three matrix products instead of one vector product per pair.
 *
 * <pre>
 * Q [columns × w]      one query per fact and side                      C [candidates × w]   rows of the candidates
 *
 * S = C·Qᵀ             scores (for distances: their like), in blocks of candidates and chunks of columns
 * G = ∂loss/∂S         softmax: exp(S - max of the block), normalised when all blocks are summed up; each score is
 *                      exponentiated once and the normaliser streams over the blocks
 * ∂Q = Gᵀ·C            then back to each fact's own head and relation row
 * ∂C = G·Q             on behalf of the facts that have the candidate as a negative
 * </pre>
 *
 * <p>A fact's own answer, and known ones where they are filtered, are masked in S; the answer is handled by itself, as in
 * {@link ExampleGradient}, and so is a fact's own other end where it is a candidate. So the gradient of a fact on its own
 * three rows is complete in three slots of its own, from quantities that the batch has anyway: that is what makes
 * recording influence cheap. What is left in ∂C are rows of other facts.
 *
 * <p>The result equals the sum of {@link ExampleGradient} over the batch up to rounding: that of an element is relative
 * to the terms of its sum, which for distances are coefficient · row / distance, so that the gradient of a pair whose rows
 * nearly coincide is less exact here. The bits do not depend on the
 * number of threads: blocks have a fixed size, and every sum a fixed order. O(facts · candidates · w). Memory:
 * {@link #bytes}.
 */
final class BlockBatches implements Batches, TouchedRows {
    /** Scores that are held at once: they stay in the second level of the cache, or where they are too many, in the last. */
    private static final int NEAR_SCORES = 1 << 18;

    private static final int HELD_SCORES = 1 << 22;

    /** Fewer columns than this make the products inefficient, however many candidates there are. */
    private static final int LEAST_COLUMNS = 32;

    /** Where so many columns fit, a multiple of it: the kernels sum up in stretches of this length. */
    private static final int EVEN_COLUMNS = 256;

    private static final int LARGE_BLOCK = 256;
    private static final int SMALL_BLOCK = 120;

    /** Candidates whose scores, and whose gradients, are one product. */
    private static final int MOST_ROWS_TOGETHER = 512;

    private static final int MANY_CANDIDATES = 2048;
    private static final int SLOT_GROUP = 16;
    private static final int ROW_GROUP = 32;

    /** Scores in the scratch space of a thread where the loss wants them fact by fact. */
    private static final int GATHERED_SCORES = 1 << 18;

    private static final int MOST_GATHERED_COLUMNS = 16;

    private final Stepper stepper;
    private final Examples examples;
    private final Facts facts;
    private final Parameters parameters;
    private final Similarity similarity;
    private final Loss loss;
    private final KnownFacts filter;
    private final boolean streamedSoftmax;
    private final Side[] sides;
    private final int width;

    private final SharedSampler shared;
    private final int[] permutation;
    private final int[] swapped;
    private final int candidateCount;
    private final int[] candidateIds;
    private final float[][] candidates;
    private final float[][] candidateGradients;
    private final int blockRows;
    private final int blocks;

    private final int chunkColumns;
    private final float[][] scores;
    private final float[][] distances;
    private final float[][] blockMaxima;
    private final float[][] blockSums;
    private final float[][] blockPulls;
    private final float[] maxima;
    private final float[] normalizers;

    private final float[][] queries;
    private final float[][] queryGradients;
    private final float[][][] chunkQueries;
    private final float[][][] chunkQueryGradients;
    private final float[][][] transposedQueries;
    private final float[] positiveScores;
    private final float[] positiveCoefficients;
    private final float[] otherScores;
    private final float[] otherCoefficients;
    private final double[] columnLosses;

    private final int[] slotFacts;
    private final float[][] headGradients;
    private final float[][] relationGradients;
    private final float[][] tailGradients;
    private final double[] penalties;

    private final Marks marks;
    private final RowList entityRows;
    private final RowList relationRows;
    private final Team team;
    private final Worker[] workers;

    /** A wave of candidates and their coefficients. */
    private final float[][] waveScores;

    private final float[][] waveCandidates;
    private int waveRows;

    private int slots;
    private int columns;
    private int epochNow;

    BlockBatches(Stepper stepper, int batchSize) {
        this.stepper = stepper;
        examples = stepper.examples();
        facts = examples.facts();
        parameters = stepper.parameters();
        TrainingSettings settings = examples.settings();
        similarity = settings.scoringFunction().similarity();
        loss = settings.loss();
        filter = examples.filter();
        streamedSoftmax = loss instanceof SoftmaxCrossEntropy softmax && softmax.labelSmoothing() == 0f;
        sides = sides(settings.negatives().sides());
        width = settings.entityWidth();
        int entityCount = facts.entityCount();
        boolean all = settings.negatives().regime().all();
        shared = all ? null : (SharedSampler) examples.sampler();
        candidateCount = all ? entityCount : shared.limit();
        permutation = all ? null : identity(entityCount);
        swapped = all ? null : new int[candidateCount];
        candidateIds = identity(candidateCount);
        candidates = all ? parameters.entities() : new float[candidateCount][];
        candidateGradients = new float[candidateCount][width];
        blockRows = candidateCount >= MANY_CANDIDATES ? LARGE_BLOCK : SMALL_BLOCK;
        blocks = (candidateCount + blockRows - 1) / blockRows;

        int mostColumns = batchSize * sides.length;
        chunkColumns = chunkColumns(mostColumns, candidateCount);
        scores = new float[candidateCount][chunkColumns];
        distances = similarity == Similarity.DOT ? null : new float[candidateCount][chunkColumns];
        blockMaxima = new float[blocks][chunkColumns];
        blockSums = new float[blocks][chunkColumns];
        blockPulls = similarity == Similarity.NEGATIVE_L2 ? new float[blocks][chunkColumns] : null;
        maxima = new float[chunkColumns];
        normalizers = new float[chunkColumns];

        queries = new float[mostColumns][width];
        queryGradients = new float[mostColumns][width];
        int chunks = (mostColumns + chunkColumns - 1) / chunkColumns;
        chunkQueries = chunked(queries, chunks, chunkColumns);
        chunkQueryGradients = chunked(queryGradients, chunks, chunkColumns);
        transposedQueries = new float[chunks][width][chunkColumns];
        positiveScores = new float[mostColumns];
        positiveCoefficients = new float[mostColumns];
        otherScores = new float[mostColumns];
        otherCoefficients = new float[mostColumns];
        columnLosses = new double[mostColumns];

        slotFacts = new int[batchSize];
        headGradients = new float[batchSize][width];
        relationGradients = new float[batchSize][settings.relationWidth()];
        tailGradients = new float[batchSize][width];
        penalties = new double[batchSize];

        marks = new Marks(blocks, chunkColumns);
        entityRows = new RowList(entityCount, 2 * batchSize + candidateCount, 2 * batchSize);
        relationRows = new RowList(facts.relationCount(), batchSize, batchSize);
        workers = new Worker[settings.concurrency()];
        Arrays.setAll(workers, i -> new Worker());
        team = new Team(settings.concurrency());
        waveScores = new float[Math.min(candidateCount, blocksTogether() * workers.length * blockRows)][];
        waveCandidates = new float[waveScores.length][];
    }

    /** Bytes that an instance holds beside the parameters. */
    static long bytes(TrainingSettings settings, int entityCount, int batchSize) {
        int w = settings.entityWidth();
        boolean both = settings.negatives().sides() == NegativeSides.BOTH;
        int mostColumns = batchSize * (both ? 2 : 1);
        boolean all = settings.negatives().regime().all();
        int n = all ? entityCount : Math.min(entityCount, settings.negatives().count());
        int chunk = chunkColumns(mostColumns, n);
        int chunks = (mostColumns + chunk - 1) / chunk;
        int scoreTables = settings.scoringFunction().similarity() == Similarity.DOT ? 1 : 2;
        long candidateBytes = HeapBytes.ofTable(n, w) + scoreTables * HeapBytes.ofTable(n, chunk);
        long columnBytes = 2 * HeapBytes.ofTable(mostColumns, w) + chunks * HeapBytes.ofTable(w, chunk);
        long slotBytes = 2 * HeapBytes.ofTable(batchSize, w) + HeapBytes.ofTable(batchSize, settings.relationWidth());
        long idBytes = (all ? 1 : 2) * HeapBytes.ofFloats(entityCount) + 6 * HeapBytes.ofFloats(n);
        boolean streamed = settings.loss() instanceof SoftmaxCrossEntropy softmax && softmax.labelSmoothing() == 0f;
        int gathered = Math.max(1, Math.min(MOST_GATHERED_COLUMNS, GATHERED_SCORES / n));
        long workerBytes = streamed ? 0 : 2 * HeapBytes.ofTable(gathered, n + 1);
        return candidateBytes + columnBytes + slotBytes + idBytes + settings.concurrency() * workerBytes;
    }

    private static int chunkColumns(int mostColumns, int candidateCount) {
        int near = NEAR_SCORES / candidateCount;
        int fitting = near >= EVEN_COLUMNS ? near : HELD_SCORES / candidateCount;
        int rounded = fitting >= EVEN_COLUMNS
                ? fitting / EVEN_COLUMNS * EVEN_COLUMNS
                : fitting / LEAST_COLUMNS * LEAST_COLUMNS;
        return Math.min(mostColumns, Math.max(LEAST_COLUMNS, rounded));
    }

    @Override
    public double step(int[] order, int from, int to, int epoch, int batch, long step) {
        slots = 0;
        for (int i = from; i < to; i++) {
            if (!stepper.removed().get(order[i])) {
                slotFacts[slots++] = order[i];
            }
        }
        if (slots == 0) {
            return 0;
        }
        columns = slots * sides.length;
        epochNow = epoch;
        if (shared != null) {
            shared.draw(epoch, batch, permutation, swapped, candidateIds);
            for (int j = 0; j < candidateCount; j++) {
                candidates[j] = parameters.entities()[candidateIds[j]];
            }
        }
        listRows();
        int slotGroups = (slots + SLOT_GROUP - 1) / SLOT_GROUP;
        team.run(slotGroups, this::formQueries);
        team.run(blocks, this::clearCandidateGradients);
        for (int chunk = 0; chunk * chunkColumns < columns; chunk++) {
            stepper.monitor().checkCancelled();
            processChunk(chunk);
        }
        team.run(slotGroups, this::finishFacts);
        stepper.begin(step);
        team.run(groups(entityRows.count, ROW_GROUP), this::moveEntities);
        team.run(groups(relationRows.count, 1), this::moveRelations);
        stepper.optimizer().endStep(parameters, this, stepper.observer());
        if (stepper.observer().observesFacts()) {
            team.run(slotGroups, this::showFacts);
            showElsewhere();
        }
        return lossSum();
    }

    @Override
    public boolean touched(Table table, int index) {
        return (table == Table.ENTITIES ? entityRows : relationRows).positionOf(index) >= 0;
    }

    @Override
    public void close() {
        team.close();
    }

    /** Lists the rows that this step touches, and which slots each of them gathers from. */
    private void listRows() {
        entityRows.clear();
        relationRows.clear();
        for (int j = 0; j < candidateCount; j++) {
            entityRows.add(candidateIds[j]);
        }
        for (int slot = 0; slot < slots; slot++) {
            int fact = slotFacts[slot];
            entityRows.gather(facts.head(fact), 2 * slot);
            if (facts.tail(fact) != facts.head(fact)) {
                entityRows.gather(facts.tail(fact), 2 * slot + 1);
            }
            relationRows.gather(facts.relation(fact), slot);
        }
    }

    private void formQueries(int worker, int group) {
        FactTerms terms = workers[worker].terms;
        for (int slot = group * SLOT_GROUP; slot < Math.min(slots, (group + 1) * SLOT_GROUP); slot++) {
            int fact = slotFacts[slot];
            for (int s = 0; s < sides.length; s++) {
                int column = slot * sides.length + s;
                float[] query = queries[column];
                terms.query(sides[s], fact, epochNow, parameters, query);
                positiveScores[column] = similarity.of(query, parameters.entities()[answer(sides[s], fact)]);
                otherCoefficients[column] = 0f;
                Arrays.fill(queryGradients[column], 0f);
            }
        }
        transpose(group * SLOT_GROUP * sides.length, Math.min(slots, (group + 1) * SLOT_GROUP) * sides.length);
    }

    /** Copies queries into columns, a stretch of each transposed row at a time. */
    private void transpose(int from, int to) {
        for (int chunk = from / chunkColumns; chunk * chunkColumns < to; chunk++) {
            int first = Math.max(from, chunk * chunkColumns);
            int last = Math.min(to, (chunk + 1) * chunkColumns);
            for (int k = 0; k < width; k++) {
                float[] row = transposedQueries[chunk][k];
                for (int column = first; column < last; column++) {
                    row[column - chunk * chunkColumns] = queries[column][k];
                }
            }
        }
    }

    private void clearCandidateGradients(int worker, int block) {
        for (int j = block * blockRows; j < blockEnd(block); j++) {
            Arrays.fill(candidateGradients[j], 0f);
        }
    }

    private void processChunk(int chunk) {
        int first = chunk * chunkColumns;
        int count = Math.min(chunkColumns, columns - first);
        mark(first, count);
        int together = blocksTogether();
        team.run(groups(blocks, together), (worker, group) -> {
            int last = Math.min(blocks, (group + 1) * together);
            score(workers[worker], chunk, count, group * together * blockRows, blockEnd(last - 1));
            for (int block = group * together; block < last; block++) {
                mask(chunk, block);
                if (streamedSoftmax) {
                    exponentiate(workers[worker], count, block);
                }
            }
        });
        if (streamedSoftmax) {
            normalize(workers[0], first, count);
        } else {
            int gathered = gatheredColumns();
            team.run(groups(count, gathered), (worker, group) -> {
                int from = group * gathered;
                applyLoss(workers[worker], first, from, Math.min(count, from + gathered));
            });
        }
        int share = Math.max(SLOT_GROUP, (groups(count, workers.length) + 7) / 8 * 8);
        // As much at a time as the caches of the threads hold, so that the coefficients are read while they are there.
        int wave = together * workers.length;
        for (int begin = 0; begin < blocks; begin += wave) {
            int end = Math.min(blocks, begin + wave);
            int base = begin;
            team.run(groups(end - begin, together), (worker, group) -> {
                int from = base + group * together;
                int to = Math.min(end, from + together);
                for (int block = from; block < to; block++) {
                    finishCoefficients(chunk, count, block);
                }
                pullCandidates(workers[worker], chunk, count, from * blockRows, blockEnd(to - 1));
            });
            takeWave(begin * blockRows, blockEnd(end - 1));
            team.run(groups(count, share), (worker, piece) -> {
                int from = piece * share;
                pullQueries(workers[worker], chunk, base * blockRows, from, Math.min(count, from + share));
            });
        }
        if (similarity == Similarity.NEGATIVE_L2) {
            pullQueriesToThemselves(chunk, count);
        }
    }

    /** Takes some candidates and their coefficients together, so that they are matrices of their own. */
    private void takeWave(int from, int to) {
        waveRows = to - from;
        System.arraycopy(scores, from, waveScores, 0, waveRows);
        System.arraycopy(candidates, from, waveCandidates, 0, waveRows);
    }

    /** Notes which scores of a chunk are no negatives, and which belong to a fact's own other end. */
    private void mark(int first, int count) {
        marks.clear();
        for (int at = 0; at < count; at++) {
            int column = first + at;
            int fact = slotFacts[column / sides.length];
            Side side = sides[column % sides.length];
            int answer = answer(side, fact);
            int other = side == Side.TAIL ? facts.head(fact) : facts.tail(fact);
            boolean otherMasked = other == answer;
            markIfCandidate(answer, at, false);
            if (filter != null && shared != null) {
                int[] answers = UniformSampler.answers(filter, facts, fact, side);
                otherMasked |= Arrays.binarySearch(answers, other) >= 0;
                for (int j = 0; j < candidateCount; j++) {
                    if (candidateIds[j] != answer && Arrays.binarySearch(answers, candidateIds[j]) >= 0) {
                        marks.add(j / blockRows, j, at, false);
                    }
                }
            } else if (filter != null) {
                for (int known : UniformSampler.answers(filter, facts, fact, side)) {
                    otherMasked |= known == other;
                    if (known != answer) {
                        markIfCandidate(known, at, false);
                    }
                }
            }
            if (!otherMasked) {
                markIfCandidate(other, at, true);
            }
        }
    }

    private void markIfCandidate(int entity, int at, boolean own) {
        int position = entityRows.positionOf(entity);
        if (position >= 0 && position < candidateCount) {
            marks.add(position / blockRows, position, at, own);
        }
    }

    private void score(Worker worker, int chunk, int count, int from, int to) {
        float[][] transposed = transposedQueries[chunk];
        if (similarity == Similarity.DOT) {
            worker.kernel.multiply(candidates, transposed, width, count, from, to, scores);
            return;
        }
        for (int j = from; j < to; j++) {
            Arrays.fill(scores[j], 0, count, 0f);
        }
        if (similarity == Similarity.NEGATIVE_L1) {
            worker.kernel.absoluteDistancesAdd(candidates, transposed, width, count, from, to, scores);
        } else {
            worker.kernel.squaredDistancesAdd(candidates, transposed, width, count, from, to, scores);
        }
        for (int j = from; j < to; j++) {
            toScores(similarity, scores[j], distances[j], count);
        }
    }

    /** Takes out of a block's scores what is no negative, and keeps those of a fact's own other end. */
    private void mask(int chunk, int block) {
        for (int mark = marks.first(block); mark >= 0; mark = marks.next(mark)) {
            int at = marks.column(mark);
            if (marks.own(mark)) {
                otherScores[chunk * chunkColumns + at] = scores[marks.row(mark)][at];
            } else {
                scores[marks.row(mark)][at] = Float.NEGATIVE_INFINITY;
            }
        }
    }

    /** Turns sums over coordinates into negative distances, and keeps a copy of them. */
    private static void toScores(Similarity similarity, float[] row, float[] copy, int count) {
        if (similarity == Similarity.NEGATIVE_L2) {
            for (int b = 0; b < count; b++) {
                row[b] = -(float) Math.sqrt(row[b]);
            }
        } else {
            for (int b = 0; b < count; b++) {
                row[b] = -row[b];
            }
        }
        System.arraycopy(row, 0, copy, 0, count);
    }

    private void exponentiate(Worker worker, int count, int block) {
        float[] max = blockMaxima[block];
        float[] sum = blockSums[block];
        Arrays.fill(max, 0, count, Float.NEGATIVE_INFINITY);
        Arrays.fill(sum, 0, count, 0f);
        for (int j = block * blockRows; j < blockEnd(block); j++) {
            float[] row = scores[j];
            for (int b = 0; b < count; b++) {
                max[b] = Math.max(max[b], row[b]);
            }
        }
        // A block in which everything is masked has no maximum; any shift does, and its sum is 0.
        for (int b = 0; b < count; b++) {
            if (max[b] == Float.NEGATIVE_INFINITY) {
                max[b] = 0f;
                sum[b] = Float.NaN;
            }
        }
        float[] total = worker.sum(count);
        for (int j = block * blockRows; j < blockEnd(block); j++) {
            worker.kernel.expAndSum(scores[j], max, total, count);
        }
        for (int b = 0; b < count; b++) {
            if (Float.isNaN(sum[b])) {
                max[b] = Float.NEGATIVE_INFINITY;
            }
            sum[b] = total[b];
        }
    }

    /** Adds the blocks up and leaves in {@code blockMaxima} what each block's exponentials are to be multiplied with. */
    private void normalize(Worker worker, int first, int count) {
        for (int b = 0; b < count; b++) {
            maxima[b] = positiveScores[first + b];
        }
        for (int block = 0; block < blocks; block++) {
            float[] max = blockMaxima[block];
            for (int b = 0; b < count; b++) {
                maxima[b] = Math.max(maxima[b], max[b]);
            }
        }
        float[] ofPositive = worker.row(count);
        System.arraycopy(positiveScores, first, ofPositive, 0, count);
        Arrays.fill(normalizers, 0, count, 0f);
        worker.kernel.expAndSum(ofPositive, maxima, normalizers, count);
        float[] unused = worker.sum(count);
        for (int block = 0; block < blocks; block++) {
            float[] relative = blockMaxima[block];
            worker.kernel.expAndSum(relative, maxima, unused, count);
            float[] sum = blockSums[block];
            for (int b = 0; b < count; b++) {
                normalizers[b] += sum[b] * relative[b];
            }
        }
        for (int b = 0; b < count; b++) {
            int column = first + b;
            float weight = weight(column);
            float scale = weight / normalizers[b];
            columnLosses[column] = weight * (Math.log(normalizers[b]) - (positiveScores[column] - maxima[b]));
            positiveCoefficients[column] = ofPositive[b] * scale - weight;
            normalizers[b] = scale;
        }
        for (int block = 0; block < blocks; block++) {
            float[] factor = blockMaxima[block];
            for (int b = 0; b < count; b++) {
                factor[b] *= normalizers[b];
            }
        }
    }

    private int gatheredColumns() {
        return Math.max(1, Math.min(MOST_GATHERED_COLUMNS, GATHERED_SCORES / candidateCount));
    }

    /** Gathers the scores of some columns fact by fact, as the loss wants them, and puts the coefficients in their place. */
    private void applyLoss(Worker worker, int first, int from, int to) {
        worker.makeRoomToGather();
        int together = to - from;
        for (int c = 0; c < together; c++) {
            worker.gatheredScores[c][0] = positiveScores[first + from + c];
            worker.gathered[c] = 1;
        }
        for (int j = 0; j < candidateCount; j++) {
            float[] row = scores[j];
            for (int c = 0; c < together; c++) {
                float score = row[from + c];
                if (score != Float.NEGATIVE_INFINITY) {
                    worker.gatheredScores[c][worker.gathered[c]++] = score;
                }
            }
        }
        for (int c = 0; c < together; c++) {
            int column = first + from + c;
            float weight = weight(column);
            float[] coefficients = worker.gatheredCoefficients[c];
            columnLosses[column] = ExampleGradient.weightedLoss(
                    loss,
                    worker.gatheredScores[c],
                    worker.gathered[c],
                    examples.positiveWeight(slotFacts[column / sides.length], weight),
                    weight,
                    coefficients);
            positiveCoefficients[column] = coefficients[0];
            worker.gathered[c] = 1;
        }
        for (int j = 0; j < candidateCount; j++) {
            float[] row = scores[j];
            for (int c = 0; c < together; c++) {
                row[from + c] = row[from + c] == Float.NEGATIVE_INFINITY
                        ? 0f
                        : worker.gatheredCoefficients[c][worker.gathered[c]++];
            }
        }
    }

    /** How many blocks share a product: it is fast where they have many rows, up to what the cache holds. */
    private int blocksTogether() {
        return Math.max(1, Math.min(groups(blocks, workers.length), MOST_ROWS_TOGETHER / blockRows));
    }

    /** Turns a block's scores into coefficients, for distances divided by them, which pulls its candidates to themselves. */
    private void finishCoefficients(int chunk, int count, int block) {
        int from = block * blockRows;
        int to = blockEnd(block);
        if (streamedSoftmax) {
            float[] factor = blockMaxima[block];
            for (int j = from; j < to; j++) {
                scale(factor, scores[j], count);
            }
        }
        for (int mark = marks.first(block); mark >= 0; mark = marks.next(mark)) {
            if (marks.own(mark)) {
                float[] row = scores[marks.row(mark)];
                int at = marks.column(mark);
                otherCoefficients[chunk * chunkColumns + at] = row[at];
                row[at] = 0f;
            }
        }
        if (similarity == Similarity.NEGATIVE_L2) {
            float[] pulls = blockPulls[block];
            Arrays.fill(pulls, 0, count, 0f);
            for (int j = from; j < to; j++) {
                float pull = overDistance(scores[j], distances[j], pulls, count);
                Rows.axpy(-pull, candidates[j], candidateGradients[j]);
            }
        }
    }

    /** Adds what the coefficients of all columns do to some candidates. */
    private void pullCandidates(Worker worker, int chunk, int count, int from, int to) {
        switch (similarity) {
            case DOT, NEGATIVE_L2 ->
                worker.kernel.multiplyAdd(scores, chunkQueries[chunk], count, width, from, to, candidateGradients);
            case NEGATIVE_L1 -> {
                for (int j = from; j < to; j++) {
                    for (int b = 0; b < count; b++) {
                        if (scores[j][b] != 0f) {
                            similarity.gradient(
                                    chunkQueries[chunk][b],
                                    candidates[j],
                                    distances[j][b],
                                    scores[j][b],
                                    worker.unusedRow,
                                    candidateGradients[j]);
                        }
                    }
                }
            }
        }
    }

    /**
     * Divides coefficients by distances, {@code g ← -g/score}: the gradient of {@code -‖q-c‖} on c is {@code (q-c)/‖q-c‖}.
     *
     * @return the sum of the row
     */
    private static float overDistance(float[] coefficients, float[] negativeDistances, float[] columnSums, int count) {
        for (int b = 0; b < count; b++) {
            float d = negativeDistances[b];
            float pull = d == 0f ? 0f : -coefficients[b] / d;
            coefficients[b] = pull;
            columnSums[b] += pull;
        }
        return sum(coefficients, count);
    }

    private static void scale(float[] factors, float[] row, int count) {
        for (int b = 0; b < count; b++) {
            row[b] *= factors[b];
        }
    }

    /** Four partial sums, which do not wait for each other. */
    private static float sum(float[] row, int count) {
        float s0 = 0f;
        float s1 = 0f;
        float s2 = 0f;
        float s3 = 0f;
        int b = 0;
        for (; b + 4 <= count; b += 4) {
            s0 += row[b];
            s1 += row[b + 1];
            s2 += row[b + 2];
            s3 += row[b + 3];
        }
        for (; b < count; b++) {
            s0 += row[b];
        }
        return (s0 + s1) + (s2 + s3);
    }

    /** Adds what the coefficients of a wave of candidates, from {@code first} on, do to some queries. */
    private void pullQueries(Worker worker, int chunk, int first, int from, int to) {
        float[][] gradients = chunkQueryGradients[chunk];
        if (similarity == Similarity.NEGATIVE_L1) {
            for (int j = first; j < first + waveRows; j++) {
                for (int b = from; b < to; b++) {
                    if (scores[j][b] != 0f) {
                        similarity.gradient(
                                chunkQueries[chunk][b],
                                candidates[j],
                                distances[j][b],
                                scores[j][b],
                                gradients[b],
                                worker.unusedRow);
                    }
                }
            }
            return;
        }
        worker.kernel.multiplyTransposedAdd(waveScores, waveCandidates, waveRows, width, from, to, gradients);
    }

    /** Adds, for distances, the part of the coefficients that pulls queries along themselves. */
    private void pullQueriesToThemselves(int chunk, int count) {
        for (int b = 0; b < count; b++) {
            float pull = 0f;
            for (int block = 0; block < blocks; block++) {
                pull += blockPulls[block][b];
            }
            Rows.axpy(-pull, chunkQueries[chunk][b], chunkQueryGradients[chunk][b]);
        }
    }

    /** Adds what only the fact itself does: its answer, its own other end, the way back from its queries, its penalty. */
    private void finishFacts(int worker, int group) {
        FactTerms terms = workers[worker].terms;
        for (int slot = group * SLOT_GROUP; slot < Math.min(slots, (group + 1) * SLOT_GROUP); slot++) {
            int fact = slotFacts[slot];
            float[] headGradient = headGradients[slot];
            float[] relationGradient = relationGradients[slot];
            float[] tailGradient = tailGradient(slot);
            Arrays.fill(headGradient, 0f);
            Arrays.fill(relationGradient, 0f);
            Arrays.fill(tailGradient, 0f);
            for (int s = 0; s < sides.length; s++) {
                int column = slot * sides.length + s;
                Side side = sides[s];
                float[] answerGradient = side == Side.TAIL ? tailGradient : headGradient;
                float[] otherGradient = side == Side.TAIL ? headGradient : tailGradient;
                pull(column, answer(side, fact), positiveScores, positiveCoefficients, answerGradient);
                if (otherCoefficients[column] != 0f) {
                    int other = side == Side.TAIL ? facts.head(fact) : facts.tail(fact);
                    pull(column, other, otherScores, otherCoefficients, otherGradient);
                }
                terms.carryBack(
                        side, fact, epochNow, parameters, queryGradients[column], otherGradient, relationGradient);
            }
            penalties[slot] = terms.addPenalty(fact, parameters, headGradient, relationGradient, tailGradient);
        }
    }

    private void pull(int column, int entity, float[] scoreOf, float[] coefficientOf, float[] entityGradient) {
        similarity.gradient(
                queries[column],
                parameters.entities()[entity],
                scoreOf[column],
                coefficientOf[column],
                queryGradients[column],
                entityGradient);
    }

    private void moveEntities(int worker, int group) {
        float[] total = workers[worker].entityTotal;
        for (int i = group * ROW_GROUP; i < Math.min(entityRows.count, (group + 1) * ROW_GROUP); i++) {
            if (i < candidateCount) {
                System.arraycopy(candidateGradients[i], 0, total, 0, width);
            } else {
                Arrays.fill(total, 0f);
            }
            for (int at = entityRows.firstSource(i); at >= 0; at = entityRows.nextSource(at)) {
                int source = entityRows.source(at);
                Rows.add((source & 1) == 0 ? headGradients[source / 2] : tailGradients[source / 2], total);
            }
            int entity = entityRows.id(i);
            stepper.optimizer().update(Table.ENTITIES, entity, parameters.entities()[entity], total);
        }
    }

    private void moveRelations(int worker, int i) {
        float[] total = workers[worker].relationTotal;
        Arrays.fill(total, 0f);
        for (int at = relationRows.firstSource(i); at >= 0; at = relationRows.nextSource(at)) {
            Rows.add(relationGradients[relationRows.source(at)], total);
        }
        int relation = relationRows.id(i);
        stepper.optimizer().update(Table.RELATIONS, relation, parameters.relations()[relation], total);
    }

    private void showFacts(int worker, int group) {
        stepper.observer().willShow(slotFacts, group * SLOT_GROUP, Math.min(slots, (group + 1) * SLOT_GROUP));
        for (int slot = group * SLOT_GROUP; slot < Math.min(slots, (group + 1) * SLOT_GROUP); slot++) {
            stepper.observer()
                    .stepped(
                            slotFacts[slot],
                            headGradients[slot],
                            relationGradients[slot],
                            tailGradient(slot),
                            stepper.optimizer());
        }
    }

    private void showElsewhere() {
        if (stepper.observer().observesElsewhere()) {
            for (int j = 0; j < candidateCount; j++) {
                if (slots == 1 && entityRows.firstSource(j) >= 0) {
                    // A row of the only fact: all of its step has been shown, and nothing of it belongs to another.
                    continue;
                }
                stepper.observer()
                        .steppedElsewhere(Table.ENTITIES, candidateIds[j], candidateGradients[j], stepper.optimizer());
            }
        }
    }

    private double lossSum() {
        double sum = 0;
        for (int slot = 0; slot < slots; slot++) {
            for (int s = 0; s < sides.length; s++) {
                sum += columnLosses[slot * sides.length + s];
            }
            sum += penalties[slot];
        }
        return sum;
    }

    /** The same array as the head's where both are the same entity. */
    private float[] tailGradient(int slot) {
        int fact = slotFacts[slot];
        return facts.head(fact) == facts.tail(fact) ? headGradients[slot] : tailGradients[slot];
    }

    private float weight(int column) {
        return examples.negativeWeight(slotFacts[column / sides.length], sides[column % sides.length]);
    }

    private int answer(Side side, int fact) {
        return side == Side.TAIL ? facts.tail(fact) : facts.head(fact);
    }

    private int blockEnd(int block) {
        return Math.min(candidateCount, (block + 1) * blockRows);
    }

    private static int groups(int count, int size) {
        return (count + size - 1) / size;
    }

    private static Side[] sides(NegativeSides wanted) {
        return switch (wanted) {
            case TAIL -> new Side[] {Side.TAIL};
            case HEAD -> new Side[] {Side.HEAD};
            case BOTH -> new Side[] {Side.TAIL, Side.HEAD};
            case RANDOM -> throw new IllegalArgumentException("a batch has no random side");
        };
    }

    private static int[] identity(int count) {
        int[] ids = new int[count];
        Arrays.setAll(ids, i -> i);
        return ids;
    }

    private static float[][][] chunked(float[][] rows, int chunks, int size) {
        List<float[][]> parts = new ArrayList<>(chunks);
        for (int chunk = 0; chunk < chunks; chunk++) {
            parts.add(Arrays.copyOfRange(rows, chunk * size, Math.min(rows.length, (chunk + 1) * size)));
        }
        return parts.toArray(float[][][]::new);
    }

    /** Scratch space of one thread. */
    private final class Worker {
        private final MatrixKernel kernel = MatrixKernels.fastest();
        private final FactTerms terms = new FactTerms(examples);
        private final float[] entityTotal = new float[width];
        private final float[] relationTotal = new float[examples.settings().relationWidth()];
        private final float[] unusedRow = new float[width];
        private final float[] columnRow = new float[chunkColumns];
        private final float[] columnSum = new float[chunkColumns];
        private float[][] gatheredScores;
        private float[][] gatheredCoefficients;
        private int[] gathered;

        float[] row(int count) {
            Arrays.fill(columnRow, 0, count, 0f);
            return columnRow;
        }

        float[] sum(int count) {
            Arrays.fill(columnSum, 0, count, 0f);
            return columnSum;
        }

        void makeRoomToGather() {
            if (gathered == null) {
                int together = gatheredColumns();
                gatheredScores = new float[together][candidateCount + 1];
                gatheredCoefficients = new float[together][candidateCount + 1];
                gathered = new int[together];
            }
        }
    }

    /** Entries of the score matrix that are handled by themselves, as one linked list per block. */
    private static final class Marks {
        private final int[] firsts;
        private int count;
        private int[] nexts;
        private int[] rows;
        private int[] columnsAndOwn;

        Marks(int blocks, int columns) {
            firsts = new int[blocks];
            nexts = new int[4 * columns];
            rows = new int[4 * columns];
            columnsAndOwn = new int[4 * columns];
        }

        void clear() {
            count = 0;
            Arrays.fill(firsts, -1);
        }

        void add(int block, int row, int column, boolean own) {
            if (count == nexts.length) {
                nexts = Arrays.copyOf(nexts, 2 * count);
                rows = Arrays.copyOf(rows, 2 * count);
                columnsAndOwn = Arrays.copyOf(columnsAndOwn, 2 * count);
            }
            nexts[count] = firsts[block];
            rows[count] = row;
            columnsAndOwn[count] = 2 * column + (own ? 1 : 0);
            firsts[block] = count++;
        }

        int first(int block) {
            return firsts[block];
        }

        int next(int mark) {
            return nexts[mark];
        }

        int row(int mark) {
            return rows[mark];
        }

        int column(int mark) {
            return columnsAndOwn[mark] >> 1;
        }

        boolean own(int mark) {
            return (columnsAndOwn[mark] & 1) == 1;
        }
    }

    /** The rows of a table that a step touches, each with the sources that it gathers from, in the order they were added. */
    private static final class RowList {
        private final int[] positions;
        private final int[] ids;
        private final int[] firstSources;
        private final int[] lastSources;
        private final int[] nextSources;
        private final int[] sources;
        private int count;
        private int sourceCount;

        RowList(int tableRows, int mostRows, int mostSources) {
            int most = Math.min(tableRows, mostRows);
            positions = new int[tableRows];
            Arrays.fill(positions, -1);
            ids = new int[most];
            firstSources = new int[most];
            lastSources = new int[most];
            nextSources = new int[mostSources];
            sources = new int[mostSources];
        }

        void clear() {
            for (int i = 0; i < count; i++) {
                positions[ids[i]] = -1;
            }
            count = 0;
            sourceCount = 0;
        }

        int add(int id) {
            if (positions[id] < 0) {
                positions[id] = count;
                ids[count] = id;
                firstSources[count] = -1;
                count++;
            }
            return positions[id];
        }

        void gather(int id, int source) {
            int i = add(id);
            sources[sourceCount] = source;
            nextSources[sourceCount] = -1;
            if (firstSources[i] < 0) {
                firstSources[i] = sourceCount;
            } else {
                nextSources[lastSources[i]] = sourceCount;
            }
            lastSources[i] = sourceCount++;
        }

        int positionOf(int id) {
            return positions[id];
        }

        int id(int i) {
            return ids[i];
        }

        int firstSource(int i) {
            return firstSources[i];
        }

        int nextSource(int at) {
            return nextSources[at];
        }

        int source(int at) {
            return sources[at];
        }
    }
}
