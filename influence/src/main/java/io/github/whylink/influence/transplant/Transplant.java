package io.github.whylink.influence.transplant;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.KnownFacts;
import io.github.whylink.embedding.facts.Side;
import io.github.whylink.embedding.kernel.CounterHash;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.SideBySide;
import io.github.whylink.embedding.train.Beginning;
import io.github.whylink.embedding.train.Newcomers;
import io.github.whylink.embedding.train.TrainingMonitor;
import io.github.whylink.embedding.train.TrainingObserver;
import io.github.whylink.embedding.train.TrainingSettings;
import io.github.whylink.influence.Link;
import io.github.whylink.influence.TrainedModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Facts of a link's head given to other entities, the hosts: does the model predict the link's tail for them, too?
 *
 * <pre>
 * facts + { f with host in the place of head : f given, host of the hosts }, where that is no fact yet and no loop
 * rows of the hosts ← trained anew on their facts, as {@link Newcomers} does, while all other rows stay what they are
 * holds(host)       = no other entity that is no known answer scores as high as tail for (host, relation, ?)
 * </pre>
 *
 * <p>So a host gets the row that it would have got with these facts, given the model; nobody else learns from them. Hosts are
 * trained together, which changes nothing for any of them unless facts lead from one to the other. O(epochs · (facts of the hosts +
 * witnesses) + facts) for each set. That is what makes an explanation sufficient in the sense of Rossi, Firmani,
 * Merialdo and Teofili, "Explaining link prediction systems based on knowledge graph embeddings", SIGMOD 2022 (Kelpie), who train
 * rows anew in the same way to find one.
 */
public final class Transplant {
    private static final long STREAM = 0x7472616E73706C61L;

    private final List<TrainedModel> members;
    private final Facts facts;
    private final Link link;
    private final KnownFacts known;
    private final int epochs;
    private final TrainingMonitor monitor;
    private final int[] hosts;

    /**
     * Draws hosts for a link: entities that take part in some relation in the place where its head does, of which the tail is no
     * known answer, and for which the prediction does not hold, neither with their rows as they are nor with rows trained anew.
     *
     * @param members models that answer together, all of the same facts; one, mostly
     * @param model that they are together
     * @param known answers, which do not compete
     * @param most how many hosts to draw, in an order that the seed of the training draws
     * @param epochs of the training of rows
     * @param monitor asked often, cancels by throwing
     */
    public Transplant(
            List<TrainedModel> members,
            EmbeddingModel model,
            Link link,
            KnownFacts known,
            int most,
            int epochs,
            TrainingMonitor monitor) {
        this.members = members;
        this.facts = members.get(0).facts();
        this.link = link;
        this.known = known;
        this.epochs = epochs;
        this.monitor = monitor;
        int[] candidates = likeTheHead()
                .filter(entity -> {
                    monitor.checkCancelled();
                    return !known.contains(entity, link.relation(), link.tail()) && !holds(model, entity);
                })
                .limit(2L * most)
                .toArray();
        BitSet without = candidates.length == 0 ? new BitSet() : holding(new int[0], candidates);
        hosts = Arrays.stream(candidates)
                .filter(host -> !without.get(host))
                .limit(most)
                .toArray();
    }

    /** The entities that facts are given to; fewer than wanted where there are no more. */
    public int[] hosts() {
        return hosts.clone();
    }

    /** The facts that have the link's head for an end, but for the link itself and those of weight 0: indexes, ascending. */
    public int[] ofTheHead() {
        return IntStream.range(0, facts.count())
                .filter(fact -> facts.head(fact) == link.head() || facts.tail(fact) == link.head())
                .filter(fact -> facts.head(fact) != link.head()
                        || facts.relation(fact) != link.relation()
                        || facts.tail(fact) != link.tail())
                .filter(fact -> facts.weight(fact) > 0)
                .toArray();
    }

    /**
     * For how many hosts the prediction holds when they are given some facts.
     *
     * @param given some of {@link #ofTheHead}
     */
    public int holding(int[] given) {
        return hosts.length == 0 ? 0 : holding(given, hosts).cardinality();
    }

