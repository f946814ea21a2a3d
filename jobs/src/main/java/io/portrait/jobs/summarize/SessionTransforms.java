package io.portrait.jobs.summarize;

import static io.portrait.common.table.Entity.ACCOUNT_KEY;
import static io.portrait.common.table.Entity.EVENT_DAY;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lag;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.trunc;
import static org.apache.spark.sql.functions.unix_micros;
import static org.apache.spark.sql.functions.when;

import io.portrait.common.table.SilverTables;
import java.time.Duration;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;

/** Events become visits. Pure: no reads, no writes, no clock. */
final class SessionTransforms {

  /** As in Google Analytics. */
  private static final Duration INACTIVITY = Duration.ofMinutes(30);

  private static final String OCCURRED_AT = "occurred_at";
  private static final String EVENT_TYPE = "event_type";
  private static final String STARTS = "starts";
  private static final String NUMBER = "number";

  private SessionTransforms() {}

  /**
   * Groups the events of one account and business day into visits.
   *
   * <p>30 minutes or more without an event start a new visit. So does the business day: a visit
   * across midnight counts as two, as in Universal Analytics, and each day stands for itself.
   *
   * @param events web events
   * @return {@link SilverTables#SESSION}, one row per visit, sorted by month and account
   */
  static Dataset<Row> sessionize(Dataset<Row> events) {
    WindowSpec day = Window.partitionBy(ACCOUNT_KEY, EVENT_DAY).orderBy(OCCURRED_AT);
    Column gapMicros =
        unix_micros(col(OCCURRED_AT)).minus(unix_micros(lag(OCCURRED_AT, 1).over(day)));
    return events
        .select(ACCOUNT_KEY, EVENT_DAY, OCCURRED_AT, EVENT_TYPE)
        .repartition(col(ACCOUNT_KEY))
        .withColumn(STARTS, when(gapMicros.geq(lit(INACTIVITY.toMillis() * 1000L)), 1).otherwise(0))
        // Events of one instant share a row of the running sum, so their order means nothing.
        .withColumn(NUMBER, sum(STARTS).over(day))
        .groupBy(ACCOUNT_KEY, EVENT_DAY, NUMBER)
        .agg(
            min(OCCURRED_AT).as("started_at"),
            max(OCCURRED_AT).as("ended_at"),
            count(lit(1)).as("events"),
            sum(isType("page_view")).as("page_views"),
            max(unix_micros(col(OCCURRED_AT)))
                .minus(min(unix_micros(col(OCCURRED_AT))))
                .as("dwell_micros"),
            sum(isType("add_to_cart")).as("cart_adds"))
        .withColumn("dwell_seconds", expr("dwell_micros div 1000000"))
        .withColumn("month", trunc(col(EVENT_DAY), "MM"))
        .sortWithinPartitions("month", ACCOUNT_KEY, "started_at");
  }

  private static Column isType(String type) {
    return when(col(EVENT_TYPE).equalTo(type), 1L).otherwise(0L);
  }
}
