package io.portrait.jobs.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.portrait.jobs.report.SpendDistribution.Band;
import io.portrait.jobs.report.SpendDistribution.Bucket;
import io.portrait.jobs.report.SpendDistribution.Decile;
import java.math.BigDecimal;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SpendDistributionTest {

  @Test
  void isEmptyWithoutCustomers() {
    assertThat(SpendDistribution.of(List.of())).isEmpty();
  }

  @Test
  void givesOneCustomerEveryDecileInPart() {
    SpendDistribution spend =
        SpendDistribution.of(List.of(new Bucket(1230, 1, new BigDecimal("12.34")))).orElseThrow();

    assertThat(spend.customers()).isEqualTo(1);
    assertThat(spend.amount()).isEqualTo(12.34);
    assertThat(spend.bands()).containsExactly(new Band(12.3, 12.4, 1));
    assertThat(spend.deciles()).hasSize(10);
    assertThat(spend.deciles().get(0).share()).isEqualTo(0.1, within(1e-12));
    assertThat(spend.deciles().get(9).cumulativeShare()).isEqualTo(1.0, within(1e-12));
    assertThat(spend.gini()).isEqualTo(0.0, within(1e-12));
  }

  @Test
  void sharesTiedCustomersOutEvenly() {
    // Nine spend 10 each and one spends 110: the top tenth has 55 percent.
    SpendDistribution spend =
        SpendDistribution.of(
                List.of(
                    new Bucket(1000, 9, new BigDecimal("90.00")),
                    new Bucket(11000, 1, new BigDecimal("110.00"))))
            .orElseThrow();

    assertThat(spend.deciles().subList(0, 9))
        .allSatisfy(
            decile -> {
              assertThat(decile.amount()).isEqualTo(10.0);
              assertThat(decile.share()).isEqualTo(0.05, within(1e-12));
            });
    Decile top = spend.deciles().get(9);
    assertThat(top.amount()).isEqualTo(110.0);
    assertThat(top.share()).isEqualTo(0.55, within(1e-12));
    assertThat(spend.gini()).isEqualTo(0.45, within(1e-12));
    // The hundredth that has most is a tenth of the one customer with 110.
    assertThat(spend.topShare()).isEqualTo(0.055, within(1e-12));
  }

  @Test
  void splitsABucketAcrossDecilesByItsMean() {
    // Three customers: every tenth holds three tenths of a customer.
    SpendDistribution spend =
        SpendDistribution.of(
                List.of(
                    new Bucket(100, 2, new BigDecimal("2.00")),
                    new Bucket(400, 1, new BigDecimal("4.00"))))
            .orElseThrow();

    assertThat(spend.deciles().get(0).amount()).isEqualTo(0.3);
    // The seventh: two thirds of a tenth at 1, one third at 4.
    assertThat(spend.deciles().get(6).amount()).isEqualTo(0.6);
    assertThat(spend.deciles().get(9).amount()).isEqualTo(1.2);
    assertThat(spend.deciles().stream().mapToDouble(Decile::amount).sum())
        .isEqualTo(6.0, within(1e-9));
  }

  @Test
  void leavesOutTenthsAndTheTopHundredthOfFewerThanFive() {
    assertThat(of(49).deciles()).isEmpty();
    assertThat(of(50).deciles()).hasSize(10);
    assertThat(of(499).topShare()).isNull();
    assertThat(of(500).topShare()).isEqualTo(0.01, within(1e-12));
    assertThat(of(1).amount()).isEqualTo(2.0);
  }

  /** So many customers, each with 2. */
  private static SpendDistribution of(long customers) {
    return SpendDistribution.of(
            List.of(new Bucket(200, customers, BigDecimal.valueOf(2 * customers))))
        .orElseThrow()
        .withoutSmallParts();
  }

  @Test
  void hasNoSharesIfNobodySpentAnything() {
    SpendDistribution spend =
        SpendDistribution.of(List.of(new Bucket(0, 4, new BigDecimal("0.00")))).orElseThrow();

    assertThat(spend.bands()).containsExactly(new Band(0.0, 0.01, 4));
    assertThat(spend.gini()).isNull();
    assertThat(spend.deciles()).extracting(Decile::share).containsOnlyNulls();
  }

  @Test
  void cutsBandsOfEqualWidthAndLeavesTheLastOpen() {
    // 1 to 100, and one far away.
    List<Bucket> buckets =
        LongStream.concat(LongStream.rangeClosed(1, 100), LongStream.of(5000))
            .mapToObj(euros -> new Bucket(euros * 100, 1, BigDecimal.valueOf(euros)))
            .toList();

    List<Band> bands = SpendDistribution.of(buckets).orElseThrow().bands();

    assertThat(bands.get(0)).isEqualTo(new Band(0, 5.0, 4));
    assertThat(bands.get(1)).isEqualTo(new Band(5.0, 10.0, 5));
    assertThat(bands.get(bands.size() - 1)).isEqualTo(new Band(100.0, null, 2));
    assertThat(bands.stream().mapToLong(Band::customers).sum()).isEqualTo(101);
  }
}
