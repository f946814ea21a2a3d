package io.portrait.jobs.report;

import io.portrait.jobs.report.ReportData.Cross;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How an amount is distributed over customers: what they spent, or what they are worth.
 *
 * @param customers customers with an amount
 * @param amount what they have together
 * @param bands a histogram of equal widths; the last band has no upper bound
 * @param deciles tenths of the customers, least first; none where they would be too small
 * @param topShare share of the hundredth of the customers that has most; null if nobody has any, or
 *     it would be too small
 * @param gini 0 if all have the same, towards 1 if one has all; null if nobody has any
 */
record SpendDistribution(
    long customers,
    double amount,
    List<Band> bands,
    List<Decile> deciles,
    Double topShare,
    Double gini) {

  private static final double HUNDREDTHS = 100.0;
  private static final int DECILES = 10;
  private static final int PERCENTILES = 100;
  private static final int TARGET_BANDS = 20;
  private static final double OPEN_BAND_FROM = 0.95;

  /**
   * Customers whose amounts have the same leading digits.
   *
   * @param lowerHundredths least amount, in hundredths of the currency
   * @param customers one or more
   * @param amount what they have together
   */
  record Bucket(long lowerHundredths, long customers, BigDecimal amount) {}

  /**
   * A band of the histogram.
   *
   * @param lower least amount
   * @param upper first amount above, or null if the band is open
   * @param customers customers in it
   */
  record Band(double lower, Double upper, long customers) {}

  /**
   * A tenth of the customers.
   *
   * @param decile 1 (has least) to 10
   * @param amount what it has
   * @param share its share of all; null if nobody has any
   * @param cumulativeShare share of it and those below; null if nobody has any
   */
  record Decile(int decile, double amount, Double share, Double cumulativeShare) {}

  /**
   * Sums buckets up. A bucket across the bound of two deciles is split by its mean, so tied
   * customers are shared out evenly and the order of rows does not matter.
   *
   * @param buckets ascending by amount
   * @return empty without customers
   */
  static Optional<SpendDistribution> of(List<Bucket> buckets) {
    if (buckets.isEmpty()) {
      return Optional.empty();
    }
    long customers = buckets.stream().mapToLong(Bucket::customers).sum();
    double amount =
        buckets.stream().map(Bucket::amount).reduce(BigDecimal.ZERO, BigDecimal::add).doubleValue();
    double top = amounts(buckets, customers, PERCENTILES)[PERCENTILES - 1];
    return Optional.of(
        new SpendDistribution(
            customers,
            amount,
            bands(buckets, customers),
            deciles(buckets, customers, amount),
            amount > 0 ? top / amount : null,
            gini(buckets, customers)));
  }

  /**
   * The same without the parts that would be of fewer than {@value Cross#SMALLEST_CELL} customers.
   */
  SpendDistribution withoutSmallParts() {
    return new SpendDistribution(
        customers,
        amount,
        bands,
        customers < DECILES * Cross.SMALLEST_CELL ? List.of() : deciles,
        customers < PERCENTILES * Cross.SMALLEST_CELL ? null : topShare,
        gini);
  }

  /** Amounts of parts of equally many customers, least first. */
  private static double[] amounts(List<Bucket> buckets, long customers, int parts) {
    double[] amounts = new double[parts];
    double before = 0;
    for (Bucket bucket : buckets) {
      double mean = bucket.amount().doubleValue() / bucket.customers();
      double after = before + bucket.customers();
      for (int i = 0; i < parts; i++) {
        double from = Math.max(before, customers * i / (double) parts);
        double to = Math.min(after, customers * (i + 1) / (double) parts);
        amounts[i] += Math.max(0, to - from) * mean;
      }
      before = after;
    }
    return amounts;
  }

  private static List<Decile> deciles(List<Bucket> buckets, long customers, double total) {
    double[] amounts = amounts(buckets, customers, DECILES);
    List<Decile> deciles = new ArrayList<>();
    double cumulative = 0;
    for (int i = 0; i < DECILES; i++) {
      cumulative += amounts[i];
      boolean hasShare = total > 0;
      deciles.add(
          new Decile(
              i + 1,
              rounded(amounts[i]),
              hasShare ? amounts[i] / total : null,
              hasShare ? cumulative / total : null));
    }
    return deciles;
  }

  /** Twice the area between the line of equality and the Lorenz curve. */
  private static Double gini(List<Bucket> buckets, long customers) {
    double total = buckets.stream().mapToDouble(b -> b.amount().doubleValue()).sum();
    if (total <= 0) {
      return null;
    }
    double below = 0;
    double area = 0;
    for (Bucket bucket : buckets) {
      double share = bucket.amount().doubleValue() / total;
      area += (below + share / 2) * bucket.customers() / customers;
      below += share;
    }
    return 1 - 2 * area;
  }

  private static List<Band> bands(List<Bucket> buckets, long customers) {
    long first = buckets.get(0).lowerHundredths();
    long high = first;
    long seen = 0;
    for (Bucket bucket : buckets) {
      high = bucket.lowerHundredths();
      seen += bucket.customers();
      if (seen >= customers * OPEN_BAND_FROM) {
        break;
      }
    }
    long step = Math.max(roundStep((high - first) / (double) TARGET_BANDS), unit(high));
    long start = first - first % step;
    int count = (int) ((high - start) / step) + 1;
    long[] counts = new long[count + 1];
    for (Bucket bucket : buckets) {
      counts[(int) Math.min((bucket.lowerHundredths() - start) / step, count)] +=
          bucket.customers();
    }
    List<Band> bands = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      bands.add(
          new Band(
              (start + i * step) / HUNDREDTHS, (start + (i + 1) * step) / HUNDREDTHS, counts[i]));
    }
    if (counts[count] > 0) {
      bands.add(new Band((start + count * step) / HUNDREDTHS, null, counts[count]));
    }
    return bands;
  }

  /** The next of 1, 2, 5, 10, 20, 50, ... */
  private static long roundStep(double least) {
    long power = 1;
    while (true) {
      for (long digit : new long[] {1, 2, 5}) {
        if (digit * power >= least) {
          return digit * power;
        }
      }
      power *= 10;
    }
  }

  /** How finely buckets of this amount are cut; bands may not be finer. */
  private static long unit(long hundredths) {
    long unit = 1;
    while (hundredths / unit >= 1000) {
      unit *= 10;
    }
    return unit;
  }

  private static double rounded(double amount) {
    return Math.round(amount * HUNDREDTHS) / HUNDREDTHS;
  }
}
