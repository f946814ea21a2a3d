package io.portrait.jobs.score;

import io.portrait.common.config.CatalogueColumns;
import io.portrait.common.config.Expression;
import io.portrait.common.config.Score;
import io.portrait.common.config.Score.Characteristic;
import io.portrait.common.config.Score.Part;
import io.portrait.common.config.Score.Points;
import io.portrait.common.config.Score.Scorecard;
import io.portrait.common.job.Consents;
import io.portrait.common.job.JobContext;
import io.portrait.common.table.ScoreTables;
import io.portrait.common.transform.CustomerSample;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;

/** The declared scores of all known customers, and what they are made of. */
final class CustomerScores {

  /**
   * Customers that percentiles are made on. The distinct values of a column are held in memory, for
   * all columns at once; of so many customers a share is known to about a thousandth.
   */
  private static final int SAMPLE_CUSTOMERS = 200_000;

  private final JobContext context;
  private final List<Score> scores;
  private final List<Dataset<Row>> persisted = new ArrayList<>();

  private CustomerScores(JobContext context) {
    this.context = context;
    this.scores = context.catalogue().scores().scores();
  }

  /** Replaces one as-of date of {@code customer_score}, {@code score} and {@code score_reason}. */
  static void write(JobContext context) {
    CustomerScores writer = new CustomerScores(context);
    try {
      writer.write();
    } finally {
      writer.persisted.forEach(Dataset::unpersist);
    }
  }

  private void write() {
    Dataset<Row> inputs = ScoreInputs.read(context);
    Consents consents = Consents.of(context);
    List<String> purposes = scores.stream().map(Score::purposeOrDefault).distinct().toList();
    Dataset<Row> values =
        persist(
            ScoreTransforms.onlyAllowed(
                consents.withAllowed(ScoreTransforms.values(inputs, scores), purposes), scores));
    Row known = ScoreTransforms.countKnown(values).head();
    long customers = known.getLong(0);
    Map<String, Ranks> ranks = ranks(values, known);
    Map<String, Row> summaries = new HashMap<>();
    List<Dataset<Row>> scored = new ArrayList<>();
    for (Score score : scores) {
      Dataset<Row> allowed = values.filter(Consents.isAllowed(score.purposeOrDefault()));
      Dataset<Row> valued =
          score.className().isPresent()
              ? own(score, consents.allowed(inputs, score.purposeOrDefault()), allowed)
              : allowed;
      scored.add(ScoreTransforms.score(valued, score, ranks));
    }
    scored.stream()
        .reduce(Dataset::union)
        .map(all -> ScoreTransforms.summarize(all, SAMPLE_CUSTOMERS, customers))
        .ifPresent(all -> all.collectAsList().forEach(row -> summaries.put(row.getString(0), row)));
    writeCustomers(scored, summaries, values.rdd().getNumPartitions());
    writeScores(values, customers, summaries);
    writeReasons(known);
  }

  /** All customers of a score with the numbers of an own class. */
  private Dataset<Row> own(Score score, Dataset<Row> inputs, Dataset<Row> allowed) {
    Dataset<Row> own = persist(OwnScorers.score(score, inputs));
    Dataset<Row> customers = allowed.select("customer_id");
    OwnScorers.requireOnePerCustomer(score, own, customers);
    return customers.join(own, new String[] {"customer_id"}, "left");
  }

  private Dataset<Row> persist(Dataset<Row> rows) {
    persisted.add(rows.persist(StorageLevel.MEMORY_AND_DISK()));
    return rows;
  }

  /** The scales of the characteristics whose points are percentiles. */
  private Map<String, Ranks> ranks(Dataset<Row> values, Row known) {
    long customers = known.getLong(0);
    Dataset<Row> sample = CustomerSample.of(values, SAMPLE_CUSTOMERS, customers);
    Row sampled = customers <= SAMPLE_CUSTOMERS ? known : ScoreTransforms.countKnown(sample).head();
    Map<String, Long> counts = new LinkedHashMap<>();
    for (Score score : scores) {
      for (Characteristic characteristic : score.characteristics()) {
        String name = ScoreTransforms.valueName(score, characteristic);
        long count = sampled.getAs(name);
        if (characteristic.percentile().isPresent() && count > 0) {
          counts.put(name, count);
        }
      }
    }
    Map<String, Ranks> ranks = new HashMap<>();
    if (!counts.isEmpty()) {
      Row middles = ScoreTransforms.middles(sample, counts).head();
      counts.keySet().forEach(name -> ranks.put(name, new Ranks(list(middles, name))));
    }
    return ranks;
  }

