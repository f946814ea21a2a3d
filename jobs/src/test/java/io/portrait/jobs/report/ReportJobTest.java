package io.portrait.jobs.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.portrait.common.io.Tables;
import io.portrait.common.job.JobContext;
import io.portrait.common.testing.SparkExtension;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SparkExtension.class)
class ReportJobTest {

  @TempDir static Path warehouse;
  @TempDir Path empty;

  /** Written once: none of the tests changes a table. */
  @BeforeAll
  static void writeWarehouse(SparkSession spark) {
    SampleWarehouse.write(spark, new Tables(spark, warehouse.toString()));
  }

  @Test
  void writesAPageOfAnEmptyWarehouse(SparkSession spark) throws IOException {
    run(spark, empty, SampleWarehouse.AS_OF);

    assertThat(Files.readString(empty.resolve("report/index.html")))
        .contains("\"segments\":[]", "\"spend\":null", "\"previousAsOf\":null");
  }

  @Test
  void writesTheSamePageAgainWithoutAnyCustomerAndKeepsTheLatestAsIndex(SparkSession spark)
      throws IOException {
    run(spark, warehouse, SampleWarehouse.AS_OF);
    Path index = warehouse.resolve("report/index.html");
    String first = Files.readString(index);
    assertThat(Files.size(index)).isLessThan(5_000_000);

    JobContext again = run(spark, warehouse, SampleWarehouse.AS_OF);
    run(spark, warehouse, SampleWarehouse.PREVIOUS);

    assertThat(Files.readString(index)).isEqualTo(first);
    assertThat(Files.readString(Path.of(ReportJob.location(again.tables(), SampleWarehouse.AS_OF))))
        .isEqualTo(first);
    assertThat(warehouse.resolve("report/as_of=2026-01-31.html")).exists();
    // Of single customers nothing but the sample, and of those nothing of who they are.
    assertThat(first.substring(0, first.indexOf("\"sample\":")))
        .doesNotContain("customer_id\":")
        .doesNotContainPattern("\"c[0-9]+\"");
    assertThat(first.substring(first.indexOf("\"sample\":"), first.indexOf("report-messages")))
        .containsPattern("\"c[0-9]+\"")
        .doesNotContain("nobody may see this");
    assertThat(again.tables().versionsRead()).containsKeys("gold/customer_rfm", "ops/run_log");
    assertThat(again.counts().in()).isEqualTo(SampleWarehouse.CUSTOMERS);
  }

