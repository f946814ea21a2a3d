package io.portrait.jobs.summarize;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;

import io.portrait.common.testing.SparkExtension;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SparkExtension.class)
class MonthsTest {

  private static final LocalDate DECEMBER = LocalDate.of(2025, 12, 1);
  private static final LocalDate JANUARY = LocalDate.of(2026, 1, 1);
  private static final LocalDate MARCH = LocalDate.of(2026, 3, 1);

  @Test
  void containsTheDaysOfItsMonthsAlone(SparkSession spark) {
    Dataset<Row> days =
        spark.sql(
            "SELECT explode(sequence(DATE'2025-11-29', DATE'2026-04-02')) AS day"
                + " UNION ALL SELECT CAST(NULL AS DATE)");

    List<String> found =
        days.filter(Months.of(List.of(MARCH, DECEMBER, JANUARY, MARCH)).contain(col("day")))
            .selectExpr("CAST(day AS STRING)")
            .as(Encoders.STRING())
            .collectAsList();

    assertThat(found)
        .hasSize(31 + 31 + 31)
        .contains("2025-12-01", "2026-01-31", "2026-03-01", "2026-03-31")
        .noneMatch(day -> day.startsWith("2026-02"));
    assertThat(days.filter(Months.all().contain(col("day"))).count()).isEqualTo(126);
    assertThat(days.filter(Months.of(List.of()).contain(col("day"))).count()).isZero();
  }

  @Test
  void namesItsMonthsInACondition() {
    assertThat(Months.of(List.of(MARCH, JANUARY)).condition())
        .isEqualTo("month IN (DATE'2026-01-01', DATE'2026-03-01')");
  }

  @Test
  void leavesMonthsOutWhoseEventsAreGone(SparkSession spark) {
    Dataset<Row> days =
        spark.sql("SELECT explode(sequence(DATE'2025-11-29', DATE'2026-04-02')) AS day");
    Months some = Months.of(List.of(DECEMBER, MARCH)).since(Optional.of(JANUARY));
    Months all = Months.all().since(Optional.of(JANUARY));

    assertThat(days.filter(some.contain(col("day"))).count()).isEqualTo(31);
    assertThat(days.filter(all.contain(col("day"))).count()).isEqualTo(31 + 28 + 31 + 2);
    assertThat(all.isAll()).isFalse();
    assertThat(all.condition()).isEqualTo("month >= DATE'2026-01-01'");
    assertThat(some.condition()).isEqualTo("month IN (DATE'2026-03-01')");
    assertThat(Months.of(List.of(DECEMBER)).since(Optional.of(JANUARY)).isNone()).isTrue();
    assertThat(Months.all().since(Optional.empty()).isAll()).isTrue();
  }
}
