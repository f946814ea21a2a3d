package io.portrait.jobs.profile;

import io.portrait.common.quality.StabilityIndex;
import io.portrait.common.table.TableColumn;
import io.portrait.jobs.profile.DriftTransforms.Binning;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;

/** Measures the distributions of two runs; runs a handful of Spark jobs whatever the columns. */
final class Drift {

  /** Share of the width between the first and the last decile that a value may have moved by. */
  private static final double TOLERANCE = 0.05;

  /** Moves that are tried, as shares of that width. */
  private static final List<Double> MOVES = List.of(-TOLERANCE, -0.02, 0.0, 0.02, TOLERANCE);

  private final Dataset<Row> previous;
  private final Dataset<Row> current;
  private final double limit;
  private final double days;

  /**
   * @param limit greatest stability index that is taken as found
   * @param days days from the previous run to this one
   */
  Drift(Dataset<Row> previous, Dataset<Row> current, double limit, long days) {
    this.previous = previous;
    this.current = current;
    this.limit = limit;
    this.days = days;
  }

  /**
   * Rows per bin of every column. Numbers are told apart by the deciles of the previous run.
   *
   * <p>Where many customers share a value, a decile lies on it, and all of them change their bin
   * when the value moves by a hair: "no purchase since", measured against a cohort whose mean
   * moves; days since a campaign that reached many. A column above the limit is therefore measured
   * again with up to a twentieth of the width between its first and its last decile taken off or
   * added, over those deciles that are farther apart than that, and, if it counts days, with those
   * taken off that have passed; the lowest index counts.
   *
   * @param previousRows rows of the previous run
   * @param columns columns to measure
   */
  Map<TableColumn, List<Bin>> measure(long previousRows, List<TableColumn> columns) {
    List<TableColumn> texts = columns.stream().filter(c -> c.type() instanceof StringType).toList();
    List<TableColumn> others =
        columns.stream().filter(c -> !(c.type() instanceof StringType)).toList();
    Map<TableColumn, List<Bin>> bins = new LinkedHashMap<>();
    columns.forEach(column -> bins.put(column, new ArrayList<>()));
    Map<String, List<Double>> cuts = cuts(previousRows, others);
    List<Binning> first =
        others.stream()
            .map(c -> new Binning(c, cuts.getOrDefault(c.name(), List.of()), 0))
            .toList();
    List<List<Bin>> counted = count(first);
    for (int i = 0; i < first.size(); i++) {
      bins.put(first.get(i).column(), counted.get(i));
    }
    List<Binning> moved =
        first.stream()
            .filter(binning -> stabilityIndex(bins.get(binning.column())) > limit)
            .flatMap(this::moved)
            .toList();
    counted = count(moved);
    for (int i = 0; i < moved.size(); i++) {
      List<Bin> other = counted.get(i);
      bins.computeIfPresent(
          moved.get(i).column(),
          (column, least) -> stabilityIndex(other) < stabilityIndex(least) ? other : least);
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

  /** The population stability index of all bins of a column. */
  static double stabilityIndex(List<Bin> bins) {
    StabilityIndex index =
        new StabilityIndex(
            bins.stream().mapToLong(Bin::previousRows).sum(),
            bins.stream().mapToLong(Bin::currentRows).sum());
    return bins.stream()
        .mapToDouble(bin -> index.ofBin(bin.previousRows(), bin.currentRows()))
        .sum();
  }

  /** Rows per bin of each binning, in one job. */
  private List<List<Bin>> count(List<Binning> binnings) {
    List<List<Bin>> bins = new ArrayList<>();
    binnings.forEach(binning -> bins.add(new ArrayList<>()));
    if (!binnings.isEmpty()) {
      for (Row row : DriftTransforms.countBins(previous, current, binnings).collectAsList()) {
        boolean isNull = row.getInt(1) == DriftTransforms.NULL_BIN;
        bins.get(row.getInt(0)).add(new Bin(isNull, row.getLong(2), row.getLong(3)));
      }
    }
    return bins;
  }

  /** The same bins for values that have moved as a whole, by so little that it is no drift. */
  private Stream<Binning> moved(Binning binning) {
    List<Double> cuts = binning.cuts();
    if (cuts.isEmpty()) {
      return Stream.empty();
    }
    double width = cuts.get(cuts.size() - 1) - cuts.get(0);
    List<Double> apart = apart(cuts, TOLERANCE * width);
    Stream<Binning> moved =
        MOVES.stream().map(move -> new Binning(binning.column(), apart, move * width));
    return binning.column().unit().equals("days")
        ? Stream.concat(moved, Stream.of(new Binning(binning.column(), cuts, days)))
        : moved;
  }

  /** From above, the cuts that are at least so far below the one before. */
  private static List<Double> apart(List<Double> cuts, double distance) {
    Deque<Double> apart = new ArrayDeque<>();
    for (int i = cuts.size() - 1; i >= 0; i--) {
      if (apart.isEmpty() || apart.peekFirst() - cuts.get(i) >= distance) {
        apart.addFirst(cuts.get(i));
      }
    }
    return List.copyOf(apart);
  }

  /** Distinct deciles of the numeric columns. */
  private Map<String, List<Double>> cuts(long previousRows, List<TableColumn> columns) {
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
