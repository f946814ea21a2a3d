package io.portrait.jobs.match;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The model of Fellegi and Sunter, A Theory for Record Linkage (1969), with independent
 * comparisons.
 *
 * @param prior share of all pairs of accounts that are one person
 * @param m by comparison and level: of the pairs that are one person and have both values, the
 *     share at this level
 * @param u the same of the pairs that are two persons
 * @param groups by comparison a number: of comparisons with one number, which agree together, only
 *     the greatest weight above 0 counts
 */
record MatchModel(double prior, List<List<Double>> m, List<List<Double>> u, List<Integer> groups) {

  private static final double LOG_2 = Math.log(2);

  /** A model in which every comparison counts. */
  MatchModel(double prior, List<List<Double>> m, List<List<Double>> u) {
    this(prior, m, u, IntStream.range(0, m.size()).boxed().toList());
  }

  /** What a level of a comparison adds to a pair's weight, in bits: log2(m / u). */
  double weight(int comparison, int level) {
    return log2(m.get(comparison).get(level) / u.get(comparison).get(level));
  }

  /** The weight of a pair of which nothing is known, in bits: log2 of the odds. */
  double priorWeight() {
    return log2(prior / (1 - prior));
  }

  /** The weight of a pair, in bits; an unknown level adds nothing. */
  double weight(Agreement agreement) {
    double weight = priorWeight();
    double[] strongest = new double[groups.size()];
    for (int c = 0; c < agreement.levels().size(); c++) {
      Integer level = agreement.levels().get(c);
      if (level != null) {
        double own = weight(c, level);
        int group = groups.get(c);
        weight += Math.min(own, 0) + Math.max(own - strongest[group], 0);
        strongest[group] = Math.max(own, strongest[group]);
      }
    }
    return weight;
  }

  /** The probability that a pair with this weight is one person. */
  static double probability(double weight) {
    return 1 / (1 + Math.pow(2, -weight));
  }

  private static double log2(double x) {
    return Math.log(x) / LOG_2;
  }

  /**
   * Estimates the model by expectation maximization, without labels.
   *
   * <p>The pairs that are one person are looked for among the candidates alone: a pair that no
   * blocking rule finds counts as two persons. Random pairs say how all pairs agree, r = prior * m
   * + (1 - prior) * u, which gives u without taking it from candidates, that were chosen because
   * they agree. So the estimates are of all pairs, and hold for a pair whatever rule found it.
   */
  static final class Fit {

    private static final int MAX_ROUNDS = 500;

    /** A round that moves no probability by more ends the search. */
    private static final double TOLERANCE = 1e-7;

    /** Random pairs added to every level, so that no level is impossible. */
    private static final double ADDED_PAIRS = 0.5;

    /**
     * Pairs of one person added that agree as strangers do: a level that nothing is known of speaks
     * for nobody.
     */
    private static final double ADDED_MATCHES = 1;

    /** Where the search begins: one person mostly agrees. */
    private static final double FIRST_TOP_LEVEL = 0.9;

    private final List<Agreement> candidates;
    private final double[][] random;
    private final double[] randomPairs;
    private final double allPairs;
    private final int[] levels;
    private final List<Integer> groups;

    /**
     * Prepares a fit.
     *
     * @param candidates pairs that a blocking rule found
     * @param random pairs drawn by chance from all
     * @param levels number of levels of each comparison
     * @param groups as {@link MatchModel#groups}
     * @param allPairs how many pairs there are
     */
    Fit(
        List<Agreement> candidates,
        List<Agreement> random,
        List<Integer> levels,
        List<Integer> groups,
        double allPairs) {
      this.candidates = candidates.stream().sorted(Agreement.ORDER).toList();
      this.levels = levels.stream().mapToInt(Integer::intValue).toArray();
      this.groups = groups;
      this.allPairs = Math.max(1, allPairs);
      this.random = zeros();
      this.randomPairs = new double[this.levels.length];
      for (Agreement agreement : random) {
        add(this.random, agreement, agreement.pairs());
      }
      for (int c = 0; c < this.levels.length; c++) {
        for (double pairs : this.random[c]) {
          randomPairs[c] += pairs;
        }
      }
    }

