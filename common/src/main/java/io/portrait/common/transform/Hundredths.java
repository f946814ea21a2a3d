package io.portrait.common.transform;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.filter;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.percentile;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.DoubleType;

import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** The hundredth of all customers that a customer's number lies in. */
public final class Hundredths {

  private Hundredths() {}

  /**
   * The 99 values that part customers into hundredths: one row of one array, null without any
   * value. They come from counts of distinct values, so they are the same for any partitioning;
   * those are held in memory, so of many customers take a {@link CustomerSample}.
   *
   * @param value a number; null is left out
   */
  public static Dataset<Row> cuts(Dataset<Row> customers, Column value) {
    Column[] shares =
        IntStream.rangeClosed(1, 99).mapToObj(i -> lit(i / 100.0)).toArray(Column[]::new);
    return customers.agg(percentile(value.cast(DoubleType), array(shares)));
  }

  /** The values of {@link #cuts}, ascending; none without any value. */
  public static List<Double> read(Row cuts) {
    return cuts.isNullAt(0) ? List.of() : cuts.getList(0);
  }

  /** From 1 to 100: 1 plus the number of cuts below the value; null without a value. */
  public static Column of(Column value, List<Double> cuts) {
    Column number = value.cast(DoubleType);
    return when(
        number.isNotNull(),
        size(filter(lit(cuts.toArray(Double[]::new)), cut -> cut.lt(number))).plus(1));
  }
}
