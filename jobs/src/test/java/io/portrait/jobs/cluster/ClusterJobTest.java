package io.portrait.jobs.cluster;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.createDecimalType;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portrait.common.config.Catalogue;
import io.portrait.common.config.Deployment;
import io.portrait.common.config.Place;
import io.portrait.common.config.Scores;
import io.portrait.common.config.Scores.Clusters;
import io.portrait.common.config.ShippedPurposes;
import io.portrait.common.config.ShippedScores;
import io.portrait.common.config.Title;
import io.portrait.common.error.JobException;
import io.portrait.common.io.ModelFiles;
import io.portrait.common.io.Tables;
import io.portrait.common.job.Console;
import io.portrait.common.job.JobContext;
import io.portrait.common.job.RowCounts;
import io.portrait.common.table.ClusterTables;
import io.portrait.common.table.FeatureTable;
import io.portrait.common.table.TableColumn;
import io.portrait.common.table.TableSchema;
import io.portrait.common.testing.SparkExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Date;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The step on groups of customers far apart, on one as-of date after the other. */
@ExtendWith(SparkExtension.class)
class ClusterJobTest {

  private static final LocalDate FIRST = LocalDate.of(2026, 1, 1);
  private static final LocalDate SECOND = LocalDate.of(2026, 2, 1);
  private static final LocalDate THIRD = LocalDate.of(2026, 3, 1);
  private static final TableSchema FEATURES =
      FeatureTable.schema(
          List.of(
              new TableColumn("days_since_last_order", LongType, true, "days", "R", "R", ""),
              new TableColumn("order_amount", createDecimalType(18, 2), true, "EUR", "M", "M", ""),
              new TableColumn("x", DoubleType, true, "", "X", "X", ""),
              new TableColumn("y", LongType, true, "", "Y", "Y", "")));

  /** Three groups of 40, 60 and 100 customers far apart; the one that spends most is the third. */
  private static final String BLOBS =
      "SELECT concat('c', id) AS customer_id, 5L AS days_since_last_order,"
          + " CAST(CASE WHEN id < 40 THEN 50 WHEN id < 100 THEN 20 ELSE 100 END AS DECIMAL(18,2))"
          + " AS order_amount,"
          + " CASE WHEN id < 40 THEN 0 WHEN id < 100 THEN 50 ELSE 100 END + id % 4 AS x,"
          + " CASE WHEN id < 40 THEN 80 WHEN id < 100 THEN 0 ELSE 80 END + id % 5 AS y"
          + " FROM range(200) UNION ALL SELECT 'visitor', NULL, 0BD, 1000, 1000";

  /** A fourth group, of 100 customers. */
  private static final String NEWCOMERS =
      " UNION ALL SELECT concat('n', id), 1L, 500BD, -200 + id % 3, -150 + id % 3 FROM range(100)";

  /** Holds the three groups at the first two as-of dates, and the fourth one too at the third. */
  @TempDir private static Path shared;

  private static long customersIn;
  private static Written first;

  @TempDir private Path warehouse;

  /** What a run wrote, in the order of the keys. */
  private record Written(
      List<Row> members, List<Row> clusters, List<Row> features, List<Row> metrics) {}

  @BeforeAll
  static void findClustersOfThreeDates(SparkSession spark) {
    Tables tables = new Tables(spark, shared.toString());
    write(tables, FIRST, spark.sql(BLOBS));
    customersIn = run(spark, shared, FIRST, "run-1").counts().in();
    first = written(spark, FIRST);
    // The same as-of date again, from rows in another order and number of files.
    write(tables, FIRST, spark.sql(BLOBS).repartition(5, col("y")));
    run(spark, shared, FIRST, "run-1");
    write(tables, SECOND, spark.sql(BLOBS).repartition(3));
    run(spark, shared, SECOND, "run-2");
    write(tables, THIRD, spark.sql(BLOBS + NEWCOMERS));
    run(spark, shared, THIRD, "run-3");
  }

