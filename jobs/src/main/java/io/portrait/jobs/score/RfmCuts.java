package io.portrait.jobs.score;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.percentile;

import io.portrait.common.config.Scores.Rfm;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/**
 * What the scores are measured against.
 *
 * @param customers customers with a purchase
 * @param cutPoints {@code bins - 1} ascending values by metric; empty without customers
 * @param methods quantile or declared, by metric
 * @param means mean by metric; null without customers
 */
record RfmCuts(
    long customers,
    Map<String, List<Double>> cutPoints,
    Map<String, String> methods,
    Map<String, Double> means) {

  static final String RECENCY = "recency";
  static final String FREQUENCY = "frequency";
  static final String MONETARY = "monetary";

  /** Metric to column of {@code customer_rfm}. */
  static final Map<String, String> COLUMNS =
      new LinkedHashMap<>(
          Map.of(RECENCY, "recency_days", FREQUENCY, "frequency", MONETARY, "monetary"));

  /** The metrics, in the order of a code. */
  static final List<String> METRICS = List.of(RECENCY, FREQUENCY, MONETARY);

  /**
   * Looks them up in the data, in one pass.
   *
   * <p>Quantile i / bins is interpolated linearly between the order statistics around position (n -
   * 1) i / bins: type 7 of R and NumPy, PERCENTILE.INC of spreadsheets. It comes from counts of
   * distinct values, so it is exact and the same for any partitioning.
   *
   * @param metrics {@code recency_days, frequency, monetary}
   */
  static RfmCuts of(Dataset<Row> metrics, Rfm rfm) {
    Column[] shares = new Column[rfm.bins() - 1];
    for (int i = 1; i < rfm.bins(); i++) {
      shares[i - 1] = lit(i / (double) rfm.bins());
    }
    List<Column> aggregates = new ArrayList<>();
    for (String metric : METRICS) {
      Column value = col(COLUMNS.get(metric));
      aggregates.add(avg(value).cast("double"));
      if (!rfm.cutPoints().containsKey(metric)) {
        aggregates.add(percentile(value.cast("double"), array(shares)));
      }
    }
    Row row = metrics.agg(count(lit(1)), aggregates.toArray(Column[]::new)).head();
    Map<String, List<Double>> cutPoints = new LinkedHashMap<>();
    Map<String, String> methods = new LinkedHashMap<>();
    Map<String, Double> means = new LinkedHashMap<>();
    int next = 1;
    for (String metric : METRICS) {
      means.put(metric, row.isNullAt(next) ? null : row.getDouble(next));
      next++;
      if (rfm.cutPoints().containsKey(metric)) {
        methods.put(metric, "declared");
        cutPoints.put(metric, rfm.cutPoints().get(metric));
      } else {
        methods.put(metric, "quantile");
        cutPoints.put(
            metric,
            row.isNullAt(next)
                ? List.of()
                : row.<Double>getList(next).stream().map(RfmCuts::withoutNoise).toList());
        next++;
      }
    }
    return new RfmCuts(row.getLong(0), cutPoints, methods, means);
  }

  /**
   * The 15 digits that a double holds for sure: 1.4 where interpolation gives 1.4000000000000001.
   */
  private static double withoutNoise(double value) {
    return new BigDecimal(value).round(new MathContext(15)).doubleValue();
  }

  /** Rows {@code metric, score, lower_bound, upper_bound, method}, one a metric and score. */
  List<Row> rows(int bins) {
    List<Row> rows = new ArrayList<>();
    for (String metric : METRICS) {
      List<Double> cuts = cutPoints.get(metric);
      for (int bin = 0; bin < bins; bin++) {
        Double lower = bin == 0 || cuts.isEmpty() ? null : cuts.get(bin - 1);
        Double upper = bin == bins - 1 || cuts.isEmpty() ? null : cuts.get(bin);
        int score = metric.equals(RECENCY) ? bins - bin : bin + 1;
        rows.add(RowFactory.create(metric, score, lower, upper, methods.get(metric)));
      }
    }
    return rows;
  }
}
