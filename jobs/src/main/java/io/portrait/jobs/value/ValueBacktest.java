package io.portrait.jobs.value;

import static org.apache.spark.sql.functions.max;

import io.portrait.common.config.Scores.Value;
import io.portrait.common.job.JobContext;
import io.portrait.common.table.SilverTables;
import io.portrait.common.table.ValueTables;
import io.portrait.common.transform.CustomerSample;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.sql.Date;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;

/**
 * Measures the models of value on days that have passed, beside a simple rule on the same
 * customers: fitted to what was known at the start of these days, they say what each customer
 * spends in them.
 */
final class ValueBacktest {

  /** Expected purchase days times expected spend on one. */
  static final String MODEL = "model";

  /** As much as in as many days before. */
  static final String LAST_PERIOD = "last_period";

  private final JobContext context;
  private final Value settings;
  private final int decimals;

  private ValueBacktest(JobContext context) {
    this.context = context;
    this.settings = context.catalogue().scores().value();
    this.decimals = context.catalogue().deployment().currency().decimals();
  }

  /**
   * Replaces one as-of date of {@code value_evaluation}.
   *
   * @param map accounts of those who may be profiled
   * @param histories {@link CustomerValueTransforms#histories} of the as-of date
   * @param customers number of them
   */
  static void write(JobContext context, Dataset<Row> map, Dataset<Row> histories, long customers) {
    ValueBacktest backtest = new ValueBacktest(context);
    Row oldest = histories.agg(max("age_days")).head();
    List<Row> rows;
    if (oldest.isNullAt(0)) {
      rows = List.of(none(Reason.NO_PURCHASE));
    } else {
      rows =
          Holdout.of(
                  context.asOf().minusDays(1 + oldest.getLong(0)),
                  context.asOf(),
                  backtest.settings.horizonDays())
              .map(holdout -> backtest.rows(map, holdout, customers))
              .orElseGet(() -> List.of(none(Reason.SHORT_HISTORY)));
    }
    backtest.write(rows);
  }

  private List<Row> rows(Dataset<Row> map, Holdout holdout, long customers) {
    Dataset<Row> accountDays = context.tables().read(SilverTables.ACCOUNT_DAY);
    Dataset<Row> some = CustomerSample.of(map, settings.sampleCustomers(), customers);
    Dataset<Row> histories =
        CustomerValueTransforms.histories(accountDays, some, holdout.cutoff())
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      ValueModels models = ValueModels.fit(histories, settings, decimals);
      Optional<Reason> reason = models.reason();
      if (reason.isPresent()) {
        return List.of(none(reason.get()));
      }
      return BacktestTransforms.sums(
              BacktestTransforms.measured(
                  histories,
                  BacktestTransforms.spends(accountDays, some, holdout),
                  models.purchases().model().orElseThrow(),
                  models.spend().model().orElseThrow(),
                  holdout.days(),
                  decimals))
          .collectAsList()
          .stream()
          .map(sums -> row(holdout, sums))
          .toList();
    } finally {
      histories.unpersist();
    }
  }

  private Row row(Holdout holdout, Row sums) {
    String predictor = sums.getAs("predictor");
    long customers = sums.getAs("customers");
    return RowFactory.create(
        predictor,
        !predictor.equals(MODEL),
        holdout.days(),
        Date.valueOf(holdout.cutoff()),
        customers,
        mean(sums.getAs("predicted"), customers),
        mean(sums.getAs("observed"), customers),
        mean(sums.getAs("errors"), customers),
        rankCorrelation(sums).orElse(null),
        null);
  }

  private BigDecimal mean(long minor, long customers) {
    return BigDecimal.valueOf(minor, decimals)
        .divide(BigDecimal.valueOf(customers), decimals, RoundingMode.HALF_UP);
  }

  /** Spearman's, of {@link BacktestTransforms#sums}; absent where all are alike. */
  static Optional<Double> rankCorrelation(Row sums) {
    double n = sums.<Long>getAs("customers");
    double x = sums.<Long>getAs("x");
    double y = sums.<Long>getAs("y");
    double xx = n * sums.<BigDecimal>getAs("xx").doubleValue() - x * x;
    double yy = n * sums.<BigDecimal>getAs("yy").doubleValue() - y * y;
    double xy = n * sums.<BigDecimal>getAs("xy").doubleValue() - x * y;
    return xx <= 0 || yy <= 0 ? Optional.empty() : Optional.of(xy / Math.sqrt(xx) / Math.sqrt(yy));
  }

  private static Row none(Reason reason) {
    return RowFactory.create(MODEL, false, null, null, null, null, null, null, null, reason.code());
  }

  private void write(List<Row> rows) {
    String money = "decimal(18," + decimals + ")";
    context.replaceAsOf(
        ValueTables.valueEvaluation(decimals),
        context
            .spark()
            .createDataFrame(
                rows,
                StructType.fromDDL(
                    "predictor string, is_baseline boolean, horizon_days int, cutoff date,"
                        + " customers bigint, mean_predicted_spend "
                        + money
                        + ", mean_observed_spend "
                        + money
                        + ", mean_absolute_error "
                        + money
                        + ", rank_correlation double, reason string"))
            .coalesce(1));
  }
}
