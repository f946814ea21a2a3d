package io.portrait.jobs.bench;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.max_by;
import static org.apache.spark.sql.functions.struct;

import io.portrait.common.config.Catalogue;
import io.portrait.common.config.CatalogueLoader;
import io.portrait.common.io.QueryMode;
import io.portrait.common.io.Tables;
import io.portrait.common.job.Console;
import io.portrait.common.job.Job;
import io.portrait.common.job.JobContext;
import io.portrait.common.job.RowCounts;
import io.portrait.common.job.RunLogTable;
import io.portrait.common.job.Sessions;
import io.portrait.common.table.Entities;
import io.portrait.common.table.Entity;
import io.portrait.common.table.FeatureTable;
import io.portrait.common.table.ScoreTables;
import io.portrait.common.table.SilverTables;
import io.portrait.common.table.TableSchema;
import io.portrait.jobs.features.FeaturesJob;
import io.portrait.jobs.score.RfmBenchmark;
import io.portrait.jobs.summarize.SummarizeJob;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/**
 * Measures a warehouse that the line has just filled: seconds by step from its run log, and
 * rollups, features and RFM against DuckDB on the same Parquet files, compared row by row.
 *
 * <p>Steps run again in warehouses of their own, which link to the tables of the measured one. Exit
 * code 1: the two engines differ.
 */
public final class Bench implements Callable<Integer> {

  private static final List<TableSchema> ROLLUPS =
      List.of(SilverTables.SESSION, SilverTables.ACCOUNT_DAY, SilverTables.ACCOUNT_CATEGORY_DAY);

  private static final List<Entity> ENTITIES =
      List.of(
          Entities.ORDER_ITEM,
          Entities.PRODUCT,
          Entities.PAYMENT,
          Entities.WEB_EVENT,
          Entities.SERVICE_TICKET,
          Entities.FEEDBACK,
          Entities.CAMPAIGN_TOUCH);

  @Option(names = "--conf", required = true)
  private String conf;

  @Option(names = "--warehouse", required = true)
  private Path warehouse;

  @Option(names = "--scratch", required = true)
  private Path scratch;

  @Option(names = "--csv", required = true)
  private Path csv;

  @Option(names = "--run", required = true)
  private String run;

  @Option(names = "--customers", required = true)
  private long customers;

  @Option(names = "--days", required = true)
  private int days;

  @Option(names = "--generate-seconds", required = true)
  private double generateSeconds;

  @Option(names = "--peak-kibibytes", required = true)
  private long peakKibibytes;

  private final WrittenPlans plans = new WrittenPlans();
  private SparkSession spark;
  private Catalogue catalogue;
  private Tables tables;
  private LocalDate asOf;
  private int scratches;

  /** The warehouse that {@link #timeJob} wrote last. */
  private Tables lastJob;

  /** Runs it and ends the process with its exit code. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Bench()).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    warehouse = warehouse.toRealPath();
    catalogue = new CatalogueLoader(new Configuration(), System::getenv).load(conf);
    try (Sessions session = Sessions.open("bench")) {
      spark = session.spark();
      spark.listenerManager().register(plans);
      tables = new Tables(spark, warehouse.toString());
      List<Row> steps = steps();
      asOf =
          steps.stream()
              .filter(step -> step.<String>getAs("job").equals("features"))
              .findFirst()
              .orElseThrow()
              .getDate(steps.get(0).fieldIndex("as_of"))
              .toLocalDate();
      BenchReport report =
          new BenchReport(
              run,
              steps.get(0).getAs("code_version"),
              customers,
              days,
              asOf,
              tables.read(Entities.ORDER_ITEM.silver()).count());
      report.machine(peakKibibytes, generateSeconds);
      report.steps(steps);
      int cores = Runtime.getRuntime().availableProcessors();
      // As much as the line's process held.
      long megabytes = Math.max(Runtime.getRuntime().maxMemory() >> 20, peakKibibytes >> 10);
      List<Comparison> comparisons = new ArrayList<>();
      try (DuckDb duckDb = new DuckDb(cores, megabytes, scratch.resolve("spill"))) {
        compare(report, "rollups", () -> comparisons.add(rollups(duckDb)));
        compare(report, "features", () -> comparisons.add(features(duckDb)));
        compare(report, "RFM", () -> comparisons.add(rfm(duckDb)));
      }
      report.comparisons(comparisons);
      report.goals(steps, comparisons);
      report.save(csv);
      return comparisons.stream().allMatch(c -> c.differing() == 0) ? 0 : 1;
    }
  }

  /** Compares the engines, unless DuckDB has too little memory for the work. */
  private static void compare(BenchReport report, String work, Timing.Task comparison)
      throws Exception {
    try {
      comparison.run();
    } catch (SQLException e) {
      if (!e.getMessage().startsWith("Out of Memory")) {
        throw e;
      }
      report.outOfMemory(work);
    }
  }

  /** The line's last run of each step, in the order in which they ran. */
  private List<Row> steps() {
    return tables
        .read(RunLogTable.SCHEMA)
        .filter(col("status").equalTo("done"))
        .groupBy("job")
        .agg(max_by(struct("*"), col("started_at")).as("last"))
        .select("last.*")
        .orderBy("started_at")
        .collectAsList();
  }

