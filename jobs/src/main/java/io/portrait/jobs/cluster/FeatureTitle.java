package io.portrait.jobs.cluster;

import io.portrait.common.config.Feature;
import io.portrait.common.config.Title;
import java.util.LinkedHashMap;
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
   * Titles of these columns; a column that the catalogue does not declare is called by its name.
   */
  static List<FeatureTitle> of(List<String> columns, List<Feature> features) {
    Map<String, FeatureTitle> titles = new LinkedHashMap<>();
    for (Feature feature : features) {
      boolean isShare = feature.unit() == Feature.Unit.SHARE;
      for (String window : feature.windows().isEmpty() ? List.of("all") : feature.windows()) {
        String column = feature.columnName(window);
        Title title =
            window.equals("all")
                ? feature.title()
                : new Title(
                    feature.title().en() + " (" + window + " days)",
                    feature.title().zh() + "（近" + window + "天）");
        titles.put(column, new FeatureTitle(column, title, isShare));
      }
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
