package io.portrait.jobs.report;

import org.apache.spark.sql.Column;

/**
 * Something by which customers are counted in bands.
 *
 * @param name name, unique among measures counted together
 * @param band whole number of the band; null: the customer is not counted
 * @param amount what is added up in each band
 */
record Measure(String name, Column band, Column amount) {}
