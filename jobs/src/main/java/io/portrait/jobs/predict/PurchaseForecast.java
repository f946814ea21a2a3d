package io.portrait.jobs.predict;

import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;

import java.util.List;
import java.util.Optional;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.StructType;

/**
 * A case's probabilities of a purchase and the days to it.
 *
 * @param in30 model of a purchase within 30 days; null: there is none
 * @param in60 within 60 days; null: there is none
 * @param in90 within 90 days; null: there is none
 */
record PurchaseForecast(LogisticModel in30, LogisticModel in60, LogisticModel in90)
    implements UDF1<Vector, Row> {

  /** {@code expected_in}: days from the cutoff on, null if it is later than a year. */
  static final StructType TYPE =
      new StructType()
          .add("purchase_probability_30d", DoubleType)
          .add("purchase_probability_60d", DoubleType)
          .add("purchase_probability_90d", DoubleType)
          .add("expected_in", IntegerType);

  /** What is not expected within so many days has no day. */
  private static final int LONGEST_DAYS = 365;

  private static final int STEP_DAYS = 30;

  static PurchaseForecast of(List<Optional<LogisticModel>> models) {
    return new PurchaseForecast(
        models.get(0).orElse(null), models.get(1).orElse(null), models.get(2).orElse(null));
  }

  @Override
  public Row call(Vector terms) {
    double[] values = terms.toArray();
    Double p30 = probability(in30, values, null);
    Double p60 = probability(in60, values, p30);
    Double p90 = probability(in90, values, p60 == null ? p30 : p60);
    Integer expectedIn =
        p30 == null || p60 == null || p90 == null ? null : expectedIn(p30, p60, p90);
    return RowFactory.create(p30, p60, p90, expectedIn);
  }

  /** Never below that of fewer days. */
  private static Double probability(LogisticModel model, double[] terms, Double ofFewerDays) {
    if (model == null) {
      return null;
    }
    double probability = model.probability(terms);
    return ofFewerDays == null ? probability : Math.max(probability, ofFewerDays);
  }

  /**
   * Full days until a purchase is as likely as not: the median, with a constant hazard within each
   * 30 days, that of the last 30 holding on. Null if they are 365 or more.
   */
  static Integer expectedIn(double p30, double p60, double p90) {
    double[] hazards = {-Math.log1p(-p30), -Math.log1p(-p60), -Math.log1p(-p90)};
    double median = Math.log(2);
    double before = 0;
    double slope = 0;
    for (int i = 0; i < hazards.length; i++) {
      slope = (hazards[i] - before) / STEP_DAYS;
      if (hazards[i] >= median) {
        return (int) Math.floor(i * STEP_DAYS + (median - before) / slope);
      }
      before = hazards[i];
    }
    double days = hazards.length * STEP_DAYS + (median - before) / slope;
    return days < LONGEST_DAYS ? Integer.valueOf((int) Math.floor(days)) : null;
  }
}
