package io.portrait.jobs.features;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import io.portrait.common.config.CatalogueColumns;
import io.portrait.common.config.Feature;
import io.portrait.common.config.Feature.From;
import io.portrait.common.io.Tables;
import io.portrait.common.job.Job;
import io.portrait.common.job.JobContext;
import io.portrait.common.table.Entity;
import io.portrait.common.table.FeatureTable;
import io.portrait.common.table.SilverTables;
import io.portrait.common.table.TableSchema;
import io.portrait.common.transform.KnownAccounts;
import java.sql.Date;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Computes every declared feature of every known customer as of a date.
 *
 * <p>Reads {@code silver/customer}, {@code silver/customer_map}, {@code silver/account_day}, {@code
 * silver/account_category_day}, and, if they are there, {@code silver/attribute} and {@code
 * silver/credit_report}. Replaces one as-of date of {@code gold_sensitive/customer_feature}; safe
 * to run again.
 */
public final class FeaturesJob implements Job {

  @Override
  public String name() {
    return "features";
  }

  @Override
  public void run(JobContext context) {
    Tables tables = context.tables();
    LocalDate asOf = context.asOf();
    List<Feature> features = context.catalogue().features();
    Dataset<Row> accounts = KnownAccounts.of(tables.readAsOf(SilverTables.CUSTOMER_MAP, asOf));
    Dataset<Row> customers =
        tables
            .read(SilverTables.CUSTOMER)
            .filter(col(FeatureTable.AS_OF).equalTo(lit(Date.valueOf(asOf))));

    List<Dataset<Row>> summaries = new ArrayList<>();
    List<Feature> merged = from(features, From.ACCOUNT_DAY, false);
    if (!merged.isEmpty()) {
      Dataset<Row> rollup = rollup(context, SilverTables.ACCOUNT_DAY);
      summaries.add(FeatureTransforms.summarizeRollup(rollup, accounts, merged, asOf));
    }
    List<Feature> ofCategories = from(features, From.ACCOUNT_CATEGORY_DAY, false);
    List<Feature> compared = from(features, From.ACCOUNT_CATEGORY_DAY, true);
    if (!ofCategories.isEmpty() || !compared.isEmpty()) {
      Dataset<Row> rollup = rollup(context, SilverTables.ACCOUNT_CATEGORY_DAY);
      if (!ofCategories.isEmpty()) {
        summaries.add(FeatureTransforms.summarizeRollup(rollup, accounts, ofCategories, asOf));
      }
      if (!compared.isEmpty()) {
        summaries.add(FeatureTransforms.summarizeCategories(rollup, accounts, compared, asOf));
      }
    }

    for (From from : List.of(From.ATTRIBUTE, From.CREDIT_REPORT)) {
      List<Feature> picked = features.stream().filter(f -> f.from() == from).toList();
      if (!picked.isEmpty()) {
        Dataset<Row> facts = facts(context, from.entity());
        summaries.add(FactTransforms.pickFacts(facts, accounts, picked, asOf));
      }
    }

    TableSchema table = FeatureTable.schema(CatalogueColumns.features(context.catalogue()));
    int decimals = context.catalogue().deployment().currency().decimals();
    tables.replaceAsOf(
        table,
        FeatureTransforms.publishFeatures(
            customers, summaries, features, decimals, context.runId()),
        asOf);
    context.counts().addOut(tables.rowsWritten());
  }

  /** Reads a rollup and counts the rows that are early enough. */
  private static Dataset<Row> rollup(JobContext context, TableSchema table) {
    Dataset<Row> rows = context.tables().read(table);
    context
        .counts()
        .addIn(rows.filter(col(Windows.EVENT_DAY).lt(lit(Date.valueOf(context.asOf())))).count());
    return rows;
  }

  /** Reads an entity, which a deployment may lack, and counts the rows that are early enough. */
  private static Dataset<Row> facts(JobContext context, Entity entity) {
    Dataset<Row> rows = context.tables().readOrEmpty(entity.silver());
    context.counts().addIn(FactTransforms.filterBefore(rows, context.asOf()).count());
    return FactTransforms.withReadings(
        rows, entity, context.catalogue().deployment().currency().decimals());
  }

  private static List<Feature> from(List<Feature> features, From from, boolean isOverCategories) {
    return features.stream()
        .filter(f -> f.from() == from)
        .filter(f -> f.aggregate().orElseThrow().isOverCategories() == isOverCategories)
        .toList();
  }
}
