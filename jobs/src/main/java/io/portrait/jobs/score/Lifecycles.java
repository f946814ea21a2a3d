package io.portrait.jobs.score;

import io.portrait.common.config.Purpose;
import io.portrait.common.io.Tables;
import io.portrait.common.job.Consents;
import io.portrait.common.job.JobContext;
import io.portrait.common.table.ScoreTables;
import io.portrait.common.table.SilverTables;
import java.util.Arrays;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;

/** The state of each customer's life. */
final class Lifecycles {

  private Lifecycles() {}

  /** Replaces one as-of date of {@code customer_lifecycle} and {@code lifecycle_state}. */
  static void write(JobContext context) {
    Tables tables = context.tables();
    Dataset<Row> purchaseDays =
        LifecycleTransforms.purchaseDays(
                tables.read(SilverTables.ACCOUNT_DAY),
                Consents.of(context)
                    .allowed(
                        tables.readAsOf(SilverTables.CUSTOMER_MAP, context.asOf()),
                        Purpose.PROFILING),
                context.asOf())
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      Row median = LifecycleTransforms.medianGap(purchaseDays).head();
      Dataset<Row> lifecycle =
          LifecycleTransforms.withState(
              LifecycleTransforms.summarize(purchaseDays, context.asOf()),
              context.catalogue().scores().lifecycle(),
              median.isNullAt(0) ? null : median.getDouble(0));
      context.replaceAsOf(ScoreTables.CUSTOMER_LIFECYCLE, lifecycle);
      Dataset<Row> states =
          context
              .spark()
              .createDataFrame(
                  Arrays.stream(LifecycleState.values())
                      .map(s -> RowFactory.create(s.code(), s.titleEn(), s.titleZh()))
                      .toList(),
                  StructType.fromDDL("state string, title_en string, title_zh string"));
      context.replaceAsOf(
          ScoreTables.LIFECYCLE_STATE,
          LifecycleTransforms.withSizes(states, lifecycle).coalesce(1));
    } finally {
      purchaseDays.unpersist();
    }
  }
}
