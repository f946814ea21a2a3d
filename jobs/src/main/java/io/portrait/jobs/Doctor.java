package io.portrait.jobs;

import io.portrait.common.config.Catalogue;
import io.portrait.common.config.Deployment.Privacy;
import io.portrait.common.config.Secrets;
import io.portrait.common.config.Source;
import io.portrait.common.config.Source.Format;
import io.portrait.common.error.Fault;
import io.portrait.common.error.JobException;
import io.portrait.common.io.Warehouse;
import io.portrait.common.io.WarehouseProbe;
import io.portrait.common.job.Failures;
import io.portrait.common.job.Sessions;
import io.portrait.common.privacy.KeyedHash;
import io.portrait.jobs.erase.EraseJob;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.sql.Driver;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.launcher.JavaModuleOptions;
import org.apache.spark.package$;
import org.apache.spark.sql.SparkSession;
import scala.util.Properties;

/**
 * Checks an installation: a line for each check, with what was found and how to mend it.
 *
 * <p>A check that cannot be made because another found a fault is told as a warning, so that no
 * fault is told twice and all faults are told at once.
 */
final class Doctor {

  /** What Portrait is made for; the pom's versions begin with them. */
  static final int JAVA = 17;

  static final String SPARK = "4.1.";
  static final String SCALA = "2.13.";
  static final String DELTA = "4.4.";

  /** The demo fills as much. */
  private static final long ENOUGH_BYTES = 3L << 30;

  /** With less, not even a small company fits. */
  private static final long LEAST_BYTES = 300L << 20;

  /** Clocks of two machines that are kept right differ by no more. */
  private static final Duration CLOCK_ERROR = Duration.ofSeconds(5);

  private static final String KEY = "PORTRAIT_KEY";

  /** Lets all else be checked where the key is missing; nothing is written with it. */
  private static final String STAND_IN = "in place of the missing key";

  private static final String FLAGS =
      "pass --properties-file conf/spark/spark-defaults.conf to spark-submit, or take"
          + " scripts/portrait, which does";

  private static final Pattern OPENED = Pattern.compile("--add-opens=([^/]+)/(\\S+)=ALL-UNNAMED");

  private final UnaryOperator<String> environment;
  private final PrintStream out;
  private int checks;
  private int faults;

  /**
   * Makes a doctor for one examination.
   *
   * @param environment value of an environment variable, or null
   */
  Doctor(UnaryOperator<String> environment, PrintStream out) {
    this.environment = environment;
    this.out = out;
  }

  /**
   * Checks all that can be checked.
   *
   * @param conf the deployment's folder; absent: the machine alone
   * @param warehouse in place of that of the deployment
   * @throws JobException if there is a fault
   */
  void examine(Optional<String> conf, Optional<String> warehouse) {
    checkJava();
    checkSpark();
    boolean hasDelta = checkDelta();
    try (Sessions session = Sessions.open("portrait doctor")) {
      SparkSession spark = session.spark();
      if (hasDelta) {
        checkDeltaSession(spark);
      }
      checkTimeZone(spark);
      checkScratch(spark);
      if (conf.isPresent()) {
        checkDeployment(spark, conf.get(), warehouse);
      } else {
        checkKeyAlone();
        warehouse.ifPresent(
            location -> checkWarehouse(spark.sparkContext().hadoopConfiguration(), location));
      }
    }
    if (faults > 0) {
      throw JobException.invalidConfig(
          "%d of %d checks found a fault. How to mend it stands below each.", faults, checks);
    }
  }

