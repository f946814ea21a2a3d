package io.portrait.jobs;

import io.portrait.common.config.Catalogue;
import io.portrait.common.config.CatalogueColumns;
import io.portrait.common.config.CatalogueLoader;
import io.portrait.common.config.Deployment.AsOf;
import io.portrait.common.config.FeatureNames;
import io.portrait.common.config.Scores.Clusters;
import io.portrait.common.config.Scores.Rfm;
import io.portrait.common.config.Secrets;
import io.portrait.common.config.Source;
import io.portrait.common.error.Fault;
import io.portrait.common.error.JobException;
import io.portrait.common.io.EventDays;
import io.portrait.common.io.RunLock;
import io.portrait.common.io.RunLock.Holder;
import io.portrait.common.io.Tables;
import io.portrait.common.io.Warehouse;
import io.portrait.common.io.Warehouse.Owner;
import io.portrait.common.job.Console;
import io.portrait.common.job.Job;
import io.portrait.common.job.JobRunner;
import io.portrait.common.job.Sessions;
import io.portrait.common.privacy.KeyedHash;
import io.portrait.common.privacy.Vault;
import io.portrait.common.table.Entities;
import io.portrait.common.table.TableColumn;
import io.portrait.common.table.TableSchema;
import io.portrait.jobs.cluster.ClusterJob;
import io.portrait.jobs.conform.ConformJob;
import io.portrait.jobs.conform.MapCheck;
import io.portrait.jobs.consent.ConsentJob;
import io.portrait.jobs.consent.PurposeCheck;
import io.portrait.jobs.credit.CreditCheck;
import io.portrait.jobs.credit.CreditJob;
import io.portrait.jobs.erase.EraseJob;
import io.portrait.jobs.features.FeatureCheck;
import io.portrait.jobs.features.FeaturesJob;
import io.portrait.jobs.habits.HabitsJob;
import io.portrait.jobs.identify.IdentifyJob;
import io.portrait.jobs.ingest.IngestJob;
import io.portrait.jobs.match.MatchCheck;
import io.portrait.jobs.match.MatchJob;
import io.portrait.jobs.predict.PredictJob;
import io.portrait.jobs.profile.ProfileJob;
import io.portrait.jobs.profile.TagCheck;
import io.portrait.jobs.replay.RefusedRows;
import io.portrait.jobs.replay.ReplayJob;
import io.portrait.jobs.replay.ReplayRequest;
import io.portrait.jobs.report.ReportJob;
import io.portrait.jobs.score.ScoreCheck;
import io.portrait.jobs.score.ScoreJob;
import io.portrait.jobs.score.SegmentMap;
import io.portrait.jobs.segment.SegmentCheck;
import io.portrait.jobs.segment.SegmentJob;
import io.portrait.jobs.summarize.SummarizeJob;
import io.portrait.jobs.value.ValueJob;
import io.portrait.jobs.verify.ExpectationCheck;
import io.portrait.jobs.verify.VerifyJob;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import scala.Tuple2;

/** The steps in their order, and what holds for every run of them. */
final class Line {

  /** From left to right. */
  static final List<Job> STEPS =
      List.of(
          new IngestJob(),
          new ConformJob(),
          new MatchJob(),
          new IdentifyJob(),
          new ConsentJob(),
          new SummarizeJob(),
          new VerifyJob(),
          new FeaturesJob(),
          new HabitsJob(),
          new ScoreJob(),
          new ValueJob(),
          new PredictJob(),
          new CreditJob(),
          new ClusterJob(),
          new ProfileJob(),
          new SegmentJob(),
          new ReportJob());

  /** More columns are no table that fits a console. */
  private static final int MOST_SIDE_BY_SIDE = 12;

  private Line() {}

