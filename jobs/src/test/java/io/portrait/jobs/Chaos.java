package io.portrait.jobs;

import io.portrait.common.config.Catalogue;
import io.portrait.common.config.CatalogueLoader;
import io.portrait.common.io.Tables;
import io.portrait.common.job.Job;
import io.portrait.common.job.Sessions;
import io.portrait.common.table.RawTables;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.delta.DeltaLog;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Kills the line again and again, runs it again, and compares the warehouse with one that nothing
 * happened to. What {@code scripts/chaos} runs.
 *
 * <p>Each run is a process of its own by the command line, ended by SIGKILL at a random moment of a
 * step; the steps take turns. After the last kill of a day the run may end, and all tables, those
 * of restricted zones and of the accounts included, must be those of the other warehouse, row for
 * row. Then two persons are erased from both, from the one with kills, and the same must hold.
 */
@Command(name = "chaos", mixinStandardHelpOptions = true)
public final class Chaos implements Runnable {

  @Option(names = "--kills", defaultValue = "50")
  private int kills;

  @Option(names = "--seed", defaultValue = "1")
  private long seed;

  /** How many of the history's days are played. */
  @Option(names = "--days", defaultValue = "3")
  private int days;

  /** Where raw files and warehouses are made. */
  @Option(names = "--work", required = true)
  private Path work;

  /** The project, for the shipped catalogue. */
  @Option(names = "--project", required = true)
  private Path project;

  private final Map<String, Integer> killed = new LinkedHashMap<>();
  private final Map<String, Double> seconds = new HashMap<>();
  private String classPath;
  private Random random;
  private List<Job> steps;

  /** Runs it; ends with 1 if the warehouses differ. */
  public static void main(String[] args) {
    int code =
        new CommandLine(new Chaos())
            .setExecutionExceptionHandler(
                (failure, command, result) -> {
                  failure.printStackTrace();
                  return 1;
                })
            .execute(args);
    System.exit(code);
  }

  /** One run, in a process of its own. */
  static final class Worker {
    private Worker() {}

    public static void main(String[] args) {
      Portrait.main(args);
    }
  }

