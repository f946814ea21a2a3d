package io.portrait.jobs.score;

import io.portrait.common.config.Scores.Rfm;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/** The part of the step score that is RFM, for the benchmark. */
public final class RfmBenchmark {

  private RfmBenchmark() {}

  /** Scores customers and hands them to nobody. */
  public static void compute(Dataset<Row> features, Rfm rfm, int decimals) {
    Dataset<Row> metrics =
        RfmTransforms.metrics(features, rfm, decimals).persist(StorageLevel.MEMORY_AND_DISK());
    try {
      RfmCuts cuts = RfmCuts.of(metrics, rfm);
      RfmTransforms.withScores(metrics, cuts, rfm, SegmentMap.of(rfm))
          .write()
          .format("noop")
          .mode("overwrite")
          .save();
    } finally {
      metrics.unpersist();
    }
  }
}
