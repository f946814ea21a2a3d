package io.portrait.jobs.segment;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.when;

import io.portrait.common.config.NamedSegment;
import io.portrait.common.job.Consents;
import java.sql.Date;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Membership of named segments, and how it changes. Pure: no reads, no writes, no clock. */
final class SegmentTransforms {

  private static final String CUSTOMER_ID = "customer_id";
  private static final String CUSTOMER_VALUE = "customer_value";
  private static final String SEGMENT_CODE = "segment_code";
  private static final String ENTERED_ON = "entered_on";
  private static final String IS_MEMBER = "is_member";
  private static final String WAS_MEMBER = "was_member";

  private SegmentTransforms() {}

  /**
   * One row per customer and segment the customer is in: {@code customer_id, segment_code,
   * customer_value}. A rule that comes out as null does not hold, and it holds for nobody who may
   * not be used for the segment's purpose.
   *
   * @param profiles with the flags of {@link Consents#withAllowed}
   */
  static Dataset<Row> selectMembers(Dataset<Row> profiles, List<NamedSegment> segments) {
    Column[] codes =
        segments.stream()
            .map(
                segment ->
                    when(
                        Consents.isAllowed(segment.purposeOrDefault())
                            .and(expr(segment.rule().sql())),
                        lit(segment.code())))
            .toArray(Column[]::new);
    return profiles
        .select(
            col(CUSTOMER_ID),
            col(CUSTOMER_VALUE),
            explode(codes.length == 0 ? lit(new String[0]) : array(codes)).as(SEGMENT_CODE))
        .filter(col(SEGMENT_CODE).isNotNull());
  }

  /**
   * Members now beside members before: one row per customer and segment of either.
   *
   * @param members as {@link #selectMembers} gives them
   * @param previous {@code customer_id, segment_code, entered_on} of the previous as-of date
   * @return {@code customer_id, segment_code, customer_value, entered_on, is_member, was_member};
   *     for those who were not, {@code entered_on} is this as-of date
   */
  static Dataset<Row> compare(Dataset<Row> members, Dataset<Row> previous, LocalDate asOf) {
    return members
        .withColumn(IS_MEMBER, lit(true))
        .join(
            previous.select(
                col(CUSTOMER_ID), col(SEGMENT_CODE), col(ENTERED_ON), lit(true).as(WAS_MEMBER)),
            new String[] {CUSTOMER_ID, SEGMENT_CODE},
            "full_outer")
        .select(
            col(CUSTOMER_ID),
            col(SEGMENT_CODE),
            col(CUSTOMER_VALUE),
            coalesce(col(ENTERED_ON), lit(Date.valueOf(asOf))).as(ENTERED_ON),
            coalesce(col(IS_MEMBER), lit(false)).as(IS_MEMBER),
            coalesce(col(WAS_MEMBER), lit(false)).as(WAS_MEMBER));
  }

  /** The members now: {@code customer_id, segment_code, entered_on}. */
  static Dataset<Row> selectCurrent(Dataset<Row> compared) {
    return compared.filter(col(IS_MEMBER)).select(CUSTOMER_ID, SEGMENT_CODE, ENTERED_ON);
  }

  /**
   * Who came and who went: {@code customer_id, segment_code, event, previous_as_of}.
   *
   * @param segments codes of the segments that both as-of dates have; of the others nobody came or
   *     went, it is the segment that did
   */
  static Dataset<Row> selectTransitions(
      Dataset<Row> compared, Collection<String> segments, LocalDate previousAsOf) {
    return compared
        .filter(col(SEGMENT_CODE).isInCollection(segments))
        .filter(col(IS_MEMBER).notEqual(col(WAS_MEMBER)))
        .select(
            col(CUSTOMER_ID),
            col(SEGMENT_CODE),
            when(col(IS_MEMBER), "entered").otherwise("left").as("event"),
            lit(Date.valueOf(previousAsOf)).as("previous_as_of"));
  }

  /**
   * One row per segment that has or had members: {@code segment_code, customers,
   * mean_customer_value, entered, left}.
   *
   * @param decimals decimals of the mean
   */
  static Dataset<Row> countMembers(Dataset<Row> compared, int decimals) {
    return compared
        .groupBy(SEGMENT_CODE)
        .agg(
            count_if(col(IS_MEMBER)).as("customers"),
            avg(col(CUSTOMER_VALUE))
                .cast("decimal(18, " + decimals + ")")
                .as("mean_customer_value"),
            count_if(col(IS_MEMBER).and(not(col(WAS_MEMBER)))).as("entered"),
            count_if(col(WAS_MEMBER).and(not(col(IS_MEMBER)))).as("left"));
  }
}
