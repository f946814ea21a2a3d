package io.portrait.jobs.predict;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.date_add;
import static org.apache.spark.sql.functions.date_diff;
import static org.apache.spark.sql.functions.inline;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.negate;
import static org.apache.spark.sql.functions.pow;
import static org.apache.spark.sql.functions.round;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.LongType;

import io.portrait.common.table.PredictTables;
import io.portrait.common.transform.KnownAccounts;
import java.sql.Date;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** What the models expect of customers. */
final class PredictionTransforms {

  private static final String CUSTOMER_ID = "customer_id";

  private PredictionTransforms() {}

  /**
   * Adds {@code churn_probability} and why: {@code base_log_odds}, {@code other_points}, the
   * reasons, {@code churn_level} and {@code churn_coverage}, null without a model and where churn
   * is not asked; and {@code is_asked}.
   *
   * @param cases {@link HistoryTransforms#cases}
   * @param levels probabilities that part the levels
   */
  static Dataset<Row> withChurn(
      Dataset<Row> cases,
      Question question,
      Optional<Explanation> explanation,
      List<Double> levels) {
    Dataset<Row> explained =
        withAll(
            cases.withColumn("is_asked", question.isAsked()),
            explanation.map(found -> (UDF1<Vector, Row>) found),
            Explanation.TYPE,
            col("is_asked"),
            name -> PredictTables.explained(PredictTables.CHURN, name));
    return withLevel(explained, PredictTables.CHURN, col("churn_probability"), explanation, levels);
  }

  /** Adds the columns of {@link PurchaseForecast} and {@code expected_purchase_on}. */
  static Dataset<Row> withPurchases(Dataset<Row> cases, PurchaseForecast forecast) {
    return withAll(
            cases,
            Optional.of(forecast),
            PurchaseForecast.TYPE,
            lit(true),
            UnaryOperator.identity())
        .withColumn("expected_purchase_on", date_add(col("cutoff"), col("expected_in")));
  }

  /**
   * Adds why {@code purchase_probability_90d} is what it is: {@code purchase_base_log_odds}, {@code
   * purchase_other_points}, the reasons, {@code purchase_level} and {@code purchase_coverage}, null
   * without a model.
   *
   * @param purchases {@link #withPurchases}
   * @param levels probabilities that part the levels
   */
  static Dataset<Row> withPurchaseReasons(
      Dataset<Row> purchases, Optional<Explanation> explanation, List<Double> levels) {
    Dataset<Row> explained =
        withAll(
                purchases,
                explanation.map(found -> (UDF1<Vector, Row>) found),
                Explanation.TYPE,
                lit(true),
                name -> PredictTables.explained(PredictTables.PURCHASE, name))
            .drop("purchase_probability");
    return withLevel(
        explained, PredictTables.PURCHASE, col("purchase_probability_90d"), explanation, levels);
  }

  private static Dataset<Row> withLevel(
      Dataset<Row> explained,
      String score,
      Column probability,
      Optional<Explanation> explanation,
      List<Double> levels) {
    Column level = lit(1);
    for (double cut : levels) {
      level = level.plus(when(probability.geq(cut), 1).otherwise(0));
    }
    Column coverage =
        explanation
            .map(found -> found.coverage(col("known_inputs")))
            .orElse(lit(null).cast(DataTypes.DoubleType));
    return explained
        .withColumn(score + "_level", when(probability.isNotNull(), level))
        .withColumn(score + "_coverage", when(probability.isNotNull(), coverage));
  }

  private static Dataset<Row> withAll(
      Dataset<Row> cases,
      Optional<UDF1<Vector, Row>> function,
      StructType type,
      Column isAsked,
      UnaryOperator<String> names) {
    // Functions, since coefficients written into an expression are new code to compile for each
    // fit.
    Column found =
        function
            .map(f -> when(isAsked, udf(f, type).apply(col("terms"))))
            .orElse(lit(null).cast(type));
    Dataset<Row> with = cases.withColumn("found", found);
    List<Column> columns = new ArrayList<>(List.of(col("*")));
    for (String name : type.fieldNames()) {
      columns.add(col("found").getField(name).as(names.apply(name)));
    }
    return with.select(columns.toArray(Column[]::new)).drop("found");
  }

