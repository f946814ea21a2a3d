package io.portrait.jobs.report;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.floor;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import io.portrait.jobs.report.ReportData.Alive;
import io.portrait.jobs.report.ReportData.Churn;
import io.portrait.jobs.report.ReportData.Cross;
import io.portrait.jobs.report.ReportData.Level;
import io.portrait.jobs.report.ReportData.LevelCell;
import io.portrait.jobs.report.ReportData.ProbabilityBand;
import io.portrait.jobs.report.ReportData.ScoreBand;
import io.portrait.jobs.report.ReportData.ValueByChurn;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;

/**
 * What the report shows of how scores, value and probabilities are distributed: which measures to
 * count, and what the counts say.
 */
final class ProfileBands {

  /** Points of a band of a scorecard from 1 to 100. */
  private static final int SCORECARD_WIDTH = 10;

  /** Points of a band of a score of additive points. */
  private static final int POINTS_WIDTH = 20;

  private static final int PROBABILITY_BANDS = 10;
  private static final int FIFTHS = 5;

  /** Parts the two levels that are counted together; no score has as many levels. */
  private static final int LEVEL_FACTOR = 1000;

  private static final String POWER_LEVEL = "purchasing_power_level";
  private static final String LOYALTY_LEVEL = "loyalty_level";
  private static final String POWER_BY_LOYALTY = "power_by_loyalty";
  private static final String CUSTOMER_VALUE = "customer_value";
  private static final String P_ALIVE = "p_alive";
  private static final String EXPECTED_SPEND = "expected_spend_365d";
  private static final String CHURN = "churn_probability";
  private static final String RECENT_SALES = "order_amount_365d";
  private static final String AT_RISK = "sales_at_risk";
  private static final String VALUE_PERCENTILE = "value_percentile";
  private static final String VALUE_BY_CHURN = "value_by_churn";

  private final Map<String, TreeMap<Long, Count>> counts = new TreeMap<>();

  /** Takes up what {@link ReportTransforms#bandCounts} counted. */
  ProfileBands(List<Row> rows) {
    for (Row row : rows) {
      counts
          .computeIfAbsent(Cells.text(row, "measure"), measure -> new TreeMap<>())
          .put(
              Cells.whole(row, "band"),
              new Count(Cells.whole(row, "customers"), Cells.amount(row, "amount")));
    }
  }

  private record Count(long customers, BigDecimal amount) {}

  /**
   * What to count in a wide profile.
   *
   * @param columns the profile's columns; a measure over others is left out
   * @param methods each score and how it is made: {@code scorecard, points, sql} or {@code class}
   */
  static List<Measure> measures(Set<String> columns, Map<String, String> methods) {
    List<Measure> measures = new ArrayList<>();
    methods.forEach(
        (score, method) -> {
          String level = levelOf(score);
          if (columns.contains(level)) {
            measures.add(new Measure(level, col(level), lit(0)));
          }
          if (columns.contains(score) && width(method).isPresent()) {
            measures.add(new Measure(score, floor(col(score).divide(width(method).get())), lit(0)));
          }
        });
    if (columns.containsAll(Set.of(POWER_LEVEL, LOYALTY_LEVEL))) {
      measures.add(
          new Measure(
              POWER_BY_LOYALTY,
              col(POWER_LEVEL).multiply(LEVEL_FACTOR).plus(col(LOYALTY_LEVEL)),
              lit(0)));
    }
    if (columns.contains(CUSTOMER_VALUE)) {
      measures.add(
          new Measure(
              CUSTOMER_VALUE,
              when(
                  col(CUSTOMER_VALUE).isNotNull(),
                  ReportTransforms.lowerHundredths(CUSTOMER_VALUE)),
              col(CUSTOMER_VALUE)));
    }
    if (columns.containsAll(Set.of(P_ALIVE, EXPECTED_SPEND))) {
      measures.add(new Measure(P_ALIVE, probabilityBand(P_ALIVE), col(EXPECTED_SPEND)));
    }
    if (columns.contains(CHURN)) {
      Column sales = columns.contains(RECENT_SALES) ? col(RECENT_SALES) : lit(null).cast("double");
      measures.add(new Measure(CHURN, probabilityBand(CHURN), sales));
      measures.add(new Measure(AT_RISK, probabilityBand(CHURN), sales.multiply(col(CHURN))));
    }
    if (columns.containsAll(Set.of(CHURN, CUSTOMER_VALUE, VALUE_PERCENTILE))) {
      measures.add(
          new Measure(
              VALUE_BY_CHURN,
              fifth(col(VALUE_PERCENTILE).divide(100))
                  .multiply(LEVEL_FACTOR)
                  .plus(fifth(col(CHURN))),
              col(CUSTOMER_VALUE)));
    }
    return measures;
  }

  /** Customers by level of a score, ascending. */
  List<Level> levels(String score) {
    return of(levelOf(score)).entrySet().stream()
        .map(level -> new Level(level.getKey(), level.getValue().customers()))
        .toList();
  }

