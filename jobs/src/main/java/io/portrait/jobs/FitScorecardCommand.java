package io.portrait.jobs;

import io.portrait.common.error.JobException;
import io.portrait.common.io.DataFile;
import io.portrait.common.job.Console;
import io.portrait.common.job.Sessions;
import io.portrait.jobs.fitscorecard.FitScorecard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Fits a credit scorecard to a table of customers whose outcome is known. */
@Command(
    name = "fit-scorecard",
    description = "Fits a credit scorecard to customers whose outcome is known, for scores.yaml.",
    mixinStandardHelpOptions = true)
final class FitScorecardCommand implements Runnable {

  /** Formats of a table. */
  enum Format {
    /** Text. */
    CSV,
    /** Parquet. */
    PARQUET
  }

  @Option(
      names = "--data",
      required = true,
      paramLabel = "FILE",
      description = "The table: a file, or a folder of files.")
  private String data;

  @Option(
      names = "--format",
      required = true,
      description = "${COMPLETION-CANDIDATES}; CSV may be compressed.")
  private Format format;

  @Option(
      names = "--separator",
      defaultValue = ",",
      paramLabel = "SIGN",
      description = "Between two fields of CSV; default: '${DEFAULT-VALUE}'.")
  private String separator;

  @Option(
      names = "--columns",
      split = ",",
      paramLabel = "NAME",
      description = "Names of the columns of CSV without a header line.")
  private List<String> columns = List.of();

  @Option(
      names = "--no-header",
      description = "CSV has no header line; its columns are c1, c2, ... unless --columns says.")
  private boolean isWithoutHeader;

  @Option(
      names = "--target",
      required = true,
      paramLabel = "COLUMN",
      description = "Column with the outcome, one of two values; rows without are left out.")
  private String target;

  @Option(
      names = "--bad",
      required = true,
      paramLabel = "VALUE",
      description = "Value of the target that is the bad outcome.")
  private String bad;

  @Option(
      names = "--exclude",
      split = ",",
      paramLabel = "COLUMN",
      description = "Columns that are no characteristics, as customers' numbers.")
  private List<String> excluded = List.of();

  @Option(
      names = "--derive",
      paramLabel = "NAME=SQL",
      description = "A further characteristic, by SQL over the table's columns; repeatable.")
  private Map<String, String> derived = new LinkedHashMap<>();

  @Option(
      names = "--max-characteristics",
      defaultValue = "12",
      paramLabel = "N",
      description = "Most characteristics; default: ${DEFAULT-VALUE}.")
  private int mostCharacteristics;

  @Option(
      names = "--seed",
      defaultValue = "42",
      description = "Draws the third of the rows that is held out; default: ${DEFAULT-VALUE}.")
  private long seed;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description = "File to write: an element of scores in scores.yaml.")
  private Path out;

  @Override
  public void run() {
    FitScorecard.Request request =
        new FitScorecard.Request(
            Path.of(data).getFileName().toString(),
            target,
            bad,
            mostCharacteristics,
            excluded,
            derived,
            seed);
    Path folder = out.toAbsolutePath().getParent();
    if (!Files.isDirectory(folder)) {
      throw JobException.invalidConfig("There is no folder %s. Correct --out.", folder);
    }
    Console console = new Console(System.out);
    try (Sessions session = Sessions.open("portrait fit-scorecard")) {
      String yaml = FitScorecard.fit(table(session.spark()), request, console);
      Files.writeString(out, yaml);
    } catch (IOException e) {
      throw JobException.invalidConfig("%s cannot be written: %s", out, e.getMessage());
    }
    console.say("scorecard: " + out);
  }

  private Dataset<Row> table(SparkSession spark) {
    return switch (format) {
      case CSV ->
          DataFile.csv(
              spark,
              data,
              separator,
              isWithoutHeader || !columns.isEmpty() ? Optional.of(columns) : Optional.empty());
      case PARQUET -> DataFile.parquet(spark, data);
    };
  }
}
