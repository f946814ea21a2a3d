package io.portrait.jobs;

import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Makes raw files for demonstrations. */
@Command(
    name = "generate",
    description =
        "Makes the raw files that FoodMart lacks: web log, tickets, surveys, payments, ...",
    mixinStandardHelpOptions = true)
final class GenerateCommand implements Runnable {

  @Option(names = "--out", required = true, paramLabel = "DIR", description = "Folder to write.")
  private Path out;

  @Option(
      names = "--foodmart",
      paramLabel = "URL",
      defaultValue = "jdbc:hsqldb:res:foodmart",
      description = "The FoodMart database; default: ${DEFAULT-VALUE}.")
  private String foodmart;

  @Option(
      names = "--seed",
      defaultValue = "1997",
      description = "Same seed, same bytes; default: ${DEFAULT-VALUE}.")
  private long seed;

  @Override
  public void run() {
    System.out.println(foodmart + out + seed);
  }
}
