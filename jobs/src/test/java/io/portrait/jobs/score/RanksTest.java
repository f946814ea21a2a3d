package io.portrait.jobs.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RanksTest {

  @Test
  void asksForSharesThatFallOnValues() {
    for (long values : new long[] {1, 2, 3, 7, 25, 64, 99, 8_842, 199_999}) {
      List<Double> shares = Ranks.middles(values);

      // No double times 98 is 27; a share that misses is as near as one comes.
      double error = values < 50 ? 0 : 1e-14 * values;
      assertThat(shares).hasSize(100).isSorted().allMatch(share -> share >= 0 && share <= 1);
      assertThat(shares.stream().map(share -> share * (values - 1)))
          .as("positions among %d values", values)
          .allMatch(position -> Math.abs(position - Math.rint(position)) <= error);
    }
  }

  @Test
  void givesTheMidRankPercentileToAPoint() {
    // Squares of -50 to 149: pairs of equal values below 50 squared, single ones above, and a tie
    // of forty at zero.
    double[] values =
        DoubleStream.concat(
                IntStream.range(-50, 150).mapToDouble(i -> (double) i * i),
                DoubleStream.generate(() -> 0).limit(40))
            .sorted()
            .toArray();
    Ranks ranks = ranks(values);

    for (double value : values) {
      double below = DoubleStream.of(values).filter(other -> other < value).count();
      double equal = DoubleStream.of(values).filter(other -> other == value).count();
      assertThat(ranks.midRank(value))
          .isCloseTo(100 * (below + equal / 2) / values.length, within(0.5));
    }
  }

  @Test
  void givesHalfOfThePointsWhereAllAreAlike() {
    assertThat(ranks(7, 7, 7).midRank(7.0)).isEqualTo(50);
    assertThat(ranks(-3).midRank(-3.0)).isEqualTo(50);
    assertThat(ranks(1, 2).midRank(1.0)).isEqualTo(25);
    assertThat(ranks(1, 2).midRank(2.0)).isEqualTo(75);
    assertThat(ranks(1, 2).midRank(1.5)).isEqualTo(50);
    assertThat(ranks(-5, 0, 0, 3).midRank(-9.0)).isZero();
    assertThat(ranks(-5, 0, 0, 3).midRank(9.0)).isEqualTo(100);
  }

  @Test
  void knowsNothingOfNull() {
    assertThat(ranks(1, 2).midRank(null)).isNull();
    assertThat(ranks(1, 2).percentile(null)).isNull();
    assertThat(new Ranks(List.of()).midRank(1.0)).isNull();
    assertThat(Ranks.hundredths()).hasSize(99).contains(0.01, 0.5, 0.99);
  }

  /** What Spark's percentile gives for shares that fall on values. */
  private static Ranks ranks(double... sorted) {
    return new Ranks(
        Ranks.middles(sorted.length).stream()
            .map(share -> sorted[(int) Math.round(share * (sorted.length - 1))])
            .toList());
  }
}