  /** Customers by points of a score; empty bands between others are there too. */
  List<ScoreBand> points(String score, String method) {
    TreeMap<Long, Count> bands = of(score);
    if (bands.isEmpty()) {
      return List.of();
    }
    long width = width(method).orElseThrow();
    // A scorecard shows its whole range; 100 points belong to the last band.
    boolean isBounded = width == SCORECARD_WIDTH;
    long first = isBounded ? 0 : bands.firstKey();
    long last = isBounded ? SCORECARD_WIDTH - 1 : bands.lastKey();
    List<ScoreBand> points = new ArrayList<>();
    for (long band = first; band <= last; band++) {
      long customers = customers(bands, band);
      if (isBounded && band == last) {
        customers = bands.tailMap(last).values().stream().mapToLong(Count::customers).sum();
      }
      points.add(new ScoreBand(band * width, (band + 1) * width, customers));
    }
    return points;
  }

  /** Customers by level of purchasing power and level of loyalty. */
  List<LevelCell> powerByLoyalty() {
    return of(POWER_BY_LOYALTY).entrySet().stream()
        .map(
            cell ->
                new LevelCell(
                    cell.getKey() / LEVEL_FACTOR,
                    cell.getKey() % LEVEL_FACTOR,
                    cell.getValue().customers()))
        .toList();
  }

  /** What customers are worth, or nothing if it is known of none. */
  Optional<SpendDistribution> value() {
    return SpendDistribution.of(
            of(CUSTOMER_VALUE).entrySet().stream()
                .map(
                    bucket ->
                        new SpendDistribution.Bucket(
                            bucket.getKey(),
                            bucket.getValue().customers(),
                            bucket.getValue().amount()))
                .toList())
        .map(SpendDistribution::withoutSmallParts);
  }

  /** How probable it is that customers still buy, or nothing if it is known of none. */
  Optional<Alive> alive() {
    return of(P_ALIVE).isEmpty()
        ? Optional.empty()
        : Optional.of(new Alive(probabilities(P_ALIVE), amount(P_ALIVE)));
  }

  /** How probable it is that customers leave, or nothing if it is known of none. */
  Optional<Churn> churn() {
    return of(CHURN).isEmpty()
        ? Optional.empty()
        : Optional.of(new Churn(probabilities(CHURN), amount(CHURN), amount(AT_RISK)));
  }

  /** Customers by fifth of customer value and of the probability to leave. */
  List<ValueByChurn> valueByChurn() {
    List<ValueByChurn> cells = new ArrayList<>();
    of(VALUE_BY_CHURN)
        .forEach(
            (fifths, count) ->
                cells.add(
                    new ValueByChurn(
                        fifths / LEVEL_FACTOR,
                        fifths % LEVEL_FACTOR,
                        count.customers(),
                        shown(count))));
    return cells;
  }

  private List<ProbabilityBand> probabilities(String measure) {
    TreeMap<Long, Count> bands = of(measure);
    List<ProbabilityBand> probabilities = new ArrayList<>();
    for (long band = 0; band < PROBABILITY_BANDS; band++) {
      Count count = bands.getOrDefault(band, new Count(0, null));
      probabilities.add(
          new ProbabilityBand(
              band / (double) PROBABILITY_BANDS,
              (band + 1) / (double) PROBABILITY_BANDS,
              count.customers(),
              shown(count)));
    }
    return probabilities;
  }

  /** What customers have together; nothing of so few that one of them could be told. */
  private static BigDecimal shown(Count count) {
    return count.customers() < Cross.SMALLEST_CELL ? null : count.amount();
  }

  private TreeMap<Long, Count> of(String measure) {
    return counts.getOrDefault(measure, new TreeMap<>());
  }

  /** The amount of all bands; null if it is known of nobody. */
  private BigDecimal amount(String measure) {
    return of(measure).values().stream()
        .map(Count::amount)
        .filter(Objects::nonNull)
        .reduce(BigDecimal::add)
        .orElse(null);
  }

  private static long customers(TreeMap<Long, Count> bands, long band) {
    return bands.containsKey(band) ? bands.get(band).customers() : 0;
  }

  private static String levelOf(String score) {
    return score + "_level";
  }

  /** Points of a band; nothing for scores whose range is not known. */
  private static Optional<Integer> width(String method) {
    return switch (method) {
      case "scorecard" -> Optional.of(SCORECARD_WIDTH);
      case "points" -> Optional.of(POINTS_WIDTH);
      default -> Optional.empty();
    };
  }

  /** Tenths from 0; 1 belongs to the last. */
  private static Column probabilityBand(String probability) {
    return part(col(probability), PROBABILITY_BANDS);
  }

  /** Fifths of a share from 1 to 5. */
  private static Column fifth(Column share) {
    return part(share, FIFTHS).plus(1);
  }

  /** Equal parts of a share from 0; 1 belongs to the last, null to none. */
  private static Column part(Column share, long parts) {
    Column band = floor(share.multiply(parts));
    return when(band.isNotNull(), least(band, lit(parts - 1)));
  }
}
