package io.portrait.common.job;

import io.portrait.common.config.Catalogue;
import java.util.Set;

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

  /** Whether the deployment declares what the step does; if not, the line goes on without it. */
  default boolean isDeclared(Catalogue catalogue) {
    return true;
  }

  /**
   * Paths of tables that other steps write too, each its own rows: a newer version of one does not
   * mean that this step's rows have changed.
   */
  default Set<String> sharedTables() {
    return Set.of();
  }

  /** Does the work. Reads and writes happen here; everything between is a pure transformation. */
  void run(JobContext context);
}
