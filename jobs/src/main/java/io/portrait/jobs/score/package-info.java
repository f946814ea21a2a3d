/** The step score: recency, frequency and monetary value, and the state of a customer's life. */
package io.portrait.jobs.score;
