package io.portrait.jobs.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.classic.Dataset;
import org.apache.spark.sql.execution.QueryExecution;
import org.apache.spark.sql.execution.datasources.SaveIntoDataSourceCommand;
import org.apache.spark.sql.util.QueryExecutionListener;

/**
 * What a step computed, told from its writes, so that it can be run again into nowhere: the queries
 * themselves, without Delta's work around them.
 */
final class WrittenPlans implements QueryExecutionListener {

  private final Map<String, LogicalPlan> plans = new LinkedHashMap<>();

  @Override
  public void onSuccess(String function, QueryExecution execution, long nanoseconds) {
    if (execution.logical() instanceof SaveIntoDataSourceCommand command) {
      String path = command.options().get("path").get();
      synchronized (plans) {
        plans.put(path.substring(path.lastIndexOf('/') + 1), command.query());
      }
    }
  }

  @Override
  public void onFailure(String function, QueryExecution execution, Exception failure) {}

  /** The queries behind these tables, of the latest run that wrote them. */
  List<LogicalPlan> of(SparkSession spark, List<String> tables) throws Exception {
    spark.sparkContext().listenerBus().waitUntilEmpty();
    List<LogicalPlan> found = new ArrayList<>();
    synchronized (plans) {
      for (String table : tables) {
        if (!plans.containsKey(table)) {
          throw new IllegalStateException(
              "No write of " + table + " was seen, but " + plans.keySet());
        }
        found.add(plans.get(table));
      }
    }
    return found;
  }

  /** Runs queries and drops their rows. */
  static void run(SparkSession spark, List<LogicalPlan> plans) {
    for (LogicalPlan plan : plans) {
      Dataset.ofRows((org.apache.spark.sql.classic.SparkSession) spark, plan)
          .write()
          .format("noop")
          .mode("overwrite")
          .save();
    }
  }
}
