package io.portrait.jobs.bench;

import io.portrait.common.config.Feature;
import io.portrait.common.config.Feature.Aggregate;
import io.portrait.common.config.Feature.From;
import io.portrait.common.config.Feature.Unit;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The declared features over rollups in DuckDB's SQL. It makes {@code duck_feature}: one row per
 * known customer with {@code customer_id} and every such feature as published. Features of the
 * golden record and of other features are left out: each is an expression over a row.
 */
record FeatureSql(List<Feature> features, LocalDate asOf, int decimals) {

  private static final String ROWS = "rows_of_";

  static FeatureSql of(List<Feature> declared, LocalDate asOf, int decimals) {
    return new FeatureSql(
        declared.stream().filter(f -> f.from().isRollup()).toList(), asOf, decimals);
  }

  /** Columns of the result beyond the customer. */
  List<String> columns() {
    return features.stream().flatMap(f -> f.columnNames().stream()).toList();
  }

  /** Makes the table. */
  String table() {
    List<String> parts = new ArrayList<>();
    parts.add(
        String.format(
            "known AS (SELECT account_key, customer_id FROM customer_map WHERE as_of = %s AND"
                + " is_known)",
            date(asOf)));
    List<String> joined = new ArrayList<>();
    for (From rollup : List.of(From.ACCOUNT_DAY, From.ACCOUNT_CATEGORY_DAY)) {
      addRollup(rollup, parts, joined);
    }
    return String.format(
        "CREATE OR REPLACE TEMP TABLE duck_feature AS WITH %s SELECT c.customer_id, %s"
            + " FROM (SELECT customer_id FROM customer WHERE as_of = %s) c %s",
        String.join(",\n", parts),
        features.stream()
            .flatMap(f -> f.columnNames().stream().map(c -> published(f, c)))
            .collect(Collectors.joining(", ")),
        date(asOf),
        joined.stream()
            .map(p -> "LEFT JOIN " + p + " USING (customer_id)")
            .collect(Collectors.joining(" ")));
  }

  private void addRollup(From rollup, List<String> parts, List<String> joined) {
    List<Feature> read = features.stream().filter(f -> f.from() == rollup).toList();
    if (read.isEmpty()) {
      return;
    }
    String table = rollup.name().toLowerCase(Locale.ROOT);
    String rows = ROWS + table;
    parts.add(
        String.format(
            "%s AS (SELECT * FROM %s JOIN known USING (account_key) WHERE event_day < %s)",
            rows, table, date(asOf)));
    List<Feature> merged =
        read.stream()
            .filter(f -> !f.aggregate().orElseThrow().isOverCategories())
            .filter(f -> f.aggregate().orElseThrow() != Aggregate.DAYS)
            .toList();
    if (!merged.isEmpty()) {
      parts.add(
          String.format(
              "merged_%s AS (SELECT customer_id, %s FROM %s GROUP BY customer_id)",
              table,
              merged.stream()
                  .flatMap(f -> f.windowsOrAll().stream().map(w -> merged(f, w)))
                  .collect(Collectors.joining(", ")),
              rows));
      joined.add("merged_" + table);
    }
    addDays(read, rows, parts, joined);
    addCategories(read, rows, parts, joined);
  }

  /** A day counts once for a customer, however many accounts and rows show it. */
  private void addDays(List<Feature> read, String rows, List<String> parts, List<String> joined) {
    for (Feature feature : read) {
      if (feature.aggregate().orElseThrow() == Aggregate.DAYS) {
        String name = "days_of_" + feature.name();
        parts.add(
            String.format(
                "%s AS (SELECT customer_id, %s FROM (SELECT DISTINCT customer_id, event_day FROM %s"
                    + " WHERE (%s) > 0) GROUP BY customer_id)",
                name,
                feature.windowsOrAll().stream()
                    .map(w -> "count(*)" + within(w, "") + " AS " + feature.columnName(w))
                    .collect(Collectors.joining(", ")),
                rows,
                feature.value().sql()));
        joined.add(name);
      }
    }
  }

  private void addCategories(
      List<Feature> read, String rows, List<String> parts, List<String> joined) {
    Map<String, String> totals = new LinkedHashMap<>();
    List<String> values = new ArrayList<>();
    for (Feature feature : read) {
      Aggregate aggregate = feature.aggregate().orElseThrow();
      if (aggregate.isOverCategories()) {
        for (String window : feature.windowsOrAll()) {
          String total =
              totals.computeIfAbsent(
                  "sum(" + feature.value().sql() + ")" + within(window, ""),
                  key -> "total_" + totals.size());
          values.add(
              String.format(
                  aggregate == Aggregate.CATEGORIES
                      ? "count(*) FILTER (%s > 0) AS %s"
                      : "(min({'order': -%1$s, 'category': category}) FILTER (%1$s > 0)).category"
                          + " AS %2$s",
                  total,
                  feature.columnName(window)));
        }
      }
    }
    if (!values.isEmpty()) {
      parts.add(
          String.format(
              "per_category AS (SELECT customer_id, category, %s FROM %s GROUP BY ALL)",
              totals.entrySet().stream()
                  .map(t -> t.getKey() + " AS " + t.getValue())
                  .collect(Collectors.joining(", ")),
              rows));
      parts.add(
          String.format(
              "compared AS (SELECT customer_id, %s FROM per_category GROUP BY customer_id)",
              String.join(", ", values)));
      joined.add("compared");
    }
  }

  private String merged(Feature feature, String window) {
    String value = feature.value().sql();
    String aggregate =
        switch (feature.aggregate().orElseThrow()) {
          case SUM -> "sum(" + value + ")" + within(window, "");
          case MIN -> "min(" + value + ")" + within(window, "");
          case MAX -> "max(" + value + ")" + within(window, "");
          case DAYS_SINCE_FIRST ->
              date(asOf) + " - min(event_day)" + within(window, "(" + value + ") > 0");
          case DAYS_SINCE_LAST ->
              date(asOf) + " - max(event_day)" + within(window, "(" + value + ") > 0");
          default -> throw new IllegalStateException("Computed apart: " + feature.name());
        };
    return aggregate + " AS " + feature.columnName(window);
  }

  private String within(String window, String condition) {
    List<String> conditions = new ArrayList<>();
    if (!window.equals(Feature.ALL)) {
      conditions.add("event_day >= " + date(asOf.minusDays(Long.parseLong(window))));
    }
    if (!condition.isEmpty()) {
      conditions.add(condition);
    }
    return conditions.isEmpty() ? "" : " FILTER (" + String.join(" AND ", conditions) + ")";
  }

  private String published(Feature feature, String column) {
    if (feature.aggregate().orElseThrow() == Aggregate.TOP_CATEGORY) {
      return column;
    }
    String value = column + "::BIGINT";
    if (feature.fill().isPresent()) {
      value = "coalesce(" + value + ", " + feature.fill().get() + ")";
    }
    int digits = feature.unit() == Unit.MONEY ? decimals : feature.unit() == Unit.QUANTITY ? 3 : 0;
    if (digits > 0) {
      value =
          String.format(
              "(%s * %s)::DECIMAL(18, %d)",
              value, BigDecimal.ONE.movePointLeft(digits).toPlainString(), digits);
    }
    return value + " AS " + column;
  }

  private static String date(LocalDate day) {
    return "DATE '" + day + "'";
  }
}
