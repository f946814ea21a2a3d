package io.portrait.jobs.predict;

import static org.apache.spark.sql.functions.col;

import io.portrait.common.config.Predictions.ChurnDefinition;
import io.portrait.common.table.PredictTables;
import io.portrait.common.testing.SparkExtension;
import io.portrait.jobs.testing.RealData;
import io.portrait.jobs.testing.Steps;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The models on the purchases of two real shops, beside the rules that they must beat. */
@ExtendWith(SparkExtension.class)
class RealShopsTest {

  @TempDir private Path dir;

  /** 39 weeks ahead, at the end of September 1997, as published hold-outs of this cohort are. */
  @Test
  void beatsTheRulesOnCdnow(SparkSession spark) {
    LocalDate asOf = LocalDate.of(1998, 7, 1);
    Dataset<Row> days =
        spark
            .read()
            .text(RealData.of("cdnow").resolve("CDNOW_master.txt.gz").toString())
            .filter("value RLIKE '^ *[0-9]'")
            .selectExpr("split(trim(value), ' +') AS v")
            .selectExpr(
                "v[0] AS account_key",
                "to_date(v[1], 'yyyyMMdd') AS event_day",
                "CAST(round(CAST(v[3] AS DOUBLE) * 100) AS BIGINT) AS amount_minor")
            .groupBy("account_key", "event_day")
            .agg(Map.of("*", "count", "amount_minor", "sum"))
            .withColumnRenamed("count(1)", "orders")
            .withColumnRenamed("sum(amount_minor)", "amount_minor");

    Map<String, Row> found = run(spark, days, asOf, 273);
    show(spark, asOf);
  }

  @Test
  void beatsTheRulesOnOnlineRetail(SparkSession spark) {
    LocalDate asOf = LocalDate.of(2011, 12, 10);
    Dataset<Row> days =
        spark
            .read()
            .parquet(RealData.of("online-retail").toString() + "/*.parquet")
            .filter(col("CustomerID").isNotNull().and(col("UnitPrice").gt(0)))
            .selectExpr(
                "CustomerID AS account_key",
                "to_date(InvoiceDate) AS event_day",
                "InvoiceNo LIKE 'C%' AS is_refund",
                "CAST(abs(Quantity) * UnitPrice * 100 AS BIGINT) AS minor")
            .groupBy("account_key", "event_day")
            .agg(
                org.apache.spark.sql.functions.expr("CAST(max(NOT is_refund) AS BIGINT) AS orders"),
                org.apache.spark.sql.functions.expr("count_if(NOT is_refund) AS lines"),
                org.apache.spark.sql.functions.expr(
                    "coalesce(sum(minor) FILTER (WHERE NOT is_refund), 0) AS amount_minor"),
                org.apache.spark.sql.functions.expr("CAST(max(is_refund) AS BIGINT) AS refunds"),
                org.apache.spark.sql.functions.expr(
                    "coalesce(sum(minor) FILTER (WHERE is_refund), 0) AS refund_minor"));

    Map<String, Row> found = run(spark, days, asOf, 90);
    show(spark, asOf);
  }

  private Map<String, Row> run(
      SparkSession spark, Dataset<Row> days, LocalDate asOf, int horizonDays) {
    PredictWorld world = new PredictWorld(spark, dir);
    world.write(days, asOf);
    long t = System.nanoTime();
    System.out.println(
        Steps.run(
            spark,
            new PredictJob(),
            PredictWorld.catalogue(ChurnDefinition.NO_PURCHASE, horizonDays),
            world.root(),
            asOf));
    System.out.println("predict seconds " + (System.nanoTime() - t) / 1e9);
    return world.byKey(PredictTables.MODEL_EVALUATION, asOf, "predictor");
  }

  private void show(SparkSession spark, LocalDate asOf) {
    PredictWorld world = new PredictWorld(spark, dir);
    world
        .tables()
        .readAsOf(PredictTables.MODEL_EVALUATION, asOf)
        .drop("as_of", "run_id", "is_baseline", "horizon_days")
        .orderBy("model", "predictor")
        .show(30, false);
    world
        .tables()
        .readAsOf(PredictTables.MODEL_CALIBRATION, asOf)
        .drop("as_of", "run_id")
        .orderBy("model", "bin")
        .show(60, false);
    world
        .tables()
        .readAsOf(PredictTables.MODEL_COEFFICIENT, asOf)
        .drop("as_of", "run_id", "title_en", "title_zh")
        .filter("model in ('churn', 'purchase_30d')")
        .show(60, false);
    world
        .tables()
        .readAsOf(PredictTables.CUSTOMER_PREDICTION, asOf)
        .drop("as_of", "run_id")
        .show(3, false);
  }
}
