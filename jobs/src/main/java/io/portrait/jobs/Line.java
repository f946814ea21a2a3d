package io.portrait.jobs;

import io.portrait.common.config.Catalogue;
import io.portrait.common.config.CatalogueColumns;
import io.portrait.common.config.CatalogueLoader;
import io.portrait.common.config.Deployment.AsOf;
import io.portrait.common.config.FeatureNames;
import io.portrait.common.config.Scores.Clusters;
import io.portrait.common.config.Scores.Rfm;
import io.portrait.common.config.Source;
import io.portrait.common.error.Fault;
import io.portrait.common.error.JobException;
import io.portrait.common.io.EventDays;
import io.portrait.common.io.Tables;
import io.portrait.common.io.Warehouse;
import io.portrait.common.job.Console;
import io.portrait.common.job.Job;
import io.portrait.common.job.JobRunner;
import io.portrait.common.job.Sessions;
import io.portrait.common.privacy.KeyedHash;
import io.portrait.common.table.TableColumn;
import io.portrait.jobs.cluster.ClusterJob;
import io.portrait.jobs.conform.ConformJob;
import io.portrait.jobs.conform.MapCheck;
import io.portrait.jobs.credit.CreditCheck;
import io.portrait.jobs.credit.CreditJob;
import io.portrait.jobs.features.FeatureCheck;
import io.portrait.jobs.features.FeaturesJob;
import io.portrait.jobs.habits.HabitsJob;
import io.portrait.jobs.identify.IdentifyJob;
import io.portrait.jobs.ingest.IngestJob;
import io.portrait.jobs.predict.PredictJob;
import io.portrait.jobs.profile.ProfileJob;
import io.portrait.jobs.profile.TagCheck;
import io.portrait.jobs.report.ReportJob;
import io.portrait.jobs.score.ScoreCheck;
import io.portrait.jobs.score.ScoreJob;
import io.portrait.jobs.score.SegmentMap;
import io.portrait.jobs.segment.SegmentCheck;
import io.portrait.jobs.segment.SegmentJob;
import io.portrait.jobs.summarize.SummarizeJob;
import io.portrait.jobs.value.ValueJob;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;

/** The steps in their order, and what holds for every run of them. */
final class Line {

  /** From left to right. */
  static final List<Job> STEPS =
      List.of(
          new IngestJob(),
          new ConformJob(),
          new IdentifyJob(),
          new SummarizeJob(),
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

  private Line() {}

  /** What a step does, for the help text. */
  static String description(Job job) {
    return switch (job.name()) {
      case "ingest" -> "Reads what is new in each source into bronze.";
      case "conform" -> "Maps new rows onto the entities; refused rows keep their reasons.";
      case "identify" -> "Finds which accounts are one person.";
      case "summarize" -> "Sums up accounts by day.";
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
      JobRunner runner = runner(spark, catalogue, warehouse, console);
      console.head();
      Optional<LocalDate> known = Optional.empty();
      for (Job job : STEPS) {
        if (job.hasAsOf() && known.isEmpty()) {
          known = Optional.of(asOf(new Tables(spark, warehouse), asOf));
        }
        runner.run(job, known);
      }
      console.say("as of: " + known.map(LocalDate::toString).orElse("-"));
      console.say("warehouse: " + warehouse);
      console.say(
          "report: " + ReportJob.location(new Tables(spark, warehouse), known.orElseThrow()));
    }
  }

  /** Runs one step. */
  static void runStep(Job job, LineOptions options) {
    Catalogue catalogue = load(options.conf);
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
      Optional<LocalDate> asOf = Optional.ofNullable(options.asOf);
      if (job.hasAsOf()) {
        asOf = Optional.of(asOf(new Tables(spark, warehouse), asOf));
      }
      console.head();
      runner(spark, catalogue, warehouse, console).run(job, asOf);
      console.say("warehouse: " + warehouse);
    }
  }

  /** Runs a job that stands beside the line, on a warehouse that nobody else is using. */
  static void runBeside(Job job, String conf, String warehouse) {
    Catalogue catalogue = load(conf);
    LineOptions options = new LineOptions();
    options.warehouse = warehouse;
    try (Sessions session = Sessions.open("portrait " + job.name())) {
      SparkSession spark = session.spark();
      checkCatalogue(spark, catalogue);
      Console console = new Console(System.out);
      String root = open(spark, catalogue, options);
      console.head();
      runner(spark, catalogue, root, console).run(job, Optional.empty());
      console.say("warehouse: " + root);
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
                  "%s: %d sources, %d features, %d scores, %d tags: no faults",
                  conf,
                  catalogue.sources().size(),
                  catalogue.features().size(),
                  catalogue.scores().scores().size(),
                  catalogue.tags().size()));
    }
  }

  private static Catalogue load(String conf) {
    return new CatalogueLoader(new Configuration(), System::getenv).load(conf);
  }

  private static void checkAll(SparkSession spark, Catalogue catalogue) {
    checkCatalogue(spark, catalogue);
    checkSources(spark, catalogue);
  }

  /** Resolves everything that the catalogue says against the contracts. */
  private static void checkCatalogue(SparkSession spark, Catalogue catalogue) {
    List<Fault> faults = new ArrayList<>();
    catalogue.sources().forEach(s -> faults.addAll(MapCheck.againstEntities(s)));
    faults.addAll(FeatureCheck.check(spark, catalogue));
    faults.addAll(SegmentMap.faults(catalogue.scores().rfm()));
    faults.addAll(featureFaults(catalogue));
    if (faults.isEmpty()) {
      // Scores name features, and rules name both, so features come first.
      faults.addAll(ScoreCheck.check(spark, catalogue));
      faults.addAll(TagCheck.check(spark, catalogue));
      faults.addAll(CreditCheck.check(spark, catalogue));
      faults.addAll(SegmentCheck.check(spark, catalogue));
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
      faults.addAll(MapCheck.againstColumns(spark, source, IngestJob.columns(spark, source)));
    }
    if (!faults.isEmpty()) {
      throw JobException.faultyConfig(faults);
    }
  }

  private static String open(SparkSession spark, Catalogue catalogue, LineOptions options) {
    return Warehouse.open(
        spark.sparkContext().hadoopConfiguration(),
        options.warehouse == null ? catalogue.deployment().warehouse() : options.warehouse,
        catalogue.deployment().deployment(),
        new KeyedHash(catalogue.deployment().privacy().key()).fingerprint());
  }

  private static JobRunner runner(
      SparkSession spark, Catalogue catalogue, String warehouse, Console console) {
    return new JobRunner(spark, catalogue, warehouse, newRunId(), Version.fingerprint(), console);
  }

  /** The day asked for, or the day after the newest event; it must lie behind some event. */
  private static LocalDate asOf(Tables tables, Optional<LocalDate> asked) {
    EventDays days = EventDays.of(tables);
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