  @Test
  void findsGroupsFarApart(SparkSession spark) {
    assertThat(customersIn).isEqualTo(200);
    assertThat(first.clusters())
        .containsExactly(
            RowFactory.create(1, "Wide", "寬", 100L, 0.5),
            RowFactory.create(2, "Low: x", "低x", 40L, 0.2),
            RowFactory.create(3, "Low: y", "低y", 60L, 0.3));
    assertThat(first.members().stream().filter(r -> r.getInt(1) == 2).map(r -> r.getString(0)))
        .hasSize(40)
        .contains("c0", "c39");
    assertThat(first.members().stream().filter(r -> r.getInt(1) == 3).map(r -> r.getString(0)))
        .hasSize(60)
        .contains("c40", "c99");
    assertThat(
            new Tables(spark, shared.toString())
                .readAsOf(ClusterTables.CLUSTER_METRIC, FIRST)
                .filter("is_chosen")
                .select("k", "smallest_share", "sample_rows", "choice")
                .collectAsList())
        .containsExactly(RowFactory.create(3, 0.2, 200L, "best"));
  }

  @Test
  void findsTheSameAgainInRowsOfAnotherOrder(SparkSession spark) {
    assertThat(written(spark, FIRST)).isEqualTo(first);
  }

  @Test
  void keepsIdsAndNamesAtTheNextAsOfDate(SparkSession spark) {
    assertThat(members(spark, shared, SECOND)).isEqualTo(first.members());
    assertThat(clusters(spark, shared, SECOND)).isEqualTo(first.clusters());
  }

  @Test
  void leavesAModelThatTellsTheSameClusters(SparkSession spark) {
    ClusterModel model =
        ClusterModel.fromJson(
            ModelFiles.read(
                spark.sparkContext().hadoopConfiguration(),
                shared.toString(),
                "customer_cluster",
                SECOND));
    assertThat(ClusterModel.fromJson(model.toJson())).isEqualTo(model);
    Dataset<Row> again =
        ClusterTransforms.withCluster(
            ClusterTransforms.withPoint(
                spark.sql(BLOBS).filter("customer_id <> 'visitor'"), model.scales()),
            model.centers());
    assertThat(
            again.select("customer_id", "cluster").collectAsList().stream()
                .map(
                    r -> RowFactory.create(r.getString(0), model.clusters().get(r.getInt(1)).id())))
        .containsExactlyInAnyOrderElementsOf(
            first.members().stream()
                .map(r -> RowFactory.create(r.getString(0), r.getInt(1)))
                .toList());
  }

  @Test
  void givesAGroupThatAppearsANewIdAndKeepsTheOthers(SparkSession spark) {
    List<Row> clusters = clusters(spark, shared, THIRD);

    assertThat(clusters)
        .extracting(row -> row.getInt(0), row -> row.getLong(3))
        .containsExactly(
            Tuple.tuple(1, 100L), Tuple.tuple(2, 40L), Tuple.tuple(3, 60L), Tuple.tuple(4, 100L));
    assertThat(clusters.subList(0, 3))
        .extracting(row -> row.getString(1))
        .isEqualTo(first.clusters().stream().map(row -> row.getString(1)).toList());
    assertThat(clusters).extracting(row -> row.getString(1)).doesNotHaveDuplicates();
  }

  @Test
  void copesWithNobodyOneAndTooFew(SparkSession spark) {
    Tables tables = new Tables(spark, warehouse.toString());
    write(tables, FIRST, spark.sql(BLOBS).filter("customer_id = 'visitor'"));
    run(spark, warehouse, FIRST, "run-1");
    assertThat(members(spark, warehouse, FIRST)).isEmpty();
    assertThat(clusters(spark, warehouse, FIRST)).isEmpty();
    assertThat(warehouse.resolve("ops/model/customer_cluster/as_of=" + FIRST + "/model.json"))
        .doesNotExist();

    write(tables, FIRST, spark.sql(BLOBS).filter("customer_id = 'c0'"));
    run(spark, warehouse, FIRST, "run-1");
    assertThat(members(spark, warehouse, FIRST)).containsExactly(RowFactory.create("c0", 1, 0.0));
    assertThat(clusters(spark, warehouse, FIRST))
        .containsExactly(RowFactory.create(1, "Average customers", "一般客群", 1L, 1.0));
    assertThat(
            new Tables(spark, warehouse.toString())
                .readAsOf(ClusterTables.CLUSTER_METRIC, FIRST)
                .select("k", "silhouette", "smallest_share", "cost", "choice")
                .collectAsList())
        .containsExactly(RowFactory.create(1, null, 1.0, 0.0, "single"));

    // Two customers: as many as min_k, each its own cluster.
    write(tables, SECOND, spark.sql(BLOBS).filter("customer_id IN ('c0', 'c40')"));
    run(spark, warehouse, SECOND, "run-2");
    assertThat(clusters(spark, warehouse, SECOND))
        .extracting(row -> row.getLong(3))
        .containsExactly(1L, 1L);
    assertThat(
            Files.exists(
                warehouse.resolve("ops/model/customer_cluster/as_of=" + SECOND + "/model.json")))
        .isTrue();
  }

