package io.portrait.jobs.score;

import io.portrait.common.config.FeatureNames;
import io.portrait.common.config.Purpose;
import io.portrait.common.config.Scores.Rfm;
import io.portrait.common.config.Scores.Segment;
import io.portrait.common.error.Fault;
import io.portrait.common.error.JobException;
import io.portrait.common.io.Tables;
import io.portrait.common.job.Consents;
import io.portrait.common.job.JobContext;
import io.portrait.common.table.FeatureTable;
import io.portrait.common.table.ScoreTables;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;

/** Recency, frequency and monetary value of customers with a purchase, and their segments. */
final class RfmScores {

  private RfmScores() {}

  /** Replaces one as-of date of {@code customer_rfm} and of the sizes beside it. */
  static void write(JobContext context) {
    Rfm rfm = context.catalogue().scores().rfm();
    SegmentMap segments = SegmentMap.of(rfm);
    Tables tables = context.tables();
    int decimals = context.catalogue().deployment().currency().decimals();
    Dataset<Row> features =
        Consents.of(context)
            .allowed(
                tables.readAsOf(FeatureTable.schema(List.of()), context.asOf()), Purpose.PROFILING);
    List<Fault> faults =
        FeatureNames.faults(
            List.of(rfm.recency(), rfm.frequency(), rfm.monetary()),
            List.of(features.columns()),
            rfm.place());
    if (!faults.isEmpty()) {
      throw JobException.faultyConfig(faults);
    }
    Dataset<Row> metrics =
        RfmTransforms.metrics(features, rfm, decimals).persist(StorageLevel.MEMORY_AND_DISK());
    try {
      RfmCuts cuts = RfmCuts.of(metrics, rfm);
      context.counts().addIn(cuts.customers());
      Dataset<Row> scores = RfmTransforms.withScores(metrics, cuts, rfm, segments);
      Dataset<Row> summary = RfmTransforms.summarize(scores).persist();
      try {
        context.replaceAsOf(ScoreTables.customerRfm(decimals), scores);
        Dataset<Row> bounds =
            rows(
                context,
                "metric string, score int, lower_bound double, upper_bound double, method string",
                cuts.rows(rfm.bins()));
        context.replaceAsOf(
            ScoreTables.RFM_CUT_POINT, RfmTransforms.withCustomers(bounds, summary).coalesce(1));
        context.replaceAsOf(
            ScoreTables.rfmSegment(decimals),
            RfmTransforms.withSizes(
                    segmentTitles(context, rfm), summary, "segment", cuts.customers(), decimals)
                .coalesce(1));
        context.replaceAsOf(
            ScoreTables.rfmValueType(decimals),
            RfmTransforms.withSizes(
                    valueTypeTitles(context, cuts),
                    summary,
                    "value_type",
                    cuts.customers(),
                    decimals)
                .coalesce(1));
      } finally {
        summary.unpersist();
      }
    } finally {
      metrics.unpersist();
    }
  }

  private static Dataset<Row> segmentTitles(JobContext context, Rfm rfm) {
    List<Row> titles = new ArrayList<>();
    for (Segment segment : rfm.segments()) {
      titles.add(
          RowFactory.create(
              segment.code(),
              segment.title().en(),
              segment.title().zh(),
              segment.action().en(),
              segment.action().zh()));
    }
    return rows(
        context,
        "segment string, title_en string, title_zh string, action_en string, action_zh string",
        titles);
  }

  private static Dataset<Row> valueTypeTitles(JobContext context, RfmCuts cuts) {
    List<Row> titles = new ArrayList<>();
    for (ValueType type : ValueType.values()) {
      titles.add(
          RowFactory.create(
              type.code(),
              type.titleEn(),
              type.titleZh(),
              level(type.isRecent()),
              level(type.isFrequent()),
              level(type.isGenerous()),
              cuts.means().get(RfmCuts.RECENCY),
              cuts.means().get(RfmCuts.FREQUENCY),
              cuts.means().get(RfmCuts.MONETARY)));
    }
    return rows(
        context,
        "value_type string, title_en string, title_zh string, recency_level string, frequency_level"
            + " string, monetary_level string, recency_threshold double, frequency_threshold"
            + " double, monetary_threshold double",
        titles);
  }

  private static String level(boolean high) {
    return high ? "high" : "low";
  }

  private static Dataset<Row> rows(JobContext context, String schema, List<Row> rows) {
    return context.spark().createDataFrame(rows, StructType.fromDDL(schema));
  }
}
