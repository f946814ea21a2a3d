package io.portrait.jobs.score;

import io.portrait.common.config.Catalogue;
import io.portrait.common.config.CatalogueColumns;
import io.portrait.common.io.Tables;
import io.portrait.common.job.JobContext;
import io.portrait.common.table.FeatureTable;
import io.portrait.common.table.HabitTables;
import io.portrait.common.table.TableColumn;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** What scores may be made of: features and habits of all known customers. */
final class ScoreInputs {

  private ScoreInputs() {}

  /** The columns that an expression may name. */
  static List<TableColumn> columns(Catalogue catalogue) {
    List<TableColumn> columns = new ArrayList<>(CatalogueColumns.features(catalogue));
    columns.addAll(HabitTables.HABITS);
    return List.copyOf(columns);
  }

  /** One row per customer of the as-of date: {@code customer_id} and {@link #columns}. */
  static Dataset<Row> read(JobContext context) {
    Tables tables = context.tables();
    Dataset<Row> features =
        tables
            .readAsOf(
                FeatureTable.schema(CatalogueColumns.features(context.catalogue())), context.asOf())
            .drop(FeatureTable.AS_OF, FeatureTable.RUN_ID);
    Dataset<Row> habits =
        tables
            .readAsOf(HabitTables.CUSTOMER_HABIT, context.asOf())
            .drop(FeatureTable.AS_OF, FeatureTable.RUN_ID);
    return features.join(habits, new String[] {FeatureTable.CUSTOMER_ID}, "left");
  }
}
