package io.portrait.common.config;

import io.portrait.common.table.DataClass;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A score of customers; an element of {@code scores} in {@code scores.yaml}. It is exactly one of
 * scorecard, points, SQL expression and class.
 *
 * @param name column of the profile, snake_case, unique
 * @param title titles; absent: the name
 * @param description what it tells
 * @param levels ascending cut points; a score on a cut point has the higher level. Without them
 *     there is no level
 * @param scorecard parts of weighted characteristics, 1 to 100
 * @param points points that add up
 * @param sql SQL over a customer's features and habits
 * @param className class that implements {@link io.portrait.common.score.CustomerScorer}
 * @param purpose what it is used for; absent: profiling
 * @param sensitivity who may see it; absent: personal
 * @param place where it stands
 */
public record Score(
    String name,
    Optional<Title> title,
    Optional<String> description,
    List<Double> levels,
    Optional<Scorecard> scorecard,
    Optional<Points> points,
    Optional<Expression> sql,
    @Key("class") Optional<String> className,
    Optional<String> purpose,
    Optional<DataClass> sensitivity,
    Place place) {

  /** Checks name, kind and levels. */
  public Score {
    List<String> problems = new ArrayList<>();
    if (!isSnakeCase(name)) {
      problems.add("name '" + name + "' is not snake_case");
    }
    if (Stream.of(scorecard, points, sql, className).filter(Optional::isPresent).count() != 1) {
      problems.add("'" + name + "' needs exactly one of scorecard, points, sql and class");
    }
    if (!levels.equals(levels.stream().sorted().distinct().toList())) {
      problems.add("levels of '" + name + "' are not ascending: " + numbers(levels));
    }
    refuse(problems);
  }

  /** The titles, or the name where none are given. */
  public Title titleOrName() {
    return title.orElseGet(() -> named(name));
  }

  /** The purpose, or profiling where none is given. */
  public String purposeOrDefault() {
    return purpose.orElse(Purpose.PROFILING);
  }

  /** Which of the four it is: scorecard, points, sql or class. */
  public String method() {
    if (scorecard.isPresent()) {
      return "scorecard";
    }
    if (points.isPresent()) {
      return "points";
    }
    return sql.isPresent() ? "sql" : "class";
  }

  /** The cut points of the levels as one text, 20, 40, 60; absent without levels. */
  public Optional<String> levelCuts() {
    return levels.isEmpty() ? Optional.empty() : Optional.of(numbers(levels));
  }

  /** The characteristics in declared order; none for SQL and classes. */
  public List<Characteristic> characteristics() {
    return Stream.concat(
            scorecard.stream()
                .flatMap(card -> card.parts().stream())
                .flatMap(part -> part.characteristics().stream()),
            points.stream().flatMap(card -> card.characteristics().stream()))
        .toList();
  }

  /**
   * Weighted geometric mean of parts, from 1 to 100.
   *
   * @param parts parts; their weights sum to 100
   * @param place where it stands
   */
  public record Scorecard(List<Part> parts, Place place) {

    /** Checks weights and names. */
    public Scorecard {
      List<String> problems = new ArrayList<>();
      checkWeights("parts", parts.stream().map(Part::weight).toList(), problems);
      checkNames("part", parts.stream().map(Part::name).toList(), problems);
      checkNames(
          "characteristic",
          parts.stream()
              .flatMap(part -> part.characteristics().stream())
              .map(Characteristic::name)
              .toList(),
          problems);
      refuse(problems);
    }
  }

  /**
   * Weighted mean of the points of characteristics.
   *
   * @param name snake_case, unique in the score
   * @param title titles; absent: the name
   * @param weight exponent in the score, in hundredths
   * @param characteristics characteristics; their weights sum to 100
   * @param place where it stands
   */
  public record Part(
      String name,
      Optional<Title> title,
      double weight,
      List<Characteristic> characteristics,
      Place place) {

    /** Checks weights and points. */
    public Part {
      List<String> problems = new ArrayList<>();
      for (Characteristic characteristic : characteristics) {
        String of = "'" + characteristic.name() + "'";
        if (characteristic.weight().isEmpty()) {
          problems.add(of + " has no weight");
        }
        if (characteristic.missing().isPresent()) {
          problems.add(of + " must not say missing: what is not known has the neutral 50 points");
        }
        characteristic
            .allPoints()
            .filter(points -> !(points >= 0 && points <= 100))
            .forEach(
                points -> problems.add("points of " + of + " leave 0 to 100: " + text(points)));
      }
      if (characteristics.stream().allMatch(c -> c.weight().isPresent())) {
        checkWeights(
            "characteristics of '" + name + "'",
            characteristics.stream().map(c -> c.weight().orElseThrow()).toList(),
            problems);
      }
      refuse(problems);
    }
  }

  /**
   * Points that add up: base plus the points of each characteristic.
   *
   * @param scale what points mean as odds; absent where they mean none
   * @param base points of everybody
   * @param characteristics characteristics, without weights
   * @param place where it stands
   */
  public record Points(
      Optional<Scale> scale, double base, List<Characteristic> characteristics, Place place) {

    /** Checks the characteristics. */
    public Points {
      List<String> problems = new ArrayList<>();
      if (characteristics.isEmpty()) {
        problems.add("there is no characteristic");
      }
      checkNames(
          "characteristic", characteristics.stream().map(Characteristic::name).toList(), problems);
      for (Characteristic characteristic : characteristics) {
        String of = "'" + characteristic.name() + "'";
        if (characteristic.weight().isPresent()) {
          problems.add(of + " has a weight, but points are added up as they are");
        }
        if (characteristic.percentile().isPresent()) {
          problems.add(of + " has percentile, but points are given by bins or categories");
        }
      }
      refuse(problems);
    }
  }

  /**
   * What points mean: at {@code score} points there are {@code odds} good customers to a bad one,
   * and {@code doubling} more points double that.
   *
   * @param score points
   * @param odds good customers to a bad one
   * @param doubling points to double the odds
   */
  public record Scale(double score, double odds, double doubling) {

    /** Checks the ranges. */
    public Scale {
      if (!(odds > 0 && doubling > 0)) {
        throw new IllegalArgumentException("odds and doubling must be greater than 0");
      }
    }

    /** Points that multiply the odds by e. */
    public double factor() {
      return doubling / Math.log(2);
    }

    /** Points at even odds. */
    public double offset() {
      return score - factor() * Math.log(odds);
    }
  }

  /**
   * One input of a score and the points that its values have. Exactly one of percentile, bins and
   * categories says how.
   *
   * @param name snake_case, unique in the score
   * @param title titles; absent: the name
   * @param value SQL over a customer's features and habits; null is unknown
   * @param weight weight within the part, in hundredths; of scorecards alone
   * @param percentile points are the percentile among all customers with a value
   * @param bins points by ranges of a number
   * @param categories points by text
   * @param other points of a category that is not listed; absent: it counts as unknown
   * @param missing points of an unknown value, of point scores alone; absent: 0
   * @param place where it stands
   */
  public record Characteristic(
      String name,
      Optional<Title> title,
      Expression value,
      Optional<Double> weight,
      Optional<Direction> percentile,
      List<Bin> bins,
      Map<String, Double> categories,
      Optional<Double> other,
      Optional<Double> missing,
      Place place) {

    /** Checks the name and how points are given. */
    public Characteristic {
      List<String> problems = new ArrayList<>();
      if (!isSnakeCase(name)) {
        problems.add("name '" + name + "' is not snake_case");
      }
      if (Stream.of(percentile.isPresent(), !bins.isEmpty(), !categories.isEmpty())
              .filter(given -> given)
              .count()
          != 1) {
        problems.add("'" + name + "' needs exactly one of percentile, bins and categories");
      }
      if (other.isPresent() && categories.isEmpty()) {
        problems.add("'" + name + "' has other, which is for categories");
      }
      bins =
          bins.stream()
              .sorted(Comparator.comparingDouble(b -> b.from().orElse(Double.NEGATIVE_INFINITY)))
              .toList();
      checkBins(name, bins, problems);
      refuse(problems);
    }

    /** The titles, or the name where none are given. */
    public Title titleOrName() {
      return title.orElseGet(() -> named(name));
    }

    private Stream<Double> allPoints() {
      return Stream.of(bins.stream().map(Bin::points), categories.values().stream(), other.stream())
          .flatMap(points -> points);
    }

    /** Every number must lie in exactly one bin. */
    private static void checkBins(String name, List<Bin> bins, List<String> problems) {
      if (bins.isEmpty()) {
        return;
      }
      String of = "bins of '" + name + "'";
      bins.get(0).from().ifPresent(from -> problems.add(of + " leave a gap below " + text(from)));
      // How far the bins so far reach; they are sorted by where they begin.
      double reach = Double.NEGATIVE_INFINITY;
      for (Bin bin : bins) {
        double from = bin.from().orElse(Double.NEGATIVE_INFINITY);
        double to = bin.to().orElse(Double.POSITIVE_INFINITY);
        if (bin != bins.get(0) && from > reach) {
          problems.add(of + " leave a gap from " + text(reach) + " to " + text(from));
        }
        if (bin != bins.get(0) && from < reach) {
          problems.add(of + " overlap " + span(from, Math.min(to, reach)));
        }
        reach = Math.max(reach, to);
      }
      if (reach < Double.POSITIVE_INFINITY) {
        problems.add(of + " leave a gap from " + text(reach) + " on");
      }
    }

    private static String span(double from, double to) {
      if (from == Double.NEGATIVE_INFINITY) {
        return to == Double.POSITIVE_INFINITY ? "everywhere" : "below " + text(to);
      }
      return "from " + text(from) + (to == Double.POSITIVE_INFINITY ? " on" : " to " + text(to));
    }
  }

  /** Which end of a percentile has more points. */
  public enum Direction {
    /** Great values. */
    HIGH,
    /** Small values. */
    LOW
  }

  /**
   * Points of a range of values.
   *
   * @param from least value, included; absent: open
   * @param to upper end, not included; absent: open
   * @param points points
   */
  public record Bin(Optional<Double> from, Optional<Double> to, double points) {

    /** Checks the ends. */
    public Bin {
      if (from.isPresent() && to.isPresent() && !(from.get() < to.get())) {
        throw new IllegalArgumentException(
            "the bin from " + text(from.get()) + " to " + text(to.get()) + " is empty");
      }
    }
  }

  private static void checkWeights(String of, List<Double> weights, List<String> problems) {
    double sum = weights.stream().mapToDouble(weight -> weight).sum();
    if (Math.abs(sum - 100) > 1e-9) {
      problems.add("weights of the " + of + " sum to " + text(sum) + ", not 100");
    }
    if (weights.stream().anyMatch(weight -> !(weight > 0))) {
      problems.add("weights of the " + of + " must be greater than 0: " + numbers(weights));
    }
  }

  private static void checkNames(String what, List<String> names, List<String> problems) {
    names.stream()
        .filter(name -> names.indexOf(name) != names.lastIndexOf(name))
        .distinct()
        .forEach(name -> problems.add("the " + what + " '" + name + "' is declared twice"));
  }

  private static void refuse(List<String> problems) {
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", problems));
    }
  }

  private static boolean isSnakeCase(String name) {
    return name.matches("[a-z][a-z0-9_]*");
  }

  private static Title named(String name) {
    String words = name.replace('_', ' ');
    String text = words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1);
    return new Title(text, text);
  }

  private static String numbers(List<Double> values) {
    return String.join(", ", values.stream().map(Score::text).toList());
  }

  /** A number as it was written: 550, not 550.0. */
  private static String text(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }
}
