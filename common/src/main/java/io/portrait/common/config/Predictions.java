package io.portrait.common.config;

import java.util.List;

/** Settings of the models that predict, in {@code scores.yaml}. */
public final class Predictions {

  private Predictions() {}

  /** What counts as having left. */
  public enum ChurnDefinition {
    /** No purchase within the horizon. */
    NO_PURCHASE,
    /** The running contract ends within the horizon and is not renewed. */
    CONTRACT_END,
    /** Either of them; without a running contract purchases alone tell. */
    EITHER
  }

  /**
   * How the models learn from the past.
   *
   * @param maxCutoffs most past dates that a model is trained at
   * @param stepDays days between them
   * @param minHistoryDays days between the first purchase of all and the earliest of them
   * @param minCases a model needs at least so many who did and so many who did not
   * @param sampleCustomers known customers that the models learn from and percentiles are made on
   */
  public record Learning(
      int maxCutoffs, int stepDays, int minHistoryDays, int minCases, int sampleCustomers) {

    /** Checks the ranges. */
    public Learning {
      if (maxCutoffs < 1 || stepDays < 1 || minHistoryDays < 1 || minCases < 1) {
        throw new IllegalArgumentException(
            "max_cutoffs, step_days, min_history_days and min_cases must be 1 or more");
      }
      if (sampleCustomers < 2 * minCases) {
        throw new IllegalArgumentException("sample_customers must be twice min_cases or more");
      }
    }
  }

  /**
   * Who leaves.
   *
   * @param definition what counts as having left
   * @param horizonDays days ahead
   * @param contractAttribute attribute whose value is the day on which a contract ends
   * @param levels probabilities that part the levels, ascending
   */
  public record Churn(
      ChurnDefinition definition, int horizonDays, String contractAttribute, List<Double> levels) {

    /** Checks the ranges. */
    public Churn {
      if (horizonDays < 7 || horizonDays > 730) {
        throw new IllegalArgumentException("horizon_days must be 7 to 730, is " + horizonDays);
      }
      requireLevels(levels);
    }
  }

  /**
   * What is bought next.
   *
   * @param categoryHalfLifeDays a purchase of so many days ago counts half for the category
   * @param levels probabilities of a purchase within 90 days that part the levels, ascending
   */
  public record NextPurchase(int categoryHalfLifeDays, List<Double> levels) {

    /** Checks the ranges. */
    public NextPurchase {
      if (categoryHalfLifeDays < 1) {
        throw new IllegalArgumentException("category_half_life_days must be 1 or more");
      }
      requireLevels(levels);
    }
  }

  private static void requireLevels(List<Double> levels) {
    if (levels.isEmpty()
        || !levels.equals(levels.stream().sorted().distinct().toList())
        || levels.stream().anyMatch(level -> !(level > 0 && level < 1))) {
      throw new IllegalArgumentException(
          "levels must be ascending probabilities between 0 and 1, is " + levels);
    }
  }
}
