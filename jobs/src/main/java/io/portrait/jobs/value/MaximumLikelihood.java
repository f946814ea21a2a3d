package io.portrait.jobs.value;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.commons.math3.exception.MathIllegalStateException;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.CholeskyDecomposition;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.NonPositiveDefiniteMatrixException;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.RealVector;
import org.apache.commons.math3.optim.InitialGuess;
import org.apache.commons.math3.optim.MaxEval;
import org.apache.commons.math3.optim.PointValuePair;
import org.apache.commons.math3.optim.SimpleValueChecker;
import org.apache.commons.math3.optim.nonlinear.scalar.GoalType;
import org.apache.commons.math3.optim.nonlinear.scalar.ObjectiveFunction;
import org.apache.commons.math3.optim.nonlinear.scalar.ObjectiveFunctionGradient;
import org.apache.commons.math3.optim.nonlinear.scalar.gradient.NonLinearConjugateGradientOptimizer;
import org.apache.commons.math3.optim.nonlinear.scalar.gradient.NonLinearConjugateGradientOptimizer.Formula;

/**
 * Finds the parameters under which the data are most likely: by conjugate gradients from several
 * starts, and from the best of what they found by Newton's steps, since the likelihoods have long
 * ridges that gradients crawl along.
 *
 * <p>It searches by u with parameter = floor + unit exp(u), where the unit is what the first start
 * has above the floor: every u gives parameters that are allowed, and 0 is about the right size. It
 * minimises the mean of the negative log-likelihood over customers, so that tolerances do not
 * depend on their number. Where the likelihood grows without end, as with r and alpha of customers
 * who are all alike, the parameters are held within a factor of exp(8) of the first start; the
 * model that they give is then as good as the one at infinity.
 */
final class MaximumLikelihood {

  private static final double REACH = 8;

  /** The search from a start ends when a step gains less, relative to the value. */
  private static final double ROUGH = 1e-5;

  private static final double LINE_SEARCH = 1e-2;
  private static final int MOST_EVALUATIONS = 2_000;
  private static final int MOST_STEPS = 100;
  private static final int MOST_HALVINGS = 30;

  /** Values are the same up to this, relatively: what remains of sums of large logarithms. */
  private static final double NOISE = 1e-11;

  /** Found if no u changes the mean log-likelihood at more than this rate. */
  private static final double FLAT = 1e-5;

  /** Newton's steps go on to here. */
  private static final double FLATTEST = 1e-10;

  /** Step that the curvature is taken over. */
  private static final double CURVATURE_STEP = 1e-4;

  private final LogLikelihood likelihood;
  private final double[] floors;
  private final double[] units;

  private MaximumLikelihood(LogLikelihood likelihood) {
    this.likelihood = likelihood;
    this.floors = likelihood.floors();
    this.units = likelihood.starts()[0];
    for (int i = 0; i < units.length; i++) {
      units[i] -= floors[i];
    }
  }

  /** The estimate; empty if none was found. */
  static Optional<Estimate> of(LogLikelihood likelihood) {
    MaximumLikelihood search = new MaximumLikelihood(likelihood);
    return Arrays.stream(likelihood.starts())
        .flatMap(start -> search.near(search.position(start)).stream())
        .min(Comparator.comparingDouble(PointValuePair::getValue))
        .map(near -> search.bottom(near.getPoint()))
        .filter(position -> search.gradient(position).getLInfNorm() < FLAT)
        .map(search::estimate);
  }

  /** Searches roughly; empty if in vain. */
  private Optional<PointValuePair> near(double[] start) {
    NonLinearConjugateGradientOptimizer optimizer =
        new NonLinearConjugateGradientOptimizer(
            Formula.POLAK_RIBIERE,
            new SimpleValueChecker(ROUGH, ROUGH),
            LINE_SEARCH,
            LINE_SEARCH,
            1);
    try {
      return Optional.of(
          optimizer.optimize(
              GoalType.MINIMIZE,
              new ObjectiveFunction(position -> objective(position, null)),
              new ObjectiveFunctionGradient(position -> gradient(position).toArray()),
              new InitialGuess(start),
              new MaxEval(MOST_EVALUATIONS)));
    } catch (MathIllegalStateException e) {
      // Too many evaluations, or no bracket for a step.
      return Optional.empty();
    }
  }

