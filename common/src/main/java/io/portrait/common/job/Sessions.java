package io.portrait.common.job;

import io.portrait.common.io.QueryMode;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;

/** Spark sessions with the settings that results depend on, and few others. */
public final class Sessions implements AutoCloseable {

  private final SparkSession spark;
  private final boolean isOwn;

  private Sessions(SparkSession spark, boolean isOwn) {
    this.spark = spark;
    this.isOwn = isOwn;
  }

  /** Takes the running session, or starts one that ends when this is closed. */
  public static Sessions open(String name) {
    boolean isRunning = SparkSession.getDefaultSession().exists(s -> !s.sparkContext().isStopped());
    return new Sessions(start(name), !isRunning);
  }

  public SparkSession spark() {
    return spark;
  }

  @Override
  public void close() {
    if (isOwn) {
      spark.stop();
    }
  }

  /**
   * Starts a session. Master, memory and cores are the operator's; UTC, ANSI and Delta are fixed.
   * In local mode what pays on a cluster alone is off, unless the operator says otherwise.
   */
  private static SparkSession start(String name) {
    SparkConf conf = new SparkConf();
    String master = conf.get("spark.master", "local[*]");
    StandaloneMasters.check(master);
    SparkSession.Builder builder =
        SparkSession.builder()
            .appName(name)
            .master(master)
            .config("spark.sql.session.timeZone", "UTC")
            .config("spark.sql.ansi.enabled", "true")
            // Else a date that Spark 2 would have read ends the run, and its text is in the
            // message.
            .config("spark.sql.legacy.timeParserPolicy", "CORRECTED")
            .config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
            .config(
                "spark.sql.catalog.spark_catalog",
                "org.apache.spark.sql.delta.catalog.DeltaCatalog");
    if (master.startsWith("local")) {
      for (Map.Entry<String, String> setting : localSettings().entrySet()) {
        if (!conf.contains(setting.getKey())) {
          builder = builder.config(setting.getKey(), setting.getValue());
        }
      }
    }
    SparkSession spark = builder.getOrCreate();
    QueryMode.interpret(spark);
    return spark;
  }

  private static Map<String, String> localSettings() {
    String cores = String.valueOf(Runtime.getRuntime().availableProcessors());
    return Map.ofEntries(
        // The web interface, and what is remembered for it of past queries and jobs.
        Map.entry("spark.ui.enabled", "false"),
        Map.entry("spark.sql.ui.retainedExecutions", "1"),
        Map.entry("spark.ui.retainedJobs", "1"),
        Map.entry("spark.ui.retainedStages", "1"),
        Map.entry("spark.ui.retainedTasks", "1"),
        // A plan made anew after every shuffle finds nothing better for as many partitions as
        // cores.
        Map.entry("spark.sql.adaptive.enabled", "false"),
        // Else each join with a small table, and each sort and aggregation, holds 64 MB.
        Map.entry("spark.buffer.pageSize", "4m"),
        Map.entry("spark.sql.shuffle.partitions", cores),
        Map.entry("spark.default.parallelism", cores),
        Map.entry("spark.databricks.delta.snapshotPartitions", "1"),
        Map.entry("spark.sql.sources.parallelPartitionDiscovery.parallelism", cores));
  }
}
