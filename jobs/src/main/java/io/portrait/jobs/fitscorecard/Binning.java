package io.portrait.jobs.fitscorecard;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.ToDoubleBiFunction;

/**
 * Cuts values into bins that tell goods from bads and have rows enough to be believed.
 *
 * @param all all rows
 */
record Binning(Counts all) {

  /** Most bins of numbers; more follow chance. */
  private static final int MOST_BINS = 6;

  /** Least share of the rows in a bin that speaks for itself. */
  private static final double LEAST_SHARE = 0.05;

  /** Share of the worth that may be given up for a weight that only rises or falls. */
  private static final double PRICE_OF_ORDER = 0.1;

  /** What a bin must add, in multiples of what chance adds; two, as Akaike's criterion has it. */
  private static final double LEAST_GAIN = 2;

  /** Rows that a bin needs. */
  long leastRows() {
    return (long) Math.ceil(LEAST_SHARE * all.rows());
  }

  /**
   * Bins of a number: neighbouring classes are merged, always those that lose least, until each bin
   * has its rows, both kinds of them, adds more than chance, and there are six at most. If little
   * is lost by it, the weights only rise or only fall.
   *
   * @param cuts ascending; a value on a cut belongs above it
   * @param classes rows below the first cut, between cuts, above the last; one more than cuts
   * @param missing rows without a value
   */
  Characteristic numeric(Input input, List<Double> cuts, List<Counts> classes, Counts missing) {
    List<Range> fine = new ArrayList<>();
    for (int i = 0; i < classes.size(); i++) {
      fine.add(
          new Range(
              i == 0 ? OptionalDouble.empty() : OptionalDouble.of(cuts.get(i - 1)),
              i == cuts.size() ? OptionalDouble.empty() : OptionalDouble.of(cuts.get(i)),
              classes.get(i)));
    }
    mergeSmall(fine);
    List<Range> free = reduced(fine);
    List<Range> rising = reduced(ordered(fine, 1));
    List<Range> falling = reduced(ordered(fine, -1));
    List<Range> ordered = worth(rising) >= worth(falling) ? rising : falling;
    List<Range> best = worth(ordered) >= (1 - PRICE_OF_ORDER) * worth(free) ? ordered : free;
    List<Bin> bins = new ArrayList<>();
    for (Range range : best) {
      bins.add(
          Bin.range(
              range.from(),
              range.to(),
              range.counts(),
              best.size() == 1 ? 0 : weight(range.counts())));
    }
    bins.add(Bin.of(Bin.Kind.MISSING, missing, weight(missing)));
    return characteristic(input, bins);
  }

  /**
   * Bins of a text: one a category.
   *
   * @param categories rows of the categories that have rows enough, and both kinds of them
   * @param other rows of the others
   * @param missing rows without a value
   */
  Characteristic text(Input input, Map<String, Counts> categories, Counts other, Counts missing) {
    List<Bin> bins = new ArrayList<>();
    categories.forEach(
        (category, counts) -> bins.add(Bin.category(category, counts, weight(counts))));
    bins.add(Bin.of(Bin.Kind.OTHER, other, weight(other)));
    bins.add(Bin.of(Bin.Kind.MISSING, missing, weight(missing)));
    return characteristic(input, bins);
  }

  private Characteristic characteristic(Input input, List<Bin> bins) {
    double value =
        bins.stream()
            .filter(bin -> bin.weight() != 0)
            .mapToDouble(bin -> bin.counts().informationValue(all))
            .sum();
    return new Characteristic(input, List.copyOf(bins), value);
  }

  /** Too few rows say nothing: they count as the whole does. */
  private double weight(Counts counts) {
    return counts.rows() < leastRows() ? 0 : counts.weightOfEvidence(all);
  }

  private void mergeSmall(List<Range> ranges) {
    while (ranges.size() > 1) {
      int smallest = -1;
      for (int i = 0; i < ranges.size(); i++) {
        Counts counts = ranges.get(i).counts();
        boolean isTooSmall = counts.rows() < leastRows() || !counts.isMixed();
        if (isTooSmall && (smallest < 0 || counts.rows() < ranges.get(smallest).counts().rows())) {
          smallest = i;
        }
      }
      if (smallest < 0) {
        return;
      }
      boolean isFirst = smallest == 0;
      boolean isLast = smallest == ranges.size() - 1;
      boolean isWithLower =
          !isFirst && (isLast || loss(ranges, smallest - 1) <= loss(ranges, smallest));
      merge(ranges, isWithLower ? smallest - 1 : smallest);
    }
  }

  /** Merges neighbours that break the order of bad shares, until none do. */
  private static List<Range> ordered(List<Range> ranges, int direction) {
    List<Range> ordered = new ArrayList<>(ranges);
    ToDoubleBiFunction<Range, Range> step =
        (a, b) -> direction * (b.counts().badShare() - a.counts().badShare());
    int i = 0;
    while (i < ordered.size() - 1) {
      if (step.applyAsDouble(ordered.get(i), ordered.get(i + 1)) > 0) {
        i++;
      } else {
        merge(ordered, i);
        i = Math.max(0, i - 1);
      }
    }
    return ordered;
  }

  private List<Range> reduced(List<Range> ranges) {
    List<Range> reduced = new ArrayList<>(ranges);
    while (reduced.size() > 1) {
      int cheapest = 0;
      for (int i = 1; i < reduced.size() - 1; i++) {
        if (loss(reduced, i) < loss(reduced, cheapest)) {
          cheapest = i;
        }
      }
      if (reduced.size() <= MOST_BINS && loss(reduced, cheapest) >= leastGain()) {
        break;
      }
      merge(reduced, cheapest);
    }
    return reduced;
  }

  /** Information value that is lost if a range is merged with the next. */
  private double loss(List<Range> ranges, int index) {
    Counts lower = ranges.get(index).counts();
    Counts upper = ranges.get(index + 1).counts();
    return lower.informationValue(all)
        + upper.informationValue(all)
        - lower.plus(upper).informationValue(all);
  }

  /** Information value less what the bins cost. */
  private double worth(List<Range> ranges) {
    return ranges.stream().mapToDouble(range -> range.counts().informationValue(all)).sum()
        - ranges.size() * leastGain();
  }

  /** Chance adds 1 / goods + 1 / bads to the information value with each bin, on average. */
  private double leastGain() {
    return LEAST_GAIN * (1.0 / all.goods() + 1.0 / all.bads());
  }

  private static void merge(List<Range> ranges, int index) {
    Range lower = ranges.get(index);
    Range upper = ranges.remove(index + 1);
    ranges.set(index, new Range(lower.from(), upper.to(), lower.counts().plus(upper.counts())));
  }

  private record Range(OptionalDouble from, OptionalDouble to, Counts counts) {}
}
