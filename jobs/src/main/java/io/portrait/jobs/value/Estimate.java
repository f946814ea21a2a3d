package io.portrait.jobs.value;

import java.util.List;

/**
 * The parameters under which the data are most likely.
 *
 * @param parameters in the order of the likelihood
 * @param standardErrors theirs, in the same order; empty if the data do not tell the parameters
 *     apart
 * @param logLikelihood the greatest one
 */
record Estimate(List<Double> parameters, List<Double> standardErrors, double logLikelihood) {}