  /** What a step does, for the help text. */
  static String description(Job job) {
    return switch (job.name()) {
      case "ingest" -> "Reads what is new in each source into bronze.";
      case "conform" -> "Maps new rows onto the entities; refused rows keep their reasons.";
      case "match" -> "Finds accounts that are likely one person (needs matching.yaml).";
      case "identify" -> "Finds which accounts are one person.";
      case "consent" -> "Keeps what customers have decided about each purpose.";
      case "summarize" -> "Sums up accounts by day.";
      case "verify" -> "Holds silver tables against what quality.yaml expects of them.";
      case "features" -> "Computes the features of each customer.";
      case "habits" -> "Finds interests, and how customers shop, pay and are best reached.";
      case "score" -> "Scores customers: purchases, lifecycle, and what scores.yaml declares.";
      case "value" -> "Expects purchases and spend of each customer.";
      case "predict" -> "Expects who leaves, and who buys next, when and what.";
      case "credit" -> "Grades customers and says what to offer them.";
      case "cluster" -> "Groups customers that behave alike.";
      case "profile" -> "Tags customers, checks the profile and publishes it.";
      case "segment" -> "Puts customers into named segments; tells who entered and who left.";
      case "report" -> "Writes the dashboard.";
      default -> throw new IllegalStateException("No description of " + job.name());
    };
  }

  /** Runs all steps. */
  static void run(LineOptions options) {
    Catalogue catalogue = load(options.conf);
    Optional<LocalDate> asOf = Optional.ofNullable(options.asOf);
    if (asOf.isEmpty()
        && catalogue.deployment().asOf().filter(a -> a == AsOf.LATEST_EVENT).isEmpty()) {
      throw JobException.invalidConfig(
          "--as-of is missing. Pass the day, as --as-of 2026-01-31; only data of the past may say"
              + " as_of: latest_event in portrait.yaml.");
    }
    try (Sessions session = Sessions.open("portrait run")) {
      SparkSession spark = session.spark();
      checkAll(spark, catalogue);
      Console console = new Console(System.out);
      String warehouse = open(spark, catalogue, options);
      Holder holder = new Holder(newRunId(), "run");
      try (RunLock lock = lock(spark, catalogue, warehouse, holder, options, console)) {
        JobRunner runner = runner(spark, catalogue, warehouse, holder.runId(), console);
        RunSummary summary =
            RunSummary.begin(new Tables(spark, warehouse), catalogue, holder, runner, console);
        console.head();
        Optional<LocalDate> known = Optional.empty();
        try {
          for (Job job : STEPS) {
            if (!job.isDeclared(catalogue)) {
              continue;
            }
            if (job.hasAsOf() && known.isEmpty()) {
              known = Optional.of(asOf(new Tables(spark, warehouse), asOf));
              summary.asOf(known.get());
            }
            Optional<LocalDate> jobAsOf = known;
            lock.during(() -> runner.run(job, jobAsOf));
          }
          lock.during(summary::done);
        } catch (RuntimeException e) {
          summary.failed(lock, e);
          throw e;
        }
        console.say("as of: " + known.map(LocalDate::toString).orElse("-"));
        console.say("warehouse: " + warehouse);
        console.say(
            "report: " + ReportJob.location(new Tables(spark, warehouse), known.orElseThrow()));
      }
    }
  }

  /** Runs one step. */
  static void runStep(Job job, LineOptions options) {
    Catalogue catalogue = load(options.conf);
    if (!job.isDeclared(catalogue)) {
      // A scheduler has the same steps for every deployment.
      new Console(System.out)
          .say(
              String.format(
                  "%s: nothing to do; %s does not declare it. See portrait %s --help",
                  job.name(), options.conf, job.name()));
      return;
    }
    if (job.hasAsOf() && options.asOf == null) {
      throw JobException.invalidConfig(
          "--as-of is missing. Pass the day, as portrait %s --as-of 2026-01-31.", job.name());
    }
    try (Sessions session = Sessions.open("portrait " + job.name())) {
      SparkSession spark = session.spark();
      checkCatalogue(spark, catalogue);
      if (job.readsSources()) {
        checkSources(spark, catalogue);
      }
      Console console = new Console(System.out);
      String warehouse = open(spark, catalogue, options);
      String runId = newRunId();
      Holder holder = new Holder(runId, job.name());
      try (RunLock lock = lock(spark, catalogue, warehouse, holder, options, console)) {
        Optional<LocalDate> asked = Optional.ofNullable(options.asOf);
        Optional<LocalDate> asOf =
            job.hasAsOf()
                ? Optional.of(asOf(new Tables(spark, warehouse), asked))
                : Optional.empty();
        console.head();
        JobRunner runner = runner(spark, catalogue, warehouse, runId, console);
        RunSummary summary =
            RunSummary.begin(new Tables(spark, warehouse), catalogue, holder, runner, console);
        asOf.ifPresent(summary::asOf);
        try {
          lock.during(() -> runner.run(job, asOf));
          lock.during(summary::done);
        } catch (RuntimeException e) {
          summary.failed(lock, e);
          throw e;
        }
        console.say("warehouse: " + warehouse);
      }
    }
  }

