package io.portrait.jobs.credit;

import io.portrait.common.config.Credit;
import io.portrait.common.config.Score;
import io.portrait.common.config.Score.Bin;
import io.portrait.common.config.Score.Characteristic;
import io.portrait.common.config.Score.Scale;
import io.portrait.common.io.Tables;
import io.portrait.common.job.Consents;
import io.portrait.common.job.Job;
import io.portrait.common.job.JobContext;
import io.portrait.common.quality.StabilityIndex;
import io.portrait.common.table.CreditTables;
import io.portrait.common.table.FeatureTable;
import io.portrait.common.table.HabitTables;
import io.portrait.common.table.ScoreTables;
import io.portrait.common.table.TableSchema;
import java.math.BigDecimal;
import java.sql.Date;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;

/**
 * Grades customers by their credit score, says what to offer them by which rule, and measures how
 * far they have moved since the as-of date before.
 *
 * <p>Reads {@code gold_sensitive/customer_feature}, {@code customer_habit} and {@code
 * customer_score}. Replaces one as-of date of the tables in {@link CreditTables}; safe to run
 * again.
 */
public final class CreditJob implements Job {

  @Override
  public String name() {
    return "credit";
  }

  @Override
  public void run(JobContext context) {
    Tables tables = context.tables();
    Score score = score(context);
    int decimals = context.catalogue().deployment().currency().decimals();
    TableSchema table = CreditTables.customerCredit(decimals);
    Optional<LocalDate> previous = tables.previousAsOf(table, context.asOf());
    List<Double> cuts = previous.map(date -> cuts(context, table, date)).orElse(List.of());
    Dataset<Row> customers =
        CreditTransforms.withBins(
                CreditTransforms.withRoute(
                    scored(context, score, context.asOf()),
                    context.catalogue().scores().credit(),
                    score,
                    decimals),
                score,
                cuts)
            .select("bins", columns(table))
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      context.replaceAsOf(table, customers);
      context.counts().addIn(tables.rowsWritten());
      context.replaceAsOf(
          CreditTables.CREDIT_STABILITY,
          context
              .spark()
              .createDataFrame(
                  previous
                      .map(date -> stability(context, score, cuts, date, customers))
                      .orElse(List.of()),
                  StructType.fromDDL(
                      "input string, position int, bin string, previous_as_of date,"
                          + " expected_customers bigint, actual_customers bigint, expected_share"
                          + " double, actual_share double, psi double, level string"))
              .coalesce(1));
    } finally {
      customers.unpersist();
    }
    context.counts().addOut(tables.rowsWritten());
  }

  private static Score score(JobContext context) {
    Credit credit = context.catalogue().scores().credit();
    return context.catalogue().scores().scores().stream()
        .filter(score -> score.name().equals(credit.score()))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("CreditCheck finds the score first"));
  }

  private static Dataset<Row> scored(JobContext context, Score score, LocalDate asOf) {
    Tables tables = context.tables();
    Scale scale = score.points().orElseThrow().scale().orElseThrow();
    return CreditTransforms.withScore(
        Consents.of(context, asOf)
            .allowed(
                tables.readAsOf(FeatureTable.schema(List.of()), asOf), score.purposeOrDefault()),
        tables.readAsOf(HabitTables.CUSTOMER_HABIT, asOf),
        tables.readAsOf(ScoreTables.CUSTOMER_SCORE, asOf),
        context.catalogue().scores().credit(),
        scale);
  }

  private static String[] columns(TableSchema table) {
    return table.columnNames().stream()
        .filter(name -> !name.equals("as_of") && !name.equals("run_id"))
        .toArray(String[]::new);
  }

  /** Bounds of tenths of the previous scores, each once. */
  private static List<Double> cuts(JobContext context, TableSchema table, LocalDate previous) {
    Row row = CreditTransforms.tenths(context.tables().readAsOf(table, previous)).head();
    List<Double> tenths = row.isNullAt(0) ? List.of() : row.getList(0);
    return tenths.stream().distinct().sorted().toList();
  }

  private static List<Row> stability(
      JobContext context,
      Score score,
      List<Double> cuts,
      LocalDate previous,
      Dataset<Row> customers) {
    Dataset<Row> before = CreditTransforms.withBins(scored(context, score, previous), score, cuts);
    List<Map<Integer, Row>> counts = new ArrayList<>();
    List<List<String>> labels = new ArrayList<>();
    labels.add(rangeLabels(cuts.stream().map(CreditJob::text).toList()));
    score.characteristics().forEach(characteristic -> labels.add(labels(characteristic)));
    labels.forEach(input -> counts.add(new TreeMap<>()));
    for (Row row : CreditTransforms.countBins(before, customers).collectAsList()) {
      counts.get(row.getInt(0)).put(row.getInt(1), row);
    }
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < labels.size(); i++) {
      String input = i == 0 ? "score" : score.characteristics().get(i - 1).name();
      rows.addAll(rows(input, labels.get(i), counts.get(i), previous));
    }
    return rows;
  }

  /** The bins of one input, and all together; none if there were or are no customers. */
  private static List<Row> rows(
      String input, List<String> labels, Map<Integer, Row> counts, LocalDate previous) {
    long expected = counts.values().stream().mapToLong(row -> row.getLong(2)).sum();
    long actual = counts.values().stream().mapToLong(row -> row.getLong(3)).sum();
    if (expected == 0 || actual == 0) {
      return List.of();
    }
    StabilityIndex index = new StabilityIndex(expected, actual);
    Date date = Date.valueOf(previous);
    List<Row> rows = new ArrayList<>();
    double sum = 0;
    for (int i = 0; i <= labels.size(); i++) {
      boolean isMissing = i == labels.size();
      Row count = counts.get(isMissing ? CreditTransforms.MISSING : i);
      long before = count == null ? 0 : count.getLong(2);
      long now = count == null ? 0 : count.getLong(3);
      double psi = index.ofBin(before, now);
      sum += psi;
      rows.add(
          RowFactory.create(
              input,
              i + 1,
              isMissing ? "missing" : labels.get(i),
              date,
              before,
              now,
              (double) before / expected,
              (double) now / actual,
              psi,
              null));
    }
    rows.add(
        0,
        RowFactory.create(
            input, 0, "total", date, expected, actual, 1.0, 1.0, sum, StabilityIndex.level(sum)));
    return rows;
  }

  private static List<String> labels(Characteristic characteristic) {
    if (characteristic.bins().isEmpty()) {
      List<String> labels = new ArrayList<>(characteristic.categories().keySet());
      labels.add("other");
      return labels;
    }
    return rangeLabels(
        characteristic.bins().stream()
            .skip(1)
            .map(Bin::from)
            .map(f -> text(f.orElseThrow()))
            .toList());
  }

  /** What lies below the first bound, between two, and from the last on. */
  private static List<String> rangeLabels(List<String> bounds) {
    if (bounds.isEmpty()) {
      return List.of("all");
    }
    List<String> labels = new ArrayList<>(List.of("below " + bounds.get(0)));
    for (int i = 1; i < bounds.size(); i++) {
      labels.add(bounds.get(i - 1) + " to " + bounds.get(i));
    }
    labels.add("from " + bounds.get(bounds.size() - 1));
    return labels;
  }

  private static String text(double bound) {
    return BigDecimal.valueOf(bound).stripTrailingZeros().toPlainString();
  }
}
