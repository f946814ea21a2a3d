package io.portrait.jobs.bench;

/**
 * How long something took.
 *
 * @param first seconds of the first run
 * @param best seconds of the fastest of the runs after it
 */
record Timing(double first, double best) {

  private static final int WARM_RUNS = 3;

  /** Something to be timed. */
  @FunctionalInterface
  interface Task {
    /** Does it once. */
    void run() throws Exception;
  }

  /** Runs it once and then three times. */
  static Timing of(Task task) throws Exception {
    double first = seconds(task);
    double best = Double.POSITIVE_INFINITY;
    for (int run = 0; run < WARM_RUNS; run++) {
      best = Math.min(best, seconds(task));
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