  /**
   * Encrypts the vault with the deployment's present key. A run that was killed is run again: what
   * is encrypted anew already stays, and the warehouse takes the new key when all is.
   */
  static void rotateKey(WarehouseOptions options) {
    Catalogue catalogue = load(options.conf);
    Vault vault = Vault.of(catalogue);
    try (Sessions session = Sessions.open("portrait rotate-key")) {
      SparkSession spark = session.spark();
      Configuration hadoop = spark.sparkContext().hadoopConfiguration();
      Owner owner = owner(catalogue);
      String warehouse =
          Warehouse.openToRotate(hadoop, location(catalogue, options), owner, vault.keyIds());
      Console console = new Console(System.out);
      Holder holder = new Holder(newRunId(), "rotate-key");
      try (RunLock lock = lock(spark, catalogue, warehouse, holder, options, console)) {
        Tables tables = new Tables(spark, warehouse);
        for (TableSchema table : Vault.schemas()) {
          lock.during(
              () ->
                  console.say(
                      String.format(
                          Locale.ROOT,
                          "%s: %,d rows encrypted anew",
                          table.path(),
                          vault.renew(tables, table))));
        }
        Warehouse.noteVaultKey(hadoop, warehouse, owner);
        console.say("vault key: " + owner.vaultKeyId());
      }
    }
  }

  /** Tells which rows were refused, or changes what becomes of them and conforms again. */
  static void replay(ReplayRequest request, WarehouseOptions options) {
    Catalogue catalogue = load(options.conf);
    request.check(catalogue);
    try (Sessions session = Sessions.open("portrait replay")) {
      SparkSession spark = session.spark();
      checkCatalogue(spark, catalogue);
      Console console = new Console(System.out);
      String warehouse = open(spark, catalogue, options);
      if (request.isChange()) {
        String runId = newRunId();
        Holder holder = new Holder(runId, "replay");
        try (RunLock lock = lock(spark, catalogue, warehouse, holder, options, console)) {
          JobRunner runner = runner(spark, catalogue, warehouse, runId, console);
          console.head();
          lock.during(() -> runner.run(new ReplayJob(request), Optional.empty()));
          lock.during(() -> runner.run(new ConformJob(), Optional.empty()));
        }
        console.say("Silver has changed: run the steps from identify on, or portrait run.");
      } else if (request.template().isPresent()) {
        Tables tables = new Tables(spark, warehouse);
        int rows =
            RefusedRows.writeTemplate(spark.sparkContext().hadoopConfiguration(), tables, request);
        console.say(
            String.format(
                "%d rows: %s. They are as received; remove the file when they are replayed.",
                rows, request.template().get()));
      } else {
        RefusedRows.list(new Tables(spark, warehouse), request, console);
      }
    }
  }

  /** Runs a job that stands beside the line, and keeps other runs out meanwhile. */
  static void runBeside(Job job, WarehouseOptions options) {
    Catalogue catalogue = load(options.conf);
    // It uses the maps alone; features, scores and tags may be at fault for all that it cares.
    List<Fault> faults =
        catalogue.sources().stream().flatMap(s -> MapCheck.againstEntities(s).stream()).toList();
    if (!faults.isEmpty()) {
      throw JobException.faultyConfig(faults);
    }
    try (Sessions session = Sessions.open("portrait " + job.name())) {
      SparkSession spark = session.spark();
      Console console = new Console(System.out);
      String warehouse = open(spark, catalogue, options);
      String runId = newRunId();
      Holder holder = new Holder(runId, job.name());
      try (RunLock lock = lock(spark, catalogue, warehouse, holder, options, console)) {
        console.head();
        JobRunner runner = runner(spark, catalogue, warehouse, runId, console);
        lock.during(() -> runner.run(job, Optional.empty()));
        console.say("warehouse: " + warehouse);
      }
    }
  }