  private void checkJava() {
    String found =
        String.format(
            "Java %s of %s", Runtime.version(), System.getProperty("java.vendor", "unknown"));
    if (Runtime.version().feature() != JAVA) {
      fault("java", found, "install JDK " + JAVA + " and set JAVA_HOME to its folder");
      return;
    }
    List<String> closed = new ArrayList<>();
    Matcher opened = OPENED.matcher(JavaModuleOptions.defaultModuleOptions());
    while (opened.find()) {
      String packageName = opened.group(2);
      ModuleLayer.boot()
          .findModule(opened.group(1))
          .filter(module -> module.getPackages().contains(packageName))
          .filter(module -> !module.isOpen(packageName, Doctor.class.getModule()))
          .ifPresent(module -> closed.add(packageName));
    }
    if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
      closed.add("jdk.incubator.vector");
    }
    if (closed.isEmpty()) {
      ok("java", found + ", with Spark's module options");
    } else {
      fault("java", found + " without the module options for " + String.join(", ", closed), FLAGS);
    }
  }

  private void checkSpark() {
    String spark = package$.MODULE$.SPARK_VERSION();
    String scalaVersion = Properties.versionNumberString();
    String found = "Spark " + spark + " for Scala " + scalaVersion;
    if (spark.startsWith(SPARK) && scalaVersion.startsWith(SCALA)) {
      ok("spark", found);
    } else {
      fault("spark", found, "set SPARK_HOME to a Spark " + SPARK + "x for Scala 2.13, or unset it");
    }
  }

  /** Whether Delta is there at all. */
  private boolean checkDelta() {
    String remedy =
        "add --packages io.delta:delta-spark_4.1_2.13:" + DELTA + "0, or take scripts/portrait";
    try {
      // By its name, since without Delta its classes cannot be linked.
      Object delta = Class.forName("io.delta.package$").getField("MODULE$").get(null);
      String version = (String) delta.getClass().getMethod("VERSION").invoke(delta);
      if (version.startsWith(DELTA)) {
        ok("delta", "Delta " + version);
      } else {
        fault("delta", "Delta " + version, remedy);
      }
      return true;
    } catch (ReflectiveOperationException | LinkageError e) {
      fault("delta", "Delta is not on the class path", remedy);
      return false;
    }
  }

  /** A session that somebody else has started may lack what ours has. */
  private void checkDeltaSession(SparkSession spark) {
    String catalog = spark.conf().get("spark.sql.catalog.spark_catalog", "");
    String parser =
        ((org.apache.spark.sql.classic.SparkSession) spark)
            .sessionState()
            .sqlParser()
            .getClass()
            .getName();
    if (parser.startsWith("io.delta.") && catalog.startsWith("org.apache.spark.sql.delta.")) {
      ok("session", "Delta's extension and catalogue are on");
    } else {
      fault(
          "session",
          "Delta's extension or catalogue is off",
          "end the session that runs in this process, or start it with"
              + " spark.sql.extensions=io.delta.sql.DeltaSparkSessionExtension and"
              + " spark.sql.catalog.spark_catalog=org.apache.spark.sql.delta.catalog.DeltaCatalog");
    }
  }

  private void checkTimeZone(SparkSession spark) {
    String zone = spark.conf().get("spark.sql.session.timeZone");
    if (zone.equals("UTC")) {
      ok("time zone", "session UTC, machine " + ZoneId.systemDefault());
    } else {
      fault(
          "time zone",
          "the session's is " + zone,
          "start the session with spark.sql.session.timeZone=UTC");
    }
  }

  /** Where Spark puts what does not fit into memory. */
  private void checkScratch(SparkSession spark) {
    if (spark.sparkContext().isLocal()) {
      String folders =
          Optional.ofNullable(environment.apply("SPARK_LOCAL_DIRS"))
              .orElseGet(
                  () ->
                      spark
                          .sparkContext()
                          .getConf()
                          .get("spark.local.dir", System.getProperty("java.io.tmpdir")));
      for (String folder : folders.split(",", -1)) {
        checkSpace(
            "scratch",
            new File(folder.strip()),
            "free some, or name another disk by PORTRAIT_SPARK_ARGS='--conf spark.local.dir=DIR'");
      }
    }
  }

  private void checkSpace(String check, File folder, String remedy) {
    long free = folder.getUsableSpace();
    String found = String.format(Locale.ROOT, "%,d MB free in %s", free >> 20, folder);
    if (free < LEAST_BYTES) {
      fault(check, found, remedy);
    } else if (free < ENOUGH_BYTES) {
      warn(check, found + ", less than the demo takes", remedy);
    } else {
      ok(check, found);
    }
  }

  private void checkKeyAlone() {
    try {
      String key = secret(Line.hadoop(), KEY);
      if (checkKeyIsSet(key)) {
        new Privacy(key);
        ok("keys", KEY + " is set");
      }
    } catch (IllegalArgumentException | JobException e) {
      fault("keys", e.getMessage(), "");
    }
  }

  private boolean checkKeyIsSet(String key) {
    if (key == null || key.isEmpty() || key.equals(STAND_IN)) {
      fault(
          "keys",
          KEY + " is not set",
          "export "
              + KEY
              + " with the deployment's key, at least 16 characters; for a new"
              + " deployment make one and keep it: openssl rand -hex 32");
      return false;
    }
    return true;
  }

  private void checkDeployment(SparkSession spark, String conf, Optional<String> warehouse) {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    Optional<Catalogue> catalogue = checkCatalogue(spark, conf);
    Optional<String> location =
        warehouse.or(() -> catalogue.map(known -> known.deployment().warehouse()));
    if (location.isPresent()) {
      checkWarehouse(hadoop, location.get());
    } else {
      warn(
          "warehouse",
          "not checked, since the catalogue has faults",
          "mend them, or pass --warehouse");
    }
    if (catalogue.isPresent()) {
      checkKeys(hadoop, catalogue.get(), location.orElseThrow());
      checkDrivers(catalogue.get());
      checkSources(spark, catalogue.get());
    } else {
      checkKeyAlone();
      warn("sources", "not checked, since the catalogue has faults", "mend them");
    }
  }

  /** The deployment's folder, as {@code portrait check} does. */
  private Optional<Catalogue> checkCatalogue(SparkSession spark, String conf) {
    Configuration hadoop = Line.hadoop();
    Optional<Catalogue> catalogue = Optional.empty();
    try {
      catalogue =
          Optional.of(
              Line.load(
                  hadoop, name -> name.equals(KEY) ? key(hadoop) : secret(hadoop, name), conf));
      Line.checkCatalogue(spark, catalogue.get());
      ok("catalogue", conf + ", business time zone " + catalogue.get().deployment().timeZone());
    } catch (JobException e) {
      fault("catalogue", e.getMessage(), "");
    }
    return catalogue;
  }

  private void checkWarehouse(Configuration hadoop, String location) {
    try {
      WarehouseProbe probe = new WarehouseProbe(hadoop, location);
      probe.write();
      ok("warehouse", probe.root() + " can be written, renamed in and deleted from");
      probe
          .local()
          .ifPresent(
              folder ->
                  checkSpace("disk", folder, "free some, or pass --warehouse on another disk"));
      checkClock(probe.newestCommit());
      checkErasure(hadoop, location);
    } catch (IOException | RuntimeException e) {
      fault(
          "warehouse",
          location + ": " + firstLine(e),
          "correct warehouse in portrait.yaml (--warehouse), the folder's permissions, or the"
              + " storage's settings (spark.hadoop...)");
    }
  }

  private void checkErasure(Configuration hadoop, String location) {
    try {
      EraseJob.requireNoneBegun(hadoop, location);
    } catch (JobException e) {
      fault("erasure", e.getMessage(), "");
    }
  }

  private void checkClock(Optional<Instant> newest) {
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    String found = newest.map(commit -> ", newest commit " + commit).orElse(", no commit yet");
    if (newest.isPresent() && now.plus(CLOCK_ERROR).isBefore(newest.get())) {
      fault(
          "clock",
          now + found,
          "set the machine's clock (chronyc makestep, ntpdate); until then"
              + " runs would seem to have been before others");
    } else {
      ok("clock", now + found);
    }
  }

  private void checkKeys(Configuration hadoop, Catalogue catalogue, String warehouse) {
    if (!checkKeyIsSet(catalogue.deployment().privacy().key())) {
      return;
    }
    try {
      boolean isThere = Warehouse.isOwn(hadoop, warehouse, Line.owner(catalogue));
      ok("keys", isThere ? "they fit the warehouse" : "set; the warehouse is new");
    } catch (JobException e) {
      fault("keys", e.getMessage(), "");
    }
  }

  private void checkDrivers(Catalogue catalogue) {
    for (Source source : catalogue.sources()) {
      if (source.format() == Format.JDBC) {
        Optional<String> driver = driver(source);
        if (driver.isPresent()) {
          ok("driver", source.name() + ": " + driver.get());
        } else {
          fault(
              "driver",
              source.name() + ": there is no driver for " + kind(source),
              "name its jar by PORTRAIT_JARS (spark-submit --jars), and its class as driver in"
                  + " sources.yaml");
        }
      }
    }
  }

  /** The class of the driver that would be used, if there is one. */
  private static Optional<String> driver(Source source) {
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    if (source.driver().isPresent()) {
      try {
        return Optional.of(Class.forName(source.driver().get(), false, loader).getName());
      } catch (ClassNotFoundException | LinkageError e) {
        return Optional.empty();
      }
    }
    String url = source.url().orElseThrow();
    return ServiceLoader.load(Driver.class, loader).stream()
        .map(ServiceLoader.Provider::get)
        .filter(driver -> accepts(driver, url))
        .map(driver -> driver.getClass().getName())
        .findFirst();
  }

  private static boolean accepts(Driver driver, String url) {
    try {
      return driver.acceptsURL(url);
    } catch (SQLException e) {
      return false;
    }
  }

  /** What a source's driver must understand; the rest of the address may be secret. */
  private static String kind(Source source) {
    return source
        .driver()
        .orElseGet(
            () ->
                Stream.of(source.url().orElseThrow().split(":", -1))
                    .limit(2)
                    .collect(Collectors.joining(":")));
  }

  private void checkSources(SparkSession spark, Catalogue catalogue) {
    new KeyedHash(catalogue.deployment().privacy().key()).register(spark);
    for (Source source : catalogue.sources()) {
      try {
        List<Fault> found = Line.sourceFaults(spark, source);
        if (!found.isEmpty()) {
          throw JobException.faultyConfig(found);
        }
        ok("source", source.name() + ": " + source.format().name().toLowerCase(Locale.ROOT));
      } catch (RuntimeException e) {
        fault("source", source.name() + ": " + Failures.explained(e).getMessage(), "");
      }
    }
  }

  /** The key, or what stands in for one that is missing or cannot be looked up. */
  private String key(Configuration hadoop) {
    String key = secret(hadoop, KEY);
    return key == null || key.isEmpty() ? STAND_IN : key;
  }

  private String secret(Configuration hadoop, String name) {
    return Secrets.of(hadoop, environment).apply(name);
  }

  private static String firstLine(Exception e) {
    return String.valueOf(Failures.explained(e).getMessage()).lines().findFirst().orElse("");
  }

  private void ok(String check, String found) {
    tell("ok", check, found);
  }

  private void warn(String check, String found, String remedy) {
    tell("warning", check, found);
    mend(remedy);
  }

  /**
   * Tells a fault.
   *
   * @param remedy how to mend it; empty where {@code found} says so itself
   */
  private void fault(String check, String found, String remedy) {
    faults++;
    tell("fault", check, found);
    mend(remedy);
  }

  private void tell(String level, String check, String found) {
    checks++;
    out.printf("%-8s %-10s %s%n", level, check, found.replace("\n", "\n" + " ".repeat(20)));
    out.flush();
  }

  private void mend(String remedy) {
    if (!remedy.isEmpty()) {
      out.printf("%-19s mend: %s%n", "", remedy);
    }
  }
}
