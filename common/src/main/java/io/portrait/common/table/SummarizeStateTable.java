package io.portrait.common.table;

import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

/**
 * What the rollups have taken in, so that the next run finds the months that have changed since.
 */
public final class SummarizeStateTable {

  public static final String TABLE_NAME = "table_name";
  public static final String TABLE_VERSION = "table_version";
  public static final String DEFINITION = "definition";

  /** The contract. */
  public static final TableSchema SCHEMA =
      TableSchema.table(
              Layer.OPS,
              "summarize_state",
              "One row per silver table that the rollups are made from. Without rows, and after"
                  + " deleting them, the next run rebuilds all months.")
          .key(TABLE_NAME, StringType, "Table", "資料表", "As silver/order_item.")
          .required(
              TABLE_VERSION,
              LongType,
              "",
              "Version",
              "版本",
              "Delta version that is contained; -1: there was no such table.")
          .required(
              DEFINITION,
              StringType,
              "",
              "Definition",
              "定義",
              "Version of the rollups' definition and time zone; another one rebuilds all months.")
          .build();

  private SummarizeStateTable() {}
}
