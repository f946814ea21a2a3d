package io.portrait.jobs.credit;

import io.portrait.common.config.Catalogue;
import io.portrait.common.config.CatalogueColumns;
import io.portrait.common.config.Credit;
import io.portrait.common.config.Credit.Route;
import io.portrait.common.config.ExpressionCheck;
import io.portrait.common.config.NearestName;
import io.portrait.common.config.Score;
import io.portrait.common.error.Fault;
import io.portrait.common.table.HabitTables;
import io.portrait.common.table.TableColumn;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.NullType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructType;

/** Finds what is wrong with the settings of credit, without touching data. */
public final class CreditCheck {

  private CreditCheck() {}

  /** Every fault: the score, and the routes' expressions. */
  public static List<Fault> check(SparkSession spark, Catalogue catalogue) {
    Credit credit = catalogue.scores().credit();
    List<Fault> faults = new ArrayList<>();
    checkScore(catalogue.scores().scores(), credit, faults);
    StructType columns = columns(catalogue);
    Dataset<Row> empty = spark.createDataFrame(List.of(), columns);
    ExpressionCheck expressions = new ExpressionCheck(columns, faults);
    for (Route route : credit.routes()) {
      route
          .when()
          .ifPresent(
              when ->
                  expressions
                      .type(when, empty)
                      .filter(type -> !(type instanceof BooleanType || type instanceof NullType))
                      .ifPresent(
                          type ->
                              faults.add(
                                  when.place()
                                      .fault(
                                          "when is a condition; this is "
                                              + type.catalogString()))));
      route
          .limit()
          .ifPresent(
              limit ->
                  expressions
                      .type(limit, empty)
                      .filter(type -> !(type instanceof NumericType || type instanceof NullType))
                      .ifPresent(
                          type ->
                              faults.add(
                                  limit
                                      .place()
                                      .fault(
                                          "a limit is an amount; this is "
                                              + type.catalogString()))));
    }
    return faults;
  }

  private static void checkScore(List<Score> scores, Credit credit, List<Fault> faults) {
    Optional<Score> score = scores.stream().filter(s -> s.name().equals(credit.score())).findAny();
    if (score.isEmpty()) {
      faults.add(
          credit
              .place()
              .fault(
                  "'"
                      + credit.score()
                      + "' is not a score. "
                      + NearestName.hint(
                          credit.score(), scores.stream().map(Score::name).toList())));
      return;
    }
    if (score.get().points().flatMap(Score.Points::scale).isEmpty()) {
      faults.add(
          credit
              .place()
              .fault(
                  "the score '"
                      + credit.score()
                      + "' has no points with a scale, which says what probability of default they"
                      + " mean"));
    }
    checkPrivacy(score.get(), faults);
  }

  /**
   * Without a purpose people would be scored who did not allow credit, and without a sensitivity
   * their scores would stand in gold; a score that replaces the shipped one must say both again.
   */
  private static void checkPrivacy(Score score, List<Fault> faults) {
    if (score.purpose().isEmpty()) {
      faults.add(score.place().fault(missing(score, "purpose", "credit")));
    }
    if (score.sensitivity().isEmpty()) {
      faults.add(score.place().fault(missing(score, "sensitivity", "sensitive")));
    }
  }

  private static String missing(Score score, String key, String shipped) {
    return String.format(
        "the score '%s' gives credit and has no %s. The shipped one has %s",
        score.name(), key, shipped);
  }

  /** What expressions may name: see {@link CreditTransforms#withScore}. */
  private static StructType columns(Catalogue catalogue) {
    StructType columns = new StructType();
    for (TableColumn column : CatalogueColumns.features(catalogue)) {
      columns = columns.add(column.name(), column.type());
    }
    for (TableColumn column : HabitTables.HABITS) {
      columns = columns.add(column.name(), column.type());
    }
    return columns
        .add("score", DataTypes.DoubleType)
        .add("coverage", DataTypes.DoubleType)
        .add("grade", DataTypes.StringType)
        .add("probability_of_default", DataTypes.DoubleType);
  }
}
