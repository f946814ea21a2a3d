package io.portrait.jobs.fitscorecard;

/**
 * What a characteristic is computed from: a column of the table or a derived one.
 *
 * @param name the column's name
 * @param sql expression over the table's columns
 * @param isNumber whether it is cut at numbers, not taken by category
 * @param position place among the numbers, or among the texts, of a prepared row
 */
record Input(String name, String sql, boolean isNumber, int position) {}
