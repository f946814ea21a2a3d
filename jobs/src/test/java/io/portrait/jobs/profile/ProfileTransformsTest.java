package io.portrait.jobs.profile;

import static org.assertj.core.api.Assertions.assertThat;

import io.portrait.common.table.ProfileTables;
import io.portrait.common.testing.Rows;
import io.portrait.common.testing.SparkExtension;
import java.time.LocalDate;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Follows tags from one as-of date to the next. */
@ExtendWith(SparkExtension.class)
class ProfileTransformsTest {

  @Test
  void startsATagAnewThatHadBeenLostAndShowsALossOnce(SparkSession spark) {
    Dataset<Row> held =
        spark.sql(
            "SELECT * FROM VALUES ('ann', 'best'), ('ann', 'busy'), ('bob', 'busy'),"
                + " ('eve', 'busy') AS t(customer_id, tag_code)");
    Dataset<Row> previous =
        Rows.of(
            spark,
            ProfileTables.CUSTOMER_TAG,
            tag("ann", "best", "\"2026-01-08\""),
            tag("ann", "busy", "null"),
            tag("bob", "busy", "\"2026-01-08\""),
            tag("bob", "best", "\"2026-01-08\""),
            tag("gone", "busy", "null"));

    Dataset<Row> history =
        ProfileTransforms.updateTagHistory(held, previous, LocalDate.of(2026, 1, 15), "run-1");

    assertThat(ProfileTables.CUSTOMER_TAG.conform(history).collectAsList())
        .extracting(row -> row.mkString(","))
        .containsExactlyInAnyOrder(
            "2026-01-15,ann,best,run-1,2026-01-15,null",
            "2026-01-15,ann,busy,run-1,2026-01-01,null",
            "2026-01-15,bob,busy,run-1,2026-01-15,null",
            "2026-01-15,eve,busy,run-1,2026-01-15,null",
            "2026-01-15,gone,busy,run-1,2026-01-01,2026-01-15");
  }

  /** A tag as of 2026-01-08, held since 2026-01-01. */
  private static String tag(String customer, String tag, String validTo) {
    return String.format(
        "{\"as_of\":\"2026-01-08\",\"customer_id\":\"%s\",\"tag_code\":\"%s\",\"run_id\":\"run-0\","
            + "\"valid_from\":\"2026-01-01\",\"valid_to\":%s}",
        customer, tag, validTo);
  }
}
