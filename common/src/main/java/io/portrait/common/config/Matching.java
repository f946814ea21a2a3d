package io.portrait.common.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * {@code matching.yaml}: which accounts are likely one person although they share no identifier.
 *
 * <p>The model is that of Fellegi and Sunter, A Theory for Record Linkage (1969): each comparison
 * of two accounts adds a weight, and the sum says how likely they are one person.
 *
 * @param threshold probability, above 0 to 1, from which two accounts are one person
 * @param review probability, 0 to threshold, from which a pair is kept for people to look at
 * @param maxAccountsPerBlock a block of more accounts is not compared
 * @param samplePairs random pairs from which is learnt how often strangers agree
 * @param blocking rules that say which pairs are compared at all: those that any of them puts
 *     together
 * @param comparisons what two accounts are compared by
 * @param place where it stands
 */
public record Matching(
    double threshold,
    double review,
    int maxAccountsPerBlock,
    long samplePairs,
    List<Blocking> blocking,
    List<Comparison> comparisons,
    Place place) {

  /** Checks the ranges. */
  public Matching {
    if (!(threshold > 0 && threshold <= 1)) {
      throw new IllegalArgumentException("threshold must be above 0 and at most 1");
    }
    if (!(review >= 0 && review <= threshold)) {
      throw new IllegalArgumentException("review must be 0 to threshold");
    }
    if (maxAccountsPerBlock < 2) {
      throw new IllegalArgumentException("max_accounts_per_block must be 2 or more");
    }
    if (samplePairs < 1000) {
      throw new IllegalArgumentException("sample_pairs must be 1000 or more");
    }
    if (blocking.isEmpty() || comparisons.isEmpty()) {
      throw new IllegalArgumentException("blocking and comparisons need at least one element each");
    }
  }

  /**
   * A rule that puts accounts into blocks; accounts of one block are compared.
   *
   * @param name for messages
   * @param keys SQL over the columns of an account; accounts for which all of them are known and
   *     equal are one block
   * @param place where it stands
   */
  public record Blocking(String name, List<Expression> keys, Place place) {
    /** Refuses a rule that puts all into one block. */
    public Blocking {
      requireName(name);
      if (keys.isEmpty()) {
        throw new IllegalArgumentException("keys needs at least one expression");
      }
    }
  }

  /**
   * One thing that two accounts are compared by.
   *
   * @param name snake_case name, as in {@code silver/match_model}
   * @param title what a person reads
   * @param value SQL over the columns of an account: what is compared; empty text is unknown
   * @param levels how near two values are, the nearest first: the first that holds counts, and none
   *     is the level {@code other}; a comparison with an unknown value says nothing
   * @param group what members of a household share, for example: of comparisons of one group that
   *     speak for one person only the strongest counts
   * @param place where it stands
   */
  public record Comparison(
      String name,
      Title title,
      Expression value,
      List<Level> levels,
      Optional<String> group,
      Place place) {

    /** The level of values that no declared level holds for. */
    public static final String OTHER = "other";

    /** Refuses levels that nothing reaches. */
    public Comparison {
      requireName(name);
      if (levels.isEmpty()) {
        throw new IllegalArgumentException("levels needs at least one element");
      }
      for (int i = 0; i < levels.size(); i++) {
        for (int j = 0; j < i; j++) {
          if (levels.get(j).covers(levels.get(i))) {
            throw new IllegalArgumentException(
                String.format(
                    "nothing reaches the level '%s', for whatever does reaches '%s' before it. Put"
                        + " the narrower level first, or leave it out.",
                    levels.get(i).name(), levels.get(j).name()));
          }
        }
      }
    }

    /** Names of the levels in their order, {@link #OTHER} last. */
    public List<String> levelNames() {
      List<String> names = new ArrayList<>(levels.stream().map(Level::name).toList());
      names.add(OTHER);
      return List.copyOf(names);
    }
  }

  /** How two values are compared. */
  public enum Method {
    /** Equal. */
    EXACT,
    /** One account's value is what the other has in {@code with}: two fields were swapped. */
    SWAPPED,
    /** Similarity of Jaro and Winkler, 0 to 1, of at least {@code limit}. */
    JARO_WINKLER,
    /** At most {@code limit} letters inserted, deleted or replaced. */
    LEVENSHTEIN,
    /** Equal Soundex code; text that does not begin with a Latin letter is its own code. */
    SOUNDEX,
    /** Dates at most {@code limit} days apart. */
    NEAR_DATE,
    /** Dates of one year with day and month swapped. */
    TRANSPOSED_DATE;

    private boolean needsLimit() {
      return this == JARO_WINKLER || this == LEVENSHTEIN || this == NEAR_DATE;
    }

    /** Whether it compares dates, and nothing else. */
    public boolean isOfDates() {
      return this == NEAR_DATE || this == TRANSPOSED_DATE;
    }

    /** Whether equal values always reach it. */
    private boolean holdsForEqual() {
      return this != SWAPPED && this != TRANSPOSED_DATE;
    }
  }

  /**
   * A degree of agreement.
   *
   * @param method how values are compared
   * @param limit least similarity, or greatest distance
   * @param with SQL over the columns of an account: the field that it may be swapped with
   * @param place where it stands
   */
  public record Level(
      Method method, Optional<Double> limit, Optional<Expression> with, Place place) {

    /** Checks that it has what its method needs, and nothing else. */
    public Level {
      String code = method.name().toLowerCase(Locale.ROOT);
      if (method.needsLimit() != limit.isPresent()) {
        throw new IllegalArgumentException(
            code + (limit.isPresent() ? " takes no limit" : " needs a limit"));
      }
      if ((method == Method.SWAPPED) != with.isPresent()) {
        throw new IllegalArgumentException(
            code + (with.isPresent() ? " takes no with" : " needs with, the other field"));
      }
      double value = limit.orElse(1.0);
      if (method == Method.JARO_WINKLER && !(value > 0 && value < 1)) {
        throw new IllegalArgumentException("the limit of jaro_winkler must be above 0 and below 1");
      }
      if (method != Method.JARO_WINKLER && !(value >= 1 && value == Math.rint(value))) {
        throw new IllegalArgumentException("the limit of " + code + " must be 1, 2, ...");
      }
    }

    /** What it is called in tables, such as {@code jaro_winkler 0.9}. */
    public String name() {
      String code = method.name().toLowerCase(Locale.ROOT);
      return limit
          .map(l -> code + " " + (l == Math.rint(l) ? String.valueOf(l.longValue()) : l))
          .orElse(code);
    }

    /** Whether all that reaches the other level reaches this one. */
    private boolean covers(Level other) {
      if (other.method == Method.EXACT) {
        return method.holdsForEqual();
      }
      if (method != other.method || method == Method.SWAPPED) {
        return false;
      }
      return method == Method.JARO_WINKLER
          ? limit.orElseThrow() <= other.limit.orElseThrow()
          : limit.orElse(0.0) >= other.limit.orElse(0.0);
    }
  }

  private static void requireName(String name) {
    if (!name.matches("[a-z][a-z0-9_]*")) {
      throw new IllegalArgumentException("name '" + name + "' is not snake_case");
    }
  }
}
