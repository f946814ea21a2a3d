package io.portrait.common.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds what a person may have meant by a misspelt name. */
public final class NearestName {

  private NearestName() {}

  /** The nearest of {@code valid}, if it is near enough to be a likely misspelling. */
  public static Optional<String> of(String name, Collection<String> valid) {
    int limit = Math.max(2, name.length() / 3);
    return valid.stream()
        .min(Comparator.comparingInt((String v) -> distance(name, v)).thenComparing(v -> v))
        .filter(v -> distance(name, v) <= limit);
  }

  /** A sentence to append to a message: the nearest name, or all valid ones. */
  public static String hint(String name, Collection<String> valid) {
    return of(name, valid)
        .map(v -> "Did you mean '" + v + "'?")
        .orElse("Valid are: " + String.join(", ", valid.stream().sorted().toList()) + ".");
  }

  /** Levenshtein distance, ignoring case. */
  private static int distance(String left, String right) {
    String a = left.toLowerCase(Locale.ROOT);
    String b = right.toLowerCase(Locale.ROOT);
    int[] previous = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] current = new int[b.length() + 1];
      current[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substitution = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(substitution, Math.min(previous[j], current[j - 1]) + 1);
      }
      previous = current;
    }
    return previous[b.length()];
  }
}
