package io.portrait.common.table;

import org.apache.spark.sql.types.DataType;

/**
 * One column of a table.
 *
 * @param name snake_case name
 * @param type Spark SQL type
 * @param nullable whether null is allowed
 * @param unit unit of a number, for example {@code days}; empty if it has none
 * @param titleEn short English title
 * @param titleZh short Traditional Chinese title
 * @param comment meaning, range, what null means
 */
public record TableColumn(
    String name,
    DataType type,
    boolean nullable,
    String unit,
    String titleEn,
    String titleZh,
    String comment) {}
