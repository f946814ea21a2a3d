package io.portrait.jobs.value;

import static org.apache.spark.sql.functions.ceil;
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
 * taken bounds both. They are fitted once more to what was known a while ago, and measured by what
 * came since, see {@link ValueBacktest}.
 */
public final class ValueJob implements Job {

  private static final String SPEND_MODEL = "gamma_gamma";

  @Override
  public String name() {
    return "value";
  }

  @Override
  public void run(JobContext context) {
    Tables tables = context.tables();
    Value settings = context.catalogue().scores().value();
    Dataset<Row> map =
        Consents.of(context)
            .allowed(tables.readAsOf(SilverTables.CUSTOMER_MAP, context.asOf()), Purpose.PROFILING);
    Dataset<Row> histories =
        CustomerValueTransforms.histories(
                tables.read(SilverTables.ACCOUNT_DAY), map, context.asOf())
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      long customers = histories.count();
      context.counts().addIn(customers);
      Dataset<Row> sample = CustomerSample.of(histories, settings.sampleCustomers(), customers);
      ValueModels models = ValueModels.fit(sample, settings, decimals(context));

      warn(context, models);
      writeValues(context, histories, customers, models);
      writeModels(context, models);
      ValueBacktest.write(context, map, histories, customers);
    } finally {
      histories.unpersist();
    }
    context.counts().addOut(tables.rowsWritten());
  }

  private static void warn(JobContext context, ValueModels models) {
    warn(context, purchaseModel(context), models.purchases());
    warn(context, SPEND_MODEL, models.spend());
  }

  private static void warn(JobContext context, String model, Fit<?> fit) {
    fit.reason()
        .ifPresent(
            reason ->
                context
                    .console()
                    .warn(
                        String.format(
                            "the model of value %s cannot be fitted (%s): what it tells is null",
                            model, reason.code())));
  }

  private static String purchaseModel(JobContext context) {
    return context.catalogue().scores().value().purchaseModel().name().toLowerCase(Locale.ROOT);
  }

  private static void writeValues(
      JobContext context, Dataset<Row> histories, long buyers, ValueModels models) {
    int decimals = decimals(context);
    Dataset<Row> forecasts =
        CustomerValueTransforms.withSpend(
            CustomerValueTransforms.withPurchases(
                histories, models.purchases().model(), context.catalogue().scores().value()),
            models.spend().model(),
            decimals);
    Dataset<Row> customers =
        Consents.of(context)
            .allowed(
                context.tables().readAsOf(FeatureTable.schema(List.of()), context.asOf()),
                Purpose.PROFILING)
            .select(FeatureTable.CUSTOMER_ID);
    Dataset<Row> values =
        CustomerValueTransforms.withReason(
                customers, forecasts, models.purchases().reason(), models.spend().reason())
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      // Exact percentiles hold every distinct value in memory.
      Dataset<Row> sample =
          CustomerSample.of(values, context.catalogue().scores().value().sampleCustomers(), buyers);
      Column value = col("customer_value");
      List<Double> cuts = Hundredths.read(Hundredths.cuts(sample, value).head());
      Row typical = CustomerValueTransforms.typicalFactors(sample).head();
      context.replaceAsOf(
          ValueTables.customerValue(decimals),
          CustomerValueTransforms.withReasons(values, typical)
              .withColumn("value_percentile", Hundredths.of(value, cuts))
              .withColumn("value_level", ceil(col("value_percentile").divide(20)).cast("int")));
    } finally {
      values.unpersist();
    }
  }

  private static void writeModels(JobContext context, ValueModels fitted) {
    long customers = fitted.histories().stream().mapToLong(PurchaseHistory::customers).sum();
    long spenders = fitted.repeats().stream().mapToLong(RepeatSpend::customers).sum();
    PurchaseModelKind kind = context.catalogue().scores().value().purchaseModel();
    List<String> parameters =
        switch (kind) {
          case BG_NBD -> List.of("r", "alpha", "a", "b");
          case PARETO_NBD -> List.of("r", "alpha", "s", "beta");
        };
    List<Row> rows = new ArrayList<>();
    addRows(
        rows,
        purchaseModel(context),
        parameters,
        fitted.purchases(),
        customers,
        PurchaseHistory.repeaters(fitted.histories()));
    addRows(rows, SPEND_MODEL, List.of("p", "q", "gamma"), fitted.spend(), spenders, spenders);
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
