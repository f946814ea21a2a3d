package io.portrait.jobs.profile;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.percentile;
import static org.apache.spark.sql.functions.posexplode;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;

import io.portrait.common.table.TableColumn;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.NumericType;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Distributions of all columns of two runs, in one pass each kind. Pure: no reads, no writes.
 *
 * <p>A row is turned into one number per column, its bin, and these are counted; the number of jobs
 * does not grow with the number of columns.
 */
final class DriftTransforms {

  /** Bin of null. */
  static final int NULL_BIN = -1;

  /** Bin of null among texts; values have an equals sign before them. */
  static final String NULL_LABEL = "null";

  /** Values of a text column that are told apart; rarer ones are one bin. */
  static final int CATEGORIES = 50;

  /** Rows that bins are cut on, at least where there are as many. */
  static final long SAMPLE_ROWS = 10_000;

  private static final String IS_CURRENT = "is_current";
  private static final String POSITION = "pos";
  private static final String BIN = "bin";

  private DriftTransforms() {}

  /**
   * The deciles of numeric columns: one row, one array of nine values a column, null without any.
   * Above {@link #SAMPLE_ROWS} rows they are those of a sample by the hash of the customer id, the
   * same in every run.
   */
  static Dataset<Row> summarizeDeciles(Dataset<Row> profiles, long rows, List<String> columns) {
    long each = Math.max(1, rows / SAMPLE_ROWS);
    Column[] shares = new Column[9];
    for (int i = 0; i < shares.length; i++) {
      shares[i] = lit((i + 1) / 10.0);
    }
    Column[] deciles =
        columns.stream()
            .map(c -> percentile(col(c).cast(DoubleType), array(shares)).as(c))
            .toArray(Column[]::new);
    return profiles
        .filter(xxhash64(col("customer_id")).mod(each).equalTo(0))
        .agg(count(lit(1)).as("sample_rows"), deciles);
  }

  /**
   * Counts rows per binning and bin: {@code pos} (place in {@code binnings}), {@code bin}, {@code
   * previous_rows}, {@code current_rows}.
   *
   * <p>A number's bin is the number of cuts below it, a boolean's 0 or 1, another value's 0, and
   * null's {@link #NULL_BIN}.
   */
  static Dataset<Row> countBins(
      Dataset<Row> previous, Dataset<Row> current, List<Binning> binnings) {
    return counted(
        previous,
        array(binnings.stream().map(b -> bin(b, 0)).toArray(Column[]::new)),
        current,
        array(binnings.stream().map(b -> bin(b, b.moved())).toArray(Column[]::new)));
  }

  /**
   * How the values of a column are told apart.
   *
   * @param column a column that is no text
   * @param cuts ascending cut points of a number; a value equal to one is below it
   * @param moved what is taken off a number of this run, and not off those of the previous one
   */
  record Binning(TableColumn column, List<Double> cuts, double moved) {}

  /**
   * Counts rows per text column and value, as {@link #countBins}: the {@link #CATEGORIES} most
   * frequent values of the previous run have a bin each, the others share the bin 'other'.
   */
  static Dataset<Row> countCategories(
      Dataset<Row> previous, Dataset<Row> current, List<String> columns) {
    Column[] values = columns.stream().map(c -> col(c)).toArray(Column[]::new);
    Column rank =
        row_number()
            .over(
                Window.partitionBy(POSITION)
                    .orderBy(col("previous_rows").desc(), col("value").asc_nulls_first()));
    Column label =
        when(col("value").isNull(), lit(NULL_LABEL))
            .when(col("rank").leq(CATEGORIES), concat(lit("="), col("value")))
            .otherwise(lit("other"));
    return counted(previous, array(values), current, array(values))
        .withColumnRenamed(BIN, "value")
        .withColumn("rank", rank)
        .withColumn(BIN, label)
        .groupBy(POSITION, BIN)
        .agg(sum("previous_rows").as("previous_rows"), sum("current_rows").as("current_rows"));
  }

  /**
   * Counts customers by what became of them: {@code is_before, is_now, cluster_before, cluster_now,
   * customers}.
   */
  static Dataset<Row> countMovements(Dataset<Row> previous, Dataset<Row> current) {
    return previous
        .select(
            col("customer_id"), lit(true).as("is_before"), col("cluster_id").as("cluster_before"))
        .join(
            current.select(
                col("customer_id"), lit(true).as("is_now"), col("cluster_id").as("cluster_now")),
            CollectionConverters.asScala(List.of("customer_id")).toSeq(),
            "full_outer")
        .groupBy(
            coalesce(col("is_before"), lit(false)).as("is_before"),
            coalesce(col("is_now"), lit(false)).as("is_now"),
            col("cluster_before"),
            col("cluster_now"))
        .agg(count(lit(1)).as("customers"));
  }

  private static Dataset<Row> counted(
      Dataset<Row> previous, Column previousBins, Dataset<Row> current, Column currentBins) {
    String[] names = {POSITION, BIN};
    return previous
        .select(lit(false).as(IS_CURRENT), posexplode(previousBins).as(names))
        .unionAll(current.select(lit(true).as(IS_CURRENT), posexplode(currentBins).as(names)))
        .groupBy(POSITION, BIN)
        .agg(
            count(when(not(col(IS_CURRENT)), lit(1))).as("previous_rows"),
            count(when(col(IS_CURRENT), lit(1))).as("current_rows"));
  }

  private static Column bin(Binning binning, double moved) {
    TableColumn column = binning.column();
    Column value = col(column.name());
    if (column.type() instanceof BooleanType) {
      return coalesce(value.cast(IntegerType), lit(NULL_BIN));
    }
    List<Double> cuts = binning.cuts();
    Column bin = lit(cuts.size());
    if (column.type() instanceof NumericType) {
      Column number = value.cast(DoubleType).minus(moved);
      for (int i = cuts.size() - 1; i >= 0; i--) {
        bin = when(number.leq(cuts.get(i)), lit(i)).otherwise(bin);
      }
    }
    return when(value.isNull(), lit(NULL_BIN)).otherwise(bin);
  }
}
