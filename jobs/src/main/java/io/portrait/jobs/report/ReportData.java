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
 * @param segments RFM segments in the table's order
 * @param grid customers by recency and frequency score
 * @param valueTypes the eight value types
 * @param lifecycle states of a customer's life
 * @param spend how spending is distributed, or null if nobody bought
 * @param clusters clusters, by number
 * @param clusterFeatures what sets clusters apart
 * @param tags the tag tree
 * @param conformed rows by source and entity
 * @param reasons why rows were rejected or values emptied
 * @param checks the publish gate
 * @param steps steps of the run
 */
record ReportData(
    String deployment,
    String currency,
    int decimals,
    LocalDate asOf,
    LocalDate previousAsOf,
    Headline headline,
    Headline previousHeadline,
    List<Segment> segments,
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
    List<Step> steps) {

  /** Totals of all customers. */
  record Headline(Long customers, Long buyers, BigDecimal sales, Long orders) {}

  /** An RFM segment; {@code previousCustomers} is null without an earlier run. */
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

  /** Customers of one recency score, frequency score and segment. */
  record GridCell(Long recency, Long frequency, String segment, Long customers) {}

  /** One of the eight value types. */
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

  /** A check of the publish gate. */
  record Check(
      String table, String column, String rule, String expected, String found, Boolean passed) {}

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