  private Comparison rollups(DuckDb duckDb) throws Exception {
    Timing job = timeJob(new SummarizeJob(), Optional.empty(), ROLLUPS);
    List<LogicalPlan> queries = queries(ROLLUPS);
    Timing compute = Timing.of(() -> WrittenPlans.run(spark, queries));
    for (Entity entity : ENTITIES) {
      view(duckDb, entity.silver().name(), tables, entity.silver());
    }
    // ORDER is a word of SQL.
    view(duckDb, "orders", tables, Entities.ORDER.silver());
    String sql = RollupSql.tables(catalogue.deployment().timeZone());
    Timing duck = Timing.of(() -> duckDb.execute(sql));
    double write = 0;
    long rows = 0;
    long differing = 0;
    for (TableSchema table : ROLLUPS) {
      write += write(duckDb, "duck_" + table.name());
      view(duckDb, "spark_" + table.name(), lastJob, table);
      rows += duckDb.number("SELECT count(*) FROM duck_" + table.name());
      differing +=
          duckDb.differences(
              "spark_" + table.name(),
              "duck_" + table.name(),
              table.key(),
              table.columnNames().stream()
                  .filter(c -> !c.equals("month") && !table.key().contains(c))
                  .toList());
    }
    return new Comparison("rollups", rows, differing, Optional.of(job), compute, duck, write);
  }

  private Comparison features(DuckDb duckDb) throws Exception {
    TableSchema table = FeatureTable.schema(List.of());
    Timing job = timeJob(new FeaturesJob(), Optional.of(asOf), List.of());
    List<LogicalPlan> queries = queries(List.of(table));
    Timing compute = Timing.of(() -> WrittenPlans.run(spark, queries));
    for (TableSchema read :
        List.of(
            SilverTables.ACCOUNT_DAY,
            SilverTables.ACCOUNT_CATEGORY_DAY,
            SilverTables.CUSTOMER_MAP,
            SilverTables.CUSTOMER)) {
      view(duckDb, read.name(), tables, read);
    }
    FeatureSql sql =
        FeatureSql.of(catalogue.features(), asOf, catalogue.deployment().currency().decimals());
    Timing duck = Timing.of(() -> duckDb.execute(sql.table()));
    view(duckDb, "spark_feature", lastJob, table);
    return new Comparison(
        "features",
        duckDb.number("SELECT count(*) FROM duck_feature"),
        duckDb.differences(
            "spark_feature", "duck_feature", List.of(FeatureTable.CUSTOMER_ID), sql.columns()),
        Optional.of(job),
        compute,
        duck,
        write(duckDb, "duck_feature"));
  }

  private Comparison rfm(DuckDb duckDb) throws Exception {
    var rfm = catalogue.scores().rfm();
    int decimals = catalogue.deployment().currency().decimals();
    TableSchema features = FeatureTable.schema(List.of());
    Timing compute =
        Timing.of(
            () ->
                RfmBenchmark.compute(
                    new Tables(spark, warehouse.toString()).readAsOf(features, asOf),
                    rfm,
                    decimals));
    view(duckDb, features.name(), tables, features);
    String sql = RfmSql.table(rfm, asOf, decimals);
    Timing duck = Timing.of(() -> duckDb.execute(sql));
    TableSchema scores = ScoreTables.customerRfm(decimals);
    view(duckDb, "all_rfm", tables, scores);
    duckDb.execute(
        String.format(
            "CREATE VIEW spark_rfm AS SELECT * FROM all_rfm WHERE as_of = DATE '%s'", asOf));
    return new Comparison(
        "RFM",
        duckDb.number("SELECT count(*) FROM duck_rfm"),
        duckDb.differences(
            "spark_rfm", "duck_rfm", List.of(FeatureTable.CUSTOMER_ID), RfmSql.COLUMNS),
        Optional.empty(),
        compute,
        duck,
        write(duckDb, "duck_rfm"));
  }

  /**
   * Times a step, each time in a new warehouse that links to the measured one's silver tables.
   *
   * @param written silver tables that the step writes
   */
  private Timing timeJob(Job job, Optional<LocalDate> day, List<TableSchema> written)
      throws Exception {
    List<Path> warehouses = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      warehouses.add(link(written.stream().map(TableSchema::name).toList()));
    }
    return Timing.of(
        () -> {
          lastJob = new Tables(spark, warehouses.remove(0).toString());
          QueryMode.interpret(spark);
          job.run(
              new JobContext(
                  spark,
                  catalogue,
                  lastJob,
                  "bench",
                  day,
                  new RowCounts(),
                  new Console(
                      new PrintStream(
                          OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8))));
        });
  }

  private Path link(List<String> without) throws IOException {
    Path root = scratch.resolve("warehouse-" + scratches++);
    Path silver = Files.createDirectories(root.resolve("silver"));
    try (Stream<Path> all = Files.list(warehouse.resolve("silver"))) {
      for (Path table : all.toList()) {
        if (!without.contains(table.getFileName().toString())) {
          Files.createSymbolicLink(silver.resolve(table.getFileName()), table);
        }
      }
    }
    return root;
  }

  private List<LogicalPlan> queries(List<TableSchema> written) throws Exception {
    return plans.of(spark, written.stream().map(TableSchema::name).toList());
  }

  /** Seconds to write a table of DuckDB's as Parquet. */
  private double write(DuckDb duckDb, String table) throws Exception {
    Path file = scratch.resolve(table + ".parquet");
    return Timing.seconds(
        () ->
            duckDb.execute(
                String.format("COPY %s TO %s (FORMAT parquet)", table, DuckDb.text(file + ""))));
  }

  /** Gives DuckDB the files of a table's present version. */
  private static void view(DuckDb duckDb, String name, Tables from, TableSchema table)
      throws Exception {
    List<String> files =
        from.exists(table)
            ? Arrays.stream(from.readAsStored(table).inputFiles())
                .map(file -> Path.of(URI.create(file)).toString())
                .sorted()
                .toList()
            : List.of();
    duckDb.view(name, files, table.structType());
  }
}
