package io.portrait.jobs.habits;

import static io.portrait.jobs.testing.PublishedTableAssert.assertThatGoldOf;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;

import io.portrait.common.config.Catalogue;
import io.portrait.common.io.Tables;
import io.portrait.common.job.RowCounts;
import io.portrait.common.table.FeatureTable;
import io.portrait.common.table.HabitTables;
import io.portrait.common.table.SilverTables;
import io.portrait.common.table.TableColumn;
import io.portrait.common.table.TableSchema;
import io.portrait.common.testing.SparkExtension;
import io.portrait.jobs.testing.Steps;
import io.portrait.jobs.testing.TestCatalogue;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** One warehouse without campaigns, with an as-of date of three customers and one of nobody. */
@ExtendWith(SparkExtension.class)
class HabitsJobTest {

  private static final LocalDate THREE = LocalDate.of(2026, 1, 31);
  private static final LocalDate NOBODY = LocalDate.of(2026, 2, 1);
  private static final Catalogue CATALOGUE = TestCatalogue.of("", "");

  @TempDir private static Path dir;
  private static SparkSession spark;
  private static final RowCounts COUNTS = new RowCounts();

  @BeforeAll
  static void runBothDatesAndOneAgain(SparkSession session) {
    spark = session;
    Dataset<Row> map =
        spark.sql(
            "SELECT DATE'2026-01-31' AS as_of, account_key, substr(account_key, 1, 3) AS customer_id,"
                + " 'crm' AS realm, true AS is_known, 'run-0' AS run_id"
                + " FROM VALUES ('ann1'), ('bob1'), ('cid1') AS t(account_key)");
    tables().append(SilverTables.CUSTOMER_MAP, map);
    tables().append(FeatureTable.schema(List.of()), map);
    write(
        SilverTables.ACCOUNT_CATEGORY_DAY,
        "'ann1' AS account_key, 'tea' AS category, DATE'2025-11-02' AS event_day, 2L AS lines,"
            + " 2000L AS quantity_milli, 3000L AS amount_minor",
        "'bob1' AS account_key, 'tea' AS category, DATE'2026-01-30' AS event_day, 1L AS lines,"
            + " 1000L AS quantity_milli, 500L AS amount_minor");
    write(
        SilverTables.ACCOUNT_DAY,
        "'ann1' AS account_key, DATE'2025-11-02' AS event_day, 2L AS lines,"
            + " 1L AS orders, 3000L AS amount_minor",
        "'bob1' AS account_key, DATE'2026-01-30' AS event_day, 1L AS lines,"
            + " 1L AS orders, 500L AS amount_minor");
    tables()
        .append(
            SilverTables.SESSION,
            spark.sql(
                "SELECT 'ann1' AS account_key, TIMESTAMP'2026-01-05 12:30:00' AS started_at,"
                    + " TIMESTAMP'2026-01-05 12:31:00' AS ended_at, DATE'2026-01-05' AS event_day,"
                    + " DATE'2026-01-01' AS month, 2L AS events, 2L AS page_views, 60L AS"
                    + " dwell_seconds, 0L AS cart_adds"));
    Steps.run(spark, new HabitsJob(), CATALOGUE, dir.toString(), THREE, COUNTS);
    Steps.run(spark, new HabitsJob(), CATALOGUE, dir.toString(), NOBODY);
    Steps.run(spark, new HabitsJob(), CATALOGUE, dir.toString(), THREE);
  }

  @Test
  void writesARowForEachKnownCustomerAndReplacesItsDate() {
    // A half-life is 90 days: ann's lines are worth half. Tea costs 3500 / 3000 on average.
    assertThat(rows(HabitTables.CUSTOMER_HABIT))
        .containsExactly(
            "2026-01-31,ann,run-1,tea,1.0,1,20,1,null,"
                + 3000 / (2000 * (3500 / 3000.0))
                + ",null,null,null,null",
            "2026-01-31,bob,run-1,tea,1.0,1,null,null,null,"
                + 500 / (1000 * (3500 / 3000.0))
                + ",null,null,null,null",
            "2026-01-31,cid,run-1,null,null,0,null,null,null,null,null,null,null,null");
    assertThat(COUNTS.in()).isEqualTo(3);
    assertThat(COUNTS.out()).isEqualTo(5);
  }

  @Test
  void ranksTheInterestsOfThoseWhoHaveAny() {
    assertThat(rows(HabitTables.CUSTOMER_INTEREST))
        .containsExactly(
            "2026-01-31,ann,tea,run-1,1,5.0,5.0,0.0,1.0",
            "2026-01-31,bob,tea,run-1,1,4.961639731,4.961639731,0.0,1.0");
    assertThatGoldOf(spark, dir.toString()).canBeReadEverywhere();
  }

  private static List<String> rows(TableSchema table) {
    return tables().read(table).orderBy("customer_id").collectAsList().stream()
        .map(row -> row.mkString(","))
        .toList();
  }

  private static Tables tables() {
    return new Tables(spark, dir.toString());
  }

  /** Writes rows of a rollup, with 0 in the measures that they lack. */
  private static void write(TableSchema table, String first, String second) {
    Dataset<Row> rows =
        spark
            .sql("SELECT " + first + " UNION ALL SELECT " + second)
            .selectExpr("*", "trunc(event_day, 'MM') AS month");
    for (TableColumn column : table.columns()) {
      if (!List.of(rows.columns()).contains(column.name())) {
        rows = rows.withColumn(column.name(), lit(0L));
      }
    }
    tables().append(table, rows);
  }
}
