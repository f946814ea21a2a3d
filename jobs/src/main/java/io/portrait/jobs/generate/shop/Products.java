package io.portrait.jobs.generate.shop;

import java.util.List;

/**
 * The assortment: twelve categories, each a ladder of products whose list prices rise by an eighth.
 */
final class Products {

  /** The categories, by number. */
  static final List<String> CATEGORIES =
      List.of(
          "Electronics",
          "Fashion",
          "Beauty",
          "Grocery",
          "Household",
          "Toys",
          "Sports",
          "Books",
          "Health",
          "Garden",
          "Pets",
          "Travel");

  /** Products of a category. */
  static final int STEPS = 40;

  private static final double LOWEST_PRICE = 40;
  private static final double RISE = 1.125;
  private static final List<String> BRANDS = List.of("Alder", "Birch", "Cedar", "Doum", "Elm");

  private Products() {}

  /** Id of a product, for example P0317: category 3, step 17. */
  static String id(int category, int step) {
    return "P"
        + (char) ('0' + category / 10)
        + (char) ('0' + category % 10)
        + (char) ('0' + step / 10)
        + (char) ('0' + step % 10);
  }

  /** The product of a category whose list price is nearest to a price. */
  static int step(double price) {
    long step = Math.round(StrictMath.log(price / LOWEST_PRICE) / StrictMath.log(RISE));
    return (int) Math.max(0, Math.min(STEPS - 1, step));
  }

  /** List price of a product, whole dollars. */
  static long listPrice(int step) {
    return Math.round(LOWEST_PRICE * StrictMath.pow(RISE, step));
  }

  /** The row of a product in the export of the merchandise system; its header is below. */
  static String row(int category, int step) {
    String name = CATEGORIES.get(category);
    String brand = BRANDS.get((category + step) % BRANDS.size());
    // Some rows have blanks where none belong.
    String shown = step % 9 == 0 ? " " + name + " " : name;
    return Text.csv(
        id(category, step),
        brand + " " + name + " no. " + (step + 1),
        shown,
        name + (step < STEPS / 2 ? ", basic" : ", fine"),
        brand,
        listPrice(step) + ".00");
  }

  /** Header of the export. */
  static final String HEADER = "product_no,name,category,subcategory,brand,list_price";
}
