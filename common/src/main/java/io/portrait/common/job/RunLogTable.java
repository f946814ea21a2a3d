package io.portrait.common.job;

import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;
import static org.apache.spark.sql.types.DataTypes.createMapType;

import io.portrait.common.table.Layer;
import io.portrait.common.table.TableSchema;

/** What ran, with which configuration, on which table versions, with how many rows. */
public final class RunLogTable {

  /** The contract. */
  public static final TableSchema SCHEMA =
      TableSchema.table(
              Layer.OPS,
              "run_log",
              "One row per run and job that ran to its end; one that was unchanged leaves none.")
          .key("run_id", StringType, "Run", "執行編號", "One start of the command line.")
          .key("job", StringType, "Job", "步驟", "Step of the line.")
          .optional("as_of", DateType, "", "As of", "基準日", "Null for jobs without an as-of date.")
          .required("status", StringType, "", "Status", "狀態", "done or failed.")
          .required("started_at", TimestampType, "", "Started at", "開始時間", "Clock time, UTC.")
          .required("seconds", DoubleType, "seconds", "Seconds", "秒數", "Wall time.")
          .required("rows_in", LongType, "rows", "Rows in", "輸入列數", "Rows taken in.")
          .required("rows_out", LongType, "rows", "Rows out", "輸出列數", "Rows given out.")
          .required("rows_rejected", LongType, "rows", "Rows rejected", "拒收列數", "Rows refused.")
          .required("rows_duplicate", LongType, "rows", "Rows duplicate", "重複列數", "Rows removed.")
          .required(
              "config_hash", StringType, "", "Configuration", "設定雜湊", "Hash of the catalogue.")
          .required("code_version", StringType, "", "Version", "程式版本", "Version of Portrait.")
          .required(
              "tables_read",
              createMapType(StringType, LongType),
              "",
              "Tables read",
              "讀取的表",
              "Delta version by table; -1: not there.")
          .required(
              "tables_written",
              createMapType(StringType, LongType),
              "",
              "Tables written",
              "寫入的表",
              "Delta version by table.")
          .optional(
              "error", StringType, "", "Error", "錯誤", "Class of the failure; null unless failed.")
          .build();

  private RunLogTable() {}
}
