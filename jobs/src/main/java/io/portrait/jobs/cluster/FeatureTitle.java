package io.portrait.jobs.cluster;

import io.portrait.common.config.Title;
import io.portrait.common.table.TableColumn;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How a feature is called, and how its values are written.
 *
 * @param feature column of {@code customer_feature}
 * @param title titles, with the window
 * @param isShare whether values are written as percentages
 */
record FeatureTitle(String feature, Title title, boolean isShare) {

  /**
   * Titles of these columns; one that the catalogue does not declare is called by its name.
   *
   * @param declared columns that the catalogue declares
   */
  static List<FeatureTitle> of(List<String> columns, List<TableColumn> declared) {
    Map<String, FeatureTitle> titles = new HashMap<>();
    for (TableColumn column : declared) {
      titles.put(
          column.name(),
          new FeatureTitle(
              column.name(),
              new Title(column.titleEn(), column.titleZh()),
              column.unit().equals("share")));
    }
    return columns.stream()
        .map(
            column ->
                titles.getOrDefault(
                    column, new FeatureTitle(column, new Title(column, column), false)))
        .toList();
  }

  /** A value in words. */
  String words(Double value) {
    if (value == null) {
      return "?";
    }
    if (isShare) {
      return String.format(Locale.ROOT, "%.1f%%", value * 100);
    }
    double size = Math.abs(value);
    return String.format(Locale.ROOT, size >= 100 ? "%,.0f" : size >= 1 ? "%.1f" : "%.2f", value);
  }
}
