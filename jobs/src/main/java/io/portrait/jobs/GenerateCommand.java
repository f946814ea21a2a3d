package io.portrait.jobs;

import io.portrait.common.job.Sessions;
import io.portrait.jobs.generate.FoodmartCompanion;
import io.portrait.jobs.generate.shop.Shop;
import io.portrait.jobs.generate.shop.ShopPlan;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes raw files for demonstrations, benchmarks and tests of what is found in them. */
@Command(
    name = "generate",
    description = "Makes raw files: what FoodMart lacks, or a whole shop of any size.",
    mixinStandardHelpOptions = true)
final class GenerateCommand implements Runnable {

  private static final String FOODMART_DATABASE = "jdbc:hsqldb:res:foodmart";
  private static final long FOODMART_SEED = 1997;
  private static final int SHOP_DAYS = 730;
  private static final long SHOP_SEED = 1;

  /** What can be generated. */
  enum World {
    /** The raw files that FoodMart lacks, for its customers. */
    FOODMART,
    /** A synthetic shop, with the truth about its customers. */
    SHOP
  }

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "WORLD", description = "${COMPLETION-CANDIDATES}")
  private World world;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Folder to write; for the shop an empty one.")
  private String out;

  @Option(
      names = "--seed",
      description =
          "Same seed, same rows; default: "
              + FOODMART_SEED
              + " for FoodMart, "
              + SHOP_SEED
              + " for the shop.")
  private Optional<Long> seed;

  @Option(
      names = "--database",
      paramLabel = "URL",
      description = "FoodMart: its database; default: " + FOODMART_DATABASE + ".")
  private Optional<String> database;

  @Option(
      names = "--customers",
      paramLabel = "N",
      description = "Shop, required: number of people.")
  private Optional<Long> customers;

  @Option(
      names = "--days",
      paramLabel = "D",
      description = "Shop: days of history up to 2024-12-31; default: " + SHOP_DAYS + ".")
  private Optional<Integer> days;

  @Option(
      names = "--newest-days",
      paramLabel = "N",
      description =
          "Shop: rows of the last N days come in files of their own, newest-*, as the next run's"
              + " extracts do; default: 0.")
  private Optional<Integer> newestDays;

  @Override
  public void run() {
    switch (world) {
      case FOODMART -> {
        refuse("--customers", customers);
        refuse("--days", days);
        refuse("--newest-days", newestDays);
        String url = database.orElse(FOODMART_DATABASE);
        Path folder = Path.of(out);
        FoodmartCompanion.generate(url, folder, seed.orElse(FOODMART_SEED), System.out);
        FoodmartCompanion.copyDatabase(url, folder);
      }
      case SHOP -> {
        refuse("--database", database);
        ShopPlan plan = plan();
        try (Sessions session = Sessions.open("portrait generate")) {
          Shop.generate(session.spark(), plan, out, System.out);
        }
      }
    }
  }

  private ShopPlan plan() {
    long people =
        customers.orElseThrow(
            () -> new ParameterException(spec.commandLine(), "WORLD shop needs --customers."));
    try {
      return new ShopPlan(
          people, days.orElse(SHOP_DAYS), seed.orElse(SHOP_SEED), newestDays.orElse(0));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage() + ".", e);
    }
  }

  /** An option of another world is a mistake that would go unnoticed. */
  private void refuse(String option, Optional<?> value) {
    if (value.isPresent()) {
      throw new ParameterException(
          spec.commandLine(),
          String.format(
              "%s is no option of WORLD %s; it belongs to %s.",
              option,
              world.name().toLowerCase(Locale.ROOT),
              option.equals("--database") ? "foodmart" : "shop"));
    }
  }
}
