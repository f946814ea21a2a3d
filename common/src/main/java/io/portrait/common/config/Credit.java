package io.portrait.common.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code credit} in {@code scores.yaml}: grades, and what is offered to whom.
 *
 * @param score name of the score, one of points with a scale
 * @param minCoverage share of the score's inputs, 0 to 1, that must be known for a grade; of whom
 *     less is known has neither a grade nor a probability
 * @param grades grades, the best first; together they hold every score
 * @param routes ways that customers are dealt with; the first whose condition holds, so that the
 *     last has none. Customers without a score take the last
 * @param place where it stands
 */
public record Credit(
    String score, double minCoverage, List<Grade> grades, List<Route> routes, Place place) {

  /** Checks that grades and routes leave nobody out. */
  public Credit {
    List<String> problems = new ArrayList<>();
    if (!(minCoverage >= 0 && minCoverage <= 1)) {
      problems.add("min_coverage must be 0 to 1, is " + text(minCoverage));
    }
    checkGrades(grades, problems);
    checkRoutes(routes, problems);
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", problems));
    }
  }

  /** The route of those whom no condition holds for. */
  public Route otherwise() {
    return routes.get(routes.size() - 1);
  }

  private static void checkGrades(List<Grade> grades, List<String> problems) {
    if (grades.isEmpty()) {
      problems.add("there is no grade");
      return;
    }
    grades
        .get(grades.size() - 1)
        .from()
        .ifPresent(
            from ->
                problems.add(
                    "grades leave a gap below " + text(from) + ": the last must have no from"));
    for (int i = 0; i < grades.size(); i++) {
      Grade grade = grades.get(i);
      if (grades.subList(0, i).stream().anyMatch(g -> g.code().equals(grade.code()))) {
        problems.add("the grade '" + grade.code() + "' is declared twice");
      }
      boolean isLast = i == grades.size() - 1;
      if (!isLast && grade.from().isEmpty()) {
        problems.add(
            "the grade '"
                + grade.code()
                + "' has no from and takes every score; only the last may do so");
      }
      if (i > 0 && grade.from().isPresent() && grades.get(i - 1).from().isPresent()) {
        double above = grades.get(i - 1).from().get();
        if (grade.from().get() >= above) {
          problems.add(
              "the grade '"
                  + grade.code()
                  + "' holds no score: its from "
                  + text(grade.from().get())
                  + " is not below "
                  + text(above));
        }
      }
    }
  }

  private static void checkRoutes(List<Route> routes, List<String> problems) {
    if (routes.isEmpty() || routes.get(routes.size() - 1).when().isPresent()) {
      problems.add("the last route must have no condition: it takes whom no other takes");
    }
    for (int i = 0; i < routes.size() - 1; i++) {
      if (routes.get(i).when().isEmpty()) {
        problems.add(
            "the route '"
                + routes.get(i).code()
                + "' has no condition and takes everybody; only the last may do so");
      }
    }
  }

  private static String text(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }

  /**
   * A grade.
   *
   * @param code short name, for example A
   * @param from least score, included; absent: all that the grades before leave
   */
  public record Grade(String code, Optional<Double> from) {}

  /**
   * A way that customers are dealt with. A code may stand more than once, with several conditions.
   *
   * @param code snake_case name
   * @param when condition over a customer's features and habits, and {@code score}, {@code grade},
   *     {@code probability_of_default} and {@code coverage}; absent: always
   * @param title titles
   * @param limit suggested credit limit in the currency, over the same, 0 where it comes out below;
   *     absent: none is suggested
   * @param rateBand name of the price list's band; absent: none is suggested
   * @param description what is done with these customers
   * @param place where it stands
   */
  public record Route(
      String code,
      Optional<Expression> when,
      Title title,
      Optional<Expression> limit,
      Optional<String> rateBand,
      String description,
      Place place) {

    /** The condition as text, in one line. */
    public String rule() {
      return when.map(condition -> Expression.oneLine(condition.sql())).orElse("otherwise");
    }
  }
}