  @Test
  void namesAFeatureThatIsNotThere(SparkSession spark) {
    new Tables(spark, warehouse.toString())
        .create(FeatureTable.schema(FEATURES.columns().subList(3, 6)));

    assertThatThrownBy(() -> run(spark, warehouse, FIRST, "run-1"))
        .isInstanceOf(JobException.class)
        .hasMessageContaining("clusters: 'y' is not a feature.");
  }

  private static JobContext run(SparkSession spark, Path root, LocalDate asOf, String runId) {
    Place place = new Place("portrait.yaml", 1, "");
    Deployment deployment =
        new Deployment(
            "test",
            root.toString(),
            ZoneId.of("UTC"),
            new Deployment.Currency("EUR", 2, Map.of()),
            "TW",
            new Deployment.Privacy("0123456789abcdef"),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            place);
    Scores shipped = ShippedScores.load();
    Clusters clusters =
        new Clusters(
            List.of("x", "y"),
            2,
            5,
            0.05,
            0.05,
            1000,
            50,
            7L,
            Optional.of(Map.of("x_high", new Title("Wide", "寬"))),
            new Place("scores.yaml", 9, "clusters"));
    JobContext context =
        new JobContext(
            spark,
            new Catalogue(
                deployment,
                List.of(),
                List.of(),
                new Scores(
                    shipped.habits(),
                    shipped.rfm(),
                    shipped.lifecycle(),
                    shipped.value(),
                    shipped.learning(),
                    shipped.churn(),
                    shipped.nextPurchase(),
                    clusters,
                    List.of(),
                    List.of(),
                    shipped.credit()),
                List.of(),
                ShippedPurposes.load(),
                List.of(),
                "hash"),
            new Tables(spark, root.toString()),
            runId,
            Optional.of(asOf),
            new RowCounts(),
            new Console(System.out));
    new ClusterJob().run(context);
    return context;
  }

  private static void write(Tables tables, LocalDate asOf, Dataset<Row> customers) {
    tables.replaceAsOf(
        FEATURES,
        customers
            .withColumn("days_since_last_order", col("days_since_last_order").cast(LongType))
            .withColumn("order_amount", col("order_amount").cast(createDecimalType(18, 2)))
            .withColumn("x", col("x").cast(DoubleType))
            .withColumn("y", col("y").cast(LongType))
            .withColumn("as_of", lit(Date.valueOf(asOf)))
            .withColumn("run_id", lit("features")),
        asOf);
  }

  private static Written written(SparkSession spark, LocalDate asOf) {
    return new Written(
        members(spark, shared, asOf),
        clusters(spark, shared, asOf),
        rows(spark, ClusterTables.CLUSTER_FEATURE, asOf),
        rows(spark, ClusterTables.CLUSTER_METRIC, asOf));
  }

  private static List<Row> members(SparkSession spark, Path root, LocalDate asOf) {
    return new Tables(spark, root.toString())
        .readAsOf(ClusterTables.CUSTOMER_CLUSTER, asOf)
        .orderBy("customer_id")
        .select("customer_id", "cluster_id", "distance")
        .collectAsList();
  }

  private static List<Row> clusters(SparkSession spark, Path root, LocalDate asOf) {
    return new Tables(spark, root.toString())
        .readAsOf(ClusterTables.CLUSTER, asOf)
        .orderBy("cluster_id")
        .select("cluster_id", "name_en", "name_zh", "customers", "share")
        .collectAsList();
  }

  private static List<Row> rows(SparkSession spark, TableSchema table, LocalDate asOf) {
    Dataset<Row> rows = new Tables(spark, shared.toString()).readAsOf(table, asOf);
    return rows.orderBy(table.key().stream().map(c -> col(c)).toArray(Column[]::new))
        .collectAsList();
  }
}
