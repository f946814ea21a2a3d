package io.portrait.jobs;

import io.portrait.jobs.generate.FoodmartCompanion;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes raw files for demonstrations. */
@Command(
    name = "generate",
    description = "Makes raw files for demonstrations.",
    mixinStandardHelpOptions = true)
final class GenerateCommand implements Runnable {

  /** What can be generated. */
  enum World {
    /** The raw files that FoodMart lacks, for its customers. */
    FOODMART
  }

  @Parameters(paramLabel = "WORLD", description = "${COMPLETION-CANDIDATES}")
  private World world;

  @Option(names = "--out", required = true, paramLabel = "DIR", description = "Folder to write.")
  private Path out;

  @Option(
      names = "--database",
      paramLabel = "URL",
      defaultValue = "jdbc:hsqldb:res:foodmart",
      description = "The FoodMart database; default: ${DEFAULT-VALUE}.")
  private String database;

  @Option(
      names = "--seed",
      defaultValue = "1997",
      description = "Same seed, same bytes; default: ${DEFAULT-VALUE}.")
  private long seed;

  @Override
  public void run() {
    switch (world) {
      case FOODMART -> {
        FoodmartCompanion.generate(database, out, seed, System.out);
        FoodmartCompanion.copyDatabase(database, out);
      }
    }
  }
}
