package io.portrait.jobs.bench;

/**
 * How long something took.
 *
 * @param first seconds of the first run
 * @param best seconds of the fastest of the runs after it: up to three, as long as these have taken
 *     less than a minute; if the first took longer than that, it is the only one
 */
record Timing(double first, double best) {

  private static final int WARM_RUNS = 3;
  private static final double ENOUGH_SECONDS = 60;

  /** Something to be timed. */
  @FunctionalInterface
  interface Task {
    /** Does it once. */
    void run() throws Exception;
  }

  /** Runs it once, and then up to three times if it does not take long. */
  static Timing of(Task task) throws Exception {
    double first = seconds(task);
    if (first > ENOUGH_SECONDS) {
      return new Timing(first, first);
    }
    double best = seconds(task);
    double warm = best;
    for (int run = 1; run < WARM_RUNS && warm < ENOUGH_SECONDS; run++) {
      double again = seconds(task);
      best = Math.min(best, again);
      warm += again;
    }
    return new Timing(first, best);
  }

  /** Seconds of one run. */
  static double seconds(Task task) throws Exception {
    long start = System.nanoTime();
    task.run();
    return (System.nanoTime() - start) / 1e9;
  }
}
