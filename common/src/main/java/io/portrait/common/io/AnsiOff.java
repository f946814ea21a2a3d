package io.portrait.common.io;

import org.apache.spark.sql.SparkSession;

/**
 * Spark's ANSI mode, off until this is closed.
 *
 * <p>With ANSI on, as a session starts, one row whose expressions cannot be computed ends the run;
 * off, they are null of that row. So it is off where declared expressions meet rows as they came,
 * and nowhere else.
 */
public final class AnsiOff implements AutoCloseable {

  private static final String ANSI = "spark.sql.ansi.enabled";

  private final SparkSession spark;
  private final String before;

  private AnsiOff(SparkSession spark) {
    this.spark = spark;
    this.before = spark.conf().get(ANSI);
  }

  /** Turns ANSI off. */
  public static AnsiOff in(SparkSession spark) {
    AnsiOff ansi = new AnsiOff(spark);
    spark.conf().set(ANSI, "false");
    return ansi;
  }

  /** Puts ANSI back to what it was. */
  @Override
  public void close() {
    spark.conf().set(ANSI, before);
  }
}
