package io.portrait.jobs.predict;

import static org.apache.spark.sql.functions.bit_count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.portrait.common.table.PredictTables;
import java.io.Serializable;
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
 * A case's probability of a yes and why: what each input adds to the log-odds of a customer with
 * the mean of every input. Of several models the one counts that gives the greatest probability.
 *
 * @param parts the models
 */
record Explanation(List<Part> parts) implements UDF1<Vector, Row> {

  /** What would show as 0.00 is no reason. */
  private static final double LEAST_SHOWN = 0.005;

  /** What it tells of a case. */
  static final StructType TYPE = type();

  /**
   * A model.
   *
   * @param model the model
   * @param inputs the input of each of its terms
   */
  record Part(LogisticModel model, List<Input> inputs) implements Serializable {}

  /** What an input adds. */
  private record Effect(Input input, double points) {
    String text(String title) {
      return String.format(Locale.ROOT, "%+.2f %s", points, title);
    }
  }

  /**
   * Explains what models of the same terms say.
   *
   * @param models at least one
   * @param terms all terms
   */
  static Explanation of(List<LogisticModel> models, List<Term> terms) {
    return new Explanation(
        models.stream()
            .map(model -> new Part(model, model.termsOf(terms).stream().map(Term::input).toList()))
            .toList());
  }

  /** Share of the models' inputs that are known of a customer, over its {@link Input#known}. */
  Column coverage(Column known) {
    Set<Input> own = EnumSet.noneOf(Input.class);
    parts.forEach(part -> own.addAll(part.inputs()));
    return bit_count(known.bitwiseAND(lit(Input.bits(own)))).divide((double) own.size());
  }

  @Override
  public Row call(Vector vector) {
    double[] terms = vector.toArray();
    Part part = greatest(terms);
    LogisticModel model = part.model();
    double[] contributions = model.contributions(terms);
    Map<Input, Double> points = new EnumMap<>(Input.class);
    double sum = 0;
    for (int i = 0; i < contributions.length; i++) {
      points.merge(part.inputs().get(i), contributions[i], Double::sum);
      sum += contributions[i];
    }
    List<Effect> raised = strongest(points, 1);
    List<Effect> lowered = strongest(points, -1);
    double named =
        Stream.concat(raised.stream(), lowered.stream()).mapToDouble(Effect::points).sum();
    List<Object> values = new ArrayList<>();
    values.add(LogisticModel.probability(model.intercept() + sum));
    values.add(model.intercept());
    for (List<Effect> effects : List.of(raised, lowered)) {
      for (int i = 0; i < PredictTables.REASONS; i++) {
        values.add(i < effects.size() ? effects.get(i).input().code() : null);
        values.add(i < effects.size() ? effects.get(i).points() : null);
      }
    }
    values.add(sum - named);
    values.add(text(raised, lowered, input -> input.title().en()));
    values.add(text(raised, lowered, input -> input.title().zh()));
    return RowFactory.create(values.toArray());
  }

  /** Of equals the first. */
  private Part greatest(double[] terms) {
    Part greatest = parts.get(0);
    for (Part part : parts.subList(1, parts.size())) {
      if (part.model().probability(terms) > greatest.model().probability(terms)) {
        greatest = part;
      }
    }
    return greatest;
  }

  private static List<Effect> strongest(Map<Input, Double> points, int sign) {
    return points.entrySet().stream()
        .map(point -> new Effect(point.getKey(), point.getValue()))
        .filter(effect -> effect.points() * sign >= LEAST_SHOWN)
        .sorted(Comparator.comparingDouble(effect -> -effect.points() * sign))
        .limit(PredictTables.REASONS)
        .toList();
  }

  private static String text(
      List<Effect> raised, List<Effect> lowered, Function<Input, String> title) {
    return Stream.concat(raised.stream(), lowered.stream())
        .map(effect -> effect.text(title.apply(effect.input())))
        .collect(Collectors.joining("; "));
  }

  private static StructType type() {
    StructType type =
        new StructType().add("probability", DoubleType).add("base_log_odds", DoubleType);
    for (String direction : List.of("raised", "lowered")) {
      for (int i = 1; i <= PredictTables.REASONS; i++) {
        type =
            type.add(direction + "_" + i + "_code", StringType)
                .add(direction + "_" + i + "_points", DoubleType);
      }
    }
    return type.add("other_points", DoubleType)
        .add("reasons_en", StringType)
        .add("reasons_zh", StringType);
  }
}
