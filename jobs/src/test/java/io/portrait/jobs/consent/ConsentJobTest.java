package io.portrait.jobs.consent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portrait.common.error.JobException;
import io.portrait.common.io.Tables;
import io.portrait.common.job.Consents;
import io.portrait.common.job.JobContext;
import io.portrait.common.table.ConsentTables;
import io.portrait.common.table.Entities;
import io.portrait.common.table.SilverTables;
import io.portrait.common.testing.Contexts;
import io.portrait.common.testing.SparkExtension;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** One warehouse, before and after there are decisions. */
@ExtendWith(SparkExtension.class)
class ConsentJobTest {

  private static final LocalDate AS_OF = LocalDate.of(2026, 2, 1);

  /**
   * Ann grants, refuses at the same instant as she grants again, and grants later. Bob has two
   * accounts: one refuses and never takes it back, the other grants later. Cid's two accounts end
   * granting. Dot decides on the as-of date, which is too late. Eve repeats herself. Zoe is an
   * anonymous visitor. Fay names a purpose that nobody declares.
   */
  private static final String DECISIONS =
      """
('a', 'marketing', '2026-01-01 08:00:00', true), ('a', 'marketing', '2026-01-02 08:00:00', true),
('a', 'marketing', '2026-01-02 08:00:00', false), ('a', 'marketing', '2026-01-03 08:00:00', true),
('b1', 'marketing', '2026-01-01 08:00:00', false), ('b2', 'marketing', '2026-01-05 08:00:00', true),
('c1', 'marketing', '2026-01-01 08:00:00', true), ('c2', 'marketing', '2026-01-02 08:00:00', false),
('c2', 'marketing', '2026-01-03 08:00:00', true), ('d', 'marketing', '2026-02-01 00:00:00', false),
('e', 'marketing', '2026-01-01 08:00:00', false), ('e', 'marketing', '2026-01-09 08:00:00', false),
('e', 'credit', '2026-01-01 08:00:00', true), ('a', 'credit', '2026-01-01 08:00:00', false),
('z', 'marketing', '2026-01-01 08:00:00', false), ('f', 'telepathy', '2026-01-01 08:00:00', true),
('f', 'service', '2026-01-01 08:00:00', false)""";

  @Test
  void keepsTheStrictestLatestDecisionOfAPersonAndLetsNobodyElseThrough(
      SparkSession spark, @TempDir Path dir) {
    ByteArrayOutputStream console = new ByteArrayOutputStream();
    JobContext context = Contexts.of(spark, dir, ZoneId.of("UTC"), Optional.of(AS_OF), console);
    Tables tables = context.tables();
    tables.append(
        SilverTables.CUSTOMER_MAP,
        spark.sql(
            "SELECT DATE'2026-02-01' AS as_of, account_key, customer_id, 'crm' AS realm, is_known"
                + " FROM VALUES ('a', 'ann', true), ('b1', 'bob', true), ('b2', 'bob', true),"
                + " ('c1', 'cid', true), ('c2', 'cid', true), ('d', 'dot', true), ('e', 'eve',"
                + " true), ('f', 'fay', true), ('z', 'zoe', false) AS t(account_key, customer_id,"
                + " is_known)"));
    tables.append(
        SilverTables.CUSTOMER,
        spark.sql(
            "SELECT DATE'2026-02-01' AS as_of, customer_id, 1L AS accounts FROM VALUES ('ann'),"
                + " ('bob'), ('cid'), ('dot'), ('eve'), ('fay') AS t(customer_id)"));
    Dataset<Row> customers = tables.readAsOf(SilverTables.CUSTOMER, AS_OF).select("customer_id");

    new ConsentJob().run(context);

    assertThat(tables.exists(ConsentTables.CONSENT_LEDGER)).isFalse();
    Consents undecided = Consents.of(context);
    assertThat(undecided.allowed(customers, "marketing")).isSameAs(customers);
    assertThat(undecided.allowed(customers, "credit").count()).isZero();
    assertThat(purposes(tables))
        .contains("credit|consent|false|6|0|0|0", "profiling|legitimate_interest|true|6|0|0|6");

    tables.append(
        Entities.CONSENT.silver(),
        spark.sql(
            "SELECT account_key, purpose, CAST(at AS TIMESTAMP) AS decided_at, is_granted,"
                + " CAST(CAST(at AS TIMESTAMP) AS DATE) AS event_day, 's' AS source,"
                + " 1L AS row_version, 1L AS batch_id, 'h' AS row_hash,"
                + " uuid() AS consent_id FROM VALUES "
                + DECISIONS
                + " AS t(account_key, purpose, at, is_granted)"));
    new ConsentJob().run(context);

    assertThat(
            tables
                .readAsOf(ConsentTables.CONSENT_LEDGER, AS_OF)
                .filter("purpose = 'marketing'")
                .selectExpr(
                    "concat_ws(' ', customer_id, day(valid_from), is_granted,"
                        + " coalesce(CAST(day(valid_to) AS STRING), '-'))")
                .collectAsList())
        .extracting(row -> row.getString(0))
        .containsExactlyInAnyOrder(
            "ann 1 true 2",
            "ann 2 false 3",
            "ann 3 true -",
            "bob 1 false -",
            "cid 1 true 2",
            "cid 2 false 3",
            "cid 3 true -",
            "eve 1 false -");
    assertThat(purposes(tables))
        .containsExactlyInAnyOrder(
            "profiling|legitimate_interest|true|6|0|0|6",
            "marketing|legitimate_interest|true|6|2|2|4",
            "personalisation|legitimate_interest|true|6|0|0|6",
            "payment_offers|legitimate_interest|true|6|0|0|6",
            "service|contract|true|6|0|1|6",
            "credit|consent|false|6|1|1|1");
    assertThat(console.toString(StandardCharsets.UTF_8))
        .contains("1 decisions name a purpose that purposes.yaml does not have")
        .doesNotContain("telepathy");

    Consents consents = Consents.of(context);
    assertThat(ids(consents.allowed(customers, "marketing")))
        .containsExactlyInAnyOrder("ann", "cid", "dot", "fay");
    assertThat(ids(consents.allowed(customers, "credit"))).containsExactly("eve");
    assertThat(consents.allowed(customers, "service")).isSameAs(customers);
    assertThat(
            consents
                .withAllowed(customers, List.of("marketing", "credit", "service"))
                .filter(
                    Consents.isAllowed("service")
                        .and(
                            Consents.isAllowed("credit").notEqual(Consents.isAllowed("marketing"))))
                .select("customer_id")
                .collectAsList())
        .extracting(row -> row.getString(0))
        .containsExactlyInAnyOrder("ann", "cid", "dot", "eve", "fay");
    assertThatThrownBy(() -> consents.allowed(customers, "telepathy"))
        .isInstanceOf(IllegalStateException.class);
    // Of a day that the step has not run for, those who refuse are not known.
    assertThatThrownBy(() -> Consents.of(context, AS_OF.plusDays(1)))
        .isInstanceOf(JobException.class)
        .hasMessageContaining("Run the step consent for this date first");
  }

  private static List<String> ids(Dataset<Row> rows) {
    return rows.collectAsList().stream().map(row -> row.getString(0)).toList();
  }

  private static List<String> purposes(Tables tables) {
    return tables
        .readAsOf(ConsentTables.PURPOSE, AS_OF)
        .selectExpr(
            "concat_ws('|', purpose, basis, allowed_undecided, customers, granted, refused,"
                + " allowed)")
        .collectAsList()
        .stream()
        .map(row -> row.getString(0))
        .toList();
  }
}
