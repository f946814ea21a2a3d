package io.portrait.jobs.profile;

import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.portrait.common.config.Deployment.Publish;
import io.portrait.common.error.ExitCode;
import io.portrait.common.error.JobException;
import io.portrait.common.quality.CheckResult;
import io.portrait.common.table.TableColumn;
import io.portrait.jobs.profile.StabilityIndex.Bin;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Checks customers of unknown gender against twice as many of known gender, published before. */
class PublishGateTest {

  private static final LocalDate AS_OF = LocalDate.of(2026, 1, 8);
  private static final TableColumn GENDER =
      new TableColumn("gender", StringType, true, "", "Gender", "性別", "Gender.");

  @Test
  void judgesNoDistributionOfFewCustomers() {
    List<CheckResult> checks = gate(99).checks();

    assertThat(checks)
        .filteredOn(check -> !check.passed())
        .extracting(CheckResult::toString)
        .containsExactly("min_rows of *: expected at least 100, found 99");
    assertThat(checks)
        .filteredOn(CheckResult::passed)
        .extracting(CheckResult::toString)
        .containsExactly(
            "unique_key of *: expected no customer_id twice, found 0 rows too many",
            "row_change of *: expected at most 0.5000, found 0.5000 (198 to 99 rows)",
            "null_share_change of gender: expected anything: fewer than 100 rows, found 1.0000"
                + " (0.0000 to 1.0000)",
            "stability_index of gender: expected anything: fewer than 100 rows, found 10.4547");
  }

  @Test
  void judgesThoseOfAHundred() {
    assertThat(gate(100).checks())
        .filteredOn(check -> !check.passed())
        .extracting(CheckResult::column, CheckResult::rule)
        .containsExactly(tuple("gender", "null_share_change"), tuple("gender", "stability_index"));
  }

  @Test
  void refusesWithEveryFailedCheck() {
    assertThatThrownBy(() -> gate(100).requirePassed(AS_OF))
        .isInstanceOf(JobException.class)
        .satisfies(e -> assertThat(ExitCode.of(e)).isEqualTo(ExitCode.INVALID_DATA))
        .hasMessageContaining("2 of 5 checks failed")
        .hasMessageContaining(
            "null_share_change of gender: expected a rise of at most 0.2000, found 1.0000 (0.0000"
                + " to 1.0000)")
        .hasMessageContaining("stability_index of gender: expected at most 0.5000, found")
        .hasMessageContaining("gold/customer_profile_latest is left as it was");
  }

  private static PublishGate gate(long customers) {
    PublishGate gate = new PublishGate("gold/customer_profile", new Publish(100, 0.5, 0.2, 0.5, 0.25, 0.2, 0.1));
    gate.checkRows(customers, 0);
    gate.checkRowChange(2 * customers, customers);
    List<Bin> bins =
        List.of(
            new Bin(false, customers, 0),
            new Bin(false, customers, 0),
            new Bin(true, 0, customers));
    gate.checkColumns(Map.of(GENDER, bins), AS_OF.minusDays(7), AS_OF, column -> true);
    return gate;
  }
}
