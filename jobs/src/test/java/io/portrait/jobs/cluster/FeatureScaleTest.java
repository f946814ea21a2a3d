package io.portrait.jobs.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.portrait.jobs.cluster.FeatureScale.Moments;
import org.junit.jupiter.api.Test;

class FeatureScaleTest {

  @Test
  void takesTheLogarithmOfASkewedFeatureIfThatHelps() {
    assertThat(FeatureScale.of("x", new Moments(5, 2, 1.1), new Moments(1, 0.5, 0.3), null))
        .isEqualTo(new FeatureScale("x", "log1p", 1, 0.5));
    assertThat(FeatureScale.of("x", new Moments(5, 2, 1.0), new Moments(1, 0.5, 0.3), null))
        .isEqualTo(new FeatureScale("x", "none", 5, 2));
    assertThat(FeatureScale.of("x", new Moments(5, 2, 1.1), new Moments(1, 0.5, -2), null))
        .isEqualTo(new FeatureScale("x", "none", 5, 2));
  }

  @Test
  void keepsThePreviousTransform() {
    assertThat(FeatureScale.of("x", new Moments(5, 2, 9), new Moments(1, 0.5, 0), "none"))
        .isEqualTo(new FeatureScale("x", "none", 5, 2));
  }

  @Test
  void convertsCoordinatesBetweenScales() {
    FeatureScale before = new FeatureScale("x", "none", 10, 2);

    assertThat(new FeatureScale("x", "none", 8, 4).convert(1.5, before))
        .isCloseTo((1.5 * 2 + 10 - 8) / 4, within(1e-12));
    assertThat(new FeatureScale("x", "none", 8, 0).convert(1.5, before)).isZero();
  }

  @Test
  void roundsToTenSignificantDigits() {
    assertThat(FeatureScale.rounded(1234.56789012345)).isEqualTo(1234.567890);
    assertThat(FeatureScale.rounded(Double.NaN)).isZero();
  }
}
