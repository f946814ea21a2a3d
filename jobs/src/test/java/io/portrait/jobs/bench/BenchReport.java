package io.portrait.jobs.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Row;

/** Prints measurements as Markdown and keeps them for a CSV file. */
final class BenchReport {

  private static final String HEAD = "run,version,customers,days,name,value\n";

  private final String run;
  private final long customers;
  private final int days;
  private final long orderLines;
  private final List<String> lines = new ArrayList<>();
  private final String version;

  BenchReport(
      String run, String version, long customers, int days, LocalDate asOf, long orderLines) {
    this.run = run;
    this.version = version;
    this.customers = customers;
    this.days = days;
    this.orderLines = orderLines;
    say("## %,d customers, %d days, %,d order lines, as of %s", customers, days, orderLines, asOf);
    say("");
  }

  /** What it ran on. */
  void machine(long peakKibibytes, double generateSeconds) {
    int cores = Runtime.getRuntime().availableProcessors();
    long heap = Runtime.getRuntime().maxMemory() >> 20;
    say(
        "%d cores; heap of %,d MiB; most memory that `portrait run` held, and DuckDB may take:"
            + " %,d MiB; files generated in %.1f s.",
        cores, heap, peakKibibytes >> 10, generateSeconds);
    say("");
    note("cores", cores);
    note("heap_mib", heap);
    note("order_lines", orderLines);
    note("peak_mib", peakKibibytes >> 10);
    note("generate_seconds", generateSeconds);
  }

  /** Rows of the run log. */
  void steps(List<Row> steps) {
    say("| step | seconds | rows in | rows/s | seconds per 100,000 customers |");
    say("|---|--:|--:|--:|--:|");
    double all = 0;
    for (Row step : steps) {
      double seconds = step.getAs("seconds");
      long rows = step.getAs("rows_in");
      all += seconds;
      say(
          "| %s | %.1f | %,d | %,.0f | %.1f |",
          step.getAs("job"), seconds, rows, rows / seconds, perCustomers(seconds));
      note("step_" + step.getAs("job") + "_seconds", seconds);
    }
    say(
        "| all | %.1f | %,d order lines | %,.0f | %.1f |",
        all, orderLines, orderLines / all, perCustomers(all));
    say("");
    note("step_all_seconds", all);
  }

  /** The same work by both engines. */
  void comparisons(List<Comparison> comparisons) {
    say("Seconds, the first run and the best of up to three after it:");
    say("");
    say(
        "| work | rows | differing | step | queries alone | DuckDB | DuckDB writes Parquet"
            + " | queries / DuckDB | step / DuckDB written |");
    say("|---|--:|--:|--:|--:|--:|--:|--:|--:|");
    for (Comparison c : comparisons) {
      say(
          "| %s | %,d | %,d | %s | %s | %s | %.2f | %.2f | %s |",
          c.name(),
          c.rows(),
          c.differing(),
          c.job().map(BenchReport::text).orElse(""),
          text(c.compute()),
          text(c.duckDb()),
          c.duckDbWrite(),
          c.computeRatio(),
          c.jobRatio().map(r -> String.format(Locale.ROOT, "%.2f", r)).orElse(""));
      String name = c.name().toLowerCase(Locale.ROOT);
      note(name + "_rows", c.rows());
      note(name + "_differing_rows", c.differing());
      c.job().ifPresent(job -> note(name + "_step", job));
      note(name + "_queries", c.compute());
      note(name + "_duckdb", c.duckDb());
      note(name + "_duckdb_write_seconds", c.duckDbWrite());
    }
    say("");
  }

  /** Says that there is nothing to compare with. */
  void outOfMemory(String work) {
    say("DuckDB had too little memory for the %s.", work);
    say("");
  }

  /** What is asked for at 1,000,000 customers on two cores. */
  void goals(List<Row> steps, List<Comparison> comparisons) {
    say("| goal | measured | asked for |");
    say("|---|--:|--:|");
    goal("features and RFM, times DuckDB", ratio(comparisons, "features", "RFM"), 1.5);
    goal(
        "rollups, features and RFM, times DuckDB",
        ratio(comparisons, "rollups", "features", "RFM"),
        4);
    for (Row step : steps) {
      double seconds = step.getAs("seconds");
      switch (step.<String>getAs("job")) {
        case "cluster" -> goal("KMeans with its choice of k, seconds", seconds, 60);
        case "value" -> goal("BG/NBD and Gamma-Gamma, fit and scores, seconds", seconds, 30);
        default -> {}
      }
    }
    say("");
  }

  /** Adds the measurements to a file. */
  void save(Path csv) throws IOException {
    String text = (Files.exists(csv) ? "" : HEAD) + String.join("", lines);
    Files.writeString(
        csv, text, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private void goal(String what, double measured, double most) {
    say("| %s | %.2f | %s |", what, measured, most);
  }

  /** Not a number if one of them could not be compared. */
  private static double ratio(List<Comparison> comparisons, String... names) {
    List<Comparison> named =
        comparisons.stream().filter(c -> List.of(names).contains(c.name())).toList();
    return named.size() < names.length
        ? Double.NaN
        : named.stream().mapToDouble(c -> c.compute().best()).sum()
            / named.stream().mapToDouble(c -> c.duckDb().best()).sum();
  }

  private double perCustomers(double seconds) {
    return seconds * 100_000 / customers;
  }

  private static String text(Timing timing) {
    return String.format(Locale.ROOT, "%.2f, %.2f", timing.first(), timing.best());
  }

  private void note(String name, Timing timing) {
    note(name + "_first_seconds", timing.first());
    note(name + "_seconds", timing.best());
  }

  private void note(String name, double value) {
    lines.add(
        String.format(
            Locale.ROOT, "%s,%s,%d,%d,%s,%s%n", run, version, customers, days, name, value));
  }

  private static void say(String format, Object... values) {
    System.out.println(String.format(Locale.ROOT, format, values));
  }
}
