package io.portrait.jobs.score;

import io.portrait.common.job.Job;
import io.portrait.common.job.JobContext;
import io.portrait.common.table.ScoreTables;

/**
 * Scores recency, frequency and monetary value, tells the state of each customer's life, and gives
 * every customer the declared scores.
 *
 * <p>Reads {@code gold_sensitive/customer_feature}, {@code gold/customer_habit}, {@code
 * silver/account_day} and {@code silver/customer_map}. Replaces one as-of date of the tables in
 * {@link ScoreTables}.
 */
public final class ScoreJob implements Job {

  @Override
  public String name() {
    return "score";
  }

  @Override
  public void run(JobContext context) {
    RfmScores.write(context);
    Lifecycles.write(context);
    CustomerScores.write(context);
    context.counts().addOut(context.tables().rowsWritten());
  }
}