  /** Looks for faults in a deployment's folder and its sources. */
  static void check(String conf) {
    Catalogue catalogue = load(conf);
    try (Sessions session = Sessions.open("portrait check")) {
      SparkSession spark = session.spark();
      checkAll(spark, catalogue);
      new Console(System.out)
          .say(
              String.format(
                  "%s: %d sources, %d features, %d scores, %d tags, %d expectations: no faults",
                  conf,
                  catalogue.sources().size(),
                  catalogue.features().size(),
                  catalogue.scores().scores().size(),
                  catalogue.tags().size(),
                  catalogue.expectations().size()));
    }
  }

  /** Prints rows of a table: side by side, or below each other where they have many columns. */
  static void show(
      String conf,
      Optional<String> warehouse,
      TableSchema table,
      List<String> columns,
      Optional<String> where,
      int limit) {
    Catalogue catalogue = load(conf);
    try (Sessions session = Sessions.open("portrait show")) {
      SparkSession spark = session.spark();
      String location = warehouse.orElse(catalogue.deployment().warehouse());
      Dataset<Row> rows = new Tables(spark, location).readAsStored(table);
      try {
        rows = where.isPresent() ? rows.filter(where.get()) : rows;
        rows = columns.isEmpty() ? rows : rows.selectExpr(columns.toArray(String[]::new));
        boolean isWide = rows.columns().length > MOST_SIDE_BY_SIDE;
        new Console(System.out)
            .say(((org.apache.spark.sql.classic.Dataset<Row>) rows).showString(limit, 0, isWide));
      } catch (Exception e) {
        // Also what Spark's Scala code throws undeclared.
        if (e instanceof AnalysisException) {
          throw JobException.invalidConfig(
              "%s cannot be shown so: %s",
              table.path(), e.getMessage().lines().findFirst().orElse(""));
        }
        throw e;
      }
    }
  }

  private static Catalogue load(String conf) {
    Configuration hadoop = hadoop();
    return load(hadoop, Secrets.of(hadoop, System::getenv), conf);
  }

  /** Reads a deployment's folder, with what its variables stand for. */
  static Catalogue load(Configuration hadoop, UnaryOperator<String> variables, String conf) {
    return new CatalogueLoader(hadoop, variables).load(conf);
  }

  /** Hadoop's settings as the operator has given them to Spark, before there is a session. */
  static Configuration hadoop() {
    Configuration hadoop = new Configuration();
    for (Tuple2<String, String> setting : new SparkConf().getAllWithPrefix("spark.hadoop.")) {
      hadoop.set(setting._1(), setting._2());
    }
    return hadoop;
  }

  private static void checkAll(SparkSession spark, Catalogue catalogue) {
    checkCatalogue(spark, catalogue);
    checkSources(spark, catalogue);
  }

  /** Resolves everything that the catalogue says against the contracts. */
  static void checkCatalogue(SparkSession spark, Catalogue catalogue) {
    List<Fault> faults = new ArrayList<>();
    catalogue.sources().forEach(s -> faults.addAll(MapCheck.againstEntities(s)));
    faults.addAll(FeatureCheck.check(spark, catalogue));
    faults.addAll(MatchCheck.check(spark, catalogue));
    faults.addAll(SegmentMap.faults(catalogue.scores().rfm()));
    faults.addAll(featureFaults(catalogue));
    faults.addAll(PurposeCheck.check(catalogue));
    if (faults.isEmpty()) {
      // Scores name features, and rules name both, so features come first.
      faults.addAll(ScoreCheck.check(spark, catalogue));
      faults.addAll(TagCheck.check(spark, catalogue));
      faults.addAll(CreditCheck.check(spark, catalogue));
      faults.addAll(SegmentCheck.check(spark, catalogue));
      faults.addAll(ExpectationCheck.check(spark, catalogue));
    }
    if (!faults.isEmpty()) {
      throw JobException.faultyConfig(faults);
    }
  }

