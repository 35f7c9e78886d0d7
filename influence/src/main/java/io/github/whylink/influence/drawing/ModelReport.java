package io.github.whylink.influence.drawing;

import java.util.List;
import java.util.Map;

/**
 * What a report about a model tells.
 *
 * @param model its name
 * @param summary one sentence
 * @param figures the most important ones, with what they are called
 * @param curve of its training; null if it was not kept
 * @param rankings how well each relation's facts are ranked; may be empty
 * @param rankingRemark which facts were ranked, or why none
 * @param examples predictions with the facts responsible for them; may be empty
 * @param exampleRemark how they were chosen, or why there are none
 * @param faithfulness of the explanations; null if it was not measured
 * @param configuration what it was trained with, in the order to be shown
 */
public record ModelReport(
        String model,
        String summary,
        Map<String, String> figures,
        CurvePicture curve,
        List<Ranking> rankings,
        String rankingRemark,
        List<ExplanationPicture> examples,
        String exampleRemark,
        Faithfulness faithfulness,
        Map<String, String> configuration) {
    public ModelReport {
        rankings = List.copyOf(rankings);
        examples = List.copyOf(examples);
    }

    /**
     * How the facts of a relation are ranked.
     *
     * @param type the relation
     * @param facts how many were ranked
     * @param target asked for the tail
     * @param source asked for the head
     */
    public record Ranking(String type, long facts, Side target, Side source) {}

    /** One side: mean reciprocal rank and shares of answers within the first ranks, all 0 to 1, higher is better. */
    public record Side(double mrr, double hits1, double hits10) {}

    /**
     * How far explanations agree with training again.
     *
     * @param remark what was explained and removed, and what the figures mean
     * @param methods the one that was asked, and the floors under it
     * @param picture of the one that was asked
     */
    public record Faithfulness(String remark, List<Measured> methods, FaithfulnessPicture picture) {
        public Faithfulness {
            methods = List.copyOf(methods);
        }
    }

    /**
     * What became of predictions without the facts that a method names first; null where there is no figure.
     *
     * @param probabilityDrop share of predictions whose probability dropped, 0 to 1
     * @param topChange share of predictions that are no longer the best answer, 0 to 1
     * @param meanDrop mean drop of the probability
     * @param spearman rank correlation of what the method says of single facts with what training without them did
     */
    public record Measured(String method, Double probabilityDrop, Double topChange, Double meanDrop, Double spearman) {}
}
