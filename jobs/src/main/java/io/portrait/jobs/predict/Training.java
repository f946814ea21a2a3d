package io.portrait.jobs.predict;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.LongType;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.spark.ml.attribute.AttributeGroup;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.regression.GeneralizedLinearRegression;
import org.apache.spark.ml.regression.GeneralizedLinearRegressionModel;
import org.apache.spark.ml.regression.GeneralizedLinearRegressionTrainingSummary;
import org.apache.spark.ml.stat.Summarizer;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.storage.StorageLevel;

/**
 * Cases to learn from, with the answers to some questions: their terms standardised once for all
 * models. Closed when all are fitted.
 */
final class Training implements AutoCloseable {

  private static final int MAX_ITERATIONS = 30;

  /** Each step squares the distance that is left, so what is found is far nearer than this. */
  private static final double TOLERANCE = 1e-4;

  /** A term that varies less than this tells nothing. */
  private static final double CONSTANT = 1e-9;

  /**
   * What is rounded to so many digits is the same in every run, in whatever order it was summed.
   */
  private static final MathContext DIGITS = new MathContext(9);

  /**
   * Coefficients are drawn to 0 as if by this share of the cases, and by so many cases more, so
   * that few cases give no wild ones and terms that say the same share what they say.
   */
  private static final double SHRINK_SHARE = 0.001;

  private static final double SHRINK_CASES = 10;

  private final List<Question> questions;
  private final int minCases;
  private final int[] places;
  private final double[] means;
  private final double[] scales;
  private final Row answers;
  private final Dataset<Row> points;

  /**
   * Standardises the terms.
   *
   * @param cases {@link HistoryTransforms#cases}, cached, of few partitions in a fixed order
   * @param minCases fewest with a yes and with a no that a model is fitted to
   */
  Training(Dataset<Row> cases, List<Question> questions, int minCases) {
    this.questions = List.copyOf(questions);
    this.minCases = minCases;
    List<Column> measures = new ArrayList<>();
    List<Column> columns = new ArrayList<>();
    for (Question question : questions) {
      Column label = when(question.isAsked(), question.label().cast(DoubleType));
      measures.add(count(label));
      measures.add(sum(label.cast(LongType)));
      columns.add(label.as(question.model()));
    }
    // MLlib has no mean of nothing.
    if (cases.isEmpty()) {
      answers = RowFactory.create(new Object[1 + measures.size()]);
      places = new int[0];
      means = new double[0];
      scales = new double[0];
      points = cases;
      return;
    }
    answers =
        cases
            .agg(
                Summarizer.metrics("mean", "std").summary(col("terms")),
                measures.toArray(Column[]::new))
            .head();
    Vector deviations = answers.getStruct(0).getAs("std");
    places =
        IntStream.range(0, deviations.size())
            .filter(place -> deviations.apply(place) > CONSTANT)
            .toArray();
    means = picked(answers.getStruct(0).getAs("mean"), places);
    scales = picked(deviations, places);
    // With their number, since MLlib would look at a row for it at every fit.
    columns.add(
        standardized(places, means, scales)
            .as("features", new AttributeGroup("features", places.length).toMetadata()));
    points = cases.select(columns.toArray(Column[]::new)).persist(StorageLevel.MEMORY_AND_DISK());
  }

  /** Static, so that the function takes nothing else along. */
  private static Column standardized(int[] places, double[] means, double[] scales) {
    UDF1<Vector, Vector> function =
        terms -> {
          double[] values = new double[places.length];
          for (int i = 0; i < places.length; i++) {
            values[i] = LogisticModel.standardized(terms.apply(places[i]), means[i], scales[i]);
          }
          return Vectors.dense(values);
        };
    return udf(function, SQLDataTypes.VectorType()).apply(col("terms"));
  }

  /** Fits by MLlib's iteratively reweighted least squares, which takes few passes. */
  LogisticFit fit(Question question) {
    int index = 1 + 2 * questions.indexOf(question);
    long cases = answers.isNullAt(index) ? 0 : answers.getLong(index);
    long positives = answers.isNullAt(index + 1) ? 0 : answers.getLong(index + 1);
    if (positives == 0 || positives == cases) {
      return LogisticFit.none(Reason.ONE_CLASS, cases, positives);
    }
    if (Math.min(positives, cases - positives) < minCases) {
      return LogisticFit.none(Reason.TOO_FEW, cases, positives);
    }
    if (places.length == 0) {
      return LogisticFit.none(Reason.NOT_CONVERGED, cases, positives);
    }
    GeneralizedLinearRegressionModel fitted =
        new GeneralizedLinearRegression()
            .setFamily("binomial")
            .setLink("logit")
            .setLabelCol(question.model())
            .setMaxIter(MAX_ITERATIONS)
            .setTol(TOLERANCE)
            .setRegParam(SHRINK_SHARE + SHRINK_CASES / cases)
            .fit(points.filter(col(question.model()).isNotNull()));
    double[] coefficients =
        Arrays.stream(fitted.coefficients().toArray()).map(Training::rounded).toArray();
    boolean isFound =
        Double.isFinite(fitted.intercept())
            && Arrays.stream(coefficients).allMatch(Double::isFinite)
            && fitted.summary().numIterations() < MAX_ITERATIONS;
    if (!isFound) {
      return LogisticFit.none(Reason.NOT_CONVERGED, cases, positives);
    }
    double[] errors = errors(fitted.summary());
    boolean hasErrors = errors.length == places.length + 1;
    LogisticModel model =
        new LogisticModel(
            places,
            means,
            scales,
            coefficients,
            hasErrors ? Arrays.copyOf(errors, places.length) : new double[0],
            rounded(fitted.intercept()),
            hasErrors ? errors[places.length] : Double.NaN);
    return new LogisticFit(Optional.of(model), Optional.empty(), cases, positives);
  }

  @Override
  public void close() {
    points.unpersist();
  }

  /** With the intercept's last; empty if the matrix could not be inverted. */
  private static double[] errors(GeneralizedLinearRegressionTrainingSummary summary) {
    try {
      return Arrays.stream(summary.coefficientStandardErrors()).map(Training::rounded).toArray();
    } catch (UnsupportedOperationException e) {
      return new double[0];
    }
  }

  private static double[] picked(Vector all, int[] places) {
    return Arrays.stream(places).mapToDouble(place -> rounded(all.apply(place))).toArray();
  }

  private static double rounded(double value) {
    return Double.isFinite(value) ? new BigDecimal(value).round(DIGITS).doubleValue() : value;
  }
}
