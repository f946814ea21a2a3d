package io.portrait.jobs.habits;

import io.portrait.common.config.Purpose;
import io.portrait.common.config.Scores.Habits;
import io.portrait.common.io.Tables;
import io.portrait.common.job.Consents;
import io.portrait.common.job.Job;
import io.portrait.common.job.JobContext;
import io.portrait.common.table.Entities;
import io.portrait.common.table.FeatureTable;
import io.portrait.common.table.HabitTables;
import io.portrait.common.table.SilverTables;
import io.portrait.common.transform.KnownAccounts;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/**
 * Finds what each customer is interested in, how they spend and pay, and how they are best reached.
 *
 * <p>Reads {@code gold_sensitive/customer_feature} (the customers alone), {@code
 * silver/customer_map}, {@code silver/account_category_day}, {@code silver/account_day}, {@code
 * silver/session}, and, if it is there, {@code silver/campaign_touch}. Replaces one as-of date of
 * the tables in {@link HabitTables}; safe to run again.
 */
public final class HabitsJob implements Job {

  @Override
  public String name() {
    return "habits";
  }

  @Override
  public void run(JobContext context) {
    Tables tables = context.tables();
    LocalDate asOf = context.asOf();
    ZoneId zone = context.catalogue().deployment().timeZone();
    Habits settings = context.catalogue().scores().habits();
    Consents consents = Consents.of(context);
    Dataset<Row> customers =
        consents
            .allowed(tables.readAsOf(FeatureTable.schema(List.of()), asOf), Purpose.PROFILING)
            .select(FeatureTable.CUSTOMER_ID);
    Dataset<Row> accounts =
        KnownAccounts.of(
            consents.allowed(tables.readAsOf(SilverTables.CUSTOMER_MAP, asOf), Purpose.PROFILING));
    Dataset<Row> ranked =
        InterestTransforms.withRank(
                InterestTransforms.summarize(
                    tables.read(SilverTables.ACCOUNT_CATEGORY_DAY),
                    accounts,
                    settings.interests(),
                    asOf))
            .persist(StorageLevel.MEMORY_AND_DISK());
    Dataset<Row> spending =
        HabitTransforms.summarize(tables.read(SilverTables.ACCOUNT_DAY), accounts, asOf)
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      context.counts().addIn(customers.count());
      context.replaceAsOf(
          HabitTables.CUSTOMER_INTEREST, InterestTransforms.selectInterests(ranked));
      context.replaceAsOf(
          HabitTables.CUSTOMER_HABIT,
          HabitTransforms.combine(
              customers,
              InterestTransforms.summarizeCustomers(ranked, InterestTransforms.meanPrices(ranked)),
              ContactTransforms.summarizeVisits(
                  tables.read(SilverTables.SESSION), accounts, zone, asOf),
              ContactTransforms.summarizeTouches(
                  tables.readOrEmpty(Entities.CAMPAIGN_TOUCH.silver()), accounts, zone, asOf),
              habits(spending, settings, asOf)));
    } finally {
      spending.unpersist();
      ranked.unpersist();
    }
    context.counts().addOut(tables.rowsWritten());
  }

  private static Dataset<Row> habits(Dataset<Row> spending, Habits settings, LocalDate asOf) {
    Row share = HabitTransforms.discountedShare(spending).head();
    return spending
        .transform(
            rows ->
                HabitTransforms.withDiscountDependence(
                    rows, share.isNullAt(0) ? null : share.getDouble(0), settings.priorLines()))
        .transform(rows -> HabitTransforms.withSpendGrowth(rows, asOf))
        .transform(HabitTransforms::withPaymentHabits);
  }
}
