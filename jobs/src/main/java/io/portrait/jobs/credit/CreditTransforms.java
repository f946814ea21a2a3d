package io.portrait.jobs.credit;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.exp;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.filter;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.percentile;
import static org.apache.spark.sql.functions.posexplode;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.createDecimalType;

import io.portrait.common.config.Credit;
import io.portrait.common.config.Credit.Grade;
import io.portrait.common.config.Credit.Route;
import io.portrait.common.config.Score;
import io.portrait.common.config.Score.Bin;
import io.portrait.common.config.Score.Characteristic;
import io.portrait.common.config.Score.Scale;
import io.portrait.common.config.Title;
import io.portrait.common.table.ScoreTables;
import io.portrait.common.transform.ReasonTexts;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;

/** Grades, routes and bins of customers. Pure: no reads, no writes, no clock. */
final class CreditTransforms {

  /** Bin of what is not known. */
  static final int MISSING = -1;

  /** Customers with a score are cut into so many parts of like size. */
  private static final int PARTS = 10;

  private static final Title NO_SCORE =
      new Title("No score: none of its inputs is known", "無評分：所需資料均未知");

  private static final Title NO_GRADE =
      new Title("No grade: too few of its inputs are known", "無評等：所需資料已知者過少");

  private CreditTransforms() {}

  /**
   * What conditions may name of each known customer: features, habits, {@code score, grade,
   * probability_of_default, coverage}; further the reasons of the score.
   *
   * @param features {@code customer_id} and features of one as-of date
   * @param habits {@link io.portrait.common.table.HabitTables#CUSTOMER_HABIT} of that date
   * @param scores {@link ScoreTables#CUSTOMER_SCORE} of that date
   */
  static Dataset<Row> withScore(
      Dataset<Row> features, Dataset<Row> habits, Dataset<Row> scores, Credit credit, Scale scale) {
    Column odds = exp(col("score").minus(scale.offset()).divide(scale.factor()));
    List<Column> columns = new ArrayList<>(List.of(col("customer_id"), col("score")));
    columns.add(col("coverage").as("known_coverage"));
    for (String direction : List.of("raised", "lowered")) {
      for (int i = 1; i <= ScoreTables.REASONS; i++) {
        columns.add(col(direction + "_" + i + "_code"));
        columns.add(col(direction + "_" + i + "_points"));
      }
    }
    Dataset<Row> own =
        scores
            .filter(col("score_code").equalTo(credit.score()))
            .select(columns.toArray(Column[]::new));
    Column isGraded = col("coverage").geq(credit.minCoverage());
    return features
        .join(habits.drop("as_of", "run_id"), new String[] {"customer_id"}, "left")
        .join(own, new String[] {"customer_id"}, "left")
        .withColumn("coverage", coalesce(col("known_coverage"), lit(0.0)))
        .withColumn("grade", when(isGraded, grade(credit.grades())))
        .withColumn("probability_of_default", when(isGraded, lit(1.0).divide(odds.plus(1))));
  }

  /** The first grade whose least score is reached; null without a score. */
  private static Column grade(List<Grade> grades) {
    Column grade = lit(null).cast(StringType);
    for (int i = grades.size() - 1; i >= 0; i--) {
      Grade own = grades.get(i);
      Column isReached =
          own.from().map(from -> col("score").geq(from)).orElse(col("score").isNotNull());
      grade = when(isReached, own.code()).otherwise(grade);
    }
    return grade;
  }

  /**
   * Adds {@code route, route_title_en, route_title_zh, rule, suggested_limit, rate_band,
   * reasons_en, reasons_zh}.
   *
   * @param scored {@link #withScore}
   * @param score the score, for the titles of its characteristics
   * @param decimals decimals of the currency
   */
  static Dataset<Row> withRoute(Dataset<Row> scored, Credit credit, Score score, int decimals) {
    int last = credit.routes().size() - 1;
    Column number = lit(last);
    for (int i = last - 1; i >= 0; i--) {
      number = when(expr(credit.routes().get(i).when().orElseThrow().sql()), i).otherwise(number);
    }
    DataType money = createDecimalType(18, decimals);
    return scored
        .withColumn("route_number", when(col("score").isNull(), last).otherwise(number))
        .withColumn("route", ofRoute(credit, route -> lit(route.code())))
        .withColumn("route_title_en", ofRoute(credit, route -> lit(route.title().en())))
        .withColumn("route_title_zh", ofRoute(credit, route -> lit(route.title().zh())))
        .withColumn(
            "rule",
            when(col("score").isNull(), "no score")
                .otherwise(ofRoute(credit, route -> lit(route.rule()))))
        .withColumn(
            "suggested_limit",
            ofRoute(
                credit,
                route ->
                    route
                        .limit()
                        .map(limit -> notBelowZero(expr(limit.sql())).cast(money))
                        .orElse(lit(null).cast(money))))
        .withColumn(
            "rate_band",
            ofRoute(credit, route -> lit(route.rateBand().orElse(null)).cast(StringType)))
        .withColumn("reasons_en", reasons(score, Title::en))
        .withColumn("reasons_zh", reasons(score, Title::zh));
  }