  @Test
  void readsAggregatesOfTheAsOfDateAndTheOneBefore(SparkSession spark) {
    Tables tables = new Tables(spark, warehouse.toString());
    JobContext context = SampleWarehouse.context(spark, tables, SampleWarehouse.AS_OF);

    ReportData data = new ReportReader(tables, SampleWarehouse.AS_OF).read(context.catalogue());

    assertThat(data.asOf()).isEqualTo(SampleWarehouse.AS_OF);
    assertThat(data.previousAsOf()).isEqualTo(SampleWarehouse.PREVIOUS);
    assertThat(data.headline().customers()).isEqualTo(3000);
    assertThat(data.headline().buyers()).isEqualTo(2500);
    assertThat(data.previousHeadline().customers()).isEqualTo(2900);
    assertThat(data.segments()).hasSize(11);
    assertThat(data.segments()).allMatch(segment -> segment.previousCustomers() != null);
    assertThat(data.segments().stream().mapToLong(ReportData.Segment::customers).sum())
        .isEqualTo(2500);
    assertThat(data.grid().stream().mapToLong(ReportData.GridCell::customers).sum())
        .isEqualTo(2500);
    assertThat(data.flows().stream().mapToLong(ReportData.Flow::customers).sum()).isEqualTo(2500);
    assertThat(sum(data.flows(), flow -> flow.from() == null, ReportData.Flow::customers))
        .isEqualTo(2500 - SampleWarehouse.PREVIOUS_CUSTOMERS * 5L / 6);
    assertThat(data.flows()).noneMatch(flow -> flow.to() == null);
    assertThat(sum(data.interests(), cell -> true, ReportData.Interest::customers)).isEqualTo(2500);
    assertThat(data.interests())
        .extracting(ReportData.Interest::category)
        .containsOnly("Books", "Music", "Tea", "Toys");
    assertThat(sum(data.valueByChurn(), cell -> true, ReportData.ValueByChurn::customers))
        .isEqualTo(2500);
    assertThat(data.valueByChurn())
        .allMatch(cell -> cell.value() >= 1 && cell.value() <= 5)
        .allMatch(cell -> cell.churn() >= 1 && cell.churn() <= 5)
        .allMatch(cell -> (cell.amount() == null) == (cell.customers() < 5));
    assertThat(
            sum(data.cross().cells(), cell -> true, ReportData.CrossCell::customers)
                + data.cross().hiddenCustomers())
        .isEqualTo(3000);
    assertThat(data.cross().cells()).allMatch(cell -> cell.customers() >= 5);
    assertThat(data.cross().cells())
        .extracting(ReportData.CrossCell::region)
        .contains("Region 0")
        .containsNull()
        .doesNotContain("Region 17");
    assertThat(data.sample().customers())
        .hasSize(SampleWarehouse.SAMPLE)
        .isSortedAccordingTo(Comparator.comparing(ReportData.SampleCustomer::id));
    assertThat(data.sample().columns())
        .extracting(ReportData.SampleColumn::code)
        .contains("segment", "customer_value", "churn_probability")
        .doesNotContain("city", "customer_id");
    assertThat(data.valueTypes()).hasSize(8);
    assertThat(data.lifecycle()).hasSize(5);
    assertThat(data.spend().customers()).isEqualTo(2500);
    assertThat(BigDecimal.valueOf(data.spend().amount()))
        .isEqualByComparingTo(data.headline().sales());
    assertThat(data.spend().bands().stream().mapToLong(SpendDistribution.Band::customers).sum())
        .isEqualTo(2500);
    assertThat(data.clusters())
        .extracting(ReportData.Cluster::id)
        .containsExactly(0L, 1L, 2L, 3L, 4L);
    assertThat(data.clusterFeatures()).hasSize(35);
    assertThat(data.checks().get(0).passed()).isFalse();
    assertThat(data.scores())
        .extracting(ReportData.Score::code)
        .containsExactly("purchasing_power", "loyalty", "credit", "basket_index");
    assertThat(data.scores().get(1).levels().stream().mapToLong(ReportData.Level::customers).sum())
        .isEqualTo(3000);
    assertThat(data.scores().get(1).points()).hasSize(10);
    assertThat(data.scores().get(3).points()).isEmpty();
    assertThat(data.value().customers()).isEqualTo(2500);
    assertThat(data.alive().bands().stream().mapToLong(ReportData.ProbabilityBand::customers).sum())
        .isEqualTo(2500);
    assertThat(data.churn().sales()).isEqualByComparingTo(data.headline().sales());
    assertThat(data.churn().atRisk()).isBetween(BigDecimal.ONE, data.churn().sales());
    assertThat(data.credit().get(0).grade()).isEqualTo("A");
    assertThat(data.credit().stream().mapToLong(ReportData.CreditCell::customers).sum())
        .isEqualTo(3000);
    assertThat(data.namedSegments())
        .extracting(ReportData.NamedSegment::code)
        .containsExactly("loyal", "churn_risk", "high_value", "single", "nobody");
    // What would tell of one customer.
    assertThat(data.namedSegments())
        .extracting(ReportData.NamedSegment::meanValue)
        .containsExactly(
            new BigDecimal("131.05"),
            new BigDecimal("40.11"),
            new BigDecimal("212.40"),
            null,
            null);
    assertThat(data.segments())
        .filteredOn(segment -> segment.monetary() == null)
        .extracting(ReportData.Segment::code, ReportData.Segment::customers)
        .containsExactly(tuple("cant_lose", 1L));
    assertThat(data.valueTypes())
        .filteredOn(type -> type.monetary() == null)
        .extracting(ReportData.ValueType::code, ReportData.ValueType::customers)
        .containsExactly(tuple("general_keep", 1L));
    assertThat(data.spend().deciles()).hasSize(10);
    assertThat(data.models())
        .extracting(ReportData.Model::model, ReportData.Model::predictor)
        .containsExactly(
            tuple("churn", "model"),
            tuple("churn", "no_purchase_for_days"),
            tuple("churn", "population_rate"),
            tuple("purchase_30d", "model"));
    assertThat(data.calibration()).hasSize(10);
    assertThat(data.nextPurchaseTests())
        .extracting(
            ReportData.NextPurchaseTest::question,
            ReportData.NextPurchaseTest::predictor,
            ReportData.NextPurchaseTest::meanError,
            ReportData.NextPurchaseTest::hitRate)
        .containsExactly(
            tuple("category", "model", null, 0.4132),
            tuple("category", "last_bought", null, 0.3518),
            tuple("category", "most_popular", null, 0.2907),
            tuple("date", "model", 24.31, null),
            tuple("date", "last_interval", 31.72, null),
            tuple("date", "population", 21.46, null));
    assertThat(data.valueModels()).hasSize(7);
    assertThat(data.valueTests())
        .extracting(test -> test.predictor() + " " + test.rankCorrelation())
        .containsExactly("model 0.612", "last_period 0.544");
    assertThat(data.conformed())
        .contains(
            new ReportData.Conformed("orders", "order", 2L, 17000L, 0L, 16692L, 222L, 86L, 0L));
    assertThat(data.steps())
        .extracting(ReportData.Step::job, ReportData.Step::status)
        .containsExactlyElementsOf(
            List.of(
                tuple("ingest", "done"),
                tuple("conform", "done"),
                tuple("identify", "done"),
                tuple("summarize", "done"),
                tuple("features", "done"),
                tuple("score", "done"),
                tuple("cluster", "done"),
                tuple("profile", "done")));
  }

  @Test
  void hasNoEarlierRunOnTheFirstAsOfDate(SparkSession spark) {
    Tables tables = new Tables(spark, warehouse.toString());
    JobContext context = SampleWarehouse.context(spark, tables, SampleWarehouse.PREVIOUS);

    ReportData data = new ReportReader(tables, SampleWarehouse.PREVIOUS).read(context.catalogue());

    assertThat(data.previousAsOf()).isNull();
    assertThat(data.previousHeadline()).isNull();
    assertThat(data.flows()).isEmpty();
    assertThat(data.segments()).allMatch(segment -> segment.previousCustomers() == null);
  }

  private static <T> long sum(List<T> rows, Predicate<T> isCounted, ToLongFunction<T> value) {
    return rows.stream().filter(isCounted).mapToLong(value).sum();
  }

  private static JobContext run(SparkSession spark, Path root, LocalDate asOf) {
    JobContext context = SampleWarehouse.context(spark, new Tables(spark, root.toString()), asOf);
    new ReportJob().run(context);
    return context;
  }
}
