package io.portrait.jobs.value;

import io.portrait.common.config.Scores.Value;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The two models behind a value, or why there are none, with what they were fitted to.
 *
 * @param histories customers by what they bought, and when
 * @param purchases who still buys, and how often
 * @param repeats customers by what they spent on repeats
 * @param spend how much each time
 */
record ValueModels(
    List<PurchaseHistory> histories,
    Fit<? extends PurchaseModel> purchases,
    List<RepeatSpend> repeats,
    Fit<GammaGammaModel> spend) {

  /**
   * Fits both, on the driver.
   *
   * @param sample {@link CustomerValueTransforms#histories} of some customers
   * @param decimals decimals of the currency
   */
  static ValueModels fit(Dataset<Row> sample, Value settings, int decimals) {
    List<PurchaseHistory> histories = histories(sample);
    List<RepeatSpend> repeats = repeats(sample, decimals);
    Fit<? extends PurchaseModel> purchases =
        switch (settings.purchaseModel()) {
          case BG_NBD -> BetaGeometricModel.fit(histories, settings.minRepeaters());
          case PARETO_NBD -> ParetoModel.fit(histories, settings.minRepeaters());
        };
    return new ValueModels(
        histories, purchases, repeats, GammaGammaModel.fit(repeats, settings.minRepeaters()));
  }

  /** Why they tell no spend to come; absent if both could be fitted. */
  Optional<Reason> reason() {
    return purchases.reason().or(spend::reason);
  }

  /** In a fixed order: sums of doubles depend on it, and so would the last digits of a fit. */
  private static List<PurchaseHistory> histories(Dataset<Row> sample) {
    return CustomerValueTransforms.groupHistories(sample).collectAsList().stream()
        .map(
            row ->
                new PurchaseHistory(
                    Math.toIntExact(row.getLong(0)),
                    Weeks.ofDays(row.getLong(1)),
                    Weeks.ofDays(row.getLong(2)),
                    row.getLong(3)))
        .sorted(
            Comparator.comparingInt(PurchaseHistory::repeats)
                .thenComparingDouble(PurchaseHistory::lastPurchase)
                .thenComparingDouble(PurchaseHistory::age))
        .toList();
  }

  private static List<RepeatSpend> repeats(Dataset<Row> sample, int decimals) {
    double unit = Math.pow(10, decimals);
    return CustomerValueTransforms.groupSpends(sample).collectAsList().stream()
        .map(
            row ->
                new RepeatSpend(
                    Math.toIntExact(row.getLong(0)),
                    row.getLong(1) / unit / row.getLong(0),
                    row.getLong(2)))
        .sorted(
            Comparator.comparingInt(RepeatSpend::repeats).thenComparingDouble(RepeatSpend::mean))
        .toList();
  }
}
