package io.portrait.jobs.score;

import io.portrait.common.config.Catalogue;
import io.portrait.common.config.CatalogueColumns;
import io.portrait.common.config.Expression;
import io.portrait.common.config.ExpressionCheck;
import io.portrait.common.config.Score;
import io.portrait.common.config.Score.Characteristic;
import io.portrait.common.error.Fault;
import io.portrait.common.table.FeatureTable;
import io.portrait.common.table.ProfileTables;
import io.portrait.common.table.TableColumn;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.AtomicType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.NullType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructType;

/** Finds what is wrong with declared scores, without touching data. */
public final class ScoreCheck {

  private final Dataset<Row> empty;
  private final ExpressionCheck expressions;
  private final List<Fault> faults;

  private ScoreCheck(SparkSession spark, StructType columns, List<Fault> faults) {
    this.empty = spark.createDataFrame(List.of(), columns);
    this.expressions = new ExpressionCheck(columns, faults);
    this.faults = faults;
  }

  /**
   * Every fault of the catalogue's scores that shows only beside other things: names that are
   * taken, expressions over columns, classes.
   */
  public static List<Fault> check(SparkSession spark, Catalogue catalogue) {
    List<Fault> faults = new ArrayList<>();
    checkNames(catalogue, faults);
    StructType columns = new StructType();
    for (TableColumn column : ScoreInputs.columns(catalogue)) {
      if (!Arrays.asList(columns.fieldNames()).contains(column.name())) {
        columns = columns.add(column.name(), column.type());
      }
    }
    ScoreCheck check = new ScoreCheck(spark, columns, faults);
    catalogue.scores().scores().forEach(check::check);
    return faults;
  }

  /** No two columns of the profile have one name. */
  private static void checkNames(Catalogue catalogue, List<Fault> faults) {
    Map<String, String> owners = new HashMap<>();
    Stream.of(FeatureTable.AS_OF, FeatureTable.CUSTOMER_ID, FeatureTable.RUN_ID)
        .forEach(name -> owners.put(name, "the key of every gold table"));
    for (TableColumn column : ScoreInputs.columns(catalogue)) {
      owners.put(column.name(), "the features and habits");
    }
    for (TableColumn column :
        ProfileTables.scoreColumns(catalogue.deployment().currency().decimals())) {
      owners.putIfAbsent(column.name(), "the profile");
    }
    for (Score score : catalogue.scores().scores()) {
      List<TableColumn> columns = new ArrayList<>(CatalogueColumns.columns(score));
      columns.addAll(CatalogueColumns.openReasons(score));
      for (TableColumn column : columns) {
        String owner = owners.putIfAbsent(column.name(), "the score '" + score.name() + "'");
        if (owner != null) {
          faults.add(
              score
                  .place()
                  .fault("the column '" + column.name() + "' belongs to " + owner + " already"));
        }
      }
      if (score.name().startsWith(ProfileTables.TAG_PREFIX)) {
        faults.add(
            score
                .place()
                .fault("names that start with " + ProfileTables.TAG_PREFIX + " are for tags"));
      }
    }
  }

  private void check(Score score) {
    score.sql().ifPresent(sql -> checkType(sql, false));
    for (Characteristic characteristic : score.characteristics()) {
      checkType(characteristic.value(), !characteristic.categories().isEmpty());
    }
    score
        .className()
        .ifPresent(
            name -> {
              try {
                OwnScorers.of(name);
              } catch (IllegalArgumentException e) {
                faults.add(score.place().fault(e.getMessage()));
              }
            });
  }

  private void checkType(Expression expression, boolean isCategory) {
    expressions
        .type(expression, empty)
        .filter(type -> !(type instanceof NullType || fits(type, isCategory)))
        .ifPresent(
            type ->
                faults.add(
                    expression
                        .place()
                        .fault(
                            String.format(
                                "%s is needed here; this is %s",
                                isCategory ? "a single value" : "a number",
                                type.catalogString()))));
  }

  private static boolean fits(DataType type, boolean isCategory) {
    return isCategory ? type instanceof AtomicType : type instanceof NumericType;
  }
}
