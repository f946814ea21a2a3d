package io.portrait.jobs.bench;

import io.portrait.common.config.Scores.Rfm;
import io.portrait.common.config.Scores.Segment;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * RFM scores with quantile cuts in DuckDB's SQL, over a view {@code customer_feature}. It makes
 * {@code duck_rfm}.
 */
final class RfmSql {

  /** Columns of the result beyond the customer. */
  static final List<String> COLUMNS =
      List.of(
          "recency_days",
          "frequency",
          "monetary",
          "r_score",
          "f_score",
          "m_score",
          "rfm_code",
          "segment",
          "value_type");

  private RfmSql() {}

  /** Makes the table. */
  static String table(Rfm rfm, LocalDate asOf, int decimals) {
    String shares =
        IntStream.range(1, rfm.bins())
            .mapToObj(i -> i + ".0 / " + rfm.bins())
            .collect(Collectors.joining(", ", "[", "]"));
    return String.format(
        """
        CREATE OR REPLACE TEMP TABLE duck_rfm AS
        WITH metric AS (
          SELECT customer_id, %1$s::BIGINT AS recency_days, coalesce(%2$s::BIGINT, 0) AS frequency,
            coalesce(%3$s, 0)::DECIMAL(18, %4$d) AS monetary
          FROM customer_feature WHERE as_of = DATE '%5$s' AND %1$s IS NOT NULL
        ), population AS (
          SELECT %6$s AS recency_cuts, %7$s AS frequency_cuts, %8$s AS monetary_cuts,
            avg(recency_days) AS mean_recency, avg(frequency) AS mean_frequency,
            avg(monetary) AS mean_monetary
          FROM metric
        ), scored AS (
          SELECT metric.*, recency_days <= mean_recency AS is_recent,
            frequency >= mean_frequency AS is_frequent, monetary >= mean_monetary AS is_generous,
            %9$d - len(list_filter(recency_cuts, lambda c: recency_days > c)) AS r_score,
            1 + len(list_filter(frequency_cuts, lambda c: frequency > c)) AS f_score,
            1 + len(list_filter(monetary_cuts, lambda c: monetary::DOUBLE > c)) AS m_score
          FROM metric, population
        )
        SELECT customer_id, recency_days, frequency, monetary, r_score, f_score, m_score,
          r_score || '' || f_score || '' || m_score AS rfm_code,
          CASE %10$s END AS segment,
          CASE WHEN is_generous THEN 'important_' ELSE 'general_' END ||
            CASE WHEN is_recent THEN CASE WHEN is_frequent THEN 'value' ELSE 'develop' END
              ELSE CASE WHEN is_frequent THEN 'keep' ELSE 'win_back' END END AS value_type
        FROM scored
        """,
        rfm.recency(),
        rfm.frequency(),
        rfm.monetary(),
        decimals,
        asOf,
        cuts(rfm, "recency", "recency_days", shares),
        cuts(rfm, "frequency", "frequency", shares),
        cuts(rfm, "monetary", "monetary", shares),
        rfm.bins(),
        rfm.segments().stream().map(RfmSql::segment).collect(Collectors.joining(" ")));
  }

  /**
   * Declared cut points, or quantiles by linear interpolation at 15 digits, as the step has them.
   */
  private static String cuts(Rfm rfm, String metric, String column, String shares) {
    return rfm.cutPoints().containsKey(metric)
        ? rfm.cutPoints().get(metric) + "::DOUBLE[]"
        : String.format(
            "list_transform(quantile_cont(%s::DOUBLE, %s), lambda q: printf('%%.14e', q)::DOUBLE)",
            column, shares);
  }

  private static String segment(Segment segment) {
    List<String> conditions = new ArrayList<>(List.of("true"));
    addRange(conditions, "r_score", segment.recency());
    addRange(conditions, "f_score", segment.frequency());
    addRange(conditions, "m_score", segment.monetary());
    return "WHEN " + String.join(" AND ", conditions) + " THEN " + DuckDb.text(segment.code());
  }

  private static void addRange(List<String> conditions, String score, List<Integer> range) {
    if (!range.isEmpty()) {
      conditions.add(score + " BETWEEN " + range.get(0) + " AND " + range.get(1));
    }
  }
}
