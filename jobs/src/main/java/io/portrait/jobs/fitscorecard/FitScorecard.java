package io.portrait.jobs.fitscorecard;

import io.portrait.common.config.Expression;
import io.portrait.common.config.ExpressionCheck;
import io.portrait.common.config.NearestName;
import io.portrait.common.config.Place;
import io.portrait.common.error.Fault;
import io.portrait.common.error.JobException;
import io.portrait.common.job.Console;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;

/**
 * Fits a credit scorecard to a table of customers whose outcome is known: bins by weight of
 * evidence, a logistic regression on them, whole points.
 *
 * <p>A third of the rows is held out from all of that, and tells how good the scorecard is. Spark
 * counts; the driver holds classes and bins alone. The same table and seed give the same scorecard.
 */
public final class FitScorecard {

  /** Rows that the classes of a number are cut on. */
  private static final long SAMPLE_ROWS = 100_000;

  /** Digits of a cut, so that people can read it. */
  private static final MathContext CUT_DIGITS = new MathContext(4);

  private final Dataset<Row> table;
  private final Request request;
  private final Console console;

  private FitScorecard(Dataset<Row> table, Request request, Console console) {
    this.table = table;
    this.request = request;
    this.console = console;
  }

  /**
   * What to fit.
   *
   * @param source what the table is, for the scorecard's reader
   * @param target column with the outcome: two values, or none where it is not known
   * @param bad value of the target that is the bad outcome
   * @param mostCharacteristics most characteristics of the scorecard
   * @param excluded columns that are no characteristics, as numbers of customers
   * @param derived further characteristics: SQL over the table's columns, by name
   * @param seed draws the rows that are held out
   */
  public record Request(
      String source,
      String target,
      String bad,
      int mostCharacteristics,
      List<String> excluded,
      Map<String, String> derived,
      long seed) {

    /** Checks the number. */
    public Request {
      if (mostCharacteristics < 1) {
        throw JobException.invalidConfig(
            "--max-characteristics must be 1 or more, is %d.", mostCharacteristics);
      }
      excluded = List.copyOf(excluded);
      derived = Collections.unmodifiableMap(new LinkedHashMap<>(derived));
    }
  }

  /**
   * A scorecard and how good it is.
   *
   * @param scorecard the scorecard
   * @param train on the rows that it was fitted to
   * @param heldOut on the others
   */
  record Fitted(Scorecard scorecard, Discrimination train, Discrimination heldOut) {}

  /**
   * Fits a scorecard, and tells what it is.
   *
   * @param table text, numbers and yes-or-no columns are characteristics; text that is numbers
   *     throughout is taken as numbers
   * @return the scorecard as an element of {@code scores} in {@code scores.yaml}
   * @throws JobException if a column is unknown, the target has not two values, or no column tells
   *     anything
   */
  public static String fit(Dataset<Row> table, Request request, Console console) {
    Fitted fitted = fitted(table, request, console);
    tell(fitted, console);
    return ScorecardYaml.write(fitted, request);
  }

  static Fitted fitted(Dataset<Row> table, Request request, Console console) {
    return new FitScorecard(table, request, console).fit();
  }

