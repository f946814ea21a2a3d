package io.portrait.jobs.features;

import static io.portrait.jobs.testing.PublishedTableAssert.assertThatGoldOf;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.assertj.core.api.Assertions.assertThat;

import io.portrait.common.config.Catalogue;
import io.portrait.common.config.CatalogueColumns;
import io.portrait.common.config.Feature;
import io.portrait.common.io.QueryMode;
import io.portrait.common.io.Tables;
import io.portrait.common.job.RowCounts;
import io.portrait.common.table.FeatureTable;
import io.portrait.common.table.SilverTables;
import io.portrait.common.table.TableColumn;
import io.portrait.common.table.TableSchema;
import io.portrait.common.testing.SparkExtension;
import io.portrait.common.transform.KnownAccounts;
import io.portrait.jobs.testing.Steps;
import io.portrait.jobs.testing.TestCatalogue;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.expressions.codegen.ByteCodeStats;
import org.apache.spark.sql.execution.debug.package$;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import scala.Tuple3;
import scala.jdk.javaapi.CollectionConverters;

@ExtendWith(SparkExtension.class)
class FeaturesJobTest {

  private static final LocalDate AS_OF = LocalDate.of(2026, 1, 31);

  @Test
  void agreesWithDuckDbOnTheSameRows(SparkSession spark, @TempDir Path dir) throws Exception {
    Catalogue catalogue = TestCatalogue.shipped();
    Tables tables = new Tables(spark, dir.toString());
    writeSilver(spark, tables, 40, 1500);
    RowCounts counts = new RowCounts();

    Steps.run(spark, new FeaturesJob(), catalogue, dir.toString(), AS_OF, counts);

    TableSchema table = FeatureTable.schema(CatalogueColumns.features(catalogue));
    List<String> compared =
        List.of(
            "customer_id",
            "order_count_30d",
            "order_amount",
            "net_amount_90d",
            "order_days_90d",
            "order_days",
            "largest_order_amount_365d",
            "days_since_last_order",
            "days_since_first_order",
            "average_order_amount",
            "category_count",
            "top_category",
            "age",
            "tenure_days");
    List<String> ours =
        new Tables(spark, dir.toString())
                .readAsOf(table, AS_OF)
                .select(compared.stream().map(c -> col(c).cast("string")).toArray(Column[]::new))
                .orderBy("customer_id")
                .collectAsList()
                .stream()
                .map(row -> row.mkString("|"))
                .toList();
    assertThat(ours).hasSize(40).isEqualTo(duckDb(dir));
    assertThat(counts.out()).isEqualTo(40);
    assertThat(counts.in()).isPositive();
    assertThatGoldOf(spark, dir.toString()).canBeReadEverywhere();
  }

  @Test
  void keepsTheRollupInGeneratedCodeThatTheJustInTimeCompilerTakes(
      SparkSession spark, @TempDir Path dir) {
    Catalogue catalogue = TestCatalogue.shipped();
    Tables tables = new Tables(spark, dir.toString());
    writeSilver(spark, tables, 10, 100);
    Dataset<Row> summary =
        FeatureTransforms.summarizeRollup(
            tables.read(SilverTables.ACCOUNT_DAY),
            KnownAccounts.of(tables.readAsOf(SilverTables.CUSTOMER_MAP, AS_OF)),
            catalogue.features().stream()
                .filter(f -> f.from() == Feature.From.ACCOUNT_DAY)
                .toList(),
            AS_OF);

    // As a large rollup is read. The plan is final, and its code made, only after it has run.
    spark.conf().set("spark.sql.codegen.factoryMode", "FALLBACK");
    summary.collectAsList();
    var generated =
        CollectionConverters.asJava(
            package$.MODULE$.codegenStringSeq(summary.queryExecution().executedPlan()));
    QueryMode.interpret(spark);

    // The stage that sums up the rollup is generated; 8000 bytes is the limit of HotSpot for
    // methods
    // that it compiles.
    var rollupStages = generated.stream().filter(stage -> stage._1().contains("partial_")).toList();
    assertThat(rollupStages).isNotEmpty();
    for (Tuple3<String, String, ?> stage : rollupStages) {
      assertThat(stage._1()).contains("HashAggregate");
      assertThat(((ByteCodeStats) stage._3()).maxMethodCodeSize()).isBetween(1, 8000);
    }
  }

  @Test
  void writesNothingWithoutCustomers(SparkSession spark, @TempDir Path dir) {
    Catalogue catalogue = TestCatalogue.shipped();
    Tables tables = new Tables(spark, dir.toString());
    writeSilver(spark, tables, 0, 0);

    Steps.run(spark, new FeaturesJob(), catalogue, dir.toString(), AS_OF);

    TableSchema table = FeatureTable.schema(CatalogueColumns.features(catalogue));
    assertThat(new Tables(spark, dir.toString()).readAsOf(table, AS_OF).count()).isZero();
  }

