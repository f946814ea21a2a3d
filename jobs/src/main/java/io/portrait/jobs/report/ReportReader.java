package io.portrait.jobs.report;

import static io.portrait.jobs.report.Cells.amount;
import static io.portrait.jobs.report.Cells.date;
import static io.portrait.jobs.report.Cells.flag;
import static io.portrait.jobs.report.Cells.number;
import static io.portrait.jobs.report.Cells.text;
import static io.portrait.jobs.report.Cells.whole;
import static org.apache.spark.sql.functions.col;

import io.portrait.common.config.Catalogue;
import io.portrait.common.config.Deployment;
import io.portrait.common.config.Expectation;
import io.portrait.common.config.Title;
import io.portrait.common.io.Tables;
import io.portrait.common.job.RunLogTable;
import io.portrait.common.table.ProfileTables;
import io.portrait.common.table.TableSchema;
import io.portrait.jobs.report.ReportData.Cross;
import io.portrait.jobs.report.ReportData.CrossCell;
import io.portrait.jobs.report.ReportData.Headline;
import io.portrait.jobs.report.ReportData.Sample;
import io.portrait.jobs.report.ReportData.SampleColumn;
import io.portrait.jobs.report.ReportData.SampleCustomer;
import java.math.BigDecimal;
import java.sql.Timestamp;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
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

  ReportData read(Catalogue catalogue) {
    Deployment deployment = catalogue.deployment();
    Optional<LocalDate> previous = previousAsOf();
    List<Row> scores =
        collect(
            rows(ReportTables.SCORE, asOf).map(rows -> rows.orderBy("position", "score_code")),
            row -> row);
    ProfileBands bands = profileBands(scores);
    return new ReportData(
        deployment.deployment(),
        deployment.currency().code(),
        deployment.currency().decimals(),
        asOf,
        previous.orElse(null),
        headline(asOf),
        previous.map(this::headline).orElse(null),
        scores.stream().map(row -> score(row, bands)).toList(),
        bands.powerByLoyalty(),
        credit(),
        bands.value().orElse(null),
        bands.alive().orElse(null),
        bands.churn().orElse(null),
        bands.valueByChurn(),
        namedSegments(),
        models(),
        calibration(),
        nextPurchaseTests(),
        valueModels(),
        valueTests(),
        segments(previous),
        flows(previous),
        interests(),
        cross().orElse(null),
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
                    amountOfMany(row, "monetary"))),
        lifecycle(previous),
        spend(),
        clusters(),
        clusterFeatures(),
        tags(),
        conformed(),
        reasons(),
        checks(catalogue.expectations()),
        qualityDays(),
        steps(),
        sample(deployment).orElse(null));
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

  /** Counts all that the wide profile alone knows, in one pass. */
  private ProfileBands profileBands(List<Row> scores) {
    Map<String, String> methods = new LinkedHashMap<>();
    scores.forEach(row -> methods.put(text(row, "score_code"), text(row, "method")));
    return new ProfileBands(
        rows(ReportTables.CUSTOMER_PROFILE, asOf)
            .map(
                profiles -> {
                  List<Measure> measures =
                      ProfileBands.measures(Set.of(profiles.columns()), methods);
                  return measures.isEmpty()
                      ? List.<Row>of()
                      : ReportTransforms.bandCounts(profiles, measures).collectAsList();
                })
            .orElseGet(List::of));
  }

  private static ReportData.Score score(Row row, ProfileBands bands) {
    String code = text(row, "score_code");
    return new ReportData.Score(
        code,
        text(row, "title_en"),
        text(row, "title_zh"),
        whole(row, "customers"),
        whole(row, "scored_customers"),
        number(row, "mean_score"),
        number(row, "mean_coverage"),
        bands.levels(code),
        bands.points(code, text(row, "method")));
  }

  private List<ReportData.CreditCell> credit() {
    return collect(
        rows(ReportTables.CUSTOMER_CREDIT, asOf).map(ReportTransforms::creditRoutes),
        row ->
            new ReportData.CreditCell(
                text(row, "grade"),
                text(row, "route"),
                text(row, "route_title_en"),
                text(row, "route_title_zh"),
                whole(row, "customers"),
                number(row, "probability_of_default")));
  }

  private List<ReportData.NamedSegment> namedSegments() {
    return collect(
        rows(ReportTables.NAMED_SEGMENT, asOf)
            .map(rows -> rows.orderBy(col("customers").desc(), col("segment_code"))),
        row ->
            new ReportData.NamedSegment(
                text(row, "segment_code"),
                text(row, "title_en"),
                text(row, "title_zh"),
                text(row, "action_en"),
                text(row, "action_zh"),
                text(row, "rule"),
                whole(row, "customers"),
                number(row, "share"),
                amountOfMany(row, "mean_customer_value"),
                whole(row, "entered"),
                whole(row, "left")));
  }

  private List<ReportData.Model> models() {
    return collect(
        rows(ReportTables.MODEL_EVALUATION, asOf)
            .map(rows -> rows.orderBy("model", "is_baseline", "predictor")),
        row ->
            new ReportData.Model(
                text(row, "model"),
                text(row, "predictor"),
                flag(row, "is_baseline"),
                whole(row, "rule_days"),
                whole(row, "horizon_days"),
                whole(row, "trained_horizon_days"),
                date(row, "cutoff"),
                whole(row, "training_cutoffs"),
                whole(row, "customers"),
                whole(row, "positives"),
                number(row, "auc"),
                number(row, "pr_auc"),
                number(row, "brier"),
                number(row, "lift_top_decile"),
                number(row, "calibration_error"),
                text(row, "reason")));
  }

  private List<ReportData.CalibrationBin> calibration() {
    return collect(
        rows(ReportTables.MODEL_CALIBRATION, asOf).map(rows -> rows.orderBy("model", "bin")),
        row ->
            new ReportData.CalibrationBin(
                text(row, "model"),
                whole(row, "bin"),
                whole(row, "customers"),
                number(row, "mean_probability"),
                number(row, "observed_share")));
  }

  private List<ReportData.NextPurchaseTest> nextPurchaseTests() {
    return collect(
        rows(ReportTables.NEXT_PURCHASE_EVALUATION, asOf)
            .map(rows -> rows.orderBy("question", "is_baseline", "predictor")),
        row ->
            new ReportData.NextPurchaseTest(
                text(row, "question"),
                text(row, "predictor"),
                flag(row, "is_baseline"),
                whole(row, "horizon_days"),
                date(row, "cutoff"),
                whole(row, "customers"),
                number(row, "mean_absolute_error_days"),
                number(row, "median_absolute_error_days"),
                number(row, "hit_rate"),
                text(row, "reason")));
  }

  private List<ReportData.ValueModel> valueModels() {
    return collect(
        rows(ReportTables.VALUE_MODEL, asOf),
        row ->
            new ReportData.ValueModel(
                text(row, "model"),
                text(row, "parameter"),
                number(row, "value"),
                number(row, "standard_error"),
                whole(row, "customers"),
                flag(row, "is_fitted"),
                text(row, "reason")));
  }

  private List<ReportData.ValueTest> valueTests() {
    return collect(
        rows(ReportTables.VALUE_EVALUATION, asOf)
            .map(rows -> rows.orderBy("is_baseline", "predictor")),
        row ->
            new ReportData.ValueTest(
                text(row, "predictor"),
                flag(row, "is_baseline"),
                whole(row, "horizon_days"),
                date(row, "cutoff"),
                whole(row, "customers"),
                amount(row, "mean_predicted_spend"),
                amount(row, "mean_observed_spend"),
                amount(row, "mean_absolute_error"),
                number(row, "rank_correlation"),
                text(row, "reason")));
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
                amountOfMany(row, "monetary"),
                before.get(text(row, "segment"))));
  }

  private List<ReportData.Flow> flows(Optional<LocalDate> previous) {
    return collect(
        previous
            .flatMap(day -> rows(ReportTables.CUSTOMER_RFM, day))
            .flatMap(
                before ->
                    rows(ReportTables.CUSTOMER_RFM, asOf)
                        .map(now -> ReportTransforms.segmentFlows(before, now))),
        row ->
            new ReportData.Flow(
                text(row, "from_segment"), text(row, "to_segment"), whole(row, "customers")));
  }

  private List<ReportData.Interest> interests() {
    return collect(
        rows(ReportTables.CUSTOMER_INTEREST, asOf)
            .flatMap(
                interests ->
                    rows(ReportTables.CUSTOMER_RFM, asOf)
                        .map(rfm -> ReportTransforms.topInterests(interests, rfm))),
        row ->
            new ReportData.Interest(
                text(row, "segment"), text(row, "category"), whole(row, "customers")));
  }

  private Optional<Cross> cross() {
    List<CrossCell> cells =
        collect(
            rows(ReportTables.CUSTOMER_PROFILE, asOf).map(ReportTransforms::crossCells),
            row ->
                new CrossCell(
                    text(row, "region"),
                    flag(row, "is_other_region"),
                    text(row, "age_band"),
                    text(row, "segment"),
                    whole(row, "customers"),
                    amount(row, "sales"),
                    amount(row, "value"),
                    number(row, "churn"),
                    whole(row, "churn_customers")));
    if (cells.isEmpty()) {
      return Optional.empty();
    }
    Map<Boolean, List<CrossCell>> bySize =
        cells.stream()
            .collect(Collectors.partitioningBy(c -> c.customers() >= Cross.SMALLEST_CELL));
    return Optional.of(
        new Cross(
            bySize.get(true), bySize.get(false).stream().mapToLong(CrossCell::customers).sum()));
  }

  /** Scores, states, value and habits of a few customers; nothing of who they are. */
  private Optional<Sample> sample(Deployment deployment) {
    int customers = deployment.report().map(Deployment.Report::sampleCustomers).orElse(0);
    Optional<Dataset<Row>> profiles = rows(ReportTables.PUBLISHED_PROFILE, asOf);
    if (customers == 0 || profiles.isEmpty()) {
      return Optional.empty();
    }
    List<String> stored = List.of(profiles.get().columns());
    Set<String> shown = sampleColumns(deployment);
    List<SampleColumn> columns =
        collect(
                rows(ReportTables.DATA_DICTIONARY)
                    .map(
                        rows ->
                            rows.filter(
                                    col("table_name")
                                        .equalTo(ReportTables.PUBLISHED_PROFILE.path()))
                                .orderBy("position")),
                row ->
                    new SampleColumn(
                        text(row, "column_name"),
                        text(row, "title_en"),
                        text(row, "title_zh"),
                        text(row, "unit")))
            .stream()
            .filter(column -> shown.contains(column.code()) && stored.contains(column.code()))
            .toList();
    List<String> names = columns.stream().map(SampleColumn::code).toList();
    return Optional.of(
        new Sample(
            columns,
            collect(
                profiles.map(rows -> ReportTransforms.sample(rows, names, customers)),
                row ->
                    new SampleCustomer(
                        text(row, "customer_id"),
                        names.stream().map(name -> shown(row.getAs(name))).toList()))));
  }

  /** Columns of a customer that are made by steps, not by features, which may tell who it is. */
  private Set<String> sampleColumns(Deployment deployment) {
    Set<String> names = new HashSet<>();
    ProfileTables.scoreColumns(deployment.currency().decimals())
        .forEach(column -> names.add(column.name()));
    for (Row row : collect(rows(ReportTables.SCORE, asOf), row -> row)) {
      String score = text(row, "score_code");
      names.add(score);
      Stream.of(
              ProfileTables.LEVEL_SUFFIX,
              ProfileTables.PERCENTILE_SUFFIX,
              ProfileTables.COVERAGE_SUFFIX,
              ProfileTables.REASONS_EN_SUFFIX,
              ProfileTables.REASONS_ZH_SUFFIX,
              ProfileTables.OPEN_REASONS_EN_SUFFIX,
              ProfileTables.OPEN_REASONS_ZH_SUFFIX)
          .forEach(suffix -> names.add(score + suffix));
    }
    return names;
  }

  /** Numbers as numbers, all else as text. */
  private static Object shown(Object value) {
    return value == null || value instanceof Number || value instanceof Boolean
        ? value
        : value.toString();
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
        .map(SpendDistribution::withoutSmallParts)
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

  private List<ReportData.Check> checks(List<Expectation> expectations) {
    Map<String, Title> titles = new HashMap<>();
    expectations.forEach(e -> titles.put(e.table() + "/" + e.name(), e.title()));
    return collect(
        rows(ReportTables.QUALITY_RESULT, asOf)
            .map(
                rows ->
                    rows.orderBy(
                        col("passed").asc_nulls_last(),
                        col("severity").desc(),
                        col("table_name"),
                        col("column_name"),
                        col("rule"))),
        row -> {
          Title title = titles.get(text(row, "table_name") + "/" + text(row, "rule"));
          return new ReportData.Check(
              text(row, "table_name"),
              text(row, "column_name"),
              text(row, "rule"),
              title == null ? null : title.en(),
              title == null ? null : title.zh(),
              text(row, "severity"),
              whole(row, "rows_checked"),
              whole(row, "rows_failed"),
              text(row, "expected"),
              text(row, "found"),
              flag(row, "passed"));
        });
  }

  private List<ReportData.QualityDay> qualityDays() {
    return collect(
        rows(ReportTables.QUALITY_RESULT).map(rows -> ReportTransforms.qualityByDate(rows, asOf)),
        row ->
            new ReportData.QualityDay(
                date(row, "as_of"),
                whole(row, "passed"),
                whole(row, "warned"),
                whole(row, "rejecting"),
                whole(row, "stopped"),
                whole(row, "unchecked"),
                number(row, "completeness")));
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

  /** An amount of the row's customers; null of so few that one of them could be told. */
  private static BigDecimal amountOfMany(Row row, String column) {
    long customers = whole(row, "customers");
    return customers > 0 && customers < Cross.SMALLEST_CELL ? null : amount(row, column);
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
