package io.portrait.jobs.profile;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.sum;

import io.portrait.common.config.Catalogue;
import io.portrait.common.config.CatalogueColumns;
import io.portrait.common.config.Expectation.Severity;
import io.portrait.common.config.Tag;
import io.portrait.common.io.Tables;
import io.portrait.common.job.Consents;
import io.portrait.common.job.Job;
import io.portrait.common.job.JobContext;
import io.portrait.common.quality.Expectations;
import io.portrait.common.table.ClusterTables;
import io.portrait.common.table.CreditTables;
import io.portrait.common.table.DataClass;
import io.portrait.common.table.FeatureTable;
import io.portrait.common.table.HabitTables;
import io.portrait.common.table.PredictTables;
import io.portrait.common.table.ProfileTables;
import io.portrait.common.table.ScoreTables;
import io.portrait.common.table.SilverTables;
import io.portrait.common.table.TableColumn;
import io.portrait.common.table.TableSchema;
import io.portrait.common.table.ValueTables;
import io.portrait.common.transform.SideBySide;
import io.portrait.jobs.profile.PublishGate.Movement;
import java.sql.Date;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;

/**
 * Tags customers, makes the wide profile and the dictionary, checks them, and publishes.
 *
 * <p>Reads {@code gold_sensitive/customer_feature}, {@code customer_rfm}, {@code
 * customer_lifecycle}, {@code customer_score}, {@code customer_cluster}, {@code cluster}, {@code
 * customer_value}, {@code customer_habit}, {@code customer_prediction} and {@code customer_credit}.
 * Replaces one as-of date of {@code gold_sensitive/customer_profile} and of {@code
 * ops/quality_result}. Only when every check of the publish gate passed it replaces the as-of date
 * in {@code gold/customer_profile}, which lacks the sensitive columns, in {@code gold/tag} and
 * {@code customer_tag} of both layers, {@code gold/data_dictionary}, and {@code
 * gold/customer_profile_latest} whole, unless that holds a later as-of date. Safe to run again.
 */
public final class ProfileJob implements Job {

  private static final String AS_OF = "as_of";
  private static final String CUSTOMER_ID = "customer_id";

  /** What identifies a row is not compared. */
  private static final Set<String> IDENTITY = Set.of(AS_OF, CUSTOMER_ID, "run_id");

  @Override
  public String name() {
    return "profile";
  }

  @Override
  public void run(JobContext context) {
    Tables tables = context.tables();
    Catalogue catalogue = context.catalogue();
    LocalDate asOf = context.asOf();
    List<TableColumn> declared = CatalogueColumns.profile(catalogue);
    List<TableColumn> tags = CatalogueColumns.tags(catalogue);
    int decimals = catalogue.deployment().currency().decimals();
    TableSchema table = ProfileTables.customerProfile(declared, tags, decimals);

    Dataset<Row> wide =
        SideBySide.join(
            tables.readAsOf(FeatureTable.schema(CatalogueColumns.features(catalogue)), asOf),
            scores(tables, catalogue, asOf),
            CUSTOMER_ID);
    wide = ProfileTransforms.withReasonOfNoPurchase(wide);
    wide =
        Consents.of(context)
            .withAllowed(wide, catalogue.tags().stream().map(Tag::purpose).distinct().toList());
    tables.replaceAsOf(
        table, ProfileTransforms.withTags(wide, catalogue.tags(), context.runId()), asOf);
    context.counts().addIn(tables.rowsWritten());

    Dataset<Row> profiles = tables.readAsOf(table, asOf).transform(table::conform);
    PublishGate gate = check(context, table, profiles);
    tables.replaceWhere(
        ProfileTables.QUALITY_RESULT,
        frame(
            context,
            gate.checks().stream().map(check -> check.row(asOf, context.runId())).toList(),
            ProfileTables.QUALITY_RESULT),
        String.format("as_of = DATE'%s' AND table_name = '%s'", asOf, table.path()));
    gate.checks().stream()
        .filter(check -> check.severity() == Severity.WARN && check.isFailed())
        .forEach(check -> context.console().warn(check.table() + ": " + check));
    gate.requirePassed(asOf);

    tables.replaceAsOf(ProfileTables.publishedProfile(table), profiles, asOf);
    tables.overwrite(
        ProfileTables.DATA_DICTIONARY,
        frame(context, DataDictionary.rows(catalogue), ProfileTables.DATA_DICTIONARY));
    publishTags(context, profiles);
    publishLatest(context, ProfileTables.customerProfileLatest(declared, tags, decimals), profiles);
    context.counts().addOut(tables.rowsWritten());
  }

