package io.portrait.common.io;

import org.apache.spark.sql.SparkSession;

/**
 * Whether Spark compiles queries to byte code or interprets their expressions.
 *
 * <p>Compiling a query takes a cold JVM up to some seconds, which pays for millions of rows. A
 * local run has hundreds of queries over small tables, most of them over Delta's logs; interpreted,
 * they take half the time. So a job of a local run starts interpreting, and compiles from the first
 * large table on that it reads. On a cluster, or if the operator has set {@code
 * spark.sql.codegen.factoryMode}, nothing is touched. Results are the same in both modes.
 */
public final class QueryMode {

  private static final String FACTORY = "spark.sql.codegen.factoryMode";

  /** Compressed; some hundred thousand rows of an entity. */
  static final long LARGE_BYTES = 3L << 20;

  private QueryMode() {}

  /** Interprets from here on, until a large table is read. */
  public static void interpret(SparkSession spark) {
    if (isOurs(spark)) {
      set(spark, false);
    }
  }

  /** Compiles from here on if the table is large. */
  static void read(SparkSession spark, long bytes) {
    if (bytes > LARGE_BYTES && isOurs(spark)) {
      set(spark, true);
    }
  }

  private static boolean isOurs(SparkSession spark) {
    return spark.sparkContext().isLocal() && !spark.sparkContext().getConf().contains(FACTORY);
  }

  private static void set(SparkSession spark, boolean isCompiled) {
    spark.conf().set(FACTORY, isCompiled ? "FALLBACK" : "NO_CODEGEN");
  }
}