  /** Features that scores and clusters name and nobody declares. */
  private static List<Fault> featureFaults(Catalogue catalogue) {
    List<String> declared =
        CatalogueColumns.features(catalogue).stream().map(TableColumn::name).toList();
    Rfm rfm = catalogue.scores().rfm();
    Clusters clusters = catalogue.scores().clusters();
    List<Fault> faults = new ArrayList<>();
    faults.addAll(
        FeatureNames.faults(
            List.of(rfm.recency(), rfm.frequency(), rfm.monetary()), declared, rfm.place()));
    faults.addAll(FeatureNames.faults(clusters.features(), declared, clusters.place()));
    return faults;
  }

  /** Looks at the sources, and resolves the maps' expressions against their columns. */
  private static void checkSources(SparkSession spark, Catalogue catalogue) {
    new KeyedHash(catalogue.deployment().privacy().key()).register(spark);
    List<Fault> faults = new ArrayList<>();
    for (Source source : catalogue.sources()) {
      faults.addAll(sourceFaults(spark, source));
    }
    if (!faults.isEmpty()) {
      throw JobException.faultyConfig(faults);
    }
  }

  /** Looks at a source; the session knows the function {@code pseudonym}. */
  static List<Fault> sourceFaults(SparkSession spark, Source source) {
    return MapCheck.againstColumns(spark, source, IngestJob.columns(spark, source));
  }

  private static String open(SparkSession spark, Catalogue catalogue, WarehouseOptions options) {
    return Warehouse.open(
        spark.sparkContext().hadoopConfiguration(), location(catalogue, options), owner(catalogue));
  }

  private static String location(Catalogue catalogue, WarehouseOptions options) {
    return options.warehouse == null ? catalogue.deployment().warehouse() : options.warehouse;
  }

  /** Whom the deployment's warehouse belongs to. */
  static Owner owner(Catalogue catalogue) {
    return new Owner(
        catalogue.deployment().deployment(),
        new KeyedHash(catalogue.deployment().privacy().key()).fingerprint(),
        Vault.of(catalogue).keyIds().get(0));
  }

  /**
   * Keeps other runs out of the warehouse until it is closed. What another run did while this one
   * waited may concern it: the vault may have another key, or an erasure may have been killed.
   */
  private static RunLock lock(
      SparkSession spark,
      Catalogue catalogue,
      String warehouse,
      Holder holder,
      WarehouseOptions options,
      Console console) {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    RunLock lock =
        RunLock.take(
            hadoop,
            warehouse,
            holder,
            Duration.ofMinutes(options.waitMinutes),
            console::say,
            () -> spark.sparkContext().cancelAllJobs());
    try {
      if (!holder.command().equals("rotate-key")) {
        Warehouse.open(hadoop, warehouse, owner(catalogue));
      }
      if (!holder.command().equals("erase")) {
        EraseJob.requireNoneBegun(hadoop, warehouse);
      }
      return lock;
    } catch (RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  private static JobRunner runner(
      SparkSession spark, Catalogue catalogue, String warehouse, String runId, Console console) {
    return new JobRunner(spark, catalogue, warehouse, runId, Version.fingerprint(), console);
  }

  /** The day asked for, or the day after the newest event; it must lie behind some event. */
  private static LocalDate asOf(Tables tables, Optional<LocalDate> asked) {
    Optional<EventDays> found = EventDays.find(tables);
    if (found.isEmpty() && asked.isPresent() && tables.exists(Entities.CUSTOMER.silver())) {
      // People alone, to be matched: without events nothing limits the day.
      return asked.get();
    }
    EventDays days = found.orElseThrow(EventDays::missing);
    LocalDate asOf = asked.orElse(days.last().plusDays(1));
    if (!asOf.isAfter(days.first())) {
      throw JobException.invalidConfig(
          "--as-of %s is not after the first event, %s: nothing was known then. Pass a later day.",
          asOf, days.first());
    }
    return asOf;
  }

  private static String newRunId() {
    byte[] random = new byte[3];
    new SecureRandom().nextBytes(random);
    String time =
        DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'")
            .withZone(ZoneOffset.UTC)
            .format(Instant.now());
    return time + "-" + HexFormat.of().formatHex(random);
  }
}
