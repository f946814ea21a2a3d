package io.portrait.jobs.cluster;

import java.math.BigDecimal;
import java.math.MathContext;

/**
 * How a feature becomes a coordinate: transformed, minus the mean, divided by the standard
 * deviation.
 *
 * @param feature column of {@code customer_feature}
 * @param transform {@link #NONE} or {@link #LOG1P}
 * @param mean population mean after the transform
 * @param deviation population standard deviation after the transform; 0 for a constant feature,
 *     which has coordinate 0 throughout
 */
record FeatureScale(String feature, String transform, double mean, double deviation) {

  static final String NONE = "none";

  /** sign(x) ln(1 + |x|): close to x near 0, logarithmic far from it, also below 0. */
  static final String LOG1P = "log1p";

  private static final double SKEWED = 1;
  private static final MathContext DIGITS = new MathContext(10);

  /**
   * Chooses the transform: the logarithm if the skewness is above 1 and the logarithm's is nearer
   * to 0. A previous choice is kept, so that centres stay comparable.
   *
   * @param previous transform of the previous as-of date, or null
   */
  static FeatureScale of(String feature, Moments plain, Moments log, String previous) {
    boolean skewed =
        plain.skewness() > SKEWED && Math.abs(log.skewness()) < Math.abs(plain.skewness());
    String transform = previous != null ? previous : skewed ? LOG1P : NONE;
    Moments moments = transform.equals(LOG1P) ? log : plain;
    return new FeatureScale(
        feature, transform, rounded(moments.mean()), rounded(moments.deviation()));
  }

  /** The coordinate here of a coordinate of another scale of the same transform. */
  double convert(double coordinate, FeatureScale from) {
    return deviation == 0 ? 0 : (coordinate * from.deviation + from.mean - mean) / deviation;
  }

  /**
   * Ten significant digits: what is left does not depend on the order in which partitions were
   * added up.
   */
  static double rounded(double value) {
    return Double.isFinite(value) ? new BigDecimal(value).round(DIGITS).doubleValue() : 0;
  }

  /**
   * Moments of a feature; 0 where there is none.
   *
   * @param mean mean
   * @param deviation population standard deviation
   * @param skewness skewness
   */
  record Moments(double mean, double deviation, double skewness) {}
}
