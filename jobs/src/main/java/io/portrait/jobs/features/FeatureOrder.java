package io.portrait.jobs.features;

import io.portrait.common.config.ExpressionCheck;
import io.portrait.common.config.Feature;
import io.portrait.common.config.Feature.From;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Features computed from other features, each after those that it names.
 *
 * @param ordered in an order that they can be computed in, otherwise as declared
 * @param circular those that need themselves, directly or through others
 */
record FeatureOrder(List<Feature> ordered, List<Feature> circular) {

  static FeatureOrder of(List<Feature> features) {
    Map<String, Feature> left = new LinkedHashMap<>();
    features.stream().filter(f -> f.from() == From.FEATURE).forEach(f -> left.put(f.name(), f));
    List<Feature> ordered = new ArrayList<>();
    boolean hasMoved = true;
    while (hasMoved) {
      hasMoved = false;
      for (Feature feature : List.copyOf(left.values())) {
        Set<String> needed = ExpressionCheck.namedColumns(feature.value().sql());
        if (needed.stream().noneMatch(left::containsKey)) {
          ordered.add(left.remove(feature.name()));
          hasMoved = true;
        }
      }
    }
    return new FeatureOrder(List.copyOf(ordered), List.copyOf(left.values()));
  }
}
