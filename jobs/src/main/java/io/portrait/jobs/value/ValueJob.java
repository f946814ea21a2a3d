package io.portrait.jobs.value;

import static org.apache.spark.sql.functions.col;

import io.portrait.common.config.Purpose;
import io.portrait.common.config.Scores.PurchaseModelKind;
import io.portrait.common.config.Scores.Value;
import io.portrait.common.io.Tables;
import io.portrait.common.job.Consents;
import io.portrait.common.job.Job;
import io.portrait.common.job.JobContext;
import io.portrait.common.table.FeatureTable;
import io.portrait.common.table.SilverTables;
import io.portrait.common.table.ValueTables;
import io.portrait.common.transform.CustomerSample;
import io.portrait.common.transform.Hundredths;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;

/**
 * Tells of each customer who still buys, how often they will buy and how much they will spend.
 *
 * <p>Reads {@code gold_sensitive/customer_feature}, {@code silver/account_day} and {@code
 * silver/customer_map}. Replaces one as-of date of the tables in {@link ValueTables}.
 *
 * <p>The models are fitted on the driver, to customers grouped by what the models know of them: the
 * days of their purchases, or their repeats and what was spent on them. That many customers share a
 * history keeps the groups of purchases few; that no more than about {@code sample_customers} are
 * taken bounds both.
 */
public final class ValueJob implements Job {

  @Override
  public String name() {
    return "value";
  }

