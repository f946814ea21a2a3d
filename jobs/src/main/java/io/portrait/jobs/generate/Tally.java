package io.portrait.jobs.generate;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** What was written of one kind of raw file: rows a file, and how many rows have which mess. */
final class Tally {

  private final String kind;
  private final Map<String, Long> rowsByFile = new LinkedHashMap<>();
  private final Map<Mess, Long> rowsByMess = new LinkedHashMap<>();

  Tally(String kind) {
    this.kind = kind;
  }

  /** Counts a row. */
  void row(String file) {
    rowsByFile.merge(file, 1L, Long::sum);
  }

  /** Decides whether a row gets a mess, and counts it. */
  boolean hits(Mess mess, Dice dice) {
    boolean hit = dice.chance(mess.share());
    rowsByMess.merge(mess, hit ? 1L : 0L, Long::sum);
    return hit;
  }

  /** The customer id as the raw row shows it: mostly the id. */
  String customerId(Customer customer, Dice dice) {
    if (hits(Mess.MISSING_CUSTOMER, dice)) {
      return "";
    }
    return hits(Mess.UNKNOWN_CUSTOMER, dice)
        ? Integer.toString(900_000 + dice.between(0, 19))
        : Integer.toString(customer.id());
  }

  long rows() {
    return rowsByFile.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Rows with this mess. */
  long rows(Mess mess) {
    return rowsByMess.getOrDefault(mess, 0L);
  }

  /** One line for the console. */
  String summary() {
    return String.format(Locale.ROOT, "%-16s %,9d rows in %d files", kind, rows(), files());
  }

  /** The paragraph of the README. */
  String describe() {
    StringBuilder text = new StringBuilder(summary()).append('\n');
    rowsByFile.forEach(
        (file, rows) -> text.append(String.format(Locale.ROOT, "  %-34s %8d%n", file, rows)));
    rowsByMess.forEach(
        (mess, rows) ->
            text.append(
                String.format(
                    Locale.ROOT,
                    "    mess: %-18s planned share %.3f, made %6d: %s%n",
                    mess.name(),
                    mess.share(),
                    rows,
                    mess.meaning())));
    return text.toString().replace(System.lineSeparator(), "\n");
  }

  private int files() {
    return rowsByFile.size();
  }
}