    /** The estimates. */
    MatchModel model() {
      double[][] m = firstM();
      double accounts = (1 + Math.sqrt(1 + 8 * allPairs)) / 2;
      // As if every second account had a twin.
      double prior = bounded(accounts / 4 / allPairs);
      for (int round = 0; round < MAX_ROUNDS; round++) {
        MatchModel current = model(prior, m);
        double[][] sums = zeros();
        double matches = 0;
        for (Agreement agreement : candidates) {
          double expected = agreement.pairs() * probability(current.weight(agreement));
          matches += expected;
          add(sums, agreement, expected);
        }
        double[][] next = drawnTo(sums, current.u());
        double moved = Math.abs(bounded(matches / allPairs) - prior) * allPairs;
        // A prior is settled when it is by less than a millionth of a pair for each match.
        boolean isSettled = moved <= 1e-6 * Math.max(1, matches) && distance(m, next) <= TOLERANCE;
        m = next;
        prior = bounded(matches / allPairs);
        if (isSettled) {
          break;
        }
      }
      return model(prior, m);
    }

    private MatchModel model(double prior, double[][] m) {
      double[][] strangers = zeros();
      for (int c = 0; c < levels.length; c++) {
        for (int l = 0; l < levels[c]; l++) {
          strangers[c][l] = Math.max(0, random[c][l] - prior * m[c][l] * randomPairs[c]);
        }
      }
      return new MatchModel(prior, lists(m), lists(smoothed(strangers)), groups);
    }

    /** A match is never certain, nor impossible, before the accounts are looked at. */
    private double bounded(double prior) {
      double least = Math.min(0.25, 0.5 / allPairs);
      return Math.min(Math.max(prior, least), 0.5);
    }

    private double[][] firstM() {
      double[][] m = zeros();
      for (int c = 0; c < levels.length; c++) {
        for (int l = 0; l < levels[c]; l++) {
          m[c][l] = l == 0 ? FIRST_TOP_LEVEL : (1 - FIRST_TOP_LEVEL) / (levels[c] - 1);
        }
      }
      return m;
    }

    /** Shares of each comparison's levels, drawn a little to others. */
    private double[][] drawnTo(double[][] sums, List<List<Double>> others) {
      double[][] shares = zeros();
      for (int c = 0; c < levels.length; c++) {
        double total = ADDED_MATCHES;
        for (double sum : sums[c]) {
          total += sum;
        }
        for (int l = 0; l < levels[c]; l++) {
          shares[c][l] = (sums[c][l] + ADDED_MATCHES * others.get(c).get(l)) / total;
        }
      }
      return shares;
    }

    /** Shares of each comparison's levels, none of them 0. */
    private double[][] smoothed(double[][] sums) {
      double[][] shares = zeros();
      for (int c = 0; c < levels.length; c++) {
        double total = ADDED_PAIRS * levels[c];
        for (double sum : sums[c]) {
          total += sum;
        }
        for (int l = 0; l < levels[c]; l++) {
          shares[c][l] = (sums[c][l] + ADDED_PAIRS) / total;
        }
      }
      return shares;
    }

    private static void add(double[][] sums, Agreement agreement, double pairs) {
      for (int c = 0; c < sums.length; c++) {
        Integer level = agreement.levels().get(c);
        if (level != null) {
          sums[c][level] += pairs;
        }
      }
    }

    private static double distance(double[][] a, double[][] b) {
      double greatest = 0;
      for (int c = 0; c < a.length; c++) {
        for (int l = 0; l < a[c].length; l++) {
          greatest = Math.max(greatest, Math.abs(a[c][l] - b[c][l]));
        }
      }
      return greatest;
    }

    private double[][] zeros() {
      double[][] values = new double[levels.length][];
      for (int c = 0; c < levels.length; c++) {
        values[c] = new double[levels[c]];
      }
      return values;
    }

    private static List<List<Double>> lists(double[][] values) {
      List<List<Double>> lists = new ArrayList<>();
      for (double[] row : values) {
        List<Double> list = new ArrayList<>();
        for (double value : row) {
          list.add(value);
        }
        lists.add(List.copyOf(list));
      }
      return List.copyOf(lists);
    }
  }
}
