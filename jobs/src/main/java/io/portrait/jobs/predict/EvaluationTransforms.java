package io.portrait.jobs.predict;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.floor;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.ln;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;

/** Compares what was predicted with what happened. */
final class EvaluationTransforms {

  static final int BINS = 10;

  /** A probability of 0 or 1 that was wrong costs this one's logarithm, not infinity. */
  private static final double SUREST = 1e-15;

  private EvaluationTransforms() {}

  /**
   * Sums over tenths of the customers by probability, from which every measure follows.
   *
   * <p>Customers of one probability are taken together: they lie in one bin, by the middle of their
   * ranks, and their order among themselves counts for nothing.
   *
   * <p>Out: {@code model, predictor, bin, customers, positives, probabilities, squares, losses},
   * and the parts of the AUC ({@code pairs}: pairs in the right order), of the average precision
   * ({@code precisions}) and of the lift ({@code top}: positives in the most probable tenth).
   *
   * @param predictions {@code model, predictor, probability}, and {@code label}: 1 or 0, a long
   */
  static Dataset<Row> bins(Dataset<Row> predictions) {
    WindowSpec all = Window.partitionBy("model", "predictor");
    WindowSpec below = all.orderBy("probability").rowsBetween(Window.unboundedPreceding(), -1);
    Column n = col("n").cast(DoubleType);
    Column yes = col("yes").cast(DoubleType);
    Column no = n.minus(yes);
    Column p = col("probability");
    Column sure = greatest(least(p, lit(1 - SUREST)), lit(SUREST));
    Column above = col("all_n").minus(col("below_n")).minus(n);
    Column inTop =
        greatest(lit(0.0), least(lit(1.0), col("all_n").divide(BINS).minus(above).divide(n)));
    Column bin =
        least(
            floor(col("below_n").plus(n.divide(2)).multiply(BINS).divide(col("all_n"))),
            lit((long) BINS - 1));
    return predictions
        .groupBy("model", "predictor", "probability")
        .agg(count(lit(1)).as("n"), sum("label").as("yes"))
        .withColumn("all_n", sum("n").over(all))
        .withColumn("all_yes", sum("yes").over(all))
        .withColumn("below_n", coalesce(sum("n").over(below), lit(0L)))
        .withColumn("below_yes", coalesce(sum("yes").over(below), lit(0L)))
        .groupBy(col("model"), col("predictor"), bin.plus(1).cast(IntegerType).as("bin"))
        .agg(
            sum("n").as("customers"),
            sum("yes").as("positives"),
            sum(p.multiply(n)).as("probabilities"),
            sum(yes.multiply(p.minus(1)).multiply(p.minus(1)).plus(no.multiply(p).multiply(p)))
                .as("squares"),
            sum(yes.multiply(ln(sure)).plus(no.multiply(ln(lit(1.0).minus(sure)))).multiply(-1))
                .as("losses"),
            sum(yes.multiply(col("below_n").minus(col("below_yes")).plus(no.divide(2))))
                .as("pairs"),
            sum(yes.multiply(col("all_yes").minus(col("below_yes")))
                    .divide(col("all_n").minus(col("below_n"))))
                .as("precisions"),
            sum(yes.multiply(inTop)).as("top"));
  }
}
