package io.github.whylink.procedures.result;

import io.github.whylink.procedures.store.StoredModel;
import java.time.ZonedDateTime;
import java.util.Map;
import org.neo4j.procedure.Description;

/** A row of {@code whylink.models}. */
public final class ModelRow {
    @Description("The name of the model.")
    public final String modelName;

    @Description(
            "'ready'; 'replacing': it answers, and a new version is being trained; 'leftovers': it answers, and a new version that was cut short left something, which the next training with overwrite: true or whylink.models.drop with onlyUnfinished: true removes; 'training'; 'dropping'; 'incomplete': a training or removal that was cut short, to be removed with whylink.models.drop.")
    public final String state;

    @Description("What scores a link.")
    public final String scoringFunction;

    @Description("The dimension it was trained with.")
    public final Long embeddingDimension;

    @Description("Nodes that it knows. Null until it is ready.")
    public final Long entities;

    @Description("Relationship types that it knows. Null until it is ready.")
    public final Long relations;

    @Description("Facts it was trained on. Null until it is ready.")
    public final Long facts;

    @Description("Mean reciprocal rank of the held-out facts. Null if nothing was held out.")
    public final Double mrr;

    @Description("Share of held-out answers within the first 10 ranks. Null if nothing was held out.")
    public final Double hits10;

    @Description(
            "How steep the score is at most on the training facts: the largest norm of its gradient by the embedding of the source, the type or the target (the empirical Lipschitz constant). Null until it is ready.")
    public final Double lipschitz;

    @Description("Whether its predictions can be explained.")
    public final boolean influence;

    @Description("Whether the facts of its selection have changed since it was trained. Null until it is ready.")
    public final Boolean stale;

    @Description(
            "The property of nodes that holds their embeddings: whylink_ and the name, but for the moments in which a new version takes its place.")
    public final String embeddingProperty;

    @Description("When its training began.")
    public final ZonedDateTime createdAt;

    @Description("The model in whose embeddings its training began, with continueFrom. Null if it began anew.")
    public final String continuedFrom;

    @Description(
            "What was done to it since it was trained, in words: facts forgotten, a prediction corrected, nodes added. Null if nothing was, or it was put back by whylink.models.revert.")
    public final String change;

    @Description("What it was trained with, ready to be passed to whylink.train.")
    public final Map<String, Object> configuration;

    public ModelRow(StoredModel model, String state, Boolean stale) {
        modelName = model.name().value();
        this.state = state;
        scoringFunction = model.scoringFunction();
        embeddingDimension = model.embeddingDimension();
        entities = model.entities();
        relations = model.relations();
        facts = model.facts();
        mrr = model.mrr();
        hits10 = model.hits10();
        lipschitz = model.lipschitz();
        influence = model.explains();
        this.stale = stale;
        embeddingProperty = model.embeddingKey();
        createdAt = model.createdAt();
        continuedFrom = model.continuedFrom();
        change = model.change();
        configuration = model.configuration();
    }
}