  @Override
  public void run() {
    System.setProperty("portrait.project", project.toString());
    random = new Random(seed);
    try {
      Path folder = work.resolve("chaos-" + seed);
      Files.createDirectories(folder);
      classPath = jars(folder);
      History history = new History(folder, seed);
      Catalogue catalogue =
          new CatalogueLoader(new Configuration(), System::getenv).load(history.conf().toString());
      steps = Line.STEPS.stream().filter(step -> step.isDeclared(catalogue)).toList();
      List<String> faults = new ArrayList<>();
      int done = 0;
      for (int day = 0; day < days; day++) {
        LocalDate asOf = history.deliver();
        complete(history, folder.resolve("calm"), asOf);
        int share = (kills - done) / (days - day);
        done += disturb(history, folder.resolve("disturbed"), asOf, share);
        complete(history, folder.resolve("disturbed"), asOf);
        System.out.printf("as of %s: %d kills so far%n", asOf, done);
      }
      System.out.println("kills by step: " + killed);
      try (Sessions session = Sessions.open("chaos")) {
        compare(session.spark(), folder, faults);
        if (faults.isEmpty()) {
          Path request = writeRequest(session.spark(), folder);
          done += erase(history, folder, request, Math.max(1, kills / 10));
          // Another process has written the tables meanwhile.
          DeltaLog.clearCache();
          compare(session.spark(), folder, faults);
        }
      }
      if (!faults.isEmpty()) {
        throw new IllegalStateException(String.join("\n", faults));
      }
      System.out.printf(Locale.ROOT, "chaos seed=%d: %d kills, no difference%n", seed, done);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Kills some runs for a day, from the first step to the last; gives how many it could. */
  private int disturb(History history, Path warehouse, LocalDate asOf, int times)
      throws IOException, InterruptedException {
    // Every step in turn, and over all days none more than once oftener than another.
    List<Integer> targets = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      targets.add(times >= steps.size() && i < steps.size() ? i : random.nextInt(steps.size()));
    }
    targets.sort(null);
    int done = 0;
    for (int target : targets) {
      Job step = steps.get(target);
      double span = seconds.getOrDefault(step.name(), 2.0);
      Process run = start(history, warehouse, asOf);
      boolean isReached = await(run, target == 0 ? "step" : steps.get(target - 1).name());
      if (isReached) {
        TimeUnit.MILLISECONDS.sleep((long) (1000 * span * random.nextDouble()));
      }
      if (run.isAlive()) {
        // SIGKILL: no hook runs, nothing is flushed.
        run.destroyForcibly().waitFor();
        killed.merge(step.name(), 1, Integer::sum);
        done++;
      }
    }
    return done;
  }

  /** Names two customers whom silver knows, by their account. */
  private static Path writeRequest(SparkSession spark, Path folder) throws IOException {
    Tables tables = new Tables(spark, folder.resolve("calm").toString());
    List<Row> accounts =
        tables
            .read(RawTables.bronze("payments"))
            .selectExpr("row.WHO AS WHO")
            .filter("WHO IS NOT NULL")
            .distinct()
            .orderBy("WHO")
            .limit(2)
            .collectAsList();
    StringBuilder text = new StringBuilder("request_id,realm,account_id\n");
    for (int i = 0; i < accounts.size(); i++) {
      text.append("R-").append(i).append(",crm,").append(accounts.get(i).getString(0)).append('\n');
    }
    return Files.writeString(folder.resolve("request.csv"), text);
  }

  /** Erases persons from both warehouses, with kills from one; gives how many it could. */
  private int erase(History history, Path folder, Path request, int times)
      throws IOException, InterruptedException {
    long begun = System.nanoTime();
    int expected = startErase(history, folder.resolve("calm"), request).waitFor();
    long span = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
    int done = 0;
    for (int i = 0; i < times; i++) {
      Process run = startErase(history, folder.resolve("disturbed"), request);
      // The beginning, of which nothing can be left, is not worth a kill.
      long moment = (long) (span * (0.3 + 0.7 * random.nextDouble()));
      if (!run.waitFor(moment, TimeUnit.MILLISECONDS)) {
        run.destroyForcibly().waitFor();
        done++;
      }
    }
    int found = startErase(history, folder.resolve("disturbed"), request).waitFor();
    System.out.printf("kills of erase: %d; it ended with %d and %d%n", done, expected, found);
    // 3: somebody else has an identifier, too; the certificates, which are compared, say so.
    if (expected != found || (expected != 0 && expected != 3)) {
      throw new IllegalStateException("erase ended with " + expected + " and " + found);
    }
    return done;
  }

  private Process startErase(History history, Path warehouse, Path request) throws IOException {
    ProcessBuilder builder =
        process(
            List.of(
                "erase",
                "--conf",
                history.conf().toString(),
                "--warehouse",
                warehouse.toString(),
                "--request",
                request.toString()));
    return builder.redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
  }

  /** Waits for the line of a step that has ended; false if the process ended first. */
  private static boolean await(Process run, String step) throws IOException {
    BufferedReader out = run.inputReader(StandardCharsets.UTF_8);
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.startsWith(step + " ")) {
        return true;
      }
    }
    return false;
  }

  /** Runs the line to its end. */
  private void complete(History history, Path warehouse, LocalDate asOf)
      throws IOException, InterruptedException {
    Process run = start(history, warehouse, asOf);
    StringBuilder text = new StringBuilder();
    try (BufferedReader out = run.inputReader(StandardCharsets.UTF_8)) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        text.append(line).append('\n');
        List<String> words = List.of(line.strip().split("\\s+", -1));
        if (words.size() == 6 && steps.stream().anyMatch(s -> s.name().equals(words.get(0)))) {
          seconds.put(words.get(0), Double.parseDouble(words.get(5).replace(",", "")));
        }
      }
    }
    if (run.waitFor() != 0) {
      throw new IllegalStateException("A run to the end of " + warehouse + " failed:\n" + text);
    }
  }

  private Process start(History history, Path warehouse, LocalDate asOf) throws IOException {
    return process(
            List.of(
                "run",
                "--conf",
                history.conf().toString(),
                "--warehouse",
                warehouse.toString(),
                "--as-of",
                asOf.toString()))
        .start();
  }

  /** The command line with these words, in a process of its own. */
  private ProcessBuilder process(List<String> words) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElseThrow());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(option -> !option.startsWith("-Xmx") && !option.startsWith("-XX:"))
        .forEach(command::add);
    Path archive = work.resolve("chaos-" + seed + "/classes.jsa");
    command.addAll(
        List.of(
            "-Xmx1g",
            "-XX:TieredStopAtLevel=1",
            "-XX:ReservedCodeCacheSize=256m",
            "-XX:+UseSerialGC",
            "-Xlog:disable"));
    command.add(
        (Files.exists(archive) ? "-XX:SharedArchiveFile=" : "-XX:ArchiveClassesAtExit=") + archive);
    // What Spark leaves there when it is killed goes with the rest.
    command.add("-Djava.io.tmpdir=" + Files.createDirectories(work.resolve("tmp")));
    command.addAll(List.of("-cp", classPath, Worker.class.getName()));
    command.addAll(words);
    return new ProcessBuilder(command)
        .redirectError(ProcessBuilder.Redirect.appendTo(work.resolve("chaos-errors.txt").toFile()));
  }

  /** The class path with folders as jars, whose classes the JVM can keep for faster starts. */
  private static String jars(Path folder) throws IOException {
    List<String> entries = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      Path path = Path.of(entry);
      if (Files.isDirectory(path)) {
        Path jar = folder.resolve("classes" + entries.size() + ".jar");
        try (OutputStream out = Files.newOutputStream(jar);
            JarOutputStream packed = new JarOutputStream(out);
            Stream<Path> files = Files.walk(path)) {
          for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
            packed.putNextEntry(new JarEntry(path.relativize(file).toString()));
            Files.copy(file, packed);
          }
        }
        entries.add(jar.toString());
      } else if (Files.exists(path)) {
        entries.add(entry);
      }
    }
    return String.join(File.pathSeparator, entries);
  }

  private static void compare(SparkSession spark, Path folder, List<String> faults) {
    String calm = folder.resolve("calm").toString();
    String disturbed = folder.resolve("disturbed").toString();
    Snapshot expected = Snapshot.ofAll(spark, calm);
    Snapshot found = Snapshot.ofAll(spark, disturbed);
    System.out.printf(
        Locale.ROOT, "compared: %d tables, %,d rows%n", expected.tables(), expected.rows());
    faults.addAll(found.differences(expected));
    // Rows of bronze may be equal, if they were received twice.
    found.repeated().stream()
        .filter(table -> !table.startsWith("bronze/") && !expected.repeated().contains(table))
        .forEach(table -> faults.add(table + ": a row is there twice"));
    faults.addAll(unbalanced(new Tables(spark, disturbed)));
    for (String left : List.of("ops/scratch", "ops/lock")) {
      File[] files = folder.resolve("disturbed").resolve(left).toFile().listFiles();
      if (files != null && Arrays.stream(files).anyMatch(File::isDirectory)) {
        faults.add(left + ": something was left");
      }
    }
  }

  /** Every row received is accounted for, and bronze has no others. */
  private static List<String> unbalanced(Tables tables) {
    List<String> faults = new ArrayList<>();
    for (Row row :
        tables
            .read(RawTables.CONFORM_RESULT)
            .filter(
                "rows_in <> rows_elsewhere + rows_kept + rows_rejected + rows_duplicate"
                    + " + rows_deleted")
            .collectAsList()) {
      faults.add("ops/conform_result does not balance: " + row);
    }
    for (Row row :
        tables
            .read(RawTables.INGEST_FILE)
            .selectExpr("source", "rows - coalesce(rows_erased, 0) AS rows")
            .groupBy("source")
            .agg(Map.of("rows", "sum"))
            .collectAsList()) {
      long bronze = tables.read(RawTables.bronze(row.getString(0))).count();
      if (bronze != row.getLong(1)) {
        faults.add(
            String.format(
                "bronze/%s has %d rows, %d were counted",
                row.getString(0), bronze, row.getLong(1)));
      }
    }
    return faults;
  }
}
