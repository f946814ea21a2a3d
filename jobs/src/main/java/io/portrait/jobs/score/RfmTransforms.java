package io.portrait.jobs.score;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.createDecimalType;

import io.portrait.common.config.Scores.Rfm;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;

/** RFM metrics, scores, segments and their sizes. */
final class RfmTransforms {

  private RfmTransforms() {}

  /**
   * The three metrics of customers with a purchase.
   *
   * <p>In: {@code customer_feature} of one as-of date. Out: {@code customer_id, recency_days,
   * frequency, monetary}. A customer without recency has no purchase and is left out; a null
   * frequency or amount counts as 0.
   *
   * @param decimals decimals of the currency
   */
  static Dataset<Row> metrics(Dataset<Row> features, Rfm rfm, int decimals) {
    return features
        .filter(col(rfm.recency()).isNotNull())
        .select(
            col("customer_id"),
            col(rfm.recency()).cast(LongType).as("recency_days"),
            coalesce(col(rfm.frequency()).cast(LongType), lit(0L)).as("frequency"),
            coalesce(col(rfm.monetary()).cast(money(decimals)), lit(0).cast(money(decimals)))
                .as("monetary"));
  }

  /**
   * Adds {@code r_score, f_score, m_score, rfm_code, segment, value_type}.
   *
   * <p>A score is 1 plus the number of cut points strictly below the value, for recency counted
   * from the other end. So equal values have equal scores, and a value on a cut point falls below
   * it.
   */
  static Dataset<Row> withScores(Dataset<Row> metrics, RfmCuts cuts, Rfm rfm, SegmentMap segments) {
    return metrics
        .withColumn("r_score", lit(rfm.bins()).minus(cutsBelow(RfmCuts.RECENCY, cuts)))
        .withColumn("f_score", lit(1).plus(cutsBelow(RfmCuts.FREQUENCY, cuts)))
        .withColumn("m_score", lit(1).plus(cutsBelow(RfmCuts.MONETARY, cuts)))
        .withColumn(
            "rfm_code",
            concat(
                col("r_score").cast("string"),
                col("f_score").cast("string"),
                col("m_score").cast("string")))
        .withColumn("segment", segments.column())
        .withColumn("value_type", valueType(cuts));
  }

  /**
   * Counts customers and sums amounts by {@code r_score, f_score, m_score, segment, value_type}:
   * all that the sizes below need, and never more rows than codes and types.
   */
  static Dataset<Row> summarize(Dataset<Row> scores) {
    return scores
        .groupBy("r_score", "f_score", "m_score", "segment", "value_type")
        .agg(count(lit(1)).as("customers"), sum("monetary").as("monetary"));
  }

  /**
   * Adds {@code customers} to each metric and score.
   *
   * @param bounds {@code metric, score, ...}
   * @param summary {@link #summarize}
   */
  static Dataset<Row> withCustomers(Dataset<Row> bounds, Dataset<Row> summary) {
    Dataset<Row> sizes =
        summary
            .select(
                col("customers"),
                explode(
                        array(
                            metricScore(RfmCuts.RECENCY, "r_score"),
                            metricScore(RfmCuts.FREQUENCY, "f_score"),
                            metricScore(RfmCuts.MONETARY, "m_score")))
                    .as("scored"))
            .groupBy(col("scored.metric"), col("scored.score"))
            .agg(sum("customers").as("customers"));
    return bounds
        .join(
            sizes,
            bounds
                .col("metric")
                .equalTo(sizes.col("metric"))
                .and(bounds.col("score").equalTo(sizes.col("score"))),
            "left")
        .select(bounds.col("*"), coalesce(sizes.col("customers"), lit(0L)).as("customers"));
  }

  /**
   * Adds {@code customers, share, monetary} to each group, also to empty ones.
   *
   * @param groups titles by {@code group}
   * @param summary {@link #summarize}
   * @param group segment or value_type
   */
  static Dataset<Row> withSizes(
      Dataset<Row> groups, Dataset<Row> summary, String group, long customers, int decimals) {
    Dataset<Row> sizes =
        summary
            .groupBy(col(group).as("sized"))
            .agg(sum("customers").as("customers"), sum("monetary").as("monetary"));
    Column size = coalesce(col("customers"), lit(0L));
    return groups
        .join(sizes, groups.col(group).equalTo(sizes.col("sized")), "left")
        .select(
            groups.col("*"),
            size.as("customers"),
            size.cast("double").divide(lit((double) Math.max(customers, 1))).as("share"),
            coalesce(col("monetary").cast(money(decimals)), lit(0).cast(money(decimals)))
                .as("monetary"));
  }

  private static Column metricScore(String metric, String score) {
    return struct(lit(metric).as("metric"), col(score).as("score"));
  }

  private static Column cutsBelow(String metric, RfmCuts cuts) {
    Column value = col(RfmCuts.COLUMNS.get(metric)).cast("double");
    Column below = lit(0);
    for (double cut : cuts.cutPoints().get(metric)) {
      below = below.plus(when(value.gt(lit(cut)), 1).otherwise(0));
    }
    return below;
  }

  private static Column valueType(RfmCuts cuts) {
    Column recent = col("recency_days").cast("double").leq(lit(cuts.means().get(RfmCuts.RECENCY)));
    Column frequent = col("frequency").cast("double").geq(lit(cuts.means().get(RfmCuts.FREQUENCY)));
    Column generous = col("monetary").cast("double").geq(lit(cuts.means().get(RfmCuts.MONETARY)));
    Column column = null;
    for (ValueType type : ValueType.values()) {
      Column matches =
          recent
              .equalTo(lit(type.isRecent()))
              .and(frequent.equalTo(lit(type.isFrequent())))
              .and(generous.equalTo(lit(type.isGenerous())));
      column = column == null ? when(matches, type.code()) : column.when(matches, type.code());
    }
    return column;
  }

  private static DataType money(int decimals) {
    return createDecimalType(18, decimals);
  }
}