  /**
   * Writes all scores.
   *
   * @param scored {@link ScoreTransforms#score} of each score
   * @param partitions that they are written in; there are as many a score
   */
  private void writeCustomers(
      List<Dataset<Row>> scored, Map<String, Row> summaries, int partitions) {
    List<Dataset<Row>> standing = new ArrayList<>();
    for (Score score : scores) {
      Row summary = summaries.get(score.name());
      standing.add(
          ScoreTransforms.withStanding(
              scored.get(standing.size()),
              score,
              new Ranks(summary == null ? List.of() : list(summary, "cuts"))));
    }
    Dataset<Row> rows =
        standing.stream()
            .reduce(Dataset::union)
            .map(
                all ->
                    ScoreTransforms.withTopReasons(
                        all.coalesce(partitions),
                        CatalogueColumns.sensitiveReasons(context.catalogue())))
            .orElseGet(
                () ->
                    context
                        .spark()
                        .createDataFrame(List.of(), ScoreTables.CUSTOMER_SCORE.structType()));
    context.replaceAsOf(ScoreTables.CUSTOMER_SCORE, rows);
  }

  private void writeScores(Dataset<Row> values, long customers, Map<String, Row> summaries) {
    List<Row> rows = new ArrayList<>();
    for (Score score : scores) {
      Row summary = summaries.get(score.name());
      long scored = summary == null ? 0L : summary.<Long>getAs("scored_customers");
      if (customers > 0 && scored == 0) {
        context
            .console()
            .warn(
                String.format(
                    "the score %s is null for everyone: %s",
                    score.name(),
                    values.filter(Consents.isAllowed(score.purposeOrDefault())).isEmpty()
                        ? "nobody may be used for its purpose " + score.purposeOrDefault()
                        : "none of its inputs is known"));
      }
      rows.add(
          RowFactory.create(
              score.name(),
              rows.size() + 1,
              score.titleOrName().en(),
              score.titleOrName().zh(),
              score.description().orElse(null),
              score.method(),
              score.levelCuts().orElse(null),
              customers,
              scored,
              summary == null ? null : summary.getAs("mean_score"),
              summary == null ? null : summary.getAs("mean_coverage")));
    }
    context.replaceAsOf(
        ScoreTables.SCORE,
        frame(
            rows,
            "score_code string, position int, title_en string, title_zh string, description string,"
                + " method string, level_cuts string, customers bigint, scored_customers bigint,"
                + " mean_score double, mean_coverage double"));
  }

  private void writeReasons(Row known) {
    List<Row> rows = new ArrayList<>();
    for (Score score : scores) {
      for (Part part : score.scorecard().map(Scorecard::parts).orElse(List.of())) {
        for (Characteristic characteristic : part.characteristics()) {
          double weight = part.weight() * characteristic.weight().orElseThrow() / 10_000;
          rows.add(reason(score, characteristic, part.name(), weight, known));
        }
      }
      List<Characteristic> added = score.points().map(Points::characteristics).orElse(List.of());
      for (Characteristic characteristic : added) {
        rows.add(reason(score, characteristic, null, 1.0 / added.size(), known));
      }
    }
    context.replaceAsOf(
        ScoreTables.SCORE_REASON,
        frame(
            rows,
            "score_code string, reason_code string, position int, part_code string, title_en"
                + " string, title_zh string, value string, weight double, known_customers bigint"));
  }

  private static Row reason(
      Score score, Characteristic characteristic, String part, double weight, Row known) {
    return RowFactory.create(
        score.name(),
        characteristic.name(),
        score.characteristics().indexOf(characteristic) + 1,
        part,
        characteristic.titleOrName().en(),
        characteristic.titleOrName().zh(),
        Expression.oneLine(characteristic.value().sql()),
        weight,
        known.<Long>getAs(ScoreTransforms.valueName(score, characteristic)));
  }

  private Dataset<Row> frame(List<Row> rows, String schema) {
    return context.spark().createDataFrame(rows, StructType.fromDDL(schema)).coalesce(1);
  }

  private static List<Double> list(Row row, String column) {
    int index = row.fieldIndex(column);
    return row.isNullAt(index) ? List.of() : row.getList(index);
  }
}
