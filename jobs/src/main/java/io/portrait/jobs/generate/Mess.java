package io.portrait.jobs.generate;

/**
 * A fault put into raw rows on purpose.
 *
 * @param name snake_case name
 * @param share share of the rows that it is put into, 0 to 1; of what else, the meaning says
 * @param meaning what such a row looks like
 */
record Mess(String name, double share, String meaning) {

  static final Mess DUPLICATE = new Mess("duplicate", 0.01, "the row is there twice");
  static final Mess UNKNOWN_CUSTOMER =
      new Mess("unknown_customer", 0.01, "one of 20 customer ids from 900000 on: test accounts");
  static final Mess MISSING_CUSTOMER = new Mess("missing_customer", 0.015, "no customer id");
}
