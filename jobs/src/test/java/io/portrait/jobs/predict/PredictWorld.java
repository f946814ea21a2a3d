package io.portrait.jobs.predict;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.trunc;
import static org.apache.spark.sql.types.DataTypes.LongType;

import io.portrait.common.config.Catalogue;
import io.portrait.common.config.Predictions.Churn;
import io.portrait.common.config.Predictions.ChurnDefinition;
import io.portrait.common.config.Predictions.Learning;
import io.portrait.common.config.Scores;
import io.portrait.common.io.Tables;
import io.portrait.common.table.SilverTables;
import io.portrait.common.table.TableColumn;
import io.portrait.common.table.TableSchema;
import io.portrait.jobs.testing.TestCatalogue;
import java.nio.file.Path;
import java.sql.Date;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** A warehouse with what the step reads, made of what some accounts did on some days. */
final class PredictWorld {

  private final SparkSession spark;
  private final Path root;

  PredictWorld(SparkSession spark, Path root) {
    this.spark = spark;
    this.root = root;
  }

  /** A fresh look at it. */
  Tables tables() {
    return new Tables(spark, root.toString());
  }

  String root() {
    return root.toString();
  }

  /** Rows of {@code account_day}: measures that {@code days} does not have are 0. */
  static Dataset<Row> accountDays(Dataset<Row> days) {
    List<String> present = Arrays.asList(days.columns());
    List<Column> columns = new ArrayList<>();
    for (TableColumn column : SilverTables.ACCOUNT_DAY.columns()) {
      String name = column.name();
      columns.add(
          switch (name) {
            case "account_key" -> col(name);
            case "event_day" -> col(name).cast("date");
            case "month" -> trunc(col("event_day").cast("date"), "MM").as(name);
            default -> (present.contains(name) ? col(name) : lit(0L)).cast(LongType).as(name);
          });
    }
    return days.select(columns.toArray(Column[]::new));
  }

  /** Adds what accounts did; each is a customer of the as-of dates, by the same name. */
  void write(Dataset<Row> days, LocalDate... asOf) {
    Tables tables = tables();
    Dataset<Row> rows = accountDays(days);
    tables.append(SilverTables.ACCOUNT_DAY, rows);
    tables.create(SilverTables.ACCOUNT_CATEGORY_DAY);
    Dataset<Row> accounts = tables.read(SilverTables.ACCOUNT_DAY).select("account_key").distinct();
    for (LocalDate date : asOf) {
      Dataset<Row> customers =
          accounts
              .withColumn("customer_id", col("account_key"))
              .withColumn("as_of", lit(Date.valueOf(date)));
      tables.replaceAsOf(
          SilverTables.CUSTOMER_MAP,
          customers.withColumn("realm", lit("shop")).withColumn("is_known", lit(true)),
          date);
      tables.replaceAsOf(SilverTables.CUSTOMER, customers.withColumn("accounts", lit(1L)), date);
    }
  }

  /** The shipped settings with another definition of churn. */
  static Catalogue catalogue(ChurnDefinition definition, int horizonDays) {
    return catalogue(
        definition, horizonDays, TestCatalogue.of("", "").scores().learning().sampleCustomers());
  }

  /** The same with another number of customers to learn from. */
  static Catalogue catalogue(ChurnDefinition definition, int horizonDays, int sampleCustomers) {
    Catalogue shipped = TestCatalogue.of("", "");
    Scores scores = shipped.scores();
    return new Catalogue(
        shipped.deployment(),
        shipped.sources(),
        shipped.features(),
        new Scores(
            scores.habits(),
            scores.rfm(),
            scores.lifecycle(),
            scores.value(),
            new Learning(
                scores.learning().maxCutoffs(),
                scores.learning().stepDays(),
                scores.learning().minHistoryDays(),
                scores.learning().minCases(),
                sampleCustomers),
            new Churn(
                definition,
                horizonDays,
                scores.churn().contractAttribute(),
                scores.churn().levels()),
            scores.nextPurchase(),
            scores.clusters(),
            scores.scores(),
            scores.segments(),
            scores.credit()),
        shipped.tags(),
        shipped.purposes(),
        shipped.expectations(),
        shipped.hash());
  }

  /** The rows of a table of an as-of date by model and predictor, or model and bin. */
  Map<String, Row> byKey(TableSchema table, LocalDate asOf, String second) {
    return tables().readAsOf(table, asOf).collectAsList().stream()
        .collect(Collectors.toMap(row -> row.getAs("model") + " " + row.getAs(second), row -> row));
  }
}
