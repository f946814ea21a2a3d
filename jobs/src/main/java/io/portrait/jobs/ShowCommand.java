package io.portrait.jobs;

import io.portrait.common.error.JobException;
import io.portrait.common.table.Layer;
import io.portrait.common.table.TableSchema;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A look at a table. */
@Command(
    name = "show",
    description = "Prints rows of a silver, gold or ops table; bronze and vault are restricted.",
    mixinStandardHelpOptions = true)
final class ShowCommand implements Runnable {

  private static final List<Layer> SHOWN =
      List.of(Layer.SILVER, Layer.GOLD, Layer.GOLD_SENSITIVE, Layer.OPS);

  @Parameters(paramLabel = "TABLE", description = "For example gold/customer_profile_latest.")
  private String table;

  @Option(
      names = "--conf",
      required = true,
      paramLabel = "DIR",
      description = "The deployment's folder, for example conf/foodmart.")
  private String conf;

  @Option(
      names = "--warehouse",
      paramLabel = "DIR",
      description = "Root folder of all tables; default: warehouse in portrait.yaml.")
  private Optional<String> warehouse;

  @Option(
      names = "--columns",
      split = ",",
      paramLabel = "NAME",
      description = "Columns, or SQL expressions without commas; default: all.")
  private List<String> columns = List.of();

  @Option(names = "--where", paramLabel = "SQL", description = "Only rows that meet a condition.")
  private Optional<String> where;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "20",
      description = "At most so many rows; default: ${DEFAULT-VALUE}.")
  private int limit;

  @Override
  public void run() {
    Line.show(conf, warehouse, schema(), columns, where, limit);
  }

  /** The table's name alone: its columns are those that are stored. */
  private TableSchema schema() {
    return Stream.of(Layer.values())
        .filter(layer -> SHOWN.contains(layer) && table.matches(layer.folder() + "/[a-z0-9_]+"))
        .map(layer -> TableSchema.table(layer, table.split("/", 2)[1], "").build())
        .findFirst()
        .orElseThrow(
            () ->
                JobException.invalidConfig(
                    "'%s' is no table that is shown. Name one as gold/customer_profile_latest, of"
                        + " the layers %s.",
                    table,
                    SHOWN.stream()
                        .map(layer -> layer.name().toLowerCase(Locale.ROOT))
                        .collect(Collectors.joining(", "))));
  }
}
