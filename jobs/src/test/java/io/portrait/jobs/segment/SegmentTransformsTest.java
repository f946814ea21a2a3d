package io.portrait.jobs.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.portrait.common.config.NamedSegment;
import io.portrait.common.testing.SparkExtension;
import java.math.BigDecimal;
import java.sql.Date;
import java.time.LocalDate;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SparkExtension.class)
class SegmentTransformsTest {

  private static final LocalDate PREVIOUS = LocalDate.of(2026, 1, 31);
  private static final LocalDate AS_OF = LocalDate.of(2026, 2, 28);
  private static final Date LONG_AGO = Date.valueOf("2025-12-31");

  @Test
  void putsACustomerIntoEverySegmentWhoseRuleIsKnownToHold(SparkSession spark) {
    Dataset<Row> profiles =
        spark.sql(
            "SELECT * FROM VALUES ('ann', 10.0BD, 5, true), ('bob', null, 1, true),"
                + " ('eve', 3.0BD, null, true), ('fay', 99.0BD, 9, false)"
                + " AS t(customer_id, customer_value, orders, `/allowed/marketing`)");
    List<NamedSegment> segments =
        List.of(
            Segments.of(1, "busy", "orders >= 5"),
            Segments.of(2, "rich", "customer_value > 2"),
            Segments.of(3, "nobody", "null"));

    assertThat(SegmentTransforms.selectMembers(profiles, segments).collectAsList())
        .containsExactlyInAnyOrder(
            RowFactory.create("ann", new BigDecimal("10.0"), "busy"),
            RowFactory.create("ann", new BigDecimal("10.0"), "rich"),
            RowFactory.create("eve", new BigDecimal("3.0"), "rich"));
    assertThat(SegmentTransforms.selectMembers(profiles, List.of()).collectAsList()).isEmpty();
  }

  /** Ann stays, bob enters, eve leaves, zoe is no more; the segments "old" and "new" are in one. */
  @Test
  void tellsWhoStaysEntersAndLeaves(SparkSession spark) {
    Dataset<Row> members =
        spark.sql(
            "SELECT * FROM VALUES ('ann', 'a', 10.00BD), ('bob', 'a', 20.01BD), ('eve', 'b', null),"
                + " ('ann', 'new', 10.00BD) AS t(customer_id, segment_code, customer_value)");
    Dataset<Row> previous =
        spark.sql(
            "SELECT * FROM VALUES ('ann', 'a', DATE'2025-12-31'), ('eve', 'a', DATE'2026-01-31'),"
                + " ('zoe', 'b', DATE'2026-01-31'), ('bob', 'old', DATE'2026-01-31')"
                + " AS t(customer_id, segment_code, entered_on)");

    Dataset<Row> compared = SegmentTransforms.compare(members, previous, AS_OF).cache();

    assertThat(SegmentTransforms.selectCurrent(compared).collectAsList())
        .containsExactlyInAnyOrder(
            RowFactory.create("ann", "a", LONG_AGO),
            RowFactory.create("bob", "a", Date.valueOf(AS_OF)),
            RowFactory.create("eve", "b", Date.valueOf(AS_OF)),
            RowFactory.create("ann", "new", Date.valueOf(AS_OF)));
    assertThat(
            SegmentTransforms.selectTransitions(compared, List.of("a", "b"), PREVIOUS)
                .collectAsList())
        .containsExactlyInAnyOrder(
            RowFactory.create("bob", "a", "entered", Date.valueOf(PREVIOUS)),
            RowFactory.create("eve", "a", "left", Date.valueOf(PREVIOUS)),
            RowFactory.create("eve", "b", "entered", Date.valueOf(PREVIOUS)),
            RowFactory.create("zoe", "b", "left", Date.valueOf(PREVIOUS)));
    assertThat(SegmentTransforms.selectTransitions(compared, List.of(), PREVIOUS).collectAsList())
        .isEmpty();
    // The mean of 10.00 and 20.01 is 15.005; those who left have no part in it.
    assertThat(SegmentTransforms.countMembers(compared, 2).collectAsList())
        .containsExactlyInAnyOrder(
            RowFactory.create("a", 2L, new BigDecimal("15.01"), 1L, 1L),
            RowFactory.create("b", 1L, null, 1L, 1L),
            RowFactory.create("new", 1L, new BigDecimal("10.00"), 1L, 0L),
            RowFactory.create("old", 0L, null, 0L, 1L));
    compared.unpersist();
  }
}
