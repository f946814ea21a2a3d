package io.portrait.jobs.report;

import static io.portrait.jobs.report.Cells.amount;
import static io.portrait.jobs.report.Cells.flag;
import static io.portrait.jobs.report.Cells.number;
import static io.portrait.jobs.report.Cells.text;
import static io.portrait.jobs.report.Cells.whole;

import io.portrait.common.config.Deployment;
import io.portrait.common.io.Tables;
import io.portrait.common.job.RunLogTable;
import io.portrait.common.table.TableSchema;
import io.portrait.jobs.report.ReportData.Headline;
import java.sql.Timestamp;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Reads one as-of date's aggregates. A table that is not there yet gives an empty part. */
final class ReportReader {

  private final Tables tables;
  private final LocalDate asOf;

  ReportReader(Tables tables, LocalDate asOf) {
    this.tables = tables;
    this.asOf = asOf;
  }

  ReportData read(Deployment deployment) {
    Optional<LocalDate> previous = previousAsOf();
    return new ReportData(
        deployment.deployment(),
        deployment.currency().code(),
        deployment.currency().decimals(),
        asOf,
        previous.orElse(null),
        headline(asOf),
        previous.map(this::headline).orElse(null),
        segments(previous),
        collect(
            rows(ReportTables.CUSTOMER_RFM, asOf).map(ReportTransforms::scoreGrid),
            row ->
                new ReportData.GridCell(
                    whole(row, "r_score"),
                    whole(row, "f_score"),
                    text(row, "segment"),
                    whole(row, "customers"))),
        collect(
            rows(ReportTables.RFM_VALUE_TYPE, asOf),
            row ->
                new ReportData.ValueType(
                    text(row, "value_type"),
                    text(row, "title_en"),
                    text(row, "title_zh"),
                    whole(row, "customers"),
                    number(row, "share"),
                    amount(row, "monetary"))),
        lifecycle(previous),
        spend(),
        clusters(),
        clusterFeatures(),
        tags(),
        conformed(),
        reasons(),
        checks(),
        steps());
  }

  private Optional<LocalDate> previousAsOf() {
    return Stream.of(ReportTables.CUSTOMER_FEATURE, ReportTables.RFM_SEGMENT)
        .filter(tables::exists)
        .findFirst()
        .flatMap(table -> tables.previousAsOf(table, asOf));
  }

  private Headline headline(LocalDate day) {
    List<Row> totals =
        collect(rows(ReportTables.CUSTOMER_FEATURE, day).map(ReportTransforms::totals), row -> row);
    Long buyers = rows(ReportTables.CUSTOMER_RFM, day).map(Dataset::count).orElse(null);
    if (totals.isEmpty()) {
      return new Headline(null, buyers, null, null);
    }
    Row total = totals.get(0);
    return new Headline(
        whole(total, "customers"), buyers, amount(total, "sales"), whole(total, "orders"));
  }

  private List<ReportData.Segment> segments(Optional<LocalDate> previous) {
    Map<String, Long> before = customersBefore(ReportTables.RFM_SEGMENT, "segment", previous);
    return collect(
        rows(ReportTables.RFM_SEGMENT, asOf),
        row ->
            new ReportData.Segment(
                text(row, "segment"),
                text(row, "title_en"),
                text(row, "title_zh"),
                text(row, "action_en"),
                text(row, "action_zh"),
                whole(row, "customers"),
                number(row, "share"),
                amount(row, "monetary"),
                before.get(text(row, "segment"))));
  }

  private List<ReportData.State> lifecycle(Optional<LocalDate> previous) {
    Map<String, Long> before = customersBefore(ReportTables.LIFECYCLE_STATE, "state", previous);
    return collect(
        rows(ReportTables.LIFECYCLE_STATE, asOf),
        row ->
            new ReportData.State(
                text(row, "state"),
                text(row, "title_en"),
                text(row, "title_zh"),
                whole(row, "customers"),
                number(row, "share"),
                before.get(text(row, "state"))));
  }

  private Map<String, Long> customersBefore(
      TableSchema table, String code, Optional<LocalDate> previous) {
    Map<String, Long> before = new HashMap<>();
    collect(previous.flatMap(day -> rows(table, day)), row -> row)
        .forEach(row -> before.put(text(row, code), whole(row, "customers")));
    return before;
  }

