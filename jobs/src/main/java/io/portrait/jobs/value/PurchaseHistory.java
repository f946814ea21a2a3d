package io.portrait.jobs.value;

import java.util.List;

/**
 * Customers with the same purchase history: all that the purchase model needs of them.
 *
 * @param repeats x: purchase days after the first one
 * @param lastPurchase t_x: weeks from the first purchase day to the last one; 0 without repeats
 * @param age T: weeks from the first purchase day to the last day known
 * @param customers how many have it
 */
record PurchaseHistory(int repeats, double lastPurchase, double age, long customers) {

  /** Customers with a repeat purchase. */
  static long repeaters(List<PurchaseHistory> histories) {
    return histories.stream()
        .filter(history -> history.repeats() > 0)
        .mapToLong(PurchaseHistory::customers)
        .sum();
  }
}
