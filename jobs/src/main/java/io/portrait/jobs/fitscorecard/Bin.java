package io.portrait.jobs.fitscorecard;

import java.util.OptionalDouble;

/**
 * Values of a characteristic that are told apart from the others.
 *
 * @param kind what values
 * @param from least value of a range; empty: no limit
 * @param to values of a range are below it; empty: no limit
 * @param category the value of a {@link Kind#CATEGORY}, else empty
 * @param counts rows that it was found in
 * @param weight weight of evidence; 0 for a bin that has too few rows to tell
 */
record Bin(
    Kind kind,
    OptionalDouble from,
    OptionalDouble to,
    String category,
    Counts counts,
    double weight) {

  /** Kinds of bins. */
  enum Kind {
    /** Numbers from one to another. */
    RANGE,
    /** One text. */
    CATEGORY,
    /** All texts without a bin. */
    OTHER,
    /** No value. */
    MISSING
  }

  static Bin range(OptionalDouble from, OptionalDouble to, Counts counts, double weight) {
    return new Bin(Kind.RANGE, from, to, "", counts, weight);
  }

  static Bin category(String category, Counts counts, double weight) {
    return new Bin(
        Kind.CATEGORY, OptionalDouble.empty(), OptionalDouble.empty(), category, counts, weight);
  }

  static Bin of(Kind kind, Counts counts, double weight) {
    return new Bin(kind, OptionalDouble.empty(), OptionalDouble.empty(), "", counts, weight);
  }
}
