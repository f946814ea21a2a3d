package io.portrait.jobs.profile;

import io.portrait.common.config.Catalogue;
import io.portrait.common.config.CatalogueColumns;
import io.portrait.common.config.Expression;
import io.portrait.common.config.Feature;
import io.portrait.common.config.Tag;
import io.portrait.common.table.ClusterTables;
import io.portrait.common.table.ConsentTables;
import io.portrait.common.table.CreditTables;
import io.portrait.common.table.Entities;
import io.portrait.common.table.Entity;
import io.portrait.common.table.FeatureTable;
import io.portrait.common.table.HabitTables;
import io.portrait.common.table.MatchTables;
import io.portrait.common.table.PredictTables;
import io.portrait.common.table.ProfileTables;
import io.portrait.common.table.ScoreTables;
import io.portrait.common.table.SegmentTables;
import io.portrait.common.table.SilverTables;
import io.portrait.common.table.TableColumn;
import io.portrait.common.table.TableSchema;
import io.portrait.common.table.ValueTables;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** Lists every column of every silver and gold table. */
final class DataDictionary {

  private final Catalogue catalogue;
  private final List<Row> rows = new ArrayList<>();
  private final List<TableSchema> tables = new ArrayList<>();
  private final Map<String, String> sources = new HashMap<>();

  private DataDictionary(Catalogue catalogue) {
    this.catalogue = catalogue;
    catalogue.features().forEach(this::addSource);
    for (Tag tag : catalogue.tags()) {
      tag.rule()
          .ifPresent(
              rule ->
                  sources.put(
                      ProfileTransforms.column(tag),
                      "tags.yaml: " + Expression.oneLine(rule.sql())));
    }
    for (TableColumn column :
        ProfileTables.scoreColumns(catalogue.deployment().currency().decimals())) {
      sources.put(column.name(), scoreSource(column.name()));
    }
    for (TableColumn column : CatalogueColumns.scores(catalogue)) {
      sources.put(column.name(), ScoreTables.CUSTOMER_SCORE.path());
    }
  }

  /** The rows of {@link ProfileTables#DATA_DICTIONARY}. */
  static List<Row> rows(Catalogue catalogue) {
    return of(catalogue).rows();
  }

  /** The rows of {@link ProfileTables#DATA_DICTIONARY}, by table. */
  List<Row> rows() {
    return List.copyOf(rows);
  }

  /** The tables that are listed. */
  List<TableSchema> tables() {
    return List.copyOf(tables);
  }

  /** Lists the tables of a deployment. A new table is added here. */
  static DataDictionary of(Catalogue catalogue) {
    DataDictionary dictionary = new DataDictionary(catalogue);
    List<TableColumn> features = CatalogueColumns.features(catalogue);
    List<TableColumn> declared = CatalogueColumns.profile(catalogue);
    List<TableColumn> tags = CatalogueColumns.tags(catalogue);
    int decimals = catalogue.deployment().currency().decimals();
    TableSchema profile = ProfileTables.customerProfile(declared, tags, decimals);
    for (Entity entity : Entities.ALL) {
      dictionary.add("conform: " + entity.name() + " of sources.yaml", entity.silver());
    }
    dictionary.add("conform", SilverTables.ACCOUNT_IDENTIFIER);
    dictionary.add(
        "match",
        MatchTables.ACCOUNT_LINK,
        MatchTables.ACCOUNT_LINK_EVIDENCE,
        MatchTables.MATCH_MODEL);
    dictionary.add(
        "identify",
        SilverTables.CUSTOMER_MAP,
        SilverTables.CUSTOMER_MAP_EVENT,
        SilverTables.JUNK_IDENTIFIER,
        SilverTables.CUSTOMER,
        SilverTables.CUSTOMER_EVIDENCE);
    dictionary.add("consent", ConsentTables.CONSENT_LEDGER, ConsentTables.PURPOSE);
    dictionary.add(
        "summarize",
        SilverTables.SESSION,
        SilverTables.ACCOUNT_DAY,
        SilverTables.ACCOUNT_CATEGORY_DAY);
    dictionary.add("features", FeatureTable.schema(features));
    dictionary.add("habits", HabitTables.CUSTOMER_INTEREST, HabitTables.CUSTOMER_HABIT);
    dictionary.add(
        "score",
        ScoreTables.customerRfm(decimals),
        ScoreTables.RFM_CUT_POINT,
        ScoreTables.rfmSegment(decimals),
        ScoreTables.rfmValueType(decimals),
        ScoreTables.CUSTOMER_LIFECYCLE,
        ScoreTables.LIFECYCLE_STATE,
        ScoreTables.CUSTOMER_SCORE,
        ScoreTables.SCORE,
        ScoreTables.SCORE_REASON);
    dictionary.add(
        "value",
        ValueTables.customerValue(decimals),
        ValueTables.VALUE_MODEL,
        ValueTables.valueEvaluation(decimals));
    dictionary.add(
        "predict",
        PredictTables.CUSTOMER_PREDICTION,
        PredictTables.MODEL_EVALUATION,
        PredictTables.MODEL_CALIBRATION,
        PredictTables.NEXT_PURCHASE_EVALUATION,
        PredictTables.MODEL_COEFFICIENT);
    dictionary.add("credit", CreditTables.customerCredit(decimals), CreditTables.CREDIT_STABILITY);
    dictionary.add(
        "cluster",
        ClusterTables.CUSTOMER_CLUSTER,
        ClusterTables.CLUSTER,
        ClusterTables.CLUSTER_FEATURE,
        ClusterTables.CLUSTER_METRIC);
    dictionary.add(
        "profile",
        ProfileTables.TAG,
        ProfileTables.CUSTOMER_TAG,
        ProfileTables.SENSITIVE_CUSTOMER_TAG,
        profile,
        ProfileTables.publishedProfile(profile),
        ProfileTables.customerProfileLatest(declared, tags, decimals),
        ProfileTables.DATA_DICTIONARY);
    dictionary.add(
        "segment",
        SegmentTables.segment(decimals),
        SegmentTables.CUSTOMER_SEGMENT,
        SegmentTables.SEGMENT_TRANSITION);
    return dictionary;
  }