  /** The greater of the amount and 0; null stays null. */
  private static Column notBelowZero(Column amount) {
    return when(amount.lt(0), 0).otherwise(amount);
  }

  /** What a customer's route says; the others' expressions are not computed. */
  private static Column ofRoute(Credit credit, Function<Route, Column> value) {
    List<Route> routes = credit.routes();
    Column found = value.apply(credit.otherwise());
    for (int i = routes.size() - 2; i >= 0; i--) {
      found = when(col("route_number").equalTo(i), value.apply(routes.get(i))).otherwise(found);
    }
    return found;
  }

  private static Column reasons(Score score, Function<Title, String> language) {
    return when(col("score").isNull(), language.apply(NO_SCORE))
        .when(col("grade").isNull(), language.apply(NO_GRADE))
        .otherwise(ReasonTexts.join(ReasonTexts.shown(""), ReasonTexts.titles(score, language)));
  }

  /** The inner bounds of tenths of the scores, as one array; null without any. */
  static Dataset<Row> tenths(Dataset<Row> credit) {
    Column[] shares =
        IntStream.range(1, PARTS).mapToObj(i -> lit((double) i / PARTS)).toArray(Column[]::new);
    return credit.agg(percentile(col("score"), array(shares)));
  }

  /**
   * Adds {@code bins}: of the score and of each characteristic, the number of the bin from 0 on, or
   * {@link #MISSING}.
   *
   * @param scored {@link #withScore}
   * @param cuts ascending bounds of the score's bins; a score on a bound is above it
   */
  static Dataset<Row> withBins(Dataset<Row> scored, Score score, List<Double> cuts) {
    List<Column> bins = new ArrayList<>();
    bins.add(
        when(col("score").isNull(), MISSING)
            .otherwise(
                cuts.isEmpty()
                    ? lit(0)
                    : size(
                        filter(lit(cuts.toArray(Double[]::new)), cut -> cut.leq(col("score"))))));
    score.characteristics().forEach(characteristic -> bins.add(bin(characteristic)));
    return scored.withColumn("bins", array(bins.toArray(Column[]::new)));
  }

  private static Column bin(Characteristic characteristic) {
    Column value = expr(characteristic.value().sql());
    Column bin;
    if (characteristic.bins().isEmpty()) {
      List<String> categories = List.copyOf(characteristic.categories().keySet());
      bin = lit(categories.size());
      for (int i = 0; i < categories.size(); i++) {
        bin = when(value.equalTo(categories.get(i)), i).otherwise(bin);
      }
    } else {
      List<Bin> ranges = characteristic.bins();
      value = value.cast(DoubleType);
      bin = lit(0);
      for (int i = 1; i < ranges.size(); i++) {
        bin = when(value.geq(ranges.get(i).from().orElseThrow()), i).otherwise(bin);
      }
    }
    return when(value.isNull(), MISSING).otherwise(bin);
  }

  /**
   * Counts customers by input and bin, in one pass: {@code input, bin, expected, actual}.
   *
   * @param previous {@link #withBins} of the previous as-of date
   * @param current the same of this one
   */
  static Dataset<Row> countBins(Dataset<Row> previous, Dataset<Row> current) {
    return exploded(previous, false)
        .unionAll(exploded(current, true))
        .groupBy("input", "bin")
        .agg(
            count(when(not(col("is_current")), lit(1))).as("expected"),
            count(when(col("is_current"), lit(1))).as("actual"));
  }

  private static Dataset<Row> exploded(Dataset<Row> rows, boolean isCurrent) {
    return rows.select(
        lit(isCurrent).as("is_current"), posexplode(col("bins")).as(new String[] {"input", "bin"}));
  }
}
