package io.github.whylink.influence.unrolled;

import io.github.whylink.embedding.train.Replay;
import io.github.whylink.embedding.train.TrainingMonitor;
import io.github.whylink.influence.Explainer;
import io.github.whylink.influence.FactInfluences;
import io.github.whylink.influence.Link;
import io.github.whylink.influence.TrainedModel;
import java.util.BitSet;
import java.util.List;

/**
 * Unrolled rollback: the effect of leaving a fact out of the training, to first order in the parameters and through every
 * later step.
 *
 * <pre>
 * u ← ∂p(link)/∂parameters after the last step;  a ← 0, the adjoint of the optimizer's state
 * for each step, last to first
 *   influence(f) += ⟨(u, a), step - step without f⟩                 for each fact f of the step
 *   c ← (∂step/∂gradient)ᵀ·(u, a)                                    the adjoint of the summed gradient
 *   u ← u + Hᵀ·c,   a ← (∂step/∂state)ᵀ·(u, a)                       H: derivative of the summed gradient
 * </pre>
 *
 * <p>Gradient rollback is the special case in which u never moves and only own rows count: it forgets that an early step
 * changed all the later ones. What a step would have been without a fact is exact with one fact a step, with plain gradient
 * descent, and on the fact's own rows; on others, and in what came of it later, it is taken to first order. All facts get
 * their influence, wherever they are; several links share one walk. The training is replayed from its seed, see
 * {@link Replay}. Time: two trainings, and for each link about two to three more. Sources: Hara, Nitanda and Maehara, "Data
 * cleansing for models trained with SGD", NeurIPS 2019, arXiv 1906.08473, algorithm 2; Bae, Lin, Lorraine and Grosse, "Training data attribution via approximate unrolled differentiation", 2024, arXiv 2405.12186.
 * The adjoint of the optimizer's state and the exact effect of a step are added here.
 */
public final class UnrolledExplainer implements Explainer {
    private final TrainedModel trained;
    private final long memory;
    private final TrainingMonitor monitor;

    /**
     * Explains predictions of a model by its training.
     *
     * @param memory bytes for the replay, see {@link Replay}
     * @throws IllegalArgumentException if the training cannot be walked backwards
     */
    public UnrolledExplainer(TrainedModel trained, long memory, TrainingMonitor monitor) {
        Replay.requireReversible(trained.settings());
        this.trained = trained;
        this.memory = memory;
        this.monitor = monitor;
    }

    @Override
    public String name() {
        return "unrolled";
    }

    @Override
    public FactInfluences explain(Link link) {
        return explainAll(List.of(link))[0];
    }

    @Override
    public FactInfluences[] explainAll(List<Link> links) {
        return influencesOn(links.stream().map(Target::probability).toList());
    }

    /** The influence of all facts on each of some numbers, in one walk. */
    public FactInfluences[] influencesOn(List<Target> targets) {
        try (Replay replay = new Replay(
                        trained.facts(), trained.settings(), trained.epochs(), new BitSet(), memory, monitor);
                BackwardWalk walk = new BackwardWalk(replay, targets)) {
            replay.run(walk::start, walk::stepBack);
            return walk.influences();
        }
    }
}
