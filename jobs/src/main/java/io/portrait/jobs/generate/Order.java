package io.portrait.jobs.generate;

import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/**
 * What a customer bought on one day in one store.
 *
 * @param customer who
 * @param day when
 * @param store where
 * @param cents amount in cents
 * @param products products, one a line
 */
record Order(Customer customer, LocalDate day, int store, long cents, List<Integer> products) {

  /** The id that the mapping of the sales composes too. */
  String id() {
    return customer.id() + "-" + day.format(DateTimeFormatter.BASIC_ISO_DATE) + "-" + store;
  }

  /** The amount as 12.34. */
  static String money(long cents) {
    return String.format(
        Locale.ROOT,
        "%s%d.%02d",
        cents < 0 ? "-" : "",
        Math.abs(cents) / 100,
        Math.abs(cents) % 100);
  }
}
