package io.portrait.common.config;

import io.portrait.common.error.Fault;
import java.util.Collection;
import java.util.List;

/** Finds misspelt names of features in the settings of scores and clusters. */
public final class FeatureNames {

  private FeatureNames() {}

  /** A fault for each name that is no feature. */
  public static List<Fault> faults(List<String> names, Collection<String> features, Place place) {
    return names.stream()
        .filter(name -> !features.contains(name))
        .map(
            name ->
                place.fault("'" + name + "' is not a feature. " + NearestName.hint(name, features)))
        .toList();
  }
}
