package io.portrait.jobs.predict;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.LongType;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * A simple rule that a model must beat: yes or no, with the rates of the training period on either
 * side as probabilities.
 *
 * @param name name of the rule
 * @param days its N, if it has one
 * @param says yes or no, over {@link HistoryTransforms#cases}, never null
 * @param ifYes probability where it says yes
 * @param ifNo probability where it says no
 */
record Rule(String name, Optional<Integer> days, Column says, double ifYes, double ifNo) {

  /** The probability of a case. */
  Column probability() {
    return when(says, ifYes).otherwise(ifNo);
  }

  /**
   * The rule that tells best who leaves: no purchase for N days, of all N the one with the greatest
   * mean of the share of leavers found and of stayers spared, which is its AUC.
   *
   * @param training cases that the model is trained with
   */
  static Rule noPurchaseForDays(Dataset<Row> training, Question question) {
    // Grouped by days of history, so there are not more of them than days.
    List<Row> byRecency =
        training
            .filter(question.isAsked())
            .groupBy("recency_days")
            .agg(count(lit(1)), sum(question.label().cast(LongType)))
            .collectAsList()
            .stream()
            .sorted(Comparator.comparingInt(row -> row.getInt(0)))
            .toList();
    long all = byRecency.stream().mapToLong(row -> row.getLong(1)).sum();
    long positives = byRecency.stream().mapToLong(row -> row.getLong(2)).sum();
    long before = 0;
    long positivesBefore = 0;
    double best = -1;
    int days = 0;
    double ifYes = 0;
    double ifNo = 0;
    for (Row row : byRecency) {
      double auc =
          ((positives - positivesBefore) / (double) positives
                  + (before - positivesBefore) / (double) (all - positives))
              / 2;
      if (auc > best) {
        best = auc;
        days = row.getInt(0);
        ifYes = (positives - positivesBefore) / (double) (all - before);
        ifNo = before == 0 ? 0 : positivesBefore / (double) before;
      }
      before += row.getLong(1);
      positivesBefore += row.getLong(2);
    }
    // Like all time it is measured in horizons.
    Schedule schedule = question.schedule();
    int scaled = Math.round(days * (float) schedule.horizonDays() / schedule.trainedHorizonDays());
    return new Rule(
        "no_purchase_for_days", Optional.of(scaled), col("recency_days").geq(scaled), ifYes, ifNo);
  }

  /** Every customer is like all customers of the training period. */
  static Rule populationRate(LogisticFit fit) {
    double rate = fit.positives() / (double) fit.cases();
    return new Rule("population_rate", Optional.empty(), lit(true), rate, rate);
  }

  /**
   * The last interval between purchases repeats: yes if the next purchase is then due before the
   * horizon ends, or overdue.
   *
   * @param training cases that the model is trained with
   */
  static Rule lastInterval(Dataset<Row> training, Question question) {
    Column says =
        coalesce(
            col("last_gap_days")
                .minus(col("recency_days"))
                .multiply(question.schedule().horizonDays())
                .lt(col("horizon_days").multiply(question.horizonDays())),
            lit(false));
    Column label = question.label().cast(LongType);
    Row counts =
        training
            .filter(question.isAsked())
            .agg(
                count(when(says, 1)),
                sum(when(says, label).otherwise(0L)),
                count(lit(1)),
                sum(label))
            .head();
    long yes = counts.getLong(0);
    long no = counts.getLong(2) - yes;
    double ifYes = yes == 0 ? 0 : counts.getLong(1) / (double) yes;
    double ifNo = no == 0 ? 0 : (counts.getLong(3) - counts.getLong(1)) / (double) no;
    return new Rule("last_interval", Optional.empty(), says, ifYes, ifNo);
  }
}
