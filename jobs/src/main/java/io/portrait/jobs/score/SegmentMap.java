package io.portrait.jobs.score;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import io.portrait.common.config.Scores;
import io.portrait.common.config.Scores.Rfm;
import io.portrait.common.config.Scores.Segment;
import io.portrait.common.error.Fault;
import io.portrait.common.error.JobException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.spark.sql.Column;

/**
 * The named segments as a partition of all codes: of the segments that match a code, the first has
 * it. It exists only if every code has a segment and every segment a code.
 */
public final class SegmentMap {

  private static final int LISTED_CODES = 12;

  private final List<Segment> segments;

  private SegmentMap(List<Segment> segments) {
    this.segments = segments;
  }

  /**
   * Makes the map.
   *
   * @throws JobException naming every code without a segment and every segment without a code
   */
  public static SegmentMap of(Rfm rfm) {
    List<Fault> faults = faults(rfm);
    if (!faults.isEmpty()) {
      throw JobException.faultyConfig(faults);
    }
    return new SegmentMap(rfm.segments());
  }

  /**
   * What keeps the segments from being a partition: codes without a segment, segments that can
   * never be reached, scores that no bin has, and codes given twice.
   */
  public static List<Fault> faults(Rfm rfm) {
    List<Fault> faults = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (Segment segment : rfm.segments()) {
      if (!segment.code().matches("[a-z][a-z0-9_]*")) {
        faults.add(fault(segment, "the code is not snake_case"));
      }
      if (!seen.add(segment.code())) {
        faults.add(fault(segment, "the code is given to two segments"));
      }
      for (List<Integer> range :
          List.of(segment.recency(), segment.frequency(), segment.monetary())) {
        if (!range.isEmpty() && (range.get(0) < 1 || range.get(1) > rfm.bins())) {
          faults.add(
              fault(segment, "the range " + range + " leaves the scores 1 to " + rfm.bins()));
        }
      }
    }
    Map<Segment, List<String>> codes = codes(rfm.segments(), rfm.bins());
    List<String> orphans = codes.remove(null);
    if (orphans != null) {
      faults.add(
          rfm.place()
              .fault(
                  String.format(
                      "%d of the %d codes (recency, frequency, monetary) belong to no segment: %s."
                          + " Widen a range, or end with a segment without ranges.",
                      orphans.size(), rfm.bins() * rfm.bins() * rfm.bins(), shortened(orphans))));
    }
    for (Segment segment : rfm.segments()) {
      if (!codes.containsKey(segment)) {
        faults.add(fault(segment, "it can never be reached: " + takers(segment, codes)));
      }
    }
    return List.copyOf(faults);
  }

  /** The segment of a code. */
  public Segment segment(int recency, int frequency, int monetary) {
    return first(segments, recency, frequency, monetary);
  }

  /** The segment's code as a column over {@code r_score}, {@code f_score} and {@code m_score}. */
  Column column() {
    Column column = null;
    for (Segment segment : segments) {
      Column matches =
          within("r_score", segment.recency())
              .and(within("f_score", segment.frequency()))
              .and(within("m_score", segment.monetary()));
      column =
          column == null ? when(matches, segment.code()) : column.when(matches, segment.code());
    }
    return column;
  }

  /** Codes by segment, under null those without one. */
  static Map<Segment, List<String>> codes(List<Segment> segments, int bins) {
    Map<Segment, List<String>> codes = new LinkedHashMap<>();
    for (int r = 1; r <= bins; r++) {
      for (int f = 1; f <= bins; f++) {
        for (int m = 1; m <= bins; m++) {
          codes
              .computeIfAbsent(first(segments, r, f, m), key -> new ArrayList<>())
              .add("" + r + f + m);
        }
      }
    }
    return codes;
  }

  private static Segment first(List<Segment> segments, int r, int f, int m) {
    return segments.stream().filter(s -> s.matches(r, f, m)).findFirst().orElse(null);
  }

  private static Column within(String score, List<Integer> range) {
    return range.isEmpty() ? lit(true) : col(score).between(range.get(0), range.get(1));
  }

  private static String takers(Segment segment, Map<Segment, List<String>> codes) {
    Map<String, Integer> takers = new TreeMap<>();
    codes.forEach(
        (taker, taken) ->
            taken.stream()
                .filter(
                    c -> segment.matches(c.charAt(0) - '0', c.charAt(1) - '0', c.charAt(2) - '0'))
                .forEach(c -> takers.merge(taker.code(), 1, Integer::sum)));
    if (takers.isEmpty()) {
      return "no code lies in its ranges.";
    }
    return String.format(
        "segments above it take all of its codes (%s). Move it up, or narrow those.",
        String.join(
            ", ", takers.entrySet().stream().map(t -> t.getKey() + " " + t.getValue()).toList()));
  }

  private static String shortened(List<String> codes) {
    String listed = String.join(", ", codes.subList(0, Math.min(LISTED_CODES, codes.size())));
    return codes.size() > LISTED_CODES ? listed + ", ..." : listed;
  }

  private static Fault fault(Scores.Segment segment, String problem) {
    return segment.place().fault("segment '" + segment.code() + "': " + problem);
  }
}
