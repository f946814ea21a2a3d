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
import io.portrait.jobs.profile.Drift.Bin;
import io.portrait.jobs.profile.PublishGate.Movement;
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
            "stability_index of gender: expected anything: fewer than 100 rows, found 10.5150");
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

  @Test
  void stopsWhenCustomersAreGone() {
    // 200 clustered before; 50 of them gone, 10 of a new kind.
    PublishGate gate = customers(moved(1, 1, 90), moved(2, 2, 60), gone(2, 50), came(3, 10));

    assertThat(gate.checks())
        .extracting(CheckResult::toString, CheckResult::passed)
        .containsExactly(
            tuple(
                "customers_gone of customer_id: expected at most 0.2000, found 0.2500 (50 of 200"
                    + " customers)",
                false),
            // Of 160 now: 90 (0.45 before), 60 (0.55 before), 10 (none before).
            tuple(
                "cluster_share_change of cluster_id: expected at most 0.2500, found 0.1750 (cluster"
                    + " 2: 0.5500 to 0.3750)",
                true));
  }

  @Test
  void stopsWhenAClusterHasSwallowedAnother() {
    assertThat(customers(moved(1, 1, 100), moved(2, 1, 100)).checks())
        .extracting(CheckResult::rule, CheckResult::passed)
        .containsExactly(tuple("customers_gone", true), tuple("cluster_share_change", false));
  }

  @Test
  void judgesNoClustersOfFewCustomersOrOfLongAgo() {
    assertThat(customers(moved(1, 1, 49), moved(2, 1, 50)).checks())
        .extracting(CheckResult::expected)
        .containsOnly("anything: fewer than 100 rows");
    PublishGate old = gate();
    old.checkCustomers(List.of(moved(1, 2, 200)), AS_OF.minusDays(32), AS_OF);
    old.checkCustomerIds(200, 200, AS_OF.minusDays(32), AS_OF);
    assertThat(old.checks())
        .extracting(CheckResult::rule, CheckResult::expected, CheckResult::passed)
        .containsExactly(
            tuple("customers_gone", "at most 0.2000", true),
            tuple("cluster_share_change", "anything: 32 days apart", true),
            tuple("customer_id_change", "anything: 32 days apart", true));
  }

  @Test
  void stopsWhenNoClusterIsLeft() {
    assertThat(customers(new Movement(true, true, 1, null, 200)).checks())
        .extracting(CheckResult::rule, CheckResult::passed)
        .containsExactly(tuple("customers_gone", true), tuple("cluster_share_change", false));
  }

  @Test
  void stopsWhenManyAccountsHaveAnotherCustomerId() {
    PublishGate gate = gate();
    gate.checkCustomerIds(10, 100, AS_OF.minusDays(7), AS_OF);
    gate.checkCustomerIds(11, 100, AS_OF.minusDays(7), AS_OF);
    gate.checkCustomerIds(0, 0, AS_OF.minusDays(7), AS_OF);

    assertThat(gate.checks())
        .extracting(CheckResult::found, CheckResult::passed)
        .containsExactly(
            tuple("0.1000 (10 of 100 accounts)", true),
            tuple("0.1100 (11 of 100 accounts)", false));
  }

  private static PublishGate gate() {
    return new PublishGate(
        "gold/customer_profile", new Publish(100, 0.5, 0.2, 0.5, 0.25, 0.2, 0.1));
  }

  private static PublishGate customers(Movement... movements) {
    PublishGate gate = gate();
    gate.checkCustomers(List.of(movements), AS_OF.minusDays(7), AS_OF);
    return gate;
  }

  private static Movement moved(int from, int to, long customers) {
    return new Movement(true, true, from, to, customers);
  }

  private static Movement gone(int from, long customers) {
    return new Movement(true, false, from, null, customers);
  }

  private static Movement came(int to, long customers) {
    return new Movement(false, true, null, to, customers);
  }

  private static PublishGate gate(long customers) {
    PublishGate gate = gate();
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
