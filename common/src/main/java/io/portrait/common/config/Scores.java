package io.portrait.common.config;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code scores.yaml}: scores, settings of habits, customer value, credit and clusters, and named
 * segments.
 *
 * @param habits what customers are used to
 * @param rfm recency, frequency, monetary value
 * @param lifecycle states of a customer's life
 * @param value what customers are worth
 * @param learning how the models of churn and of the next purchase learn
 * @param churn who leaves
 * @param nextPurchase what is bought next
 * @param clusters KMeans
 * @param scores scores of customers
 * @param segments named segments
 * @param credit grades and routes of credit
 */
public record Scores(
    Habits habits,
    Rfm rfm,
    Lifecycle lifecycle,
    Value value,
    Predictions.Learning learning,
    Predictions.Churn churn,
    Predictions.NextPurchase nextPurchase,
    Clusters clusters,
    List<Score> scores,
    List<NamedSegment> segments,
    Credit credit) {

  private static final double MOST = 1_000_000;
  private static final double MOST_WEIGHT = 1_000;

  /** The same settings with other scores. */
  public Scores withScores(List<Score> others) {
    return new Scores(
        habits,
        rfm,
        lifecycle,
        value,
        learning,
        churn,
        nextPurchase,
        clusters,
        others,
        segments,
        credit);
  }

  /** The same settings with other named segments. */
  public Scores withSegments(List<NamedSegment> others) {
    return new Scores(
        habits,
        rfm,
        lifecycle,
        value,
        learning,
        churn,
        nextPurchase,
        clusters,
        scores,
        others,
        credit);
  }

  /**
   * What customers are used to.
   *
   * @param interests what they are interested in
   * @param priorLines sale lines of the population's share of discounts that each customer starts
   *     with
   */
  public record Habits(Interests interests, double priorLines) {

    /** Checks the range. */
    public Habits {
      if (!(priorLines >= 0 && priorLines <= MOST)) {
        throw new IllegalArgumentException("prior_lines must be 0 to 1000000, is " + priorLines);
      }
    }
  }

  /**
   * Affinity of customers to categories.
   *
   * @param saleLineWeight affinity of a line bought on the as-of date
   * @param pageViewWeight affinity of a page viewed then
   * @param halfLifeDays days in which an affinity halves
   */
  public record Interests(double saleLineWeight, double pageViewWeight, double halfLifeDays) {

    /** Checks the ranges. */
    public Interests {
      if (!(saleLineWeight >= 0 && pageViewWeight >= 0 && saleLineWeight + pageViewWeight > 0)
          || saleLineWeight > MOST_WEIGHT
          || pageViewWeight > MOST_WEIGHT) {
        throw new IllegalArgumentException(
            "sale_line_weight and page_view_weight must be 0 to 1000, and one of them above 0");
      }
      if (!(halfLifeDays > 0 && halfLifeDays <= MOST)) {
        throw new IllegalArgumentException(
            "half_life_days must be above 0, 1000000 at most, is " + halfLifeDays);
      }
    }
  }

  /**
   * Recency, frequency and monetary value.
   *
   * @param recency feature: days since the last purchase
   * @param frequency feature: number of purchases
   * @param monetary feature: amount spent
   * @param bins number of scores; 5 for the shipped segments
   * @param cutPoints declared cut points by metric (recency, frequency, monetary), {@code bins - 1}
   *     ascending values each; a metric without them is cut at quantiles
   * @param segments named segments; together a partition of all codes, first match wins
   * @param place where it stands
   */
  public record Rfm(
      String recency,
      String frequency,
      String monetary,
      int bins,
      Map<String, List<Double>> cutPoints,
      List<Segment> segments,
      Place place) {

    /** Checks bins and cut points. */
    public Rfm {
      if (bins < 2 || bins > 9) {
        throw new IllegalArgumentException("bins must be 2 to 9, is " + bins);
      }
      for (Map.Entry<String, List<Double>> metric : cutPoints.entrySet()) {
        if (!List.of("recency", "frequency", "monetary").contains(metric.getKey())) {
          throw new IllegalArgumentException(
              "cut_points: '" + metric.getKey() + "' is not recency, frequency or monetary");
        }
        List<Double> cuts = metric.getValue();
        if (cuts.size() != bins - 1 || !cuts.equals(cuts.stream().sorted().distinct().toList())) {
          throw new IllegalArgumentException(
              "cut_points." + metric.getKey() + " needs " + (bins - 1) + " ascending values");
        }
      }
    }
  }

  /**
   * A named segment: ranges of scores, both ends included; an absent range is any.
   *
   * @param code snake_case name
   * @param recency range of the recency score
   * @param frequency range of the frequency score
   * @param monetary range of the monetary score
   * @param title titles
   * @param action what to do with these customers
   * @param place where it stands
   */
  public record Segment(
      String code,
      List<Integer> recency,
      List<Integer> frequency,
      List<Integer> monetary,
      Title title,
      Title action,
      Place place) {

    /** Checks the ranges. */
    public Segment {
      for (List<Integer> range : List.of(recency, frequency, monetary)) {
        if (!range.isEmpty() && (range.size() != 2 || range.get(0) > range.get(1))) {
          throw new IllegalArgumentException("a range is [lowest, highest], is " + range);
        }
      }
    }

    /** Whether a code belongs here. */
    public boolean matches(int r, int f, int m) {
      return within(recency, r) && within(frequency, f) && within(monetary, m);
    }

    private static boolean within(List<Integer> range, int score) {
      return range.isEmpty() || (score >= range.get(0) && score <= range.get(1));
    }
  }

  /**
   * States of a customer's life, by multiples of the purchase interval.
   *
   * @param minGaps a customer with at least as many gaps between purchase days has an interval of
   *     their own; others take the population's median
   * @param activeMultiple active up to this multiple of the interval since the last purchase
   * @param dormantMultiple dormant up to this multiple; beyond it lost
   * @param minIntervalDays an interval is never taken shorter
   * @param fallbackIntervalDays interval of a population in which nobody has bought on two days
   */
  public record Lifecycle(
      int minGaps,
      double activeMultiple,
      double dormantMultiple,
      int minIntervalDays,
      int fallbackIntervalDays) {

    /** Checks the order. */
    public Lifecycle {
      if (minGaps < 1 || minIntervalDays < 1 || fallbackIntervalDays < minIntervalDays) {
        throw new IllegalArgumentException(
            "min_gaps and min_interval_days must be 1 or more, and fallback_interval_days not below"
                + " min_interval_days");
      }
      if (activeMultiple <= 0 || dormantMultiple <= activeMultiple) {
        throw new IllegalArgumentException(
            "dormant_multiple must be greater than active_multiple, and both above 0");
      }
    }
  }

  /**
   * What customers are worth, by models of their purchases and their spend.
   *
   * @param purchaseModel model of purchases
   * @param horizonDays days ahead that a customer's value is summed up over
   * @param discountRate how much less a year later is worth: 0.1 is one tenth
   * @param minRepeaters a model is fitted to at least so many customers with a repeat purchase
   * @param sampleCustomers customers that the models are fitted to and percentiles are made on
   */
  public record Value(
      PurchaseModelKind purchaseModel,
      int horizonDays,
      double discountRate,
      int minRepeaters,
      int sampleCustomers) {

    /**
     * Days that a horizon may have at most: ten years, beyond which no model of purchases holds.
     */
    public static final int LONGEST_HORIZON_DAYS = 3650;

    /** Checks the ranges. */
    public Value {
      if (horizonDays < 1 || horizonDays > LONGEST_HORIZON_DAYS) {
        throw new IllegalArgumentException(
            "horizon_days must be 1 to " + LONGEST_HORIZON_DAYS + ", is " + horizonDays);
      }
      if (!(discountRate >= 0 && discountRate <= 1)) {
        throw new IllegalArgumentException(
            "discount_rate must be 0 to 1 a year, is " + discountRate);
      }
      if (minRepeaters < 1 || sampleCustomers < minRepeaters) {
        throw new IllegalArgumentException(
            "min_repeaters must be 1 or more, sample_customers not below it");
      }
    }
  }

  /** Models of purchases. */
  public enum PurchaseModelKind {
    /** Customers leave, if they do, right after a purchase. */
    BG_NBD,
    /** Customers leave at any time. */
    PARETO_NBD
  }

  /**
   * KMeans over features.
   *
   * @param features feature columns, all numeric
   * @param minK fewest clusters
   * @param maxK most clusters
   * @param minShare smallest share of customers that a cluster may have
   * @param keepMargin the number of clusters of the previous as-of date is kept unless another's
   *     silhouette is greater by more than this
   * @param sampleRows rows that the choice of k is made on
   * @param maxIterations iterations of one fit
   * @param seed seed
   * @param names names by what sets a cluster apart most: {@code <feature>_high}, {@code
   *     <feature>_low} or {@code average}; without one a name is made from the feature's title
   * @param place where it stands
   */
  public record Clusters(
      List<String> features,
      int minK,
      int maxK,
      double minShare,
      double keepMargin,
      int sampleRows,
      int maxIterations,
      long seed,
      Optional<Map<String, Title>> names,
      Place place) {

    /** Checks the range. */
    public Clusters {
      if (minK < 2 || maxK < minK) {
        throw new IllegalArgumentException("min_k must be 2 or more, max_k not below it");
      }
      if (features.isEmpty() || features.stream().distinct().count() != features.size()) {
        throw new IllegalArgumentException("features must name at least one, each of them once");
      }
      if (minShare < 0 || minShare >= 0.5 || keepMargin < 0) {
        throw new IllegalArgumentException(
            "min_share must be 0 or more and below 0.5, keep_margin 0 or more");
      }
      if (sampleRows < maxK || maxIterations < 1) {
        throw new IllegalArgumentException(
            "sample_rows must be max_k or more, max_iterations 1 or more");
      }
    }
  }
}
