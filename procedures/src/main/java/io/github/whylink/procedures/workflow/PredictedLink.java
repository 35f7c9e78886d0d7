package io.github.whylink.procedures.workflow;

import io.github.whylink.embedding.facts.Side;
import io.github.whylink.embedding.ranking.MemberAnswers;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.influence.Link;
import io.github.whylink.procedures.config.LinkRequest;
import io.github.whylink.procedures.projection.InternalIds;
import io.github.whylink.procedures.result.Belief;
import io.github.whylink.procedures.store.CandidateFacts;
import io.github.whylink.procedures.store.LoadedModel;
import io.github.whylink.procedures.store.StoredTraining;
import java.util.Arrays;
import java.util.stream.Stream;
import org.neo4j.graphdb.Direction;
import org.neo4j.graphdb.Node;
import org.neo4j.graphdb.Relationship;

/**
 * The link that a call is about, as the model and the graph know it: a prediction or, where the call names a relationship,
 * a fact.
 *
 * @param request with the name that the model has for the type
 * @param link in the numbers of the model
 * @param excluded entities that are no answer to its query: those that the graph knows to be true, and the source itself
 *     where no fact leads from a node to itself; ascending
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record PredictedLink(LinkRequest request, Link link, int[] excluded) {
    /**
     * Finds the link.
     *
     * @throws IllegalArgumentException if the model does not know a part of it, or was trained on it although it was not
     *     named as a fact
     */
    static PredictedLink of(LoadedModel model, LinkRequest request) {
        if (!request.exists()) {
            requirePredicted(model, request);
        }
        return ofAny(model, request, "");
    }

    /**
     * Finds the link, be it a fact or not.
     *
     * @param under what stands before its keys in messages
     * @throws IllegalArgumentException if the model does not know a part of it
     */
    static PredictedLink ofAny(LoadedModel model, LinkRequest asked, String under) {
        LinkRequest request = asked.exists() ? asked.named(model.typeName(asked.fact())) : asked;
        int relation = model.requireRelation(under + "type", request.type());
        int head = model.requireEntity(under + "source", request.source());
        int tail = model.requireEntity(under + "target", request.target());
        return new PredictedLink(
                request,
                new Link(head, relation, tail),
                competitorsExcluded(model, request.source(), head, relation, tail));
    }

    /** The entities that do not compete with the tail, ascending: other known answers, and the source where it is none. */
    static int[] competitorsExcluded(LoadedModel model, Node source, int head, int relation, int tail) {
        return competitorsExcluded(model, head, relation, Prediction.known(model, Side.TAIL, source, relation), tail);
    }

    /** The same where the known answers are at hand. */
    static int[] competitorsExcluded(LoadedModel model, int head, int relation, int[] known, int tail) {
        int[] excluded = Prediction.excluded(model, relation, head, known);
        return Arrays.stream(excluded).filter(entity -> entity != tail).toArray();
    }

    private static void requirePredicted(LoadedModel model, LinkRequest request) {
        int relation = model.relation(request.type());
        long target = InternalIds.of(request.target());
        if (relation < 0) {
            return;
        }
        try (Stream<Relationship> links = model.relationships(request.source(), Direction.OUTGOING, relation)) {
            if (links.anyMatch(link -> InternalIds.endOf(link) == target && CandidateFacts.isTrained(model, link))) {
                throw trainedOn(request);
            }
        }
    }

    /**
     * Checks the same where no updates on relationships tell.
     *
     * @throws IllegalArgumentException if the link is a fact of the training
     */
    void requirePredicted(StoredTraining training) {
        if (!request.exists()
                && training.fact(link.head(), link.relation(), link.tail()).isPresent()) {
            throw trainedOn(request);
        }
    }

    private static IllegalArgumentException trainedOn(LinkRequest request) {
        return new IllegalArgumentException(
                "(source)-[:%s]->(target) is a fact the model was trained on; whylink.explain explains predicted links, and whylink.explain.fact facts"
                        .formatted(request.type()));
    }

    /** What a model says of the link. */
    Answer answer(EmbeddingModel model) {
        return Answer.of(model, link, excluded);
    }

    /** What the stored model says of it, as explanations show it. */
    Belief belief(LoadedModel model, Answer answer) {
        Long members = model.ensemble()
                .map(ensemble -> (long) MemberAnswers.count(
                        MemberAnswers.best(
                                ensemble, model.embedding(), Side.TAIL, link.head(), link.relation(), excluded),
                        link.tail()))
                .orElse(null);
        return new Belief(answer.probability(), model.calibrated(link.relation(), answer.score()), members);
    }
}
