package io.portrait.jobs.cluster;

import io.portrait.common.config.Title;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Names and descriptions of clusters by what sets them apart. */
final class ClusterNames {

  private static final int MOST_NAMED = 3;
  private static final int MOST_DESCRIBED = 4;
  private static final double FAR = 1;

  private final List<FeatureTitle> titles;
  private final Map<String, Title> declared;

  /**
   * Makes names for a list of features.
   *
   * @param declared names by {@code <feature>_high}, {@code <feature>_low} and {@code average}
   */
  ClusterNames(List<FeatureTitle> titles, Map<String, Title> declared) {
    this.titles = titles;
    this.declared = declared;
  }

  /**
   * Names that differ from each other and from those already taken, in the order of the profiles:
   * as many of what sets a cluster apart, the strongest first, as it takes to tell it from the
   * others; if that is not enough, its id is added.
   *
   * @param profiles clusters to name
   * @param ids their ids
   * @param taken names of clusters that keep theirs
   */
  List<Title> names(List<ClusterProfile> profiles, List<Integer> ids, List<Title> taken) {
    Set<String> used = new HashSet<>();
    taken.forEach(title -> Collections.addAll(used, title.en(), title.zh()));
    List<Title> names = new ArrayList<>();
    for (int i = 0; i < profiles.size(); i++) {
      Title name = null;
      for (int depth = 1; depth <= MOST_NAMED && name == null; depth++) {
        Title candidate = name(profiles.get(i), depth);
        if (isFree(candidate, used) && isDistinct(candidate, profiles, i, depth)) {
          name = candidate;
        }
      }
      if (name == null) {
        Title full = name(profiles.get(i), MOST_NAMED);
        name = new Title(full.en() + " " + ids.get(i), full.zh() + " " + ids.get(i));
      }
      Collections.addAll(used, name.en(), name.zh());
      names.add(name);
    }
    return names;
  }

  /**
   * The features that set a cluster apart, with its mean and the population's.
   *
   * @param population means of all customers
   */
  Title description(ClusterProfile profile, List<Double> population) {
    List<String> en = new ArrayList<>();
    List<String> zh = new ArrayList<>();
    for (int i : profile.notable()) {
      if (en.size() == MOST_DESCRIBED) {
        break;
      }
      FeatureTitle title = titles.get(i);
      boolean isFar = Math.abs(profile.deviations().get(i)) >= FAR;
      boolean isHigh = profile.deviations().get(i) > 0;
      String mean = title.words(profile.means().get(i));
      String all = title.words(population.get(i));
      en.add(
          String.format(
              Locale.ROOT,
              "%s %s%s average (%s against %s)",
              title.title().en(),
              isFar ? "far " : "",
              isHigh ? "above" : "below",
              mean,
              all));
      zh.add(
          String.format(
              Locale.ROOT,
              "%s%s%s平均（%s，整體 %s）",
              title.title().zh(),
              isFar ? "遠" : "",
              isHigh ? "高於" : "低於",
              mean,
              all));
    }
    return en.isEmpty()
        ? new Title("Close to the average in every feature", "各項特徵皆接近平均")
        : new Title(String.join("; ", en), String.join("；", zh));
  }

  private Title name(ClusterProfile profile, int depth) {
    List<Title> parts = profile.notable().stream().limit(depth).map(i -> part(profile, i)).toList();
    if (parts.isEmpty()) {
      return declared.getOrDefault("average", new Title("Average customers", "一般客群"));
    }
    return new Title(
        String.join(" · ", parts.stream().map(Title::en).toList()),
        String.join("・", parts.stream().map(Title::zh).toList()));
  }

  private Title part(ClusterProfile profile, int feature) {
    boolean isHigh = profile.deviations().get(feature) > 0;
    FeatureTitle title = titles.get(feature);
    Title made =
        new Title(
            (isHigh ? "High: " : "Low: ") + title.title().en(),
            (isHigh ? "高" : "低") + title.title().zh());
    return declared.getOrDefault(title.feature() + (isHigh ? "_high" : "_low"), made);
  }

  private boolean isDistinct(Title candidate, List<ClusterProfile> profiles, int index, int depth) {
    for (int j = 0; j < profiles.size(); j++) {
      if (j != index) {
        Title other = name(profiles.get(j), depth);
        if (other.en().equals(candidate.en()) || other.zh().equals(candidate.zh())) {
          return false;
        }
      }
    }
    return true;
  }

  private static boolean isFree(Title name, Set<String> used) {
    return !used.contains(name.en()) && !used.contains(name.zh());
  }
}
