/** Expects who leaves and who buys next, by models learnt from the past as it was known then. */
package io.portrait.jobs.predict;
