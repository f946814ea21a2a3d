package io.portrait.jobs.predict;

import io.portrait.common.job.JobContext;
import io.portrait.common.table.PredictTables;
import io.portrait.common.table.SilverTables;
import java.sql.Date;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;

/**
 * Measures the expected day and category of the next purchase at the day at which the models of the
 * purchase are measured, beside simple rules on the same customers: those of whom the models learn.
 *
 * <p>The day is measured on all with two purchase days or more. Who has not bought by the end of
 * the horizon counts as its end, and so does who was not expected before: the mean error of a
 * median is then the least for the true one, and somebody rightly expected late is right. The
 * category is measured on those who did buy; of others there is none to compare with.
 */
final class NextPurchaseBacktest {

  /** When is bought next. */
  static final String DATE = "date";

  /** What is bought next. */
  static final String CATEGORY = "category";

  /** What {@code customer_prediction} would have said, with models trained before the cutoff. */
  static final String MODEL = "model";

  /** The last interval between purchases repeats; if that is past, on the cutoff. */
  static final String LAST_INTERVAL = "last_interval";

  /** After the median days of all in the training period. */
  static final String POPULATION = "population";

  /** What most lines of all are of. */
  static final String MOST_POPULAR = "most_popular";

  /** What the customer bought last. */
  static final String LAST_BOUGHT = "last_bought";

  private static final List<String> OF_DATE = List.of(MODEL, LAST_INTERVAL, POPULATION);
  private static final List<String> OF_CATEGORY = List.of(MODEL, MOST_POPULAR, LAST_BOUGHT);

  private final JobContext context;
  private final Schedule schedule;
  private final List<LogisticFit> fits;

  private NextPurchaseBacktest(JobContext context, Schedule schedule, List<LogisticFit> fits) {
    this.context = context;
    this.schedule = schedule;
    this.fits = fits;
  }

  /**
   * Replaces one as-of date of {@code next_purchase_evaluation}.
   *
   * @param map accounts of those who may be profiled
   * @param past {@link HistoryTransforms#cases} of past days, of the customers that are learnt from
   * @param schedule of the purchase
   * @param answers of the purchase, fewer days first
   */
  static void write(
      JobContext context,
      Dataset<Row> map,
      Dataset<Row> past,
      Schedule schedule,
      List<Answer> answers) {
    NextPurchaseBacktest backtest =
        new NextPurchaseBacktest(context, schedule, answers.stream().map(Answer::tested).toList());
    context.replaceAsOf(
        PredictTables.NEXT_PURCHASE_EVALUATION,
        context
            .spark()
            .createDataFrame(
                backtest.rows(map, past),
                StructType.fromDDL(
                    "question string, predictor string, is_baseline boolean, horizon_days int,"
                        + " cutoff date, customers bigint, mean_absolute_error_days double,"
                        + " median_absolute_error_days double, hit_rate double, reason string"))
            .coalesce(1));
  }

  private List<Row> rows(Dataset<Row> map, Dataset<Row> past) {
    Optional<Reason> noModel = fits.stream().flatMap(fit -> fit.reason().stream()).findFirst();
    if (schedule.training().isEmpty()) {
      Reason reason = noModel.orElse(Reason.SHORT_HISTORY);
      return List.of(none(DATE, reason), none(CATEGORY, reason));
    }
    Cutoff cutoff = new Cutoff(schedule.tested(), schedule.horizonDays());
    Dataset<Row> cases = HistoryTransforms.at(past, cutoff.day(), cutoff.horizonDays());
    Dataset<Row> categoryDays = context.tables().read(SilverTables.ACCOUNT_CATEGORY_DAY);
    Dataset<Row> accounts = NextPurchaseTransforms.accounts(map, cases);
    Dataset<Row> bought =
        NextPurchaseTransforms.bought(categoryDays, accounts, cases, cutoff)
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      Dataset<Row> measured =
          NextPurchaseTransforms.categories(
              bought,
              PredictionTransforms.categories(
                  categoryDays,
                  accounts,
                  cutoff.day(),
                  context.catalogue().scores().nextPurchase().categoryHalfLifeDays()),
              NextPurchaseTransforms.mostPopular(bought).head().getString(0));
      if (noModel.isEmpty()) {
        measured =
            measured.union(NextPurchaseTransforms.dates(cases, forecast(), medianDays(past)));
      }
      Map<String, Row> sums =
          NextPurchaseTransforms.sums(measured).collectAsList().stream()
              .collect(
                  Collectors.toMap(
                      row -> row.getAs("question") + " " + row.getAs("predictor"),
                      Function.identity()));
      List<Row> rows = new ArrayList<>(rows(DATE, OF_DATE, sums, noModel));
      rows.addAll(rows(CATEGORY, OF_CATEGORY, sums, Optional.empty()));
      return rows;
    } finally {
      bought.unpersist();
    }
  }

  private PurchaseForecast forecast() {
    return PurchaseForecast.of(fits.stream().map(LogisticFit::model).toList());
  }

  /** There were cases in training, else there were no model. Like all time measured in horizons. */
  private int medianDays(Dataset<Row> past) {
    Dataset<Row> training =
        HistoryTransforms.at(past, schedule.training(), schedule.trainedHorizonDays());
    double median = NextPurchaseTransforms.medianDays(training).head().getDouble(0);
    return (int) Math.round(median * schedule.horizonDays() / schedule.trainedHorizonDays());
  }

  private List<Row> rows(
      String question, List<String> predictors, Map<String, Row> sums, Optional<Reason> noModel) {
    if (!sums.containsKey(question + " " + MODEL)) {
      return List.of(none(question, noModel.orElse(Reason.NO_BUYER)));
    }
    return predictors.stream()
        .map(predictor -> row(question, predictor, sums.get(question + " " + predictor)))
        .toList();
  }

  private Row row(String question, String predictor, Row sums) {
    boolean isDate = question.equals(DATE);
    long customers = sums.getAs("customers");
    double mean = sums.<Long>getAs("points") / (double) customers;
    return RowFactory.create(
        question,
        predictor,
        !predictor.equals(MODEL),
        schedule.horizonDays(),
        Date.valueOf(schedule.tested()),
        customers,
        isDate ? mean : null,
        isDate ? sums.<Double>getAs("median_points") : null,
        isDate ? null : mean,
        null);
  }

  private Row none(String question, Reason reason) {
    return RowFactory.create(
        question,
        MODEL,
        false,
        schedule.horizonDays(),
        null,
        null,
        null,
        null,
        null,
        reason.code());
  }
}
