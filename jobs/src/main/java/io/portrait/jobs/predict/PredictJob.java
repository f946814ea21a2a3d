package io.portrait.jobs.predict;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;

import io.portrait.common.config.Predictions.ChurnDefinition;
import io.portrait.common.config.Predictions.Learning;
import io.portrait.common.config.Purpose;
import io.portrait.common.config.Scores;
import io.portrait.common.io.Tables;
import io.portrait.common.job.Consents;
import io.portrait.common.job.Job;
import io.portrait.common.job.JobContext;
import io.portrait.common.job.Parallel;
import io.portrait.common.table.Entities;
import io.portrait.common.table.PredictTables;
import io.portrait.common.table.SilverTables;
import io.portrait.common.table.TableSchema;
import io.portrait.common.transform.CustomerSample;
import io.portrait.common.transform.Hundredths;
import java.sql.Date;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;

/**
 * Expects of each customer whether they leave, when they buy next, and what.
 *
 * <p>Reads {@code silver/account_day}, {@code account_category_day}, {@code customer_map}, {@code
 * customer} and, for contracts, {@code attribute}. Replaces one as-of date of the tables in {@link
 * PredictTables}.
 *
 * <p>Customers as they were known at past days, and what they did then, are made in one pass over
 * the rollup, together with customers as they are known now. Each model is trained at early days,
 * measured at a later one beside simple rules, then trained again with that day too, and used.
 */
public final class PredictJob implements Job {

  /** Horizon whose thirds the models of the next purchase answer for. */
  private static final int PURCHASE_HORIZON_DAYS = 90;

  /** One for each side of a sum, so that it is the same in whatever order its parts arrive. */
  private static final int TRAINING_PARTITIONS = 2;

  @Override
  public String name() {
    return "predict";
  }

