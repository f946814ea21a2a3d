package io.portrait.jobs.predict;

import static org.apache.spark.sql.functions.bit_count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.portrait.common.table.PredictTables;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.StructType;

/**
 * A case's probability of churn and why: what each input adds to the log-odds of a customer with
 * the mean of every input.
 *
 * @param model the model
 * @param inputs the input of each of the model's terms
 */
record ChurnExplanation(LogisticModel model, List<Input> inputs) implements UDF1<Vector, Row> {

  /** What would show as 0.00 is no reason. */
  private static final double LEAST_SHOWN = 0.005;

  /** Columns of {@code customer_prediction} that it fills. */
  static final StructType TYPE = type();

  /** What an input adds. */
  private record Part(Input input, double points) {
    String text(String title) {
      return String.format(Locale.ROOT, "%+.2f %s", points, title);
    }
  }

  /** Share of the model's inputs that are known of a customer, over its {@link Input#known}. */
  Column coverage(Column known) {
    Set<Input> own = EnumSet.copyOf(inputs);
    return bit_count(known.bitwiseAND(lit(Input.bits(own)))).divide((double) own.size());
  }

  @Override
  public Row call(Vector terms) {
    double[] contributions = model.contributions(terms.toArray());
    Map<Input, Double> points = new EnumMap<>(Input.class);
    double sum = 0;
    for (int i = 0; i < contributions.length; i++) {
      points.merge(inputs.get(i), contributions[i], Double::sum);
      sum += contributions[i];
    }
    List<Part> raised = strongest(points, 1);
    List<Part> lowered = strongest(points, -1);
    double named = Stream.concat(raised.stream(), lowered.stream()).mapToDouble(Part::points).sum();
    List<Object> values = new ArrayList<>();
    values.add(LogisticModel.probability(model.intercept() + sum));
    values.add(model.intercept());
    for (List<Part> parts : List.of(raised, lowered)) {
      for (int i = 0; i < PredictTables.REASONS; i++) {
        values.add(i < parts.size() ? parts.get(i).input().code() : null);
        values.add(i < parts.size() ? parts.get(i).points() : null);
      }
    }
    values.add(sum - named);
    values.add(text(raised, lowered, input -> input.title().en()));
    values.add(text(raised, lowered, input -> input.title().zh()));
    return RowFactory.create(values.toArray());
  }

  private static List<Part> strongest(Map<Input, Double> points, int sign) {
    return points.entrySet().stream()
        .map(point -> new Part(point.getKey(), point.getValue()))
        .filter(part -> part.points() * sign >= LEAST_SHOWN)
        .sorted(Comparator.comparingDouble(part -> -part.points() * sign))
        .limit(PredictTables.REASONS)
        .toList();
  }

  private static String text(List<Part> raised, List<Part> lowered, Function<Input, String> title) {
    return Stream.concat(raised.stream(), lowered.stream())
        .map(part -> part.text(title.apply(part.input())))
        .collect(Collectors.joining("; "));
  }

  private static StructType type() {
    StructType type =
        new StructType().add("churn_probability", DoubleType).add("base_log_odds", DoubleType);
    for (String direction : List.of("raised", "lowered")) {
      for (int i = 1; i <= PredictTables.REASONS; i++) {
        type =
            type.add(direction + "_" + i + "_code", StringType)
                .add(direction + "_" + i + "_points", DoubleType);
      }
    }
    return type.add("other_points", DoubleType)
        .add("churn_reasons_en", StringType)
        .add("churn_reasons_zh", StringType);
  }
}
