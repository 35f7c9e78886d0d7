package io.github.whylink.procedures.workflow;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.KnownFacts;
import io.github.whylink.embedding.ranking.RankingEvaluation;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.scoring.Parameters.Table;
import io.github.whylink.influence.correction.EditedModel;
import io.github.whylink.procedures.config.ModelName;
import io.github.whylink.procedures.jobs.Jobs;
import io.github.whylink.procedures.result.SideEffects;
import io.github.whylink.procedures.store.InnerTransactions;
import io.github.whylink.procedures.store.LoadedModel;
import io.github.whylink.procedures.store.ModelChange;
import io.github.whylink.procedures.store.ModelFacts;
import io.github.whylink.procedures.store.ModelVersions;
import java.util.function.Function;
import org.neo4j.graphdb.GraphDatabaseService;
import org.neo4j.graphdb.Transaction;
import org.neo4j.procedure.TerminationGuard;

/**
 * A model that is about to be changed, with the facts of the graph: nobody else trains, drops or changes it meanwhile.
 */
record Change(ReadyModel ready, LoadedModel model, ModelFacts facts, InnerTransactions transactions) {
    /** Finds the model and does something to it. */
    static <T> T of(
            GraphDatabaseService database,
            Transaction transaction,
            TerminationGuard guard,
            String modelName,
            Function<Change, T> work) {
        ModelName name = new ModelName(modelName);
        ReadyModel.of(database, transaction, guard, modelName);
        return Jobs.OF_THIS_SERVER.exclusively(database.databaseName(), name, () -> {
            InnerTransactions transactions = new InnerTransactions(database);
            new ModelVersions(transactions, guard::check).clean(name);
            // Again: what was unfinished of it is gone, and another call may have changed it.
            ReadyModel ready = ReadyModel.unclaimed(database, transaction, guard, name);
            LoadedModel model = ready.reload();
            ModelFacts facts = ModelFacts.of(transaction, ready.stored(), model, guard::check);
            return work.apply(new Change(ready, model, facts, transactions));
        });
    }

    /** Ranks a sample of the held-out facts before and after; none where nothing tells any more which they are. */
    SideEffects sideEffects(EditedModel edited, int sample, int concurrency) {
        Facts heldOut =
                sample == 0 || !facts.tellsTraining() ? null : RankingEvaluation.sample(facts.heldOut(), sample);
        if (heldOut == null || heldOut.count() == 0) {
            return new SideEffects(0, null, null);
        }
        KnownFacts known = KnownFacts.of(facts.all());
        return new SideEffects(
                heldOut.count(),
                mrr(model.embedding(), heldOut, known, concurrency),
                mrr(edited.model(), heldOut, known, concurrency));
    }

    private double mrr(EmbeddingModel of, Facts heldOut, KnownFacts known, int concurrency) {
        return RankingEvaluation.of(of, heldOut, known, concurrency, ready.guard()::check)
                .both()
                .mrr();
    }

    /** Writes it, if it is not only to be tried. */
    boolean write(EditedModel edited, long[] relationshipIds, String change, boolean dryRun, boolean undoable) {
        boolean nothing = edited.changed(Table.ENTITIES).isEmpty()
                && edited.changed(Table.RELATIONS).isEmpty()
                && relationshipIds.length == 0;
        if (dryRun || nothing) {
            return false;
        }
        new ModelChange(transactions, ready.stored(), model).write(edited, relationshipIds, change, undoable);
        return true;
    }
}
