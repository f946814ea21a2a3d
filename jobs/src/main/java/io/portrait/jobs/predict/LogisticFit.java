package io.portrait.jobs.predict;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.types.DataTypes.DoubleType;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.Optional;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.regression.GeneralizedLinearRegression;
import org.apache.spark.ml.regression.GeneralizedLinearRegressionModel;
import org.apache.spark.ml.regression.GeneralizedLinearRegressionTrainingSummary;
import org.apache.spark.ml.stat.Summarizer;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;

/**
 * A model as it was learnt, or why there is none.
 *
 * @param model the model
 * @param reason why there is none
 * @param cases customers at cutoffs that it was to learn from
 * @param positives those with a yes
 */
record LogisticFit(
    Optional<LogisticModel> model, Optional<Reason> reason, long cases, long positives) {

  private static final int MAX_ITERATIONS = 30;

  /** A term that varies less than this tells nothing. */
  private static final double CONSTANT = 1e-9;

  /** What is rounded to so many digits is the same in every run, in whatever order it was summed. */
  private static final MathContext DIGITS = new MathContext(9);

  /**
   * Coefficients are drawn to 0 as if by this share of the cases, and by so many cases more, so that
   * few cases give no wild ones and terms that say the same share what they say.
   */
  private static final double SHRINK_SHARE = 0.001;

  private static final double SHRINK_CASES = 10;

  /**
   * Fits by MLlib's iteratively reweighted least squares, which takes few passes.
   *
   * @param cases {@link HistoryTransforms#cases}, cached, of few partitions in a fixed order
   * @param minCases fewest with a yes and with a no
   */
  static LogisticFit of(Dataset<Row> cases, Question question, int minCases) {
    Dataset<Row> labelled =
        cases
            .filter(question.isAsked())
            .select(col("terms"), question.label().cast(DoubleType).as("label"));
    Row size =
        labelled
            .agg(
                count(lit(1)),
                sum("label"),
                Summarizer.metrics("mean", "std").summary(col("terms")))
            .head();
    long all = size.getLong(0);
    long positives = all == 0 ? 0 : Math.round(size.getDouble(1));
    if (positives == 0 || positives == all) {
      return none(Reason.ONE_CLASS, all, positives);
    }
    if (Math.min(positives, all - positives) < minCases) {
      return none(Reason.TOO_FEW, all, positives);
    }
    Vector means = size.getStruct(2).getAs("mean");
    Vector scales = size.getStruct(2).getAs("std");
    int[] places =
        question.terms().stream()
            .mapToInt(Integer::intValue)
            .filter(place -> scales.apply(place) > CONSTANT)
            .toArray();
    if (places.length == 0) {
      return none(Reason.NOT_CONVERGED, all, positives);
    }
    return fit(labelled, places, picked(means, places), picked(scales, places), all, positives);
  }

  private static LogisticFit fit(
      Dataset<Row> labelled,
      int[] places,
      double[] means,
      double[] scales,
      long all,
      long positives) {
    UDF1<Vector, Vector> standardized =
        terms -> {
          double[] values = new double[places.length];
          for (int i = 0; i < places.length; i++) {
            values[i] = LogisticModel.standardized(terms.apply(places[i]), means[i], scales[i]);
          }
          return Vectors.dense(values);
        };
    GeneralizedLinearRegression regression =
        new GeneralizedLinearRegression()
            .setFamily("binomial")
            .setLink("logit")
            .setMaxIter(MAX_ITERATIONS)
            .setTol(1e-8)
            .setRegParam(SHRINK_SHARE + SHRINK_CASES / all);
    GeneralizedLinearRegressionModel fitted =
        regression.fit(
            labelled.select(
                udf(standardized, SQLDataTypes.VectorType()).apply(col("terms")).as("features"),
                col("label")));
    double[] coefficients = fitted.coefficients().toArray();
    for (int i = 0; i < coefficients.length; i++) {
      coefficients[i] = rounded(coefficients[i]);
      if (!Double.isFinite(coefficients[i])) {
        return none(Reason.NOT_CONVERGED, all, positives);
      }
    }
    if (!Double.isFinite(fitted.intercept())
        || fitted.summary().numIterations() >= MAX_ITERATIONS) {
      return none(Reason.NOT_CONVERGED, all, positives);
    }
    double[] errors = errors(fitted.summary());
    boolean hasErrors = errors.length == places.length + 1;
    return new LogisticFit(
        Optional.of(
            new LogisticModel(
                places,
                means,
                scales,
                coefficients,
                hasErrors ? Arrays.copyOf(errors, places.length) : new double[0],
                rounded(fitted.intercept()),
                hasErrors ? errors[places.length] : Double.NaN)),
        Optional.empty(),
        all,
        positives);
  }

  /** With the intercept's last; empty if the matrix could not be inverted. */
  private static double[] errors(GeneralizedLinearRegressionTrainingSummary summary) {
    try {
      double[] errors = summary.coefficientStandardErrors();
      for (int i = 0; i < errors.length; i++) {
        errors[i] = rounded(errors[i]);
      }
      return errors;
    } catch (UnsupportedOperationException e) {
      return new double[0];
    }
  }

  private static double[] picked(Vector all, int[] places) {
    double[] values = new double[places.length];
    for (int i = 0; i < places.length; i++) {
      values[i] = rounded(all.apply(places[i]));
    }
    return values;
  }

  private static double rounded(double value) {
    return Double.isFinite(value) ? new BigDecimal(value).round(DIGITS).doubleValue() : value;
  }

  static LogisticFit none(Reason reason, long cases, long positives) {
    return new LogisticFit(Optional.empty(), Optional.of(reason), cases, positives);
  }
}
