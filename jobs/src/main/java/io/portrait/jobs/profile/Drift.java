package io.portrait.jobs.profile;

import io.portrait.common.table.TableColumn;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;

/** Measures the distributions of two runs; runs a handful of Spark jobs whatever the columns. */
final class Drift {

  private Drift() {}

  /**
   * Rows per bin of every column.
   *
   * @param previousRows rows of {@code previous}
   * @param columns columns to measure
   */
  static Map<TableColumn, List<Bin>> measure(
      Dataset<Row> previous, long previousRows, Dataset<Row> current, List<TableColumn> columns) {
    List<TableColumn> texts = columns.stream().filter(c -> c.type() instanceof StringType).toList();
    List<TableColumn> others =
        columns.stream().filter(c -> !(c.type() instanceof StringType)).toList();
    Map<TableColumn, List<Bin>> bins = new LinkedHashMap<>();
    columns.forEach(column -> bins.put(column, new ArrayList<>()));
    if (!others.isEmpty()) {
      Map<String, List<Double>> cuts = cuts(previous, previousRows, others);
      for (Row row : DriftTransforms.countBins(previous, current, others, cuts).collectAsList()) {
        boolean isNull = row.getInt(1) == DriftTransforms.NULL_BIN;
        bins.get(others.get(row.getInt(0))).add(new Bin(isNull, row.getLong(2), row.getLong(3)));
      }
    }
    if (!texts.isEmpty()) {
      List<String> names = texts.stream().map(TableColumn::name).toList();
      for (Row row : DriftTransforms.countCategories(previous, current, names).collectAsList()) {
        boolean isNull = row.getString(1).equals(DriftTransforms.NULL_LABEL);
        bins.get(texts.get(row.getInt(0))).add(new Bin(isNull, row.getLong(2), row.getLong(3)));
      }
    }
    return bins;
  }

  /** Distinct deciles of the numeric columns. */
  private static Map<String, List<Double>> cuts(
      Dataset<Row> previous, long previousRows, List<TableColumn> columns) {
    List<String> numbers =
        columns.stream()
            .filter(c -> c.type() instanceof NumericType)
            .map(TableColumn::name)
            .toList();
    Map<String, List<Double>> cuts = new HashMap<>();
    if (numbers.isEmpty()) {
      return cuts;
    }
    Row row = DriftTransforms.summarizeDeciles(previous, previousRows, numbers).head();
    for (int i = 0; i < numbers.size(); i++) {
      List<Double> deciles = row.isNullAt(i + 1) ? List.of() : row.getList(i + 1);
      cuts.put(numbers.get(i), deciles.stream().distinct().sorted().toList());
    }
    return cuts;
  }

  /**
   * Rows of one bin.
   *
   * @param isNull whether it is the bin of nulls
   * @param previousRows rows of the run compared with
   * @param currentRows rows of this run
   */
  record Bin(boolean isNull, long previousRows, long currentRows) {}
}
