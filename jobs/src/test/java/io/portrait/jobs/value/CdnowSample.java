package io.portrait.jobs.value;

import io.portrait.jobs.testing.RealData;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;

/**
 * The 2,357 customers of the CDNOW sample, as published results take them: one transaction a
 * customer and day, 39 weeks to calibrate until the end of September 1997, 39 weeks to hold out.
 */
final class CdnowSample {

  static final LocalDate LAST_DAY = LocalDate.of(1997, 9, 30);
  static final int HOLDOUT_WEEKS = 39;

  /** The published weeks count from here. */
  private static final LocalDate FIRST_DAY = LocalDate.of(1997, 1, 1);

  /** A customer's spend by day, in the order of the days. */
  private final List<NavigableMap<LocalDate, Double>> customers;

  private CdnowSample(List<NavigableMap<LocalDate, Double>> customers) {
    this.customers = customers;
  }

  /** Reads it; the test is skipped where it is not there, but not in CI. */
  static CdnowSample read() {
    Path file = RealData.of("cdnow").resolve("CDNOW_sample.txt.gz");
    NavigableMap<String, NavigableMap<LocalDate, Double>> days = new TreeMap<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.US_ASCII))) {
      lines
          .lines()
          .map(line -> List.of(line.strip().split("\\s+")))
          .forEach(
              row ->
                  days.computeIfAbsent(row.get(1), id -> new TreeMap<>())
                      .merge(
                          LocalDate.parse(row.get(2), DateTimeFormatter.BASIC_ISO_DATE),
                          Double.valueOf(row.get(4)),
                          Double::sum));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new CdnowSample(List.copyOf(days.values()));
  }

  /** Every customer's history until the last day of calibration, in the order of their ids. */
  List<PurchaseHistory> histories() {
    return customers.stream()
        .map(
            days -> {
              LocalDate first = days.firstKey();
              NavigableMap<LocalDate, Double> known = days.headMap(LAST_DAY, true);
              return new PurchaseHistory(
                  known.size() - 1, weeks(first, known.lastKey()), weeks(first, LAST_DAY), 1);
            })
        .toList();
  }

  /** Every repeat customer's mean spend until the last day of calibration. */
  List<RepeatSpend> spends() {
    return customers.stream().map(CdnowSample::spend).filter(spend -> spend.repeats() > 0).toList();
  }

  /** Mean spend of the first customers' repeats; 0 without any. */
  List<RepeatSpend> firstSpends(int size) {
    return customers.stream().limit(size).map(CdnowSample::spend).toList();
  }

  /** Transactions after the last day of calibration, in the order of the ids. */
  List<Integer> heldOut() {
    return customers.stream().map(days -> days.tailMap(LAST_DAY, false).size()).toList();
  }

  /** Repeat transactions of all customers from the first day until the end of a week. */
  double repeatsUntil(int week) {
    LocalDate end = FIRST_DAY.plusDays(7L * week);
    return customers.stream()
        .mapToDouble(days -> days.tailMap(days.firstKey(), false).headMap(end, false).size())
        .sum();
  }

  /**
   * The same as a model expects them. As published, the first week begins with the first purchase
   * of whoever came first.
   */
  double expectedUntil(int week, PurchaseModel model) {
    List<PurchaseHistory> histories = histories();
    double first = histories.stream().mapToDouble(PurchaseHistory::age).max().orElseThrow();
    return histories.stream()
        .mapToDouble(h -> model.expectedPurchases(Math.max(0, week - (first - h.age()))))
        .sum();
  }

  /** Histories by what they are, with as many customers each. */
  static List<PurchaseHistory> grouped(List<PurchaseHistory> histories) {
    return histories.stream()
        .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()))
        .entrySet()
        .stream()
        .map(
            group ->
                new PurchaseHistory(
                    group.getKey().repeats(),
                    group.getKey().lastPurchase(),
                    group.getKey().age(),
                    group.getValue()))
        .toList();
  }

  private static RepeatSpend spend(NavigableMap<LocalDate, Double> days) {
    NavigableMap<LocalDate, Double> repeats = days.subMap(days.firstKey(), false, LAST_DAY, true);
    return new RepeatSpend(
        repeats.size(),
        repeats.values().stream().mapToDouble(Double::doubleValue).average().orElse(0),
        1);
  }

  private static double weeks(LocalDate from, LocalDate until) {
    return Weeks.ofDays(ChronoUnit.DAYS.between(from, until));
  }
}