  private Fitted fit() {
    checkColumns();
    checkTarget();
    List<Input> inputs = new ArrayList<>();
    Dataset<Row> typed = typed(inputs);
    List<String> hashed =
        inputs.stream()
            .filter(input -> !request.derived().containsKey(input.name()))
            .map(Input::name)
            .toList();
    inputs.removeIf(input -> request.excluded().contains(input.name()));
    List<Input> numbered = numbered(inputs);
    Dataset<Row> rows =
        ScorecardTransforms.prepare(
                typed, hashed, request.target(), request.bad(), numbered, request.seed())
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      Counts train = trainCounts(rows);
      Dataset<Row> trainRows = rows.filter("not is_held_out");
      List<Characteristic> found =
          characteristics(trainRows, numbered, train).stream()
              .filter(c -> c.informationValue() >= Regression.LEAST_INFORMATION)
              .toList();
      if (found.isEmpty()) {
        throw JobException.invalidData(
            "None of the %d columns of %s tells good from bad: all are constant, or as chance would"
                + " have them. Check --target and --bad, or bring other columns.",
            numbered.size(), request.source());
      }
      Scorecard scorecard = Regression.fit(trainRows, found, request.mostCharacteristics());
      Map<Boolean, SortedMap<Long, Counts>> scores =
          Map.of(true, new TreeMap<>(), false, new TreeMap<>());
      for (Row row : ScorecardTransforms.countScores(rows, scorecard).collectAsList()) {
        scores
            .get(row.getBoolean(0))
            .put(row.getLong(1), new Counts(row.getLong(2), row.getLong(3)));
      }
      return new Fitted(
          scorecard, Discrimination.of(scores.get(false)), Discrimination.of(scores.get(true)));
    } finally {
      rows.unpersist();
    }
  }

  private void checkColumns() {
    List<String> columns = Arrays.asList(table.columns());
    List<String> named = new ArrayList<>(request.excluded());
    named.add(0, request.target());
    for (String name : named) {
      if (!columns.contains(name)) {
        throw JobException.invalidConfig(
            "%s has no column '%s'. %s", request.source(), name, NearestName.hint(name, columns));
      }
    }
    for (String name : request.derived().keySet()) {
      if (columns.stream().anyMatch(name::equalsIgnoreCase)) {
        throw JobException.invalidConfig(
            "--derive %s: %s has a column of this name. Take another name.",
            name, request.source());
      }
    }
  }

  /** The target has two values, one of them bad. */
  private void checkTarget() {
    String target = request.target();
    List<Row> counts =
        table
            .groupBy(ScorecardTransforms.text(target).as("value"))
            .count()
            .orderBy("value")
            // One more than are allowed, and null.
            .limit(4)
            .collectAsList();
    List<String> values =
        counts.stream().filter(row -> !row.isNullAt(0)).map(row -> row.getString(0)).toList();
    if (values.isEmpty()) {
      throw JobException.invalidData(
          "%s has no row with a value in '%s'. Deliver it again, or name another --target.",
          request.source(), target);
    }
    if (values.size() > 2) {
      throw JobException.invalidData(
          "The column '%s' of %s has more than two values, as %s. A target is one of two: leave out"
              + " the rows whose outcome is open, or name another --target.",
          target, request.source(), String.join(", ", values));
    }
    if (!values.contains(request.bad())) {
      throw JobException.invalidConfig(
          "--bad %s: the column '%s' of %s has the values %s.",
          request.bad(), target, request.source(), String.join(", ", values));
    }
    if (values.size() == 1) {
      throw JobException.invalidData(
          "The column '%s' of %s has the value %s alone. A scorecard is learnt from customers of"
              + " both kinds.",
          target, request.source(), values.get(0));
    }
    counts.stream()
        .filter(row -> row.isNullAt(0))
        .forEach(
            row ->
                console.warn(
                    String.format(
                        Locale.ROOT,
                        "%,d rows without '%s' are left out",
                        row.getLong(1),
                        target)));
  }

  /** The table with numbers as numbers; adds what can be a characteristic to {@code inputs}. */
  private Dataset<Row> typed(List<Input> inputs) {
    StructType schema = table.schema();
    List<String> texts =
        Arrays.stream(table.columns())
            .filter(name -> schema.apply(name).dataType() instanceof StringType)
            .toList();
    Row counts = ScorecardTransforms.countNumbers(table, texts).head();
    Column[] columns = new Column[schema.size()];
    for (int i = 0; i < columns.length; i++) {
      String name = schema.fields()[i].name();
      int text = texts.indexOf(name);
      boolean isNumber =
          schema.fields()[i].dataType() instanceof NumericType
              || (text >= 0
                  && counts.getLong(2 * text + 1) > 0
                  && counts.getLong(2 * text + 1) == counts.getLong(2 * text + 2));
      boolean isText = text >= 0 || schema.fields()[i].dataType() instanceof BooleanType;
      boolean isTarget = name.equals(request.target());
      if (isTarget) {
        columns[i] = ScorecardTransforms.text(name).as(name);
      } else if (isNumber) {
        columns[i] = ScorecardTransforms.number(name).as(name);
      } else {
        columns[i] =
            (isText ? ScorecardTransforms.text(name) : ScorecardTransforms.quoted(name)).as(name);
      }
      if (!isTarget && (isNumber || isText)) {
        inputs.add(new Input(name, ScorecardTransforms.quote(name), isNumber, 0));
      }
    }
    Dataset<Row> typed = table.select(columns);
    inputs.addAll(derived(typed));
    return typed;
  }

  private List<Input> derived(Dataset<Row> typed) {
    StructType known = typed.drop(ScorecardTransforms.quoted(request.target())).schema();
    Dataset<Row> empty = typed.sparkSession().createDataFrame(List.of(), known);
    List<Fault> faults = new ArrayList<>();
    ExpressionCheck check = new ExpressionCheck(known, faults);
    List<Input> inputs = new ArrayList<>();
    request
        .derived()
        .forEach(
            (name, sql) -> {
              Place place = new Place("--derive", 0, name);
              Optional<DataType> type = check.type(new Expression(sql, place), empty);
              type.ifPresent(
                  found ->
                      inputs.add(
                          new Input(
                              name, Expression.oneLine(sql), found instanceof NumericType, 0)));
            });
    if (!faults.isEmpty()) {
      throw JobException.faultyConfig(faults);
    }
    return inputs;
  }

  /** Inputs with their places: numbers first. */
  private static List<Input> numbered(List<Input> inputs) {
    List<Input> numbered = new ArrayList<>();
    for (boolean isNumber : new boolean[] {true, false}) {
      int position = 0;
      for (Input input : inputs) {
        if (input.isNumber() == isNumber) {
          numbered.add(new Input(input.name(), input.sql(), isNumber, position));
          position++;
        }
      }
    }
    return numbered;
  }

  /** Goods and bads to fit to; there are some of each, held out too. */
  private Counts trainCounts(Dataset<Row> rows) {
    Map<Boolean, Counts> parts = new TreeMap<>();
    for (Row row : ScorecardTransforms.countParts(rows).collectAsList()) {
      parts.put(row.getBoolean(0), new Counts(row.getLong(1), row.getLong(2)));
    }
    for (boolean isHeldOut : new boolean[] {false, true}) {
      if (!parts.getOrDefault(isHeldOut, Counts.NONE).isMixed()) {
        throw JobException.invalidData(
            "%s has too few rows: of a third of them, or of the others, none is good or none is"
                + " bad. Bring more rows.",
            request.source());
      }
    }
    return parts.get(false);
  }

  private static List<Characteristic> characteristics(
      Dataset<Row> rows, List<Input> inputs, Counts all) {
    Binning binning = new Binning(all);
    List<List<Double>> cuts =
        cuts(rows, (int) inputs.stream().filter(Input::isNumber).count(), all.rows());
    List<Classes> classes = new ArrayList<>();
    inputs.forEach(input -> classes.add(new Classes()));
    for (Row row :
        ScorecardTransforms.countClasses(
                rows, cuts, inputs.size() - cuts.size(), binning.leastRows())
            .orderBy("position", "label")
            .collectAsList()) {
      classes.get(row.getInt(0)).add(row);
    }
    List<Characteristic> characteristics = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      Input input = inputs.get(i);
      Classes found = classes.get(i);
      characteristics.add(
          input.isNumber()
              ? binning.numeric(
                  input, cuts.get(i), found.inOrder(cuts.get(i).size() + 1), found.missing)
              : binning.text(input, found.byLabel, found.other, found.missing));
    }
    return characteristics;
  }

  /** Cuts of each number, ascending. */
  private static List<List<Double>> cuts(Dataset<Row> rows, int numbers, long count) {
    long slices =
        Math.max(
            1,
            Math.min(ScorecardTransforms.SLICES, SAMPLE_ROWS * ScorecardTransforms.SLICES / count));
    Row quantiles = ScorecardTransforms.quantiles(rows.filter("slice < " + slices), numbers).head();
    List<List<Double>> cuts = new ArrayList<>();
    for (int i = 1; i <= numbers; i++) {
      List<Double> values = quantiles.isNullAt(i) ? List.of() : quantiles.getList(i);
      cuts.add(
          values.stream()
              .map(value -> new BigDecimal(value).round(CUT_DIGITS).doubleValue())
              .distinct()
              .sorted()
              .toList());
    }
    return cuts;
  }

  private static void tell(Fitted fitted, Console console) {
    console.say(
        String.format(
            "%-32s %5s %12s %12s", "characteristic", "bins", "information", "coefficient"));
    for (Scorecard.Item item : fitted.scorecard().items()) {
      console.say(
          String.format(
              Locale.ROOT,
              "%-32s %5d %12.3f %12.3f",
              item.characteristic().input().name(),
              item.characteristic().countTelling(),
              item.characteristic().informationValue(),
              item.coefficient()));
    }
    console.say(
        String.format("%-12s %10s %8s %8s %8s %8s", "", "rows", "bad", "AUC", "Gini", "KS"));
    tell("fitted to", fitted.train(), console);
    tell("held out", fitted.heldOut(), console);
  }

  private static void tell(String part, Discrimination found, Console console) {
    console.say(
        String.format(
            Locale.ROOT,
            "%-12s %,10d %7.1f%% %8.3f %8.3f %8.3f",
            part,
            found.counts().rows(),
            100 * found.counts().badShare(),
            found.auc(),
            found.gini(),
            found.kolmogorovSmirnov()));
  }

  /** What was counted of one input. */
  private static final class Classes {
    private final Map<String, Counts> byLabel = new LinkedHashMap<>();
    private Counts other = Counts.NONE;
    private Counts missing = Counts.NONE;

    void add(Row row) {
      Counts counts = new Counts(row.getLong(3), row.getLong(4));
      if (!row.isNullAt(1)) {
        byLabel.put(row.getString(1), counts);
      } else if (row.getBoolean(2)) {
        other = counts;
      } else {
        missing = counts;
      }
    }

    List<Counts> inOrder(int count) {
      List<Counts> counts = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        counts.add(byLabel.getOrDefault(String.valueOf(i), Counts.NONE));
      }
      return counts;
    }
  }
}
