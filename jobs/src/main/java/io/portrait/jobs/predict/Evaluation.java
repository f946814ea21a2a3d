package io.portrait.jobs.predict;

import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.apache.spark.sql.Row;

/**
 * How good a predictor is, by the definitions in {@link
 * io.portrait.common.table.PredictTables#MODEL_EVALUATION}.
 *
 * @param customers that it was measured on
 * @param positives those with a yes
 * @param auc absent without a yes or a no
 * @param precision absent without a yes
 * @param brier mean squared difference
 * @param logLoss mean negative logarithm
 * @param lift absent without a yes
 * @param calibrationError mean difference by bin
 */
record Evaluation(
    long customers,
    long positives,
    Optional<Double> auc,
    Optional<Double> precision,
    double brier,
    double logLoss,
    Optional<Double> lift,
    double calibrationError) {

  /**
   * Adds up bins.
   *
   * @param bins {@link EvaluationTransforms#bins} of one predictor, at least one
   */
  static Evaluation of(List<Row> bins) {
    long customers = bins.stream().mapToLong(bin -> bin.<Long>getAs("customers")).sum();
    long positives = bins.stream().mapToLong(bin -> bin.<Long>getAs("positives")).sum();
    double yes = positives;
    double no = customers - yes;
    boolean isAny = positives > 0;
    return new Evaluation(
        customers,
        positives,
        isAny && no > 0 ? Optional.of(sum(bins, "pairs") / yes / no) : Optional.empty(),
        isAny ? Optional.of(sum(bins, "precisions") / yes) : Optional.empty(),
        sum(bins, "squares") / customers,
        sum(bins, "losses") / customers,
        isAny ? Optional.of(sum(bins, "top") * EvaluationTransforms.BINS / yes) : Optional.empty(),
        sum(
                bins,
                bin -> Math.abs(bin.<Double>getAs("probabilities") - bin.<Long>getAs("positives")))
            / customers);
  }

  private static double sum(List<Row> bins, String column) {
    return sum(bins, bin -> bin.<Double>getAs(column));
  }

  private static double sum(List<Row> bins, ToDoubleFunction<Row> value) {
    return bins.stream().mapToDouble(value).sum();
  }
}