  /**
   * What each customer bought most, older purchases counting less; of equals the first by name.
   * Out: {@code customer_id, expected_category}.
   *
   * @param categoryDays {@code account_category_day}
   * @param halfLifeDays a purchase of so many days ago counts half
   */
  static Dataset<Row> categories(
      Dataset<Row> categoryDays, Dataset<Row> map, LocalDate asOf, int halfLifeDays) {
    Column now = lit(Date.valueOf(asOf));
    Column age = date_diff(now, col("event_day")).minus(1);
    // Whole numbers add up to the same in any order.
    Column weight =
        round(pow(lit(0.5), age.divide((double) halfLifeDays)).multiply(1_000_000_000L))
            .cast(LongType)
            .multiply(col("lines"));
    return categoryDays
        .filter(col("event_day").lt(now).and(col("lines").gt(0)))
        .select(col("account_key"), col("category"), weight.as("weight"))
        .join(KnownAccounts.of(map), "account_key")
        .repartition(col(CUSTOMER_ID))
        .groupBy(CUSTOMER_ID, "category")
        .agg(sum("weight").as("weight"))
        .groupBy(CUSTOMER_ID)
        .agg(min(struct(negate(col("weight")), col("category"))).as("first"))
        .select(col(CUSTOMER_ID), col("first").getField("category").as("expected_category"));
  }

  /**
   * Puts a customer's predictions side by side, and adds why some are null.
   *
   * @param churn {@link #withChurn}
   * @param purchases {@link #withPurchaseReasons}
   * @param categories {@link #categories}
   * @param reasons why a model is missing, as {@code churn: one_class}
   */
  static Dataset<Row> combine(
      Dataset<Row> churn, Dataset<Row> purchases, Dataset<Row> categories, List<String> reasons) {
    List<Column> parts = new ArrayList<>();
    boolean isChurnKnown = reasons.stream().noneMatch(r -> r.startsWith(Question.CHURN));
    if (isChurnKnown) {
      parts.add(
          when(col("is_asked").equalTo(false), Question.CHURN + ": " + Reason.NO_CONTRACT.code()));
    }
    reasons.forEach(reason -> parts.add(lit(reason)));
    Column reason = concat_ws("; ", parts.toArray(Column[]::new));
    return churn
        .drop("cutoff", "horizon_days", "known_inputs", "terms")
        .join(
            purchases.drop(
                "cutoff",
                "horizon_days",
                "recency_days",
                "last_gap_days",
                "contract_until",
                "contract_until_later",
                "next_purchase_in",
                "known_inputs",
                "terms",
                "expected_in"),
            CUSTOMER_ID)
        .join(categories, new String[] {CUSTOMER_ID}, "left")
        .withColumn("reason", when(reason.notEqual(""), reason));
  }

  /**
   * What a model and the rules say of the cases it is measured on: {@code model, predictor, label,
   * probability}, a row each.
   *
   * @param cases {@link HistoryTransforms#cases} of the day at which it is measured
   * @param models the model; for a purchase also those of fewer days, whose greatest counts
   */
  static Dataset<Row> measured(
      Dataset<Row> cases, Question question, List<LogisticModel> models, List<Rule> rules) {
    UDF1<Vector, Double> probability =
        terms -> {
          double[] values = terms.toArray();
          return models.stream().mapToDouble(model -> model.probability(values)).max().orElse(0);
        };
    List<Column> predictors = new ArrayList<>();
    predictors.add(predictor("model", udf(probability, DataTypes.DoubleType).apply(col("terms"))));
    rules.forEach(rule -> predictors.add(predictor(rule.name(), rule.probability())));
    return cases
        .filter(question.isAsked())
        .select(
            lit(question.model()).as("model"),
            question.label().cast(LongType).as("label"),
            inline(array(predictors.toArray(Column[]::new))));
  }

  private static Column predictor(String name, Column probability) {
    return struct(lit(name).as("predictor"), probability.as("probability"));
  }
}
