package io.portrait.jobs;

import java.time.LocalDate;
import picocli.CommandLine.Option;

/** Options of every command that runs steps. */
final class LineOptions extends WarehouseOptions {

  @Option(
      names = "--as-of",
      paramLabel = "DATE",
      description = "Only what was known strictly before this day counts, as 2026-01-31.")
  LocalDate asOf;
}
