package io.portrait.jobs.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.portrait.jobs.profile.StabilityIndex.Bin;
import java.util.List;
import org.junit.jupiter.api.Test;

class StabilityIndexTest {

  @Test
  void isTheSumOfShareDifferencesTimesTheLogarithmOfTheirRatio() {
    // By hand, with many rows: (0.4 - 0.5) ln(0.4 / 0.5) + (0.6 - 0.5) ln(0.6 / 0.5) = 0.0405465
    assertThat(StabilityIndex.of(List.of(bin(5_000_000, 4_000_000), bin(5_000_000, 6_000_000))))
        .isCloseTo(0.0405465, within(1e-6));
  }

  @Test
  void countsAnEmptyBinAsHalfARow() {
    // Shares 3.5/4 and 0.5/4 against 0.5/4 and 3.5/4: 2 x 0.75 x ln 7 = 2.9188652
    assertThat(StabilityIndex.of(List.of(bin(3, 0), bin(0, 3)))).isCloseTo(2.9188652, within(1e-6));
  }

  @Test
  void isZeroForEqualShares() {
    assertThat(StabilityIndex.of(List.of(bin(7, 7), bin(1, 1)))).isZero();
  }

  private static Bin bin(long before, long now) {
    return new Bin(false, before, now);
  }
}
