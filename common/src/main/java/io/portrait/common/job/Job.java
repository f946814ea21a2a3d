package io.portrait.common.job;

/** One step of the line: reads tables, transforms them, writes tables. */
public interface Job {

  /** The step's name on the command line and in the run log. */
  String name();

  /** Whether it depends on the as-of date. */
  default boolean hasAsOf() {
    return true;
  }

  /** Whether it looks outside the warehouse, so that unchanged tables do not mean nothing to do. */
  default boolean readsSources() {
    return false;
  }

  /** Does the work. Reads and writes happen here; everything between is a pure transformation. */
  void run(JobContext context);
}
