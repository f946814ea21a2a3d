package io.portrait.jobs.report;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;

/**
 * All that the page shows; becomes the page's JSON. Titles stand beside codes in both languages,
 * and null means that it is not known.
 *
 * @param deployment name of the deployment
 * @param currency ISO 4217 code of all amounts
 * @param decimals digits of its minor unit
 * @param asOf only what was known strictly before it counts
 * @param previousAsOf the as-of date before it that there are rows of, or null
 * @param headline totals
 * @param previousHeadline totals at {@code previousAsOf}, or null
 * @param scores declared scores, in declared order
 * @param powerByLoyalty customers by level of purchasing power and level of loyalty
 * @param credit customers by credit grade and route, the best grade first
 * @param value how customer value is distributed, or null if it is known of nobody
 * @param alive how probable it is that customers still buy, or null
 * @param churn how probable it is that customers leave, or null
 * @param valueByChurn customers by fifth of customer value and fifth of the probability to leave
 * @param namedSegments named segments, largest first
 * @param models models and the simple rules beside them
 * @param calibration whether the models' probabilities come true
 * @param nextPurchaseTests how near the expected day and category of the next purchase come, beside
 *     simple rules
 * @param valueModels parameters of the models of customer value
 * @param valueTests how good they are, beside a simple rule
 * @param segments RFM segments in the table's order
 * @param flows customers by RFM segment at {@code previousAsOf} and now; empty without the former
 * @param interests customers by RFM segment and the category that interests them most
 * @param cross customers by region, age and RFM segment, or null if there is no profile
 * @param grid customers by recency and frequency score
 * @param valueTypes the eight value types
 * @param lifecycle states of a customer's life
 * @param spend how spending is distributed, or null if nobody bought
 * @param clusters clusters, by number
 * @param clusterFeatures what sets clusters apart
 * @param tags the tag tree
 * @param conformed rows by source and entity
 * @param reasons why rows were rejected or values emptied
 * @param checks what was expected of tables: quality.yaml, completeness, the publish gate
 * @param qualityDays how checks came out at this and earlier as-of dates, oldest first
 * @param steps steps of the run
 * @param sample a few customers with what is known of them, or null if the deployment wants none
 */
