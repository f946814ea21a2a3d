package io.portrait.jobs.generate;

import java.time.LocalDate;

/**
 * A customer of FoodMart, as far as the made-up files follow from it.
 *
 * @param id id
 * @param openedOn day the account was opened
 * @param birthDate date of birth
 * @param incomeBand 0 (10,000 to 30,000 USD a year) to 7 (above 150,000)
 * @param isHomeOwner owns the home
 * @param cars cars owned
 * @param children children
 * @param country USA, Canada or Mexico
 */
record Customer(
    int id,
    LocalDate openedOn,
    LocalDate birthDate,
    int incomeBand,
    boolean isHomeOwner,
    int cars,
    int children,
    String country) {

  /** Age at the beginning of the sales. */
  int age() {
    return Foodmart.FIRST_DAY.getYear() - birthDate.getYear();
  }
}
