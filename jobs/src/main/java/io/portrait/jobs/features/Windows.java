package io.portrait.jobs.features;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.datediff;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import io.portrait.common.config.Feature;
import java.sql.Date;
import java.time.LocalDate;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The past, cut into disjoint buckets at the lengths of the declared windows, so that all rows of a
 * bucket lie in the same windows: with windows of 30 and 90 days, bucket 0 is the last 30 days,
 * bucket 1 the 60 before, bucket 2 all before.
 *
 * @param asOf days strictly before it count
 * @param lengths distinct window lengths in days, ascending
 * @param isUnbounded whether a window reaches back without limit
 */
record Windows(LocalDate asOf, List<Integer> lengths, boolean isUnbounded) {

  static final String EVENT_DAY = "event_day";

  /** Number of the bucket, 0 for the latest days. */
  static final String BUCKET = "window_bucket";

  /** Part of a bucket that is short enough for one bit a day. */
  static final String SLICE = "window_slice";

  /** Place of the day in its slice, from 0. */
  static final String DAY_POSITION = "window_day_position";

  /** Days of a slice: three 64-bit words. */
  static final int SLICE_DAYS = 192;

  /** The windows that features name. */
  static Windows of(LocalDate asOf, List<Feature> features) {
    List<String> declared =
        features.stream().flatMap(f -> f.windowsOrAll().stream()).distinct().toList();
    return new Windows(
        asOf,
        declared.stream()
            .filter(w -> !w.equals(Feature.ALL))
            .map(Integer::valueOf)
            .sorted()
            .toList(),
        declared.contains(Feature.ALL));
  }

  /** Keeps the rows of days that any window reaches. */
  Dataset<Row> filterReached(Dataset<Row> rollup) {
    Dataset<Row> past = rollup.filter(col(EVENT_DAY).lt(lit(Date.valueOf(asOf))));
    if (isUnbounded || lengths.isEmpty()) {
      return past;
    }
    LocalDate first = firstDay(lengths.size() - 1);
    return past.filter(
        col(EVENT_DAY)
            .geq(lit(Date.valueOf(first)))
            .and(col("month").geq(lit(Date.valueOf(first.withDayOfMonth(1))))));
  }

  /** The bucket of a row's day. */
  Column bucket() {
    Column bucket = lit(lengths.size());
    for (int i = lengths.size() - 1; i >= 0; i--) {
      bucket = when(col(EVENT_DAY).geq(lit(Date.valueOf(firstDay(i)))), lit(i)).otherwise(bucket);
    }
    return bucket;
  }

  /** Days from a bucket's latest day back to the row's day, from 0. */
  Column daysIntoBucket() {
    Column start = lit(lengths.isEmpty() ? 0 : lengths.get(lengths.size() - 1));
    for (int i = lengths.size() - 1; i >= 0; i--) {
      int newer = i == 0 ? 0 : lengths.get(i - 1);
      start = when(col(EVENT_DAY).geq(lit(Date.valueOf(firstDay(i)))), lit(newer)).otherwise(start);
    }
    return datediff(lit(Date.valueOf(asOf)), col(EVENT_DAY)).minus(start).minus(1);
  }

  /** Adds the slice of a row's day and its place there. */
  Dataset<Row> withSlice(Dataset<Row> rows) {
    return rows.withColumn(DAY_POSITION, daysIntoBucket())
        .withColumn(SLICE, expr(DAY_POSITION + " div " + SLICE_DAYS))
        .withColumn(DAY_POSITION, col(DAY_POSITION).mod(SLICE_DAYS));
  }

  /** Whether a bucket lies in a window. */
  Column includes(String window) {
    return window.equals(Feature.ALL)
        ? lit(true)
        : col(BUCKET).leq(lengths.indexOf(Integer.valueOf(window)));
  }

  private LocalDate firstDay(int index) {
    return asOf.minusDays(lengths.get(index));
  }
}
