package io.portrait.jobs.predict;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.date_add;
import static org.apache.spark.sql.functions.lit;

import io.portrait.common.config.Predictions.ChurnDefinition;
import org.apache.spark.sql.Column;

/**
 * What is asked of customers' future.
 *
 * @param model name of the model that answers
 * @param horizonDays days ahead that it asks about
 * @param schedule when the model is trained, measured and used
 * @param label yes or no, over {@link HistoryTransforms#cases}, never null
 * @param isAsked whether it is asked of a case
 */
record Question(String model, int horizonDays, Schedule schedule, Column label, Column isAsked) {

  static final String CHURN = "churn";

  /**
   * Whether a customer leaves. A contract ends on the day that became known last, which may be
   * sooner or later than what was known before. It counts while it runs: of one that had ended
   * before the cutoff purchases alone tell, as of a customer who never had any.
   */
  static Question churn(ChurnDefinition definition, Schedule schedule) {
    Column stays = coalesce(col("next_purchase_in").lt(col("horizon_days")), lit(false));
    Column runs = coalesce(col("contract_until").geq(col("cutoff")), lit(false));
    // Also of a contract that was shortened, even to a day before the cutoff, once that was known.
    Column ends =
        runs.and(col("contract_until_later").lt(date_add(col("cutoff"), col("horizon_days"))));
    Column label =
        switch (definition) {
          case NO_PURCHASE -> stays.equalTo(false);
          case CONTRACT_END -> ends;
          case EITHER -> stays.equalTo(false).or(ends);
        };
    Column isAsked = definition == ChurnDefinition.CONTRACT_END ? runs : lit(true);
    return new Question(CHURN, schedule.horizonDays(), schedule, label, isAsked);
  }

  /**
   * Whether a customer buys.
   *
   * @param days days ahead
   * @param schedule of a horizon of 90 days; the days are shortened like it
   */
  static Question purchase(int days, Schedule schedule) {
    Column label =
        coalesce(
            col("next_purchase_in")
                .multiply(schedule.horizonDays())
                .lt(col("horizon_days").multiply(days)),
            lit(false));
    return new Question("purchase_" + days + "d", days, schedule, label, lit(true));
  }

  /** Days ahead that the measured model was trained with. */
  int trainedDays() {
    return horizonDays * schedule.trainedHorizonDays() / schedule.horizonDays();
  }
}