  private void add(String step, TableSchema... written) {
    tables.addAll(List.of(written));
    for (TableSchema table : written) {
      for (TableColumn column : table.columns()) {
        rows.add(
            RowFactory.create(
                table.path(),
                column.name(),
                table.columns().indexOf(column) + 1,
                column.type().sql(),
                column.unit(),
                column.titleEn(),
                column.titleZh(),
                holdsDeclaredColumns(table) ? sources.getOrDefault(column.name(), step) : step,
                column.comment(),
                table.dataClass(column).name().toLowerCase(Locale.ROOT)));
      }
    }
  }

  /** Only these tables have columns of the catalogue; elsewhere a like name is a coincidence. */
  private static boolean holdsDeclaredColumns(TableSchema table) {
    return table.name().equals("customer_feature") || table.name().startsWith("customer_profile");
  }

  private void addSource(Feature feature) {
    String value = Expression.oneLine(feature.value().sql());
    String source =
        switch (feature.from()) {
          case ACCOUNT_DAY -> aggregated(feature, SilverTables.ACCOUNT_DAY, value);
          case ACCOUNT_CATEGORY_DAY ->
              aggregated(feature, SilverTables.ACCOUNT_CATEGORY_DAY, value);
          case ATTRIBUTE, CREDIT_REPORT ->
              aggregated(feature, feature.from().entity().silver(), value);
          case CUSTOMER -> SilverTables.CUSTOMER.path() + ": " + value;
          case FEATURE -> "features.yaml: " + value;
        };
    feature.columnNames().forEach(column -> sources.put(column, source));
  }

  private static String aggregated(Feature feature, TableSchema table, String value) {
    String aggregate = feature.aggregate().orElseThrow().name().toLowerCase(Locale.ROOT);
    return String.format("%s: %s(%s)", table.path(), aggregate, value);
  }

  private String scoreSource(String column) {
    if (column.equals("lifecycle_state")) {
      return ScoreTables.CUSTOMER_LIFECYCLE.path();
    }
    if (column.startsWith("cluster_")) {
      return ClusterTables.CUSTOMER_CLUSTER.path();
    }
    if (HabitTables.CUSTOMER_HABIT.has(column)) {
      return HabitTables.CUSTOMER_HABIT.path();
    }
    if (PredictTables.PROFILE_COLUMNS.contains(column)
        || column.equals(ProfileTables.PREDICTION_REASON)) {
      return PredictTables.CUSTOMER_PREDICTION.path();
    }
    int decimals = catalogue.deployment().currency().decimals();
    if (CreditTables.PROFILE_COLUMNS.contains(column)) {
      return CreditTables.customerCredit(decimals).path();
    }
    return ProfileTables.VALUE_COLUMNS.contains(column) || column.equals(ProfileTables.VALUE_REASON)
        ? ValueTables.customerValue(decimals).path()
        : ScoreTables.customerRfm(decimals).path();
  }
}