    private IntStream likeTheHead() {
        BitSet places = new BitSet();
        int relations = facts.relationCount();
        for (int fact = 0; fact < facts.count(); fact++) {
            if (facts.head(fact) == link.head()) {
                places.set(facts.relation(fact));
            }
            if (facts.tail(fact) == link.head()) {
                places.set(relations + facts.relation(fact));
            }
        }
        BitSet like = new BitSet();
        for (int fact = 0; fact < facts.count(); fact++) {
            if (places.get(facts.relation(fact))) {
                like.set(facts.head(fact));
            }
            if (places.get(relations + facts.relation(fact))) {
                like.set(facts.tail(fact));
            }
        }
        like.clear(link.head());
        like.clear(link.tail());
        long seed = members.get(0).settings().seed() ^ STREAM;
        return like.stream()
                .boxed()
                .sorted(Comparator.comparingLong(entity -> CounterHash.hash(seed, entity, 0, 0)))
                .mapToInt(entity -> entity);
    }

    private BitSet holding(int[] given, int[] to) {
        Facts all = with(given, to);
        BitSet moving = new BitSet();
        Arrays.stream(to).forEach(moving::set);
        int[] entities = IntStream.range(0, all.entityCount())
                .map(entity -> moving.get(entity) ? -1 : entity)
                .toArray();
        int[] relations = IntStream.range(0, all.relationCount()).toArray();
        List<EmbeddingModel> after = new ArrayList<>();
        for (TrainedModel member : members) {
            TrainingSettings settings = member.settings();
            Parameters begin = Beginning.goingOn(all, settings, member.model().parameters(), entities, relations);
            after.add(new EmbeddingModel(
                    settings.scoringFunction(),
                    Newcomers.train(
                            all,
                            settings,
                            epochs,
                            settings.optimizer().learningRate().initial(),
                            begin,
                            moving,
                            Newcomers.witnesses(all.count()),
                            TrainingObserver.NONE,
                            monitor)));
        }
        EmbeddingModel together = after.size() == 1
                ? after.get(0)
                : new SideBySide(members.get(0).settings().scoringFunction(), after.size()).join(after);
        BitSet holding = new BitSet();
        for (int host : to) {
            holding.set(host, holds(together, host));
        }
        return holding;
    }

    /** All facts, and those given with each of some entities in the place of the link's head, with their weights. */
    Facts with(int[] given, int[] to) {
        KnownFacts there = KnownFacts.of(facts);
        List<int[]> added = new ArrayList<>();
        Set<Long> keysAdded = new HashSet<>();
        for (int host : to) {
            for (int fact : given) {
                int head = facts.head(fact) == link.head() ? host : facts.head(fact);
                int tail = facts.tail(fact) == link.head() ? host : facts.tail(fact);
                boolean loop = head == tail && facts.head(fact) != facts.tail(fact);
                if (!loop
                        && !there.contains(head, facts.relation(fact), tail)
                        && keysAdded.add(Facts.key(head, facts.relation(fact), tail))) {
                    added.add(new int[] {head, facts.relation(fact), tail, fact});
                }
            }
        }
        int n = facts.count();
        int[] heads = new int[n + added.size()];
        int[] relations = new int[heads.length];
        int[] tails = new int[heads.length];
        long[] keys = new long[heads.length];
        for (int i = 0; i < heads.length; i++) {
            heads[i] = i < n ? facts.head(i) : added.get(i - n)[0];
            relations[i] = i < n ? facts.relation(i) : added.get(i - n)[1];
            tails[i] = i < n ? facts.tail(i) : added.get(i - n)[2];
            keys[i] = i < n ? facts.key(i) : Facts.key(heads[i], relations[i], tails[i]) ^ STREAM;
        }
        int[] sources = IntStream.range(0, heads.length)
                .map(i -> i < n ? i : added.get(i - n)[3])
                .toArray();
        Facts all = new Facts(facts.entityCount(), facts.relationCount(), heads, relations, tails, keys)
                .withWeights(facts.weights(sources));
        return facts.entityClasses() == null ? all : all.withEntityClasses(facts.entityClasses());
    }

    private boolean holds(EmbeddingModel answering, int host) {
        float[] scores = new float[answering.entityCount()];
        answering.scores(
                Side.TAIL,
                host,
                link.relation(),
                new float[answering.parameters().entities()[0].length],
                scores);
        int[] answers = known.known(Side.TAIL, host, link.relation());
        for (int entity = 0; entity < scores.length; entity++) {
            if (entity != link.tail()
                    && entity != host
                    && scores[entity] >= scores[link.tail()]
                    && Arrays.binarySearch(answers, entity) < 0) {
                return false;
            }
        }
        return true;
    }
}
