package io.portrait.common.job;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;

/** What the person who started a run sees: a line a step, and warnings that matter. */
public final class Console {

  private final PrintStream out;
  private final List<String> warnings = new CopyOnWriteArrayList<>();

  public Console(PrintStream out) {
    this.out = out;
  }

  /** Prints the head of the table of steps. */
  public void head() {
    out.printf(
        Locale.ROOT,
        "%-12s %14s %14s %12s %12s %9s%n",
        "step",
        "rows in",
        "rows out",
        "rejected",
        "duplicate",
        "seconds");
  }

  /** Prints a finished step. */
  public void step(String name, RowCounts counts, double seconds) {
    out.printf(
        Locale.ROOT,
        "%-12s %,14d %,14d %,12d %,12d %,9.1f%n",
        name,
        counts.in(),
        counts.out(),
        counts.rejected(),
        counts.duplicate(),
        seconds);
    out.flush();
  }

  /** Prints a step that had nothing to do. */
  public void unchanged(String name, double seconds) {
    out.printf(Locale.ROOT, "%-12s %55s %,9.1f%n", name, "unchanged", seconds);
    out.flush();
  }

  /** Prints a warning. */
  public void warn(String message) {
    warnings.add(message);
    out.println("warning: " + message);
    out.flush();
  }

  /** All warnings so far. */
  public List<String> warnings() {
    return List.copyOf(warnings);
  }

  /** Prints a line. */
  public void say(String line) {
    out.println(line);
    out.flush();
  }
}
