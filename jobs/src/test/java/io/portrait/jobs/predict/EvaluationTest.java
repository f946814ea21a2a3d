package io.portrait.jobs.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.portrait.common.testing.SparkExtension;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Measures of five customers, worked out by hand. */
@ExtendWith(SparkExtension.class)
class EvaluationTest {

  private static final Offset<Double> EXACT = within(1e-12);

  @Test
  void measuresEachPredictorWithTies(SparkSession spark) {
    List<Row> bins =
        EvaluationTransforms.bins(
                spark.sql(
                    "SELECT 'churn' AS model, predictor, CAST(label AS BIGINT) AS label,"
                        + " CAST(probability AS DOUBLE) AS probability FROM VALUES"
                        + " ('model', 1, 0.9), ('model', 0, 0.8), ('model', 1, 0.8),"
                        + " ('model', 0, 0.3), ('model', 0, 0.1),"
                        + " ('rate', 1, 0.4), ('rate', 0, 0.4), ('rate', 1, 0.4),"
                        + " ('rate', 0, 0.4), ('rate', 0, 0.4),"
                        + " ('sure', 1, 1.0), ('sure', 0, 0.0), ('nobody', 0, 0.2)"
                        + " AS t(predictor, label, probability)"))
            .collectAsList();
    Map<String, Evaluation> found =
        bins.stream()
            .collect(
                Collectors.groupingBy(
                    row -> row.<String>getAs("predictor"),
                    Collectors.collectingAndThen(Collectors.toList(), Evaluation::of)));

    Evaluation model = found.get("model");
    assertThat(model.customers()).isEqualTo(5);
    assertThat(model.positives()).isEqualTo(2);
    assertThat(model.auc().get()).isCloseTo(5.5 / 6, EXACT);
    assertThat(model.precision().get()).isCloseTo((1 + 2 / 3.0) / 2, EXACT);
    assertThat(model.brier()).isCloseTo((0.01 + 0.64 + 0.04 + 0.09 + 0.01) / 5, EXACT);
    assertThat(model.logLoss()).isCloseTo(-Math.log(0.9 * 0.2 * 0.8 * 0.7 * 0.9) / 5, EXACT);
    // Half a customer is a tenth of five; it left, as two fifths of all.
    assertThat(model.lift().get()).isCloseTo(2.5, EXACT);
    // Bins of the probabilities 0.1, 0.3, 0.8 (two customers, one left) and 0.9.
    assertThat(model.calibrationError()).isCloseTo((0.1 + 0.3 + 0.6 + 0.1) / 5, EXACT);
    assertThat(bins)
        .filteredOn(row -> row.getAs("predictor").equals("model"))
        .extracting(row -> row.<Integer>getAs("bin"))
        .containsExactlyInAnyOrder(2, 4, 7, 10);

    Evaluation rate = found.get("rate");
    assertThat(rate.auc().get()).isCloseTo(0.5, EXACT);
    assertThat(rate.precision().get()).isCloseTo(0.4, EXACT);
    assertThat(rate.brier()).isCloseTo(0.24, EXACT);
    assertThat(rate.lift().get()).isCloseTo(1, EXACT);
    assertThat(rate.calibrationError()).isCloseTo(0, EXACT);

    Evaluation sure = found.get("sure");
    assertThat(sure.auc().get()).isEqualTo(1);
    assertThat(sure.brier()).isZero();
    assertThat(sure.logLoss()).isCloseTo(0, within(1e-14));

    Evaluation nobody = found.get("nobody");
    assertThat(nobody.auc()).isEmpty();
    assertThat(nobody.precision()).isEmpty();
    assertThat(nobody.lift()).isEmpty();
    assertThat(nobody.brier()).isCloseTo(0.04, EXACT);
  }
}