  private SpendDistribution spend() {
    return SpendDistribution.of(
            collect(
                rows(ReportTables.CUSTOMER_RFM, asOf).map(ReportTransforms::spendBuckets),
                row ->
                    new SpendDistribution.Bucket(
                        whole(row, "lower_hundredths"),
                        whole(row, "customers"),
                        amount(row, "amount"))))
        .orElse(null);
  }

  private List<ReportData.Cluster> clusters() {
    return collect(
        rows(ReportTables.CLUSTER, asOf).map(rows -> rows.orderBy("cluster_id")),
        row ->
            new ReportData.Cluster(
                whole(row, "cluster_id"),
                text(row, "name_en"),
                text(row, "name_zh"),
                text(row, "description_en"),
                text(row, "description_zh"),
                whole(row, "customers"),
                number(row, "share")));
  }

  private List<ReportData.ClusterFeature> clusterFeatures() {
    return collect(
        rows(ReportTables.CLUSTER_FEATURE, asOf).map(rows -> rows.orderBy("feature", "cluster_id")),
        row ->
            new ReportData.ClusterFeature(
                whole(row, "cluster_id"),
                text(row, "feature"),
                text(row, "title_en"),
                text(row, "title_zh"),
                number(row, "mean"),
                number(row, "population_mean"),
                number(row, "deviation")));
  }

  private List<ReportData.TagCount> tags() {
    return collect(
        rows(ReportTables.TAG, asOf).map(rows -> rows.orderBy("tag_code")),
        row ->
            new ReportData.TagCount(
                text(row, "tag_code"),
                text(row, "parent_code"),
                text(row, "title_en"),
                text(row, "title_zh"),
                text(row, "rule"),
                text(row, "sensitivity"),
                whole(row, "customers"),
                number(row, "share")));
  }

  private List<ReportData.Conformed> conformed() {
    return collect(
        rows(ReportTables.CONFORM_RESULT).map(ReportTransforms::conformTotals),
        row ->
            new ReportData.Conformed(
                text(row, "source"),
                text(row, "entity"),
                whole(row, "batches"),
                whole(row, "rows_in"),
                whole(row, "rows_elsewhere"),
                whole(row, "rows_kept"),
                whole(row, "rows_rejected"),
                whole(row, "rows_duplicate"),
                whole(row, "rows_deleted")));
  }

  private List<ReportData.Reason> reasons() {
    return collect(
        rows(ReportTables.REJECT_REASON).map(ReportTransforms::reasonTotals),
        row ->
            new ReportData.Reason(
                text(row, "source"),
                text(row, "entity"),
                text(row, "reason"),
                text(row, "outcome"),
                whole(row, "rows")));
  }

  private List<ReportData.Check> checks() {
    return collect(
        rows(ReportTables.QUALITY_RESULT, asOf)
            .map(rows -> rows.orderBy("passed", "table_name", "column_name", "rule")),
        row ->
            new ReportData.Check(
                text(row, "table_name"),
                text(row, "column_name"),
                text(row, "rule"),
                text(row, "expected"),
                text(row, "found"),
                flag(row, "passed")));
  }

  private List<ReportData.Step> steps() {
    return collect(
        rows(RunLogTable.SCHEMA).map(log -> ReportTransforms.latestSteps(log, asOf)),
        row ->
            new ReportData.Step(
                text(row, "job"),
                text(row, "run_id"),
                text(row, "status"),
                row.<Timestamp>getAs("started_at").toInstant().toString(),
                number(row, "seconds"),
                whole(row, "rows_in"),
                whole(row, "rows_out"),
                whole(row, "rows_rejected"),
                whole(row, "rows_duplicate")));
  }

  private Optional<Dataset<Row>> rows(TableSchema table) {
    return tables.exists(table) ? Optional.of(tables.readAsStored(table)) : Optional.empty();
  }

  private Optional<Dataset<Row>> rows(TableSchema table, LocalDate day) {
    return tables.exists(table) ? Optional.of(tables.readAsOf(table, day)) : Optional.empty();
  }

  private static <T> List<T> collect(Optional<Dataset<Row>> rows, Function<Row, T> made) {
    return rows.map(found -> found.collectAsList().stream().map(made).toList()).orElseGet(List::of);
  }
}
