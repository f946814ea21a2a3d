package io.portrait.jobs.fitscorecard;

import io.portrait.common.error.JobException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.spark.ml.feature.VectorSlicer;
import org.apache.spark.ml.linalg.Matrix;
import org.apache.spark.ml.regression.GeneralizedLinearRegression;
import org.apache.spark.ml.regression.GeneralizedLinearRegressionModel;
import org.apache.spark.ml.stat.Correlation;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/** Chooses characteristics, and fits a logistic regression of being good on their weights. */
final class Regression {

  /** Information value below which a characteristic is of no use. */
  static final double LEAST_INFORMATION = 0.02;

  /** Correlation of two characteristics from which on the better one speaks for both. */
  private static final double MOST_CORRELATION = 0.8;

  /**
   * Share of a characteristic's variance that better ones must leave to it: with less it is a sum
   * of several of them, as the last of yes-or-no columns of which one is always yes.
   */
  private static final double LEAST_OWN = 1e-6;

  /** Square of the z value that is worth a coefficient, by Akaike's criterion. */
  private static final double LEAST_SQUARE = 2;

  private Regression() {}

  /**
   * Fits a scorecard, backwards from all characteristics of use: the weakest is taken out as long
   * as there are too many, one has a coefficient of the wrong sign (it then repeats others), or one
   * adds less than it costs. What repeats one that is better, or several of them together, does not
   * enter.
   *
   * @param rows rows to fit to, of {@link ScorecardTransforms#prepare}
   * @param found at least one of use
   * @param most number of characteristics
   * @throws JobException if the data do not tell the coefficients of some apart
   */
  static Scorecard fit(Dataset<Row> rows, List<Characteristic> found, int most) {
    List<Characteristic> sorted =
        found.stream()
            .sorted(
                Comparator.comparingDouble(Characteristic::informationValue)
                    .reversed()
                    .thenComparing(characteristic -> characteristic.input().name()))
            .toList();
    Dataset<Row> weights =
        ScorecardTransforms.withWeights(rows, sorted).persist(StorageLevel.MEMORY_AND_DISK());
    try {
      List<Integer> kept = unlike(weights, sorted.size());
      while (true) {
        GeneralizedLinearRegressionModel model = fit(weights, kept);
        List<Characteristic> tried = kept.stream().map(sorted::get).toList();
        int weakest = weakest(zValues(model, tried), kept.size() > most);
        if (weakest < 0 || kept.size() == 1) {
          return scorecard(model, tried);
        }
        kept.remove(weakest);
      }
    } finally {
      weights.unpersist();
    }
  }

  /** The places of those that repeat none before, which are better, nor several of them. */
  private static List<Integer> unlike(Dataset<Row> weights, int count) {
    Matrix correlations = (Matrix) Correlation.corr(weights, "weights").head().get(0);
    List<Integer> kept = new ArrayList<>();
    List<double[]> factor = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int candidate = i;
      double[] row = factorRow(correlations, kept, factor, i);
      double own = row[kept.size()];
      if (own * own >= LEAST_OWN
          && kept.stream()
              .allMatch(k -> Math.abs(correlations.apply(candidate, k)) < MOST_CORRELATION)) {
        kept.add(i);
        factor.add(row);
      }
    }
    return kept;
  }

  /**
   * The row that a characteristic adds to the Cholesky factor of the correlations of those kept.
   * The square of its last number is the share of its variance that none of them says, alone or
   * together.
   */
  private static double[] factorRow(
      Matrix correlations, List<Integer> kept, List<double[]> factor, int place) {
    double[] row = new double[kept.size() + 1];
    double own = 1;
    for (int j = 0; j < kept.size(); j++) {
      double shared = correlations.apply(place, kept.get(j));
      for (int k = 0; k < j; k++) {
        shared -= row[k] * factor.get(j)[k];
      }
      row[j] = shared / factor.get(j)[j];
      own -= row[j] * row[j];
    }
    row[kept.size()] = Math.sqrt(Math.max(own, 0));
    return row;
  }

  private static GeneralizedLinearRegressionModel fit(Dataset<Row> weights, List<Integer> places) {
    VectorSlicer chosen =
        new VectorSlicer()
            .setInputCol("weights")
            .setOutputCol("features")
            .setIndices(places.stream().mapToInt(Integer::intValue).toArray());
    return new GeneralizedLinearRegression()
        .setFamily("binomial")
        .setLink("logit")
        .setLabelCol("is_good")
        .fit(chosen.transform(weights));
  }

  /** Coefficients by their standard errors; MLlib has none where it cannot tell them apart. */
  private static double[] zValues(
      GeneralizedLinearRegressionModel model, List<Characteristic> tried) {
    try {
      // The intercept's comes last.
      double[] z = model.summary().tValues();
      return Arrays.copyOf(z, z.length - 1);
    } catch (UnsupportedOperationException e) {
      throw JobException.invalidData(
          "The data do not tell the coefficients of these characteristics apart: %s. One of them is"
              + " made of others, or tells good from bad without fail. Leave it out by --exclude.",
          tried.stream()
              .map(characteristic -> characteristic.input().name())
              .collect(Collectors.joining(", ")));
    }
  }

  /** The characteristic to take out: that of the least z value; -1 if all may stay. */
  private static int weakest(double[] z, boolean isTooMany) {
    int weakest = 0;
    for (int i = 1; i < z.length; i++) {
      if (z[i] < z[weakest]) {
        weakest = i;
      }
    }
    boolean isWeak = z[weakest] <= 0 || z[weakest] * z[weakest] < LEAST_SQUARE;
    return isTooMany || isWeak ? weakest : -1;
  }

  private static Scorecard scorecard(
      GeneralizedLinearRegressionModel model, List<Characteristic> characteristics) {
    List<Scorecard.Item> items = new ArrayList<>();
    for (int i = 0; i < characteristics.size(); i++) {
      items.add(new Scorecard.Item(characteristics.get(i), model.coefficients().apply(i)));
    }
    return Scorecard.of(model.intercept(), items);
  }
}