  /** Two accounts a customer; every fourth customer without any row. */
  private static void writeSilver(SparkSession spark, Tables tables, int customers, int days) {
    Dataset<Row> accounts = spark.range(0, customers * 2L).toDF("id");
    tables.replaceAsOf(
        SilverTables.CUSTOMER_MAP,
        accounts.selectExpr(
            "DATE'2026-01-31' AS as_of",
            "concat('a', id) AS account_key",
            "concat('c', id div 2) AS customer_id",
            "'crm' AS realm",
            "true AS is_known"),
        AS_OF);
    tables.replaceAsOf(
        SilverTables.CUSTOMER,
        spark
            .range(0, customers)
            .selectExpr(
                "DATE'2026-01-31' AS as_of",
                "concat('c', id) AS customer_id",
                "2L AS accounts",
                "date_sub(DATE'2026-01-31', cast(id * 500 AS INT)) AS birth_date",
                "date_sub(DATE'2026-01-31', cast(id * 11 AS INT)) AS registered_on"),
        AS_OF);
    String account = "concat('a', (id * 7919) % " + Math.max(1, customers * 2) + ")";
    String reached = "((id * 7919) % " + Math.max(1, customers * 2) + ") div 2 % 4 != 3";
    Dataset<Row> rows =
        spark
            .range(0, days)
            .filter(reached)
            .selectExpr(
                "id",
                account + " AS account_key",
                "date_sub(DATE'2026-02-04', cast((id * id * 31 + id) % 400 AS INT)) AS event_day")
            .dropDuplicates("account_key", "event_day");
    tables.overwrite(SilverTables.ACCOUNT_DAY, measures(rows, SilverTables.ACCOUNT_DAY));
    tables.overwrite(
        SilverTables.ACCOUNT_CATEGORY_DAY,
        measures(
            rows.withColumn("category", expr("concat('k', id % 5)")),
            SilverTables.ACCOUNT_CATEGORY_DAY));
  }

  private static Dataset<Row> measures(Dataset<Row> rows, TableSchema table) {
    List<String> columns = new ArrayList<>();
    for (TableColumn column : table.columns()) {
      columns.add(
          switch (column.name()) {
            case "account_key", "event_day", "category" -> column.name();
            case "month" -> "cast(trunc(event_day, 'MM') AS DATE) AS month";
            case "orders" -> "id % 3 AS orders";
            case "amount_minor" -> "if(id % 3 = 0, 0L, id % 97 * 100) AS amount_minor";
            case "refund_minor" -> "if(id % 11 = 0, 5000L, 0L) AS refund_minor";
            case "largest_order_minor" -> "id % 97 * 100 AS largest_order_minor";
            default -> "id % 13 AS " + column.name();
          });
    }
    return rows.selectExpr(columns.toArray(String[]::new));
  }

  /** The same features by plain SQL over the files of the silver tables. */
  private static List<String> duckDb(Path dir) throws Exception {
    String sql =
        """
        WITH d AS (
          SELECT m.customer_id, r.* FROM read_parquet('%1$s/account_day/**/*.parquet') r
          JOIN read_parquet('%1$s/customer_map/**/*.parquet') m USING (account_key)
          WHERE r.event_day < DATE '2026-01-31'),
        k AS (
          SELECT m.customer_id, r.category, sum(amount_minor) AS s
          FROM read_parquet('%1$s/account_category_day/**/*.parquet') r
          JOIN read_parquet('%1$s/customer_map/**/*.parquet') m USING (account_key)
          WHERE r.event_day < DATE '2026-01-31' GROUP BY ALL HAVING sum(amount_minor) > 0)
        SELECT c.customer_id,
          coalesce(sum(orders) FILTER (event_day >= DATE '2026-01-01'), 0),
          coalesce(sum(amount_minor) / 100, 0)::DECIMAL(18, 2),
          coalesce(sum(amount_minor - refund_minor) FILTER (event_day >= DATE '2025-11-02') / 100,
            0)::DECIMAL(18, 2),
          count(DISTINCT event_day) FILTER (orders > 0 AND event_day >= DATE '2025-11-02'),
          count(DISTINCT event_day) FILTER (orders > 0),
          coalesce(max(largest_order_minor) FILTER (event_day >= DATE '2025-01-31') / 100,
            0)::DECIMAL(18, 2),
          DATE '2026-01-31' - max(event_day) FILTER (orders > 0),
          DATE '2026-01-31' - min(event_day) FILTER (orders > 0),
          (round(sum(amount_minor) / nullif(sum(orders), 0)) / 100)::DECIMAL(18, 2),
          (SELECT count(*) FROM k WHERE k.customer_id = c.customer_id),
          (SELECT category FROM k WHERE k.customer_id = c.customer_id ORDER BY s DESC, category LIMIT 1),
          date_diff('month', any_value(birth_date), DATE '2026-01-31') // 12
            - CASE WHEN strftime(any_value(birth_date), '%%m-%%d') > '01-31'
                AND month(any_value(birth_date)) = 1 THEN 1 ELSE 0 END,
          DATE '2026-01-31' - any_value(registered_on)
        FROM read_parquet('%1$s/customer/**/*.parquet') c LEFT JOIN d USING (customer_id)
        GROUP BY c.customer_id ORDER BY c.customer_id
        """
            .formatted(dir.resolve("silver"));
    List<String> rows = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        var statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      int columns = result.getMetaData().getColumnCount();
      while (result.next()) {
        List<String> values = new ArrayList<>();
        for (int i = 1; i <= columns; i++) {
          values.add(String.valueOf(result.getString(i)));
        }
        rows.add(values.stream().collect(Collectors.joining("|")));
      }
    }
    return rows;
  }
}