  /**
   * Newton's steps, each halved until it leads down or, where the value no longer tells, to where
   * it is flatter.
   */
  private double[] bottom(double[] near) {
    RealVector position = new ArrayRealVector(near);
    double value = objective(near, null);
    double slope = gradient(near).getLInfNorm();
    for (int i = 0; i < MOST_STEPS && slope > FLATTEST; i++) {
      RealVector step = newtonStep(position.toArray());
      boolean isBetter = false;
      for (int j = 0; j < MOST_HALVINGS && !isBetter; j++) {
        RealVector next = position.add(step);
        double nextValue = objective(next.toArray(), null);
        double nextSlope = gradient(next.toArray()).getLInfNorm();
        double noise = NOISE * Math.abs(value);
        isBetter = nextValue < value - noise || (nextValue <= value + noise && nextSlope < slope);
        if (isBetter) {
          position = next;
          value = nextValue;
          slope = nextSlope;
        }
        step = step.mapMultiply(0.5);
      }
      if (!isBetter) {
        break;
      }
    }
    return position.toArray();
  }

  /**
   * Towards the bottom if the objective were quadratic; bent to the gradient while it curves up.
   */
  private RealVector newtonStep(double[] position) {
    RealMatrix curvature = curvature(position);
    RealVector down = gradient(position).mapMultiply(-1);
    double bent = 0;
    while (true) {
      try {
        return new CholeskyDecomposition(curvature).getSolver().solve(down);
      } catch (NonPositiveDefiniteMatrixException e) {
        double more = Math.max(1e-6, 9 * bent);
        curvature =
            curvature.add(
                MatrixUtils.createRealIdentityMatrix(position.length).scalarMultiply(more));
        bent += more;
      }
    }
  }

  /** The mean negative log-likelihood, and a wall around what is within reach. */
  private double objective(double[] position, double[] gradient) {
    double[] parameters = parameters(position);
    double value = -likelihood.at(parameters, gradient) / likelihood.customers();
    for (int i = 0; i < position.length; i++) {
      double beyond = Math.max(0, Math.abs(position[i]) - REACH);
      value += beyond * beyond;
      if (gradient != null) {
        gradient[i] *= -(parameters[i] - floors[i]) / likelihood.customers();
        gradient[i] += 2 * beyond * Math.signum(position[i]);
      }
    }
    return value;
  }

  private RealVector gradient(double[] position) {
    double[] gradient = new double[position.length];
    objective(position, gradient);
    return new ArrayRealVector(gradient, false);
  }

  /** Second derivatives, from differences of the first. */
  private RealMatrix curvature(double[] position) {
    int size = position.length;
    RealMatrix curvature = MatrixUtils.createRealMatrix(size, size);
    for (int i = 0; i < size; i++) {
      double[] moved = position.clone();
      moved[i] = position[i] + CURVATURE_STEP;
      RealVector above = gradient(moved);
      moved[i] = position[i] - CURVATURE_STEP;
      curvature.setRowVector(i, above.subtract(gradient(moved)).mapDivide(2 * CURVATURE_STEP));
    }
    return curvature.add(curvature.transpose()).scalarMultiply(0.5);
  }

  private double[] position(double[] parameters) {
    double[] position = new double[units.length];
    for (int i = 0; i < position.length; i++) {
      position[i] = Math.log((parameters[i] - floors[i]) / units[i]);
    }
    return position;
  }

  /** Finite and above their floors, however far a step reaches out. */
  private double[] parameters(double[] position) {
    double[] parameters = new double[units.length];
    for (int i = 0; i < parameters.length; i++) {
      double held = Math.max(-2 * REACH, Math.min(2 * REACH, position[i]));
      parameters[i] = floors[i] + units[i] * Math.exp(held);
    }
    return parameters;
  }

  private Estimate estimate(double[] position) {
    double[] parameters = parameters(position);
    return new Estimate(
        Arrays.stream(parameters).boxed().toList(),
        standardErrors(position, parameters),
        likelihood.at(parameters, null));
  }

  /** From the inverse of the curvature, by the delta method; none where a parameter is held. */
  private List<Double> standardErrors(double[] position, double[] parameters) {
    if (Arrays.stream(position).anyMatch(u -> Math.abs(u) > REACH)) {
      return List.of();
    }
    try {
      RealMatrix covariance =
          new CholeskyDecomposition(curvature(position)).getSolver().getInverse();
      List<Double> errors = new ArrayList<>();
      for (int i = 0; i < parameters.length; i++) {
        errors.add(
            (parameters[i] - floors[i])
                * Math.sqrt(covariance.getEntry(i, i) / likelihood.customers()));
      }
      return List.copyOf(errors);
    } catch (NonPositiveDefiniteMatrixException e) {
      return List.of();
    }
  }
}
