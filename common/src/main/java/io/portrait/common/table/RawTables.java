package io.portrait.common.table;

import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;
import static org.apache.spark.sql.types.DataTypes.createMapType;

import org.apache.spark.sql.types.DataType;

/** What was received, what was refused, and the account of both. */
public final class RawTables {

  private static final DataType ROW = createMapType(StringType, StringType);

  /** Rows refused by a contract. Restricted: rows are as received. */
  public static final TableSchema REJECTED =
      TableSchema.table(
              Layer.BRONZE,
              "rejected",
              "One row per received row that an entity's contract refused.")
          .required("source", StringType, "", "Source", "來源", "Source in sources.yaml.")
          .required("entity", StringType, "", "Entity", "實體", "Entity that refused it.")
          .required("batch_id", LongType, "", "Batch", "批次", "Ingestion batch of the source.")
          .required("origin", StringType, "", "Origin", "出處", "File or query that it came from.")
          .required("row_hash", StringType, "", "Row hash", "列雜湊", "Fingerprint of the row.")
          .required(
              "reasons",
              createArrayType(StringType),
              "",
              "Reasons",
              "原因",
              "All reasons, as column: what.")
          .required("row", ROW, "", "Row", "原始列", "As received, by raw column.")
          .property("delta.dataSkippingStatsColumns", "source,entity,batch_id")
          .build();

  /** Values to use instead of those received. Restricted: they are raw values. */
  public static final TableSchema CORRECTION =
      TableSchema.table(
              Layer.BRONZE,
              "correction",
              "One row per refused row that was corrected; conform uses its values.")
          .key("source", StringType, "Source", "來源", "Source in sources.yaml.")
          .key("row_hash", StringType, "Row hash", "列雜湊", "Fingerprint of the row as received.")
          .required("row", ROW, "", "Row", "更正列", "Corrected values, by raw column.")
          .required("run_id", StringType, "", "Run", "執行編號", "Run that took it.")
          .optional(
              "corrected_at",
              TimestampType,
              "",
              "Corrected at",
              "更正時間",
              "Clock time, UTC; retention counts from it.")
          .property("delta.dataSkippingStatsColumns", "source")
          .build();

  /** Batches that nobody wants. */
  public static final TableSchema DISCARDED_BATCH =
      TableSchema.table(
              Layer.OPS,
              "discarded_batch",
              "One row per ingested batch that was discarded: all its rows are refused.")
          .key("source", StringType, "Source", "來源", "Source in sources.yaml.")
          .key("batch_id", LongType, "Batch", "批次", "Ingestion batch of the source.")
          .required("reason", StringType, "", "Reason", "原因", "Why, in the words of who did it.")
          .required("run_id", StringType, "", "Run", "執行編號", "Run that discarded it.")
          .build();

  /** What was read, by file or query. A batch counts once its rows stand here. */
  public static final TableSchema INGEST_FILE =
      TableSchema.table(
              Layer.OPS, "ingest_file", "One row per source, batch and file or query read.")
          .key("source", StringType, "Source", "來源", "Source in sources.yaml.")
          .key("batch_id", LongType, "Batch", "批次", "1, 2, ... per run that found rows.")
          .key("origin", StringType, "Origin", "出處", "File or query.")
          .optional("bytes", LongType, "bytes", "Bytes", "位元組", "Length of the file.")
          .optional("modified_at", TimestampType, "", "Modified at", "修改時間", "Of the file, UTC.")
          .required("rows", LongType, "rows", "Rows", "列數", "Rows read from it.")
          .required(
              "columns",
              createArrayType(StringType),
              "",
              "Columns",
              "欄位",
              "Raw columns of the batch.")
          .optional("watermark", StringType, "", "Watermark", "水位", "Highest value read, for JDBC.")
          .required("ingested_at", TimestampType, "", "Ingested at", "擷取時間", "Clock time, UTC.")
          .optional(
              "rows_erased",
              LongType,
              "rows",
              "Rows erased",
              "清除列數",
              "Rows that bronze has no more or never had: of erased persons, or over age.")
          .build();

  /** The account of conform: rows in = elsewhere + kept + rejected + duplicate + deleted. */
  public static final TableSchema CONFORM_RESULT =
      TableSchema.table(Layer.OPS, "conform_result", "One row per source, batch and map conformed.")
          .key("source", StringType, "Source", "來源", "Source in sources.yaml.")
          .key("batch_id", LongType, "Batch", "批次", "Ingestion batch of the source.")
          .key("entity", StringType, "Entity", "實體", "Entity that the rows feed.")
          .key("map_number", IntegerType, "Map", "對應", "Place of the map in its source, from 1.")
          .required(
              "map_fingerprint",
              StringType,
              "",
              "Fingerprint",
              "對應指紋",
              "Of the map as declared then.")
          .required("rows_in", LongType, "rows", "Rows in", "輸入列數", "Rows of the batch.")
          .required("rows_elsewhere", LongType, "rows", "Elsewhere", "不屬此實體", "Rows outside where.")
          .required("rows_kept", LongType, "rows", "Kept", "保留列數", "Rows now in silver.")
          .required("rows_rejected", LongType, "rows", "Rejected", "拒收列數", "Rows refused.")
          .required(
              "rows_duplicate",
              LongType,
              "rows",
              "Duplicate",
              "重複列數",
              "Rows beaten by another of their key.")
          .required(
              "rows_deleted", LongType, "rows", "Deleted", "刪除列數", "Rows gone from the source.")
          .build();

  /** Why rows were refused or values emptied. */
  public static final TableSchema REJECT_REASON =
      TableSchema.table(
              Layer.OPS, "reject_reason", "One row per source, batch, entity, reason and outcome.")
          .key("source", StringType, "Source", "來源", "Source in sources.yaml.")
          .key("batch_id", LongType, "Batch", "批次", "Ingestion batch of the source.")
          .key("entity", StringType, "Entity", "實體", "Entity that found it.")
          .key("reason", StringType, "Reason", "原因", "Column: what; never a value.")
          .key(
              "outcome",
              StringType,
              "Outcome",
              "結果",
              "rejected: the row was refused; emptied: an optional value became null.")
          .required("rows", LongType, "rows", "Rows", "列數", "Rows with this reason.")
          .build();

  /**
   * In place of a map's fingerprint in {@link #CONFORM_RESULT}: no map has it, so conform makes the
   * entity again from bronze.
   */
  public static final String TO_REBUILD = "to be made again";

  private RawTables() {}

  /** The bronze table of a source. Restricted: rows are as received. */
  public static TableSchema bronze(String source) {
    return TableSchema.table(
            Layer.BRONZE, source, "One row per row received from " + source + "; append only.")
        .required("source", StringType, "", "Source", "來源", "Source in sources.yaml.")
        .required("batch_id", LongType, "", "Batch", "批次", "Ingestion batch of the source.")
        .required("origin", StringType, "", "Origin", "出處", "File or query that it came from.")
        .required(
            "operation",
            StringType,
            "",
            "Operation",
            "操作",
            "upsert, or delete: the row is gone from the source.")
        .required("row", ROW, "", "Row", "原始列", "As received: raw column to text.")
        .optional("malformed", StringType, "", "Malformed", "格式錯誤", "Why it could not be read.")
        .property("delta.dataSkippingStatsColumns", "batch_id")
        .build();
  }
}
