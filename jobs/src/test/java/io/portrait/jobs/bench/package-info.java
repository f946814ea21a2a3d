/**
 * What scripts/bench runs: seconds by step, and the same work in another engine with the same
 * results.
 */
package io.portrait.jobs.bench;
