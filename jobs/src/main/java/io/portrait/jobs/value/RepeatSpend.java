package io.portrait.jobs.value;

/**
 * Customers that spent the same on as many repeat purchases: all that the spend model needs.
 *
 * @param repeats x: repeat purchase days, at least 1
 * @param mean mean spend on one of them, above 0
 * @param customers how many spent so
 */
record RepeatSpend(int repeats, double mean, long customers) {}
