/**
 * The step score: recency, frequency and monetary value, the state of a customer's life, and the
 * scores that a deployment declares.
 */
package io.portrait.jobs.score;
