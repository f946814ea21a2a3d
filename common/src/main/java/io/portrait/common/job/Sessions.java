package io.portrait.common.job;

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
   * In local mode, shuffles get as many partitions as there are cores and there is no web
   * interface, unless the operator says otherwise.
   */
  private static SparkSession start(String name) {
    SparkConf conf = new SparkConf();
    String master = conf.get("spark.master", "local[*]");
    SparkSession.Builder builder =
        SparkSession.builder()
            .appName(name)
            .master(master)
            .config("spark.sql.session.timeZone", "UTC")
            .config("spark.sql.ansi.enabled", "true")
            .config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
            .config(
                "spark.sql.catalog.spark_catalog",
                "org.apache.spark.sql.delta.catalog.DeltaCatalog");
    if (master.startsWith("local")) {
      if (!conf.contains("spark.ui.enabled")) {
        builder = builder.config("spark.ui.enabled", "false");
      }
      String cores = String.valueOf(Runtime.getRuntime().availableProcessors());
      for (String key :
          new String[] {
            "spark.sql.shuffle.partitions",
            "spark.default.parallelism",
            "spark.databricks.delta.snapshotPartitions",
            "spark.sql.sources.parallelPartitionDiscovery.parallelism"
          }) {
        if (!conf.contains(key)) {
          builder = builder.config(key, cores);
        }
      }
    }
    return builder.getOrCreate();
  }
}