  /** What the wide profile shows besides features: tables of at most one row per customer. */
  private static List<Dataset<Row>> scores(Tables tables, Catalogue catalogue, LocalDate asOf) {
    int decimals = catalogue.deployment().currency().decimals();
    List<Dataset<Row>> scores = new ArrayList<>();
    scores.add(
        ProfileTransforms.selectRfm(tables.readAsOf(ScoreTables.customerRfm(decimals), asOf)));
    scores.add(
        ProfileTransforms.selectLifecycle(tables.readAsOf(ScoreTables.CUSTOMER_LIFECYCLE, asOf)));
    scores.add(
        ProfileTransforms.selectCluster(
            tables.readAsOf(ClusterTables.CUSTOMER_CLUSTER, asOf),
            tables.readAsOf(ClusterTables.CLUSTER, asOf)));
    scores.add(
        ProfileTransforms.selectReasoned(
            tables.readAsOf(ValueTables.customerValue(decimals), asOf),
            ProfileTables.VALUE_COLUMNS,
            ProfileTables.VALUE_REASON));
    scores.add(
        tables
            .readAsOf(HabitTables.CUSTOMER_HABIT, asOf)
            .select(
                CUSTOMER_ID,
                HabitTables.HABITS.stream().map(TableColumn::name).toArray(String[]::new)));
    scores.add(
        ProfileTransforms.selectReasoned(
            tables.readAsOf(PredictTables.CUSTOMER_PREDICTION, asOf),
            PredictTables.PROFILE_COLUMNS,
            ProfileTables.PREDICTION_REASON));
    scores.add(
        ProfileTransforms.selectDeclaredScores(
            tables.readAsOf(ScoreTables.CUSTOMER_SCORE, asOf),
            catalogue.scores().scores(),
            CatalogueColumns.sensitiveReasons(catalogue).keySet()));
    scores.add(
        ProfileTransforms.selectCredit(
            tables.readAsOf(CreditTables.customerCredit(decimals), asOf)));
    return scores;
  }

  /** Measures the profiles against the limits and the last published as-of date before. */
  private static PublishGate check(JobContext context, TableSchema table, Dataset<Row> profiles) {
    PublishGate gate = new PublishGate(table.path(), context.catalogue().publish());
    Row size =
        profiles
            .groupBy(CUSTOMER_ID)
            .count()
            .agg(coalesce(sum("count"), lit(0L)), count(lit(1)))
            .head();
    long rows = size.getLong(0);
    gate.checkRows(rows, rows - size.getLong(1));
    Optional<LocalDate> published = lastPublished(context, table);
    if (published.isPresent()) {
      Dataset<Row> previous =
          context.tables().readAsOf(table, published.get()).transform(table::conform);
      long previousRows = previous.count();
      gate.checkRowChange(previousRows, rows);
      List<TableColumn> columns = table.columns().stream().filter(ProfileJob::isMeasured).toList();
      Drift drift =
          new Drift(
              previous,
              profiles,
              context.catalogue().publish().maxStabilityIndex(),
              ChronoUnit.DAYS.between(published.get(), context.asOf()));
      gate.checkColumns(
          drift.measure(previousRows, columns),
          published.get(),
          context.asOf(),
          // An arbitrary number; the cluster's name and the clusters' sizes are judged.
          column -> !column.name().equals("cluster_id"));
      gate.checkCustomers(movements(previous, profiles), published.get(), context.asOf());
      checkCustomerIds(context, gate, published.get());
    }
    gate.addAll(
        Expectations.measure(
            context.spark(),
            context.tables(),
            context.catalogue(),
            context.asOf(),
            List.of(table.path()),
            Map.of()));
    return gate;
  }

  private static List<Movement> movements(Dataset<Row> previous, Dataset<Row> profiles) {
    return DriftTransforms.countMovements(previous, profiles).collectAsList().stream()
        .map(
            row ->
                new Movement(
                    row.getBoolean(0),
                    row.getBoolean(1),
                    row.getAs("cluster_before"),
                    row.getAs("cluster_now"),
                    row.getAs("customers")))
        .toList();
  }

  /** Counts the accounts whose customer changed since the last published as-of date. */
  private static void checkCustomerIds(
      JobContext context, PublishGate gate, LocalDate publishedAsOf) {
    Tables tables = context.tables();
    if (!tables.exists(SilverTables.CUSTOMER_MAP)) {
      return;
    }
    long changed =
        tables
            .readOrEmpty(SilverTables.CUSTOMER_MAP_EVENT)
            .filter(
                col(AS_OF)
                    .gt(lit(Date.valueOf(publishedAsOf)))
                    .and(col(AS_OF).leq(lit(Date.valueOf(context.asOf())))))
            .select("account_key")
            .distinct()
            .count();
    long accounts = tables.readAsOf(SilverTables.CUSTOMER_MAP, context.asOf()).count();
    gate.checkCustomerIds(changed, accounts, publishedAsOf, context.asOf());
  }

