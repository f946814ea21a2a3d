package io.portrait.common.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class StabilityIndexTest {

  @Test
  void isTheSumOfShareDifferencesTimesTheLogarithmOfTheirRatio() {
    StabilityIndex index = new StabilityIndex(10, 100);

    // 20, 30, 50 % before and 30, 30, 40 % now: 0.1 ln 1.5 + 0 - 0.1 ln 0.8.
    assertThat(index.ofBin(2, 30) + index.ofBin(3, 30) + index.ofBin(5, 40))
        .isCloseTo(0.0628609, within(1e-7));
  }

  @Test
  void countsAnEmptyBinAsHalfARow() {
    assertThat(new StabilityIndex(10, 100).ofBin(0, 10))
        .isCloseTo(0.05 * Math.log(2), within(1e-12));
    // Shares 3/3 and 0.5/3 against 0.5/3 and 3/3: 2 x 2.5/3 ln 6 = 2.9862658
    StabilityIndex index = new StabilityIndex(3, 3);
    assertThat(index.ofBin(3, 0) + index.ofBin(0, 3)).isCloseTo(2.9862658, within(1e-7));
  }

  @Test
  void isZeroForEqualSharesAndForABinThatIsEmptyOnBothSides() {
    StabilityIndex index = new StabilityIndex(8, 8);

    assertThat(index.ofBin(7, 7) + index.ofBin(1, 1) + index.ofBin(0, 0)).isZero();
  }

  @Test
  void saysHowGreatAChangeIs() {
    assertThat(List.of(0.0999, 0.1, 0.25, 0.2501))
        .extracting(StabilityIndex::level)
        .containsExactly("none", "some", "some", "large");
  }
}
