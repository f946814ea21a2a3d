package io.portrait.jobs.features;

import static org.apache.spark.sql.functions.bit_count;
import static org.apache.spark.sql.functions.bit_or;
import static org.apache.spark.sql.functions.call_function;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.datediff;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.LongType;

import io.portrait.common.config.Feature;
import io.portrait.common.config.Feature.Aggregate;
import java.sql.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;

/**
 * One value that is kept for each bucket, whatever the number of features and windows that need it.
 * It can be merged over the buckets of a window.
 *
 * <p>Days are kept as bits, a bit a day, so that a day counts once however many accounts and rows
 * show it, and neither a distinct count nor a second pass over the rollup is needed.
 *
 * @param name its column; of days, the start of the names of its words
 * @param aggregate how rows become it
 * @param value SQL expression over the rollup
 */
record Partial(String name, Aggregate aggregate, String value) {

  private static final int WORD_BITS = 64;

  /** The distinct partials of features, by aggregate and value. */
  static Map<String, Partial> of(List<Feature> features) {
    Map<String, Partial> partials = new LinkedHashMap<>();
    for (Feature feature : features) {
      partials.computeIfAbsent(
          key(feature),
          key ->
              new Partial(
                  "partial_" + partials.size(),
                  feature.aggregate().orElseThrow(),
                  feature.value().sql()));
    }
    return partials;
  }

  /** What makes two features share a partial. */
  static String key(Feature feature) {
    return feature.aggregate().orElseThrow() + " " + feature.value().sql().strip();
  }

  boolean isDays() {
    return aggregate == Aggregate.DAYS;
  }

  /** Aggregates over the rows of a bucket. */
  List<Column> columns() {
    Column number = expr(value);
    Column day = when(number.gt(0), col(Windows.EVENT_DAY));
    return switch (aggregate) {
      case SUM -> List.of(sum(number.cast(LongType)).as(name));
      case MIN -> List.of(min(number.cast(LongType)).as(name));
      case MAX -> List.of(max(number.cast(LongType)).as(name));
      case DAYS_SINCE_FIRST -> List.of(min(day).as(name));
      case DAYS_SINCE_LAST -> List.of(max(day).as(name));
      case DAYS -> words().map(i -> bit_or(bit(number, i)).as(word(i))).toList();
      case CATEGORIES, TOP_CATEGORY, LATEST, SUREST -> throw isNotMerged();
    };
  }

  /** The value of one window, from the buckets of a customer. */
  Column inWindow(Windows windows, String window) {
    Column isIncluded = windows.includes(window);
    Column asOf = lit(Date.valueOf(windows.asOf()));
    return switch (aggregate) {
      case SUM -> sum(when(isIncluded, col(name)));
      case MIN -> min(when(isIncluded, col(name)));
      case MAX -> max(when(isIncluded, col(name)));
      case DAYS_SINCE_FIRST -> datediff(asOf, min(when(isIncluded, col(name)))).cast(LongType);
      case DAYS_SINCE_LAST -> datediff(asOf, max(when(isIncluded, col(name)))).cast(LongType);
      case DAYS ->
          sum(
              when(
                  isIncluded,
                  words()
                      .map(i -> coalesce(bit_count(col(word(i))), lit(0)))
                      .reduce(Column::plus)
                      .orElseThrow()
                      .cast(LongType)));
      case CATEGORIES, TOP_CATEGORY, LATEST, SUREST -> throw isNotMerged();
    };
  }

  /** The bit of a row's day in a word, if its value is above zero. */
  private static Column bit(Column number, int word) {
    Column position = col(Windows.DAY_POSITION).minus(word * WORD_BITS);
    return when(
        number.gt(0).and(position.between(0, WORD_BITS - 1)),
        call_function("shiftleft", lit(1L), position));
  }

  private static Stream<Integer> words() {
    return IntStream.range(0, Windows.SLICE_DAYS / WORD_BITS).boxed();
  }

  private IllegalStateException isNotMerged() {
    return new IllegalStateException(
        aggregate + ": categories are compared and facts picked, not merged");
  }

  private String word(int index) {
    return name + "_" + index;
  }
}
