package io.portrait.jobs.fitscorecard;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
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

  /** Square of the z value that is worth a coefficient, by Akaike's criterion. */
  private static final double LEAST_SQUARE = 2;

  private Regression() {}

  /**
   * Fits a scorecard, backwards from all characteristics of use: the weakest is taken out as long
   * as there are too many, one has a coefficient of the wrong sign (it then repeats others), or one
   * adds less than it costs.
   *
   * @param rows rows to fit to, of {@link ScorecardTransforms#prepare}
   * @param found at least one of use
   * @param most number of characteristics
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
        int weakest = weakest(model, kept.size() > most);
        if (weakest < 0 || kept.size() == 1) {
          return scorecard(model, kept.stream().map(sorted::get).toList());
        }
        kept.remove(weakest);
      }
    } finally {
      weights.unpersist();
    }
  }

  /** The places of those that repeat none before, which are better. */
  private static List<Integer> unlike(Dataset<Row> weights, int count) {
    Matrix correlations = (Matrix) Correlation.corr(weights, "weights").head().get(0);
    List<Integer> kept = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int candidate = i;
      if (kept.stream()
          .allMatch(k -> Math.abs(correlations.apply(candidate, k)) < MOST_CORRELATION)) {
        kept.add(i);
      }
    }
    return kept;
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

  /** The characteristic to take out: that of the least z value; -1 if all may stay. */
  private static int weakest(GeneralizedLinearRegressionModel model, boolean isTooMany) {
    // The intercept's comes last.
    double[] z = model.summary().tValues();
    int weakest = 0;
    for (int i = 1; i < z.length - 1; i++) {
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
