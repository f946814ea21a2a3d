package io.portrait.jobs.habits;

import static io.portrait.common.table.Entity.ACCOUNT_KEY;
import static io.portrait.common.table.Entity.EVENT_DAY;
import static io.portrait.common.table.FeatureTable.CUSTOMER_ID;
import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.array_max;
import static org.apache.spark.sql.functions.array_position;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.from_utc_timestamp;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.hour;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.negate;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.weekday;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.IntegerType;

import java.sql.Date;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.RelationalGroupedDataset;
import org.apache.spark.sql.Row;

/**
 * When and where customers are best reached, in the business time zone.
 *
 * <p>Visits and answers are counted by hour and by weekday at once, in a column each, so that a
 * customer's most frequent ones are found without a row for each.
 */
final class ContactTransforms {

  private static final String CHANNEL = "channel";
  private static final String SENT = "sent";
  private static final String ANSWERED = "answered";
  private static final String HOUR = "hour";
  private static final String WEEKDAY = "weekday";

  private ContactTransforms() {}

  /**
   * The hour and weekday in which most visits of each customer began, strictly before the as-of
   * date; ties: the earlier.
   *
   * <p>In: {@code session}. Out: {@code customer_id, visit_hour} (0 to 23), {@code visit_weekday}
   * (1 Monday to 7).
   *
   * @param accounts {@code account_key, customer_id}
   */
  static Dataset<Row> summarizeVisits(
      Dataset<Row> sessions, Dataset<Row> accounts, ZoneId zone, LocalDate asOf) {
    Dataset<Row> visits =
        withMoment(before(sessions, asOf), col("started_at"), zone)
            .select(ACCOUNT_KEY, HOUR, WEEKDAY)
            .join(accounts, ACCOUNT_KEY);
    return agg(visits.groupBy(CUSTOMER_ID), momentCounts())
        .select(col(CUSTOMER_ID), mostHour().as("visit_hour"), mostWeekday().as("visit_weekday"));
  }

  /**
   * What is known of each customer from campaign contacts, strictly before the as-of date: the hour
   * and weekday in which most were opened or clicked (ties: the earlier), and the channel with the
   * greatest share of answers (opened, clicked, converted or redeemed) among contacts sent, 1 at
   * most; ties: more answers, then by name. A channel that nothing was sent by is none to reach a
   * customer by.
   *
   * <p>In: {@code campaign_touch}. Out: {@code customer_id, answer_hour, answer_weekday,
   * best_channel}, null without such answers.
   *
   * @param accounts {@code account_key, customer_id}
   */
  static Dataset<Row> summarizeTouches(
      Dataset<Row> touches, Dataset<Row> accounts, ZoneId zone, LocalDate asOf) {
    Column action = col("action");
    // Converting and redeeming tell when customers buy, not when they read.
    Column readAt = when(action.isin("opened", "clicked"), col("touched_at"));
    Dataset<Row> contacts =
        withMoment(before(touches, asOf), readAt, zone)
            .select(
                col(ACCOUNT_KEY),
                col(CHANNEL),
                when(action.equalTo(SENT), 1).as(SENT),
                when(action.equalTo(SENT), null).otherwise(1).as(ANSWERED),
                col(HOUR),
                col(WEEKDAY))
            .join(accounts, ACCOUNT_KEY)
            .repartition(col(CUSTOMER_ID));
    List<Column> counts = momentCounts();
    counts.add(count(SENT).as(SENT));
    counts.add(count(ANSWERED).as(ANSWERED));
    Dataset<Row> perChannel = agg(contacts.groupBy(CUSTOMER_ID, CHANNEL), counts);
    List<Column> merged = new ArrayList<>();
    moments().forEach(moment -> merged.add(sum(moment).as(moment)));
    Column share = col(ANSWERED).divide(greatest(col(SENT), col(ANSWERED)));
    Column bestFirst =
        struct(negate(share).as("order_1"), negate(col(ANSWERED)).as("order_2"), col(CHANNEL));
    Column isAnswered = col(SENT).gt(0).and(col(ANSWERED).gt(0)).and(col(CHANNEL).isNotNull());
    merged.add(min(when(isAnswered, bestFirst)).as("best"));
    return agg(perChannel.groupBy(CUSTOMER_ID), merged)
        .select(
            col(CUSTOMER_ID),
            mostHour().as("answer_hour"),
            mostWeekday().as("answer_weekday"),
            col("best").getField(CHANNEL).as("best_channel"));
  }

  private static Dataset<Row> before(Dataset<Row> rows, LocalDate asOf) {
    return rows.filter(col(EVENT_DAY).lt(lit(Date.valueOf(asOf))));
  }

  private static Dataset<Row> withMoment(Dataset<Row> rows, Column time, ZoneId zone) {
    return rows.withColumn("local_time", from_utc_timestamp(time, zone.getId()))
        .withColumn(HOUR, hour(col("local_time")))
        .withColumn(WEEKDAY, weekday(col("local_time")).plus(1));
  }

  private static List<Column> momentCounts() {
    List<Column> counts = new ArrayList<>();
    hours().forEach(h -> counts.add(count(when(col(HOUR).equalTo(h), 1)).as(HOUR + h)));
    weekdays().forEach(d -> counts.add(count(when(col(WEEKDAY).equalTo(d), 1)).as(WEEKDAY + d)));
    return counts;
  }

  private static List<String> moments() {
    List<String> names = new ArrayList<>();
    hours().forEach(h -> names.add(HOUR + h));
    weekdays().forEach(d -> names.add(WEEKDAY + d));
    return names;
  }

  private static Column mostHour() {
    return most(hours().mapToObj(h -> col(HOUR + h)).toArray(Column[]::new)).minus(1);
  }

  private static Column mostWeekday() {
    return most(weekdays().mapToObj(d -> col(WEEKDAY + d)).toArray(Column[]::new));
  }

  /** Place of the greatest count, from 1, of equal ones the first; null if all are 0. */
  private static Column most(Column[] counts) {
    Column greatest = array_max(array(counts));
    return when(greatest.gt(0), array_position(array(counts), greatest).cast(IntegerType));
  }

  private static IntStream hours() {
    return IntStream.range(0, 24);
  }

  private static IntStream weekdays() {
    return IntStream.rangeClosed(1, 7);
  }

  private static Dataset<Row> agg(RelationalGroupedDataset groups, List<Column> columns) {
    return groups.agg(columns.get(0), columns.subList(1, columns.size()).toArray(Column[]::new));
  }
}