  /**
   * Whether a column's values are compared; reasons are texts with numbers, all of them different,
   * and those of nulls are as good as the columns that are null, which are compared.
   */
  private static boolean isMeasured(TableColumn column) {
    return !IDENTITY.contains(column.name())
        && !column.name().equals(ProfileTables.VALUE_REASON)
        && !column.name().equals(ProfileTables.PREDICTION_REASON)
        && !column.name().endsWith(ProfileTables.REASONS_EN_SUFFIX)
        && !column.name().endsWith(ProfileTables.REASONS_ZH_SUFFIX);
  }

  /** The latest as-of date before this one that no check stopped. */
  private static Optional<LocalDate> lastPublished(JobContext context, TableSchema table) {
    Row row =
        context
            .tables()
            .readOrEmpty(ProfileTables.QUALITY_RESULT)
            .filter(col(AS_OF).lt(lit(Date.valueOf(context.asOf()))))
            .filter(col("table_name").equalTo(table.path()))
            .groupBy(AS_OF)
            .agg(count_if(ProfileTables.stopsPublishing()).as("stopping"))
            .filter(col("stopping").equalTo(0))
            .agg(max(AS_OF))
            .head();
    return Optional.ofNullable(row.getDate(0)).map(Date::toLocalDate);
  }

  private static void publishTags(JobContext context, Dataset<Row> profiles) {
    Tables tables = context.tables();
    LocalDate asOf = context.asOf();
    List<Tag> tags = context.catalogue().tags();
    Map<Boolean, List<Tag>> bySensitivity =
        tags.stream()
            .filter(tag -> tag.rule().isPresent())
            .collect(Collectors.partitioningBy(tag -> tag.sensitivity() == DataClass.SENSITIVE));
    publishTags(context, profiles, bySensitivity.get(false), ProfileTables.CUSTOMER_TAG);
    TableSchema sensitive = ProfileTables.SENSITIVE_CUSTOMER_TAG;
    if (!bySensitivity.get(true).isEmpty() || tables.exists(sensitive)) {
      publishTags(context, profiles, bySensitivity.get(true), sensitive);
    }
    Row counts = ProfileTransforms.countTags(profiles, tags).head();
    tables.replaceAsOf(
        ProfileTables.TAG, frame(context, tagRows(context, counts), ProfileTables.TAG), asOf);
  }

  private static void publishTags(
      JobContext context, Dataset<Row> profiles, List<Tag> tags, TableSchema table) {
    Tables tables = context.tables();
    LocalDate asOf = context.asOf();
    Dataset<Row> previous =
        tables
            .previousAsOf(table, asOf)
            .map(date -> tables.readAsOf(table, date))
            .orElseGet(() -> frame(context, List.of(), table));
    tables.replaceAsOf(
        table,
        ProfileTransforms.updateTagHistory(
            ProfileTransforms.selectHeldTags(profiles, tags), previous, asOf, context.runId()),
        asOf);
  }

  private static List<Row> tagRows(JobContext context, Row counts) {
    List<Row> rows = new ArrayList<>();
    long all = counts.getLong(0);
    for (Tag tag : context.catalogue().tags()) {
      long customers = counts.getLong(rows.size() + 1);
      rows.add(
          RowFactory.create(
              Date.valueOf(context.asOf()),
              tag.code(),
              context.runId(),
              tag.parent().orElse(null),
              tag.title().en(),
              tag.title().zh(),
              tag.rule().map(rule -> rule.sql().strip()).orElse(null),
              tag.owner(),
              tag.purpose(),
              tag.sensitivity().name().toLowerCase(Locale.ROOT),
              customers,
              all == 0 ? null : customers / (double) all));
    }
    return rows;
  }

  /** Replaces the latest profiles, but never by those of an earlier as-of date. */
  private static void publishLatest(JobContext context, TableSchema latest, Dataset<Row> profiles) {
    Tables tables = context.tables();
    if (tables.exists(latest)) {
      Date newest = tables.readAsStored(latest).agg(max(AS_OF)).head().getDate(0);
      if (newest != null && newest.toLocalDate().isAfter(context.asOf())) {
        context
            .console()
            .warn(
                String.format(
                    "%s holds %s already and is not replaced by the earlier %s",
                    latest.path(), newest, context.asOf()));
        return;
      }
    }
    tables.overwrite(latest, profiles);
  }

  private static Dataset<Row> frame(JobContext context, List<Row> rows, TableSchema table) {
    SparkSession spark = context.spark();
    return spark.createDataFrame(rows, table.structType()).coalesce(1);
  }
}
