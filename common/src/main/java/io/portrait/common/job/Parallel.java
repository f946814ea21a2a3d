package io.portrait.common.job;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.apache.spark.sql.SparkSession;

/** Several Spark jobs at once, where each alone is too short to keep the cores busy. */
public final class Parallel {

  /** Enough to fill the pauses between short jobs; each more one costs memory. */
  private static final int AT_ONCE = 2;

  private Parallel() {}

  /**
   * Does some work for each item, two at a time.
   *
   * @return the results in the order of the items
   * @throws RuntimeException the failure of the first item that failed, when all others have ended
   */
  public static <T, R> List<R> map(SparkSession spark, List<T> items, Function<T, R> work) {
    String group = spark.sparkContext().getLocalProperty("spark.jobGroup.id");
    ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
    try {
      List<Future<R>> futures = new ArrayList<>();
      for (T item : items) {
        futures.add(
            threads.submit(
                () -> {
                  SparkSession.setActiveSession(spark);
                  spark.sparkContext().setJobGroup(group, group, false);
                  return work.apply(item);
                }));
      }
      threads.shutdown();
      RuntimeException failure = null;
      List<R> results = new ArrayList<>();
      for (Future<R> future : futures) {
        try {
          results.add(future.get());
        } catch (ExecutionException e) {
          if (failure == null) {
            failure = unwrapped(e);
          }
        }
      }
      if (failure != null) {
        throw failure;
      }
      return results;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while jobs ran", e);
    } finally {
      threads.shutdownNow();
    }
  }

  private static RuntimeException unwrapped(ExecutionException e) {
    if (e.getCause() instanceof Error error) {
      throw error;
    }
    return e.getCause() instanceof RuntimeException failure
        ? failure
        : new IllegalStateException(e.getCause());
  }
}