record ReportData(
    String deployment,
    String currency,
    int decimals,
    LocalDate asOf,
    LocalDate previousAsOf,
    Headline headline,
    Headline previousHeadline,
    List<Score> scores,
    List<LevelCell> powerByLoyalty,
    List<CreditCell> credit,
    SpendDistribution value,
    Alive alive,
    Churn churn,
    List<ValueByChurn> valueByChurn,
    List<NamedSegment> namedSegments,
    List<Model> models,
    List<CalibrationBin> calibration,
    List<NextPurchaseTest> nextPurchaseTests,
    List<ValueModel> valueModels,
    List<ValueTest> valueTests,
    List<Segment> segments,
    List<Flow> flows,
    List<Interest> interests,
    Cross cross,
    List<GridCell> grid,
    List<ValueType> valueTypes,
    List<State> lifecycle,
    SpendDistribution spend,
    List<Cluster> clusters,
    List<ClusterFeature> clusterFeatures,
    List<TagCount> tags,
    List<Conformed> conformed,
    List<Reason> reasons,
    List<Check> checks,
    List<QualityDay> qualityDays,
    List<Step> steps,
    Sample sample) {

  /** Totals of all customers. */
  record Headline(Long customers, Long buyers, BigDecimal sales, Long orders) {}

  /** A score, and its customers by level and by points; both may be empty. */
  record Score(
      String code,
      String titleEn,
      String titleZh,
      Long customers,
      Long scoredCustomers,
      Double mean,
      Double coverage,
      List<Level> levels,
      List<ScoreBand> points) {}

  /** Customers of one level of a score. */
  record Level(long level, long customers) {}

  /** Customers with at least {@code lower} points and fewer than {@code upper}. */
  record ScoreBand(double lower, double upper, long customers) {}

  /** Customers of one level of purchasing power and one of loyalty. */
  record LevelCell(long power, long loyalty, long customers) {}

  /**
   * Customers of one credit grade and route; titles are the route's, {@code probability} is their
   * mean probability of default. Customers without a score have neither grade nor probability, nor
   * do those of whom too little is known.
   */
  record CreditCell(
      String grade,
      String route,
      String titleEn,
      String titleZh,
      Long customers,
      Double probability) {}

  /** Customers with a probability from {@code lower} to below {@code upper}, and an amount. */
  record ProbabilityBand(double lower, double upper, long customers, BigDecimal amount) {}

  /**
   * How probable it is that customers still buy; amounts are what they are expected to spend in 365
   * days, null if that is not known.
   */
  record Alive(List<ProbabilityBand> bands, BigDecimal expectedSpend) {}

  /**
   * How probable it is that customers leave; amounts are their sales of the last 365 days, null if
   * that feature is not declared.
   *
   * @param atRisk sales of each times the probability to leave
   */
  record Churn(List<ProbabilityBand> bands, BigDecimal sales, BigDecimal atRisk) {}

  /**
   * Customers of one fifth by customer value and one by probability to leave, 1 the lowest; {@code
   * amount} is what they are worth together, null of fewer than {@value Cross#SMALLEST_CELL}.
   */
  record ValueByChurn(long value, long churn, long customers, BigDecimal amount) {}

  /**
   * A named segment; {@code entered} and {@code left} are null where nothing is compared, {@code
   * meanValue} of fewer than {@value Cross#SMALLEST_CELL}, too.
   */
  record NamedSegment(
      String code,
      String titleEn,
      String titleZh,
      String actionEn,
      String actionZh,
      String rule,
      Long customers,
      Double share,
      BigDecimal meanValue,
      Long entered,
      Long left) {}

  /** A model or a rule, measured on one later period; figures are null where there is none. */
  record Model(
      String model,
      String predictor,
      Boolean baseline,
      Long ruleDays,
      Long horizonDays,
      Long trainedHorizonDays,
      LocalDate cutoff,
      Long trainingCutoffs,
      Long customers,
      Long positives,
      Double auc,
      Double prAuc,
      Double brier,
      Double lift,
      Double calibrationError,
      String reason) {}

  /** A tenth of the customers that a model was measured on. */
  record CalibrationBin(
      String model, Long bin, Long customers, Double probability, Double observed) {}

  /**
   * The expected day ({@code date}) or category of the next purchase, or a rule for it; figures are
   * null where there is none or of the other question.
   */
  record NextPurchaseTest(
      String question,
      String predictor,
      Boolean baseline,
      Long horizonDays,
      LocalDate cutoff,
      Long customers,
      Double meanError,
      Double medianError,
      Double hitRate,
      String reason) {}

  /** A parameter of a model of customer value. */
  record ValueModel(
      String model,
      String parameter,
      Double value,
      Double standardError,
      Long customers,
      Boolean fitted,
      String reason) {}

  /** The models of customer value or a rule, measured; figures are null where there is none. */
  record ValueTest(
      String predictor,
      Boolean baseline,
      Long horizonDays,
      LocalDate cutoff,
      Long customers,
      BigDecimal meanPredicted,
      BigDecimal meanObserved,
      BigDecimal meanError,
      Double rankCorrelation,
      String reason) {}

  /**
   * An RFM segment; {@code previousCustomers} is null without an earlier run, {@code monetary} of
   * fewer than {@value Cross#SMALLEST_CELL}.
   */
  record Segment(
      String code,
      String titleEn,
      String titleZh,
      String actionEn,
      String actionZh,
      Long customers,
      Double share,
      BigDecimal monetary,
      Long previousCustomers) {}

  /**
   * Customers who went from one RFM segment to another, or stayed; null stands for those who were
   * not in any, or are in none now.
   */
  record Flow(String from, String to, long customers) {}

  /** Customers of one RFM segment whom one category interests most. */
  record Interest(String segment, String category, long customers) {}

  /**
   * Customers by region, age and RFM segment.
   *
   * @param cells those with {@value #SMALLEST_CELL} customers and more
   * @param hiddenCustomers how many stand in smaller cells, which would tell of single persons
   */
  record Cross(List<CrossCell> cells, long hiddenCustomers) {
    /** Fewest customers of a cell that is shown. */
    static final int SMALLEST_CELL = 5;
  }

  /**
   * Customers of one region, age band and RFM segment, null where that is not known.
   *
   * @param isOtherRegion whether these are customers of all regions but the largest; region is null
   * @param sales sales of the last 365 days, null if that feature is not declared
   * @param value what they are worth together, null if it is known of none
   * @param churn mean probability to leave of those of whom it is known, or null
   * @param churnCustomers of how many it is known
   */
  record CrossCell(
      String region,
      boolean isOtherRegion,
      String ageBand,
      String segment,
      long customers,
      BigDecimal sales,
      BigDecimal value,
      Double churn,
      long churnCustomers) {}

  /**
   * A few customers, by pseudonym.
   *
   * @param columns what is shown of each
   * @param customers ids, each with its values as text, null where not known
   */
  record Sample(List<SampleColumn> columns, List<SampleCustomer> customers) {}

  /** A column of the profile. */
  record SampleColumn(String code, String titleEn, String titleZh, String unit) {}

  /** A customer; values in the order of the columns. */
  record SampleCustomer(String id, List<Object> values) {}

  /** Customers of one recency score, frequency score and segment. */
  record GridCell(Long recency, Long frequency, String segment, Long customers) {}

  /**
   * One of the eight value types; {@code monetary} is null of fewer than {@value
   * Cross#SMALLEST_CELL}.
   */
  record ValueType(
      String code,
      String titleEn,
      String titleZh,
      Long customers,
      Double share,
      BigDecimal monetary) {}

  /** A state of a customer's life; {@code previousCustomers} is null without an earlier run. */
  record State(
      String code,
      String titleEn,
      String titleZh,
      Long customers,
      Double share,
      Long previousCustomers) {}

  /** A cluster. */
  record Cluster(
      Long id,
      String titleEn,
      String titleZh,
      String descriptionEn,
      String descriptionZh,
      Long customers,
      Double share) {}

  /** A feature's mean in a cluster and in the population, and how far apart they are. */
  record ClusterFeature(
      Long cluster,
      String code,
      String titleEn,
      String titleZh,
      Double mean,
      Double populationMean,
      Double deviation) {}

  /** A tag and its customers. */
  record TagCount(
      String code,
      String parent,
      String titleEn,
      String titleZh,
      String rule,
      String sensitivity,
      Long customers,
      Double share) {}

  /** What became of the rows of a source. */
  record Conformed(
      String source,
      String entity,
      Long batches,
      Long rowsIn,
      Long elsewhere,
      Long kept,
      Long rejected,
      Long duplicate,
      Long deleted) {}

  /** Rows refused, or with an emptied value, for one reason. */
  record Reason(String source, String entity, String reason, String outcome, Long rows) {}

  /**
   * A check of a table; titles are those of a declared expectation, or null. {@code passed} is null
   * if it could not be checked.
   */
  record Check(
      String table,
      String column,
      String rule,
      String titleEn,
      String titleZh,
      String severity,
      Long rowsChecked,
      Long rowsFailed,
      String expected,
      String found,
      Boolean passed) {}

  /** Checks of one as-of date by how they came out; {@code completeness} is null if not known. */
  record QualityDay(
      LocalDate asOf,
      Long passed,
      Long warned,
      Long rejecting,
      Long stopped,
      Long unchecked,
      Double completeness) {}

  /** A step's latest execution. */
  record Step(
      String job,
      String runId,
      String status,
      String startedAt,
      Double seconds,
      Long rowsIn,
      Long rowsOut,
      Long rowsRejected,
      Long rowsDuplicate) {}
}