  @Override
  public void run(JobContext context) {
    Scores scores = context.catalogue().scores();
    Optional<LocalDate> first = firstPurchase(context);
    Learning learning = scores.learning();
    LocalDate start = first.orElse(context.asOf());
    Schedule churn = Schedule.of(start, context.asOf(), scores.churn().horizonDays(), learning);
    Schedule purchase = Schedule.of(start, context.asOf(), PURCHASE_HORIZON_DAYS, learning);
    List<Term> terms = Term.all(context.catalogue().deployment().currency().decimals());
    List<Question> questions = new ArrayList<>();
    questions.add(Question.churn(scores.churn().definition(), churn));
    Term.SEASON_DAYS.forEach(days -> questions.add(Question.purchase(days, purchase)));

    Dataset<Row> cases =
        cases(context, churn, purchase, terms, start).persist(StorageLevel.MEMORY_AND_DISK());
    Dataset<Row> past =
        cases
            .filter(col("cutoff").lt(lit(Date.valueOf(context.asOf()))))
            .repartition(TRAINING_PARTITIONS, col("customer_id"))
            .sortWithinPartitions("customer_id", "cutoff", "horizon_days")
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      Dataset<Row> now = HistoryTransforms.at(cases, churn.asOf(), churn.horizonDays());
      long customers = now.count();
      context.counts().addIn(customers);
      warnOfContracts(context, now);
      List<Answer> answers = answers(context, past, questions, first.isPresent());
      warn(context, answers);
      writePredictions(context, cases, customers, answers, terms);
      writeEvaluation(context, past, answers);
      NextPurchaseBacktest.write(
          context, map(context), past, purchase, answers.subList(1, answers.size()));
      writeCoefficients(context, answers, terms);
    } finally {
      past.unpersist();
      cases.unpersist();
    }
    context.counts().addOut(context.tables().rowsWritten());
  }

  private static Optional<LocalDate> firstPurchase(JobContext context) {
    Row row =
        context
            .tables()
            .read(SilverTables.ACCOUNT_DAY)
            .filter(col("orders").gt(0).and(col("event_day").lt(lit(Date.valueOf(context.asOf())))))
            .agg(min("event_day"))
            .head();
    return Optional.ofNullable(row.getDate(0)).map(Date::toLocalDate);
  }

  private static Dataset<Row> cases(
      JobContext context, Schedule churn, Schedule purchase, List<Term> terms, LocalDate first) {
    Tables tables = context.tables();
    Scores scores = context.catalogue().scores();
    LocalDate asOf = context.asOf();
    Dataset<Row> accountDays = tables.read(SilverTables.ACCOUNT_DAY);
    Dataset<Row> map = map(context);
    Dataset<Row> days = HistoryTransforms.days(accountDays, map, asOf);
    if (scores.churn().definition() != ChurnDefinition.NO_PURCHASE) {
      days = HistoryTransforms.withContracts(days, contracts(context, map));
    }
    List<Cutoff> cutoffs =
        Stream.concat(churn.cutoffs().stream(), purchase.cutoffs().stream()).distinct().toList();
    Map<Boolean, List<Cutoff>> byTime =
        cutoffs.stream().collect(Collectors.partitioningBy(c -> c.day().equals(asOf)));
    double known = Math.max(1, HistoryTransforms.countKnown(map).head().getLong(0));
    double share = Math.min(1, scores.learning().sampleCustomers() / known);
    Dataset<Row> histories =
        HistoryTransforms.histories(days, byTime.get(true), byTime.get(false), share);
    List<Cutoff> withYear = HistoryTransforms.withYear(purchase.cutoffs(), first);
    if (withYear.isEmpty()) {
      return HistoryTransforms.cases(HistoryTransforms.withoutSeasons(histories), terms);
    }
    Dataset<Row> customers = tables.readAsOf(SilverTables.CUSTOMER, asOf);
    return HistoryTransforms.cases(
        HistoryTransforms.withSeasons(
            histories,
            customers,
            HistoryTransforms.seasons(
                HistoryTransforms.regionDays(accountDays, map, customers, asOf), withYear)),
        terms);
  }

  private static Dataset<Row> contracts(JobContext context, Dataset<Row> map) {
    return HistoryTransforms.contracts(
        context.tables().readOrEmpty(Entities.ATTRIBUTE.silver()),
        map,
        context.catalogue().scores().churn().contractAttribute(),
        context.asOf());
  }

  /**
   * Says how many customers have a running contract, but no case.
   *
   * @param now cases of the as-of date
   */
  private static void warnOfContracts(JobContext context, Dataset<Row> now) {
    if (context.catalogue().scores().churn().definition() == ChurnDefinition.NO_PURCHASE) {
      return;
    }
    long customers =
        HistoryTransforms.countWithoutPurchase(
                contracts(context, map(context)), now, context.asOf())
            .head()
            .getLong(0);
    if (customers > 0) {
      context
          .console()
          .warn(
              String.format(
                  "customers with a running contract but no purchase: %d; they have no probability"
                      + " to leave (no_purchase), since the model learns from purchases",
                  customers));
    }
  }

  /** Accounts of customers who may be profiled; of others nothing is learnt either. */
  private static Dataset<Row> map(JobContext context) {
    return Consents.of(context)
        .allowed(
            context.tables().readAsOf(SilverTables.CUSTOMER_MAP, context.asOf()),
            Purpose.PROFILING);
  }

  /** Questions of one schedule learn from the same cases. */
  private static List<Answer> answers(
      JobContext context, Dataset<Row> past, List<Question> questions, boolean isAnyPurchase) {
    Map<Schedule, List<Question>> bySchedule =
        questions.stream()
            .collect(
                Collectors.groupingBy(Question::schedule, LinkedHashMap::new, Collectors.toList()));
    Reason noTraining = isAnyPurchase ? Reason.SHORT_HISTORY : Reason.NO_PURCHASE;
    List<Answer> answers = new ArrayList<>();
    bySchedule.forEach(
        (schedule, asked) ->
            answers.addAll(
                schedule.training().isEmpty()
                    ? asked.stream().map(question -> Answer.none(question, noTraining)).toList()
                    : learnt(context, past, schedule, asked)));
    return answers;
  }

  private static List<Answer> learnt(
      JobContext context, Dataset<Row> past, Schedule schedule, List<Question> questions) {
    int minCases = context.catalogue().scores().learning().minCases();
    Dataset<Row> training =
        HistoryTransforms.at(past, schedule.training(), schedule.trainedHorizonDays());
    List<Answer> tested;
    try (Training cases = new Training(training, questions, minCases)) {
      tested =
          Parallel.map(
              context.spark(),
              questions,
              question -> Answer.tested(question, cases.fit(question), training));
    }
    if (tested.stream().allMatch(answer -> answer.tested().model().isEmpty())) {
      return tested;
    }
    Dataset<Row> known = HistoryTransforms.at(past, schedule.known(), schedule.horizonDays());
    try (Training cases = new Training(known, questions, minCases)) {
      return Parallel.map(
          context.spark(),
          tested,
          answer -> answer.tested().model().isEmpty() ? answer : answer.used(cases));
    }
  }

  private static void warn(JobContext context, List<Answer> answers) {
    for (Answer answer : answers) {
      answer
          .reason()
          .ifPresent(
              reason ->
                  context
                      .console()
                      .warn(
                          String.format(
                              "there is no model %s (%s): its probabilities are null",
                              answer.question().model(), reason.code())));
    }
  }

  private static void writePredictions(
      JobContext context,
      Dataset<Row> cases,
      long customers,
      List<Answer> answers,
      List<Term> terms) {
    Scores scores = context.catalogue().scores();
    LocalDate asOf = context.asOf();
    Answer churn = answers.get(0);
    List<Answer> purchases = answers.subList(1, answers.size());
    Dataset<Row> map = map(context);
    Dataset<Row> predictions =
        PredictionTransforms.combine(
                PredictionTransforms.withChurn(
                    HistoryTransforms.at(cases, asOf, scores.churn().horizonDays()),
                    churn.question(),
                    explanation(List.of(churn), terms),
                    scores.churn().levels()),
                PredictionTransforms.withPurchaseReasons(
                    PredictionTransforms.withPurchases(
                        HistoryTransforms.at(cases, asOf, PURCHASE_HORIZON_DAYS),
                        PurchaseForecast.of(
                            purchases.stream().map(answer -> answer.used().model()).toList())),
                    explanation(purchases, terms),
                    scores.nextPurchase().levels()),
                PredictionTransforms.categories(
                    context.tables().read(SilverTables.ACCOUNT_CATEGORY_DAY),
                    map,
                    asOf,
                    scores.nextPurchase().categoryHalfLifeDays()),
                reasons(answers))
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      Dataset<Row> sample =
          CustomerSample.of(predictions, scores.learning().sampleCustomers(), customers);
      Column churns = col("churn_probability");
      Column buys = col("purchase_probability_90d");
      List<Double> churnCuts = Hundredths.read(Hundredths.cuts(sample, churns).head());
      List<Double> purchaseCuts = Hundredths.read(Hundredths.cuts(sample, buys).head());
      context.replaceAsOf(
          PredictTables.CUSTOMER_PREDICTION,
          predictions
              .withColumn("churn_percentile", Hundredths.of(churns, churnCuts))
              .withColumn("purchase_percentile", Hundredths.of(buys, purchaseCuts)));
    } finally {
      predictions.unpersist();
    }
  }

  /**
   * Why the last of some answers says what it says, or those before it, if they say more: who buys
   * within few days does so within many. Absent without a model of the last.
   */
  private static Optional<Explanation> explanation(List<Answer> answers, List<Term> terms) {
    return answers
        .get(answers.size() - 1)
        .used()
        .model()
        .map(
            last ->
                Explanation.of(
                    answers.stream().flatMap(answer -> answer.used().model().stream()).toList(),
                    terms));
  }

  private static List<String> reasons(List<Answer> answers) {
    return answers.stream()
        .flatMap(
            answer ->
                answer.reason().stream()
                    .map(reason -> answer.question().model() + ": " + reason.code()))
        .toList();
  }

  private static void writeEvaluation(JobContext context, Dataset<Row> past, List<Answer> answers) {
    Map<String, List<Row>> bins = bins(past, answers);
    List<Row> evaluations = new ArrayList<>();
    List<Row> calibration = new ArrayList<>();
    for (Answer answer : answers) {
      String model = answer.question().model();
      evaluations.add(evaluation(answer, "model", Optional.empty(), bins.get(model + " model")));
      for (Rule rule : answer.rules()) {
        evaluations.add(
            evaluation(answer, rule.name(), rule.days(), bins.get(model + " " + rule.name())));
      }
      for (Row bin : bins.getOrDefault(model + " model", List.of())) {
        long customers = bin.getAs("customers");
        calibration.add(
            RowFactory.create(
                model,
                bin.<Integer>getAs("bin"),
                customers,
                bin.<Double>getAs("probabilities") / customers,
                bin.<Long>getAs("positives") / (double) customers));
      }
    }
    write(
        context,
        PredictTables.MODEL_EVALUATION,
        evaluations,
        "model string, predictor string, is_baseline boolean, rule_days int, horizon_days int,"
            + " trained_horizon_days int, cutoff date, training_cutoffs int, customers bigint,"
            + " positives bigint, auc double, pr_auc double, brier double, log_loss double,"
            + " lift_top_decile double, calibration_error double, reason string");
    write(
        context,
        PredictTables.MODEL_CALIBRATION,
        calibration,
        "model string, bin int, customers bigint, mean_probability double, observed_share double");
  }

  /** Ten rows or fewer by model and predictor, both named by the key; none without a model. */
  private static Map<String, List<Row>> bins(Dataset<Row> past, List<Answer> answers) {
    List<Dataset<Row>> measured = new ArrayList<>();
    List<LogisticModel> ofFewerDays = new ArrayList<>();
    for (Answer answer : answers) {
      Question question = answer.question();
      if (answer.tested().model().isEmpty()) {
        continue;
      }
      List<LogisticModel> models = new ArrayList<>();
      models.add(answer.tested().model().get());
      if (!question.model().equals(Question.CHURN)) {
        ofFewerDays.add(models.get(0));
        models = List.copyOf(ofFewerDays);
      }
      measured.add(
          PredictionTransforms.measured(
              HistoryTransforms.at(
                  past, question.schedule().tested(), question.schedule().horizonDays()),
              question,
              models,
              answer.rules()));
    }
    return measured.stream()
        .reduce(Dataset::union)
        .map(all -> EvaluationTransforms.bins(all).collectAsList())
        .orElse(List.of())
        .stream()
        .sorted(Comparator.comparingInt(row -> row.<Integer>getAs("bin")))
        .collect(Collectors.groupingBy(row -> row.getAs("model") + " " + row.getAs("predictor")));
  }

  private static Row evaluation(
      Answer answer, String predictor, Optional<Integer> ruleDays, List<Row> bins) {
    Question question = answer.question();
    boolean isTrained = answer.tested().model().isPresent();
    Optional<Evaluation> found = Optional.ofNullable(bins).map(Evaluation::of);
    return RowFactory.create(
        question.model(),
        predictor,
        !predictor.equals("model"),
        ruleDays.orElse(null),
        question.horizonDays(),
        isTrained ? question.trainedDays() : null,
        isTrained ? Date.valueOf(question.schedule().tested()) : null,
        isTrained ? question.schedule().training().size() : null,
        found.map(Evaluation::customers).orElse(null),
        found.map(Evaluation::positives).orElse(null),
        found.flatMap(Evaluation::auc).orElse(null),
        found.flatMap(Evaluation::precision).orElse(null),
        found.map(Evaluation::brier).orElse(null),
        found.map(Evaluation::logLoss).orElse(null),
        found.flatMap(Evaluation::lift).orElse(null),
        found.map(Evaluation::calibrationError).orElse(null),
        answer.reason().map(Reason::code).orElse(null));
  }

  private static void writeCoefficients(
      JobContext context, List<Answer> answers, List<Term> terms) {
    List<Row> rows = new ArrayList<>();
    for (Answer answer : answers) {
      String name = answer.question().model();
      answer.used().model().ifPresent(model -> rows.addAll(coefficients(name, model, terms)));
    }
    write(
        context,
        PredictTables.MODEL_COEFFICIENT,
        rows,
        "model string, term string, feature_code string, title_en string, title_zh string,"
            + " mean double, scale double, coefficient double, standard_error double");
  }

  private static List<Row> coefficients(String name, LogisticModel model, List<Term> terms) {
    List<Row> rows = new ArrayList<>();
    rows.add(
        RowFactory.create(
            name,
            "(intercept)",
            "(intercept)",
            "Customer with the mean of every input",
            "各項輸入皆為平均的客戶",
            0.0,
            1.0,
            model.intercept(),
            Double.isNaN(model.interceptError()) ? null : model.interceptError()));
    List<Term> own = model.termsOf(terms);
    for (int i = 0; i < own.size(); i++) {
      Term term = own.get(i);
      rows.add(
          RowFactory.create(
              name,
              term.code(),
              term.input().code(),
              term.input().title().en(),
              term.input().title().zh(),
              model.means()[i],
              model.scales()[i],
              model.coefficients()[i],
              model.standardErrors().length == 0 ? null : model.standardErrors()[i]));
    }
    return rows;
  }

  private static void write(JobContext context, TableSchema table, List<Row> rows, String columns) {
    context.replaceAsOf(
        table, context.spark().createDataFrame(rows, StructType.fromDDL(columns)).coalesce(1));
  }
}
