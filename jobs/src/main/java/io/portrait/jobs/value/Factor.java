package io.portrait.jobs.value;

import static org.apache.spark.sql.functions.col;

import io.portrait.common.config.Title;
import java.util.Locale;
import org.apache.spark.sql.Column;

/** What a customer's value is the product of. */
enum Factor {
  /** Whether the customer still buys. */
  ALIVE("Probability to be still buying", "仍活躍機率") {
    @Override
    Column value() {
      return col("p_alive");
    }
  },
  /** How often a customer who still does will buy, later purchases counting less. */
  PURCHASES("Purchases to come of who still buys", "仍活躍時的預期購買") {
    @Override
    Column value() {
      return col("discounted_purchases").divide(col("p_alive"));
    }
  },
  /** How much each time. */
  SPEND("Expected spend a purchase day", "預期單次消費金額") {
    @Override
    Column value() {
      return col("spend");
    }
  };

  private final String en;
  private final String zh;

  Factor(String en, String zh) {
    this.en = en;
    this.zh = zh;
  }

  /** A number above 0 of customers with a value, over {@link CustomerValueTransforms#withSpend}. */
  abstract Column value();

  /** Name of the column that says how much it adds to the logarithm of the value. */
  String points() {
    return name().toLowerCase(Locale.ROOT) + "_points";
  }

  Title title() {
    return new Title(en, zh);
  }
}