  @Override
  public void run(JobContext context) {
    Tables tables = context.tables();
    Value settings = context.catalogue().scores().value();
    Consents consents = Consents.of(context);
    Dataset<Row> histories =
        CustomerValueTransforms.histories(
                tables.read(SilverTables.ACCOUNT_DAY),
                consents.allowed(
                    tables.readAsOf(SilverTables.CUSTOMER_MAP, context.asOf()), Purpose.PROFILING),
                context.asOf())
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      long customers = histories.count();
      context.counts().addIn(customers);
      Dataset<Row> sample =
          CustomerSample.of(histories, settings.sampleCustomers(), customers);
      List<PurchaseHistory> purchases = purchases(sample);
      List<RepeatSpend> spends = spends(sample, decimals(context));
      Fit<? extends PurchaseModel> purchaseFit =
          switch (settings.purchaseModel()) {
            case BG_NBD -> BetaGeometricModel.fit(purchases, settings.minRepeaters());
            case PARETO_NBD -> ParetoModel.fit(purchases, settings.minRepeaters());
          };
      Fit<GammaGammaModel> spendFit = GammaGammaModel.fit(spends, settings.minRepeaters());

      writeValues(context, histories, customers, purchaseFit, spendFit);
      writeModels(context, purchases, purchaseFit, spends, spendFit);
    } finally {
      histories.unpersist();
    }
    context.counts().addOut(tables.rowsWritten());
  }

  /** In a fixed order: sums of doubles depend on it, and so would the last digits of a fit. */
  private static List<PurchaseHistory> purchases(Dataset<Row> sample) {
    return CustomerValueTransforms.groupHistories(sample).collectAsList().stream()
        .map(
            row ->
                new PurchaseHistory(
                    Math.toIntExact(row.getLong(0)),
                    Weeks.ofDays(row.getLong(1)),
                    Weeks.ofDays(row.getLong(2)),
                    row.getLong(3)))
        .sorted(
            Comparator.comparingInt(PurchaseHistory::repeats)
                .thenComparingDouble(PurchaseHistory::lastPurchase)
                .thenComparingDouble(PurchaseHistory::age))
        .toList();
  }

  private static List<RepeatSpend> spends(Dataset<Row> sample, int decimals) {
    double unit = Math.pow(10, decimals);
    return CustomerValueTransforms.groupSpends(sample).collectAsList().stream()
        .map(
            row ->
                new RepeatSpend(
                    Math.toIntExact(row.getLong(0)),
                    row.getLong(1) / unit / row.getLong(0),
                    row.getLong(2)))
        .sorted(
            Comparator.comparingInt(RepeatSpend::repeats).thenComparingDouble(RepeatSpend::mean))
        .toList();
  }

  private static void writeValues(
      JobContext context,
      Dataset<Row> histories,
      long buyers,
      Fit<? extends PurchaseModel> purchaseFit,
      Fit<GammaGammaModel> spendFit) {
    int decimals = decimals(context);
    Dataset<Row> forecasts =
        CustomerValueTransforms.withSpend(
            CustomerValueTransforms.withPurchases(
                histories, purchaseFit.model(), context.catalogue().scores().value()),
            spendFit.model(),
            decimals);
    Dataset<Row> customers =
        Consents.of(context)
            .allowed(
                context.tables().readAsOf(FeatureTable.schema(List.of()), context.asOf()),
                Purpose.PROFILING)
            .select(FeatureTable.CUSTOMER_ID);
    Dataset<Row> values =
        CustomerValueTransforms.withReason(
                customers, forecasts, purchaseFit.reason(), spendFit.reason())
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      // Exact percentiles hold every distinct value in memory.
      Dataset<Row> sample =
          CustomerSample.of(
              values, context.catalogue().scores().value().sampleCustomers(), buyers);
      Column value = col("customer_value");
      List<Double> cuts = Hundredths.read(Hundredths.cuts(sample, value).head());
      context.replaceAsOf(
          ValueTables.customerValue(decimals),
          values.withColumn("value_percentile", Hundredths.of(value, cuts)));
    } finally {
      values.unpersist();
    }
  }

  private static void writeModels(
      JobContext context,
      List<PurchaseHistory> purchases,
      Fit<? extends PurchaseModel> purchaseFit,
      List<RepeatSpend> spends,
      Fit<GammaGammaModel> spendFit) {
    long customers = purchases.stream().mapToLong(PurchaseHistory::customers).sum();
    long spenders = spends.stream().mapToLong(RepeatSpend::customers).sum();
    PurchaseModelKind kind = context.catalogue().scores().value().purchaseModel();
    List<String> parameters =
        switch (kind) {
          case BG_NBD -> List.of("r", "alpha", "a", "b");
          case PARETO_NBD -> List.of("r", "alpha", "s", "beta");
        };
    List<Row> rows = new ArrayList<>();
    addRows(
        rows,
        kind.name().toLowerCase(Locale.ROOT),
        parameters,
        purchaseFit,
        customers,
        PurchaseHistory.repeaters(purchases));
    addRows(rows, "gamma_gamma", List.of("p", "q", "gamma"), spendFit, spenders, spenders);
    Dataset<Row> models =
        context
            .spark()
            .createDataFrame(
                rows,
                StructType.fromDDL(
                    "model string, parameter string, value double, standard_error double,"
                        + " log_likelihood double, customers bigint, repeaters bigint,"
                        + " is_fitted boolean, reason string"));
    context.replaceAsOf(ValueTables.VALUE_MODEL, models.coalesce(1));
  }

  private static void addRows(
      List<Row> rows,
      String model,
      List<String> parameters,
      Fit<?> fit,
      long customers,
      long repeaters) {
    Optional<Estimate> estimate = fit.estimate();
    for (int i = 0; i < parameters.size(); i++) {
      int index = i;
      rows.add(
          RowFactory.create(
              model,
              parameters.get(i),
              estimate.map(e -> e.parameters().get(index)).orElse(null),
              estimate
                  .map(Estimate::standardErrors)
                  .filter(errors -> !errors.isEmpty())
                  .map(errors -> errors.get(index))
                  .orElse(null),
              estimate.map(Estimate::logLikelihood).orElse(null),
              customers,
              repeaters,
              estimate.isPresent(),
              fit.reason().map(Reason::code).orElse(null)));
    }
  }

  private static int decimals(JobContext context) {
    return context.catalogue().deployment().currency().decimals();
  }
}
