package io.portrait.common.table;

import static io.portrait.common.table.Layer.OPS;
import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;
import static org.apache.spark.sql.types.DataTypes.createMapType;

/** What was erased, what may not come back, and what went by age. */
public final class PrivacyTables {

  /** Certificates. Without personal data: it can be shown to anybody. */
  public static final TableSchema ERASURE =
      TableSchema.table(OPS, "erasure", "One row per request of erasure that was carried out.")
          .key("request_id", StringType, "Request", "請求編號", "As the request file names it.")
          .required("run_id", StringType, "", "Run", "執行編號", "Run that carried it out.")
          .required("erased_at", TimestampType, "", "Erased at", "清除時間", "Clock time, UTC.")
          .required("persons", LongType, "persons", "Persons", "人數", "Persons erased.")
          .required("accounts", LongType, "accounts", "Accounts", "帳戶數", "Accounts of them.")
          .required(
              "rows_by_table",
              createMapType(StringType, LongType),
              "rows",
              "Rows by table",
              "各表清除列數",
              "Rows erased from each table that had some.")
          .required("rows_erased", LongType, "rows", "Rows erased", "清除列數", "Sum of them.")
          .required(
              "files_purged",
              LongType,
              "files",
              "Files purged",
              "移除檔案數",
              "Files removed by the run, which may have carried out several requests.")
          .required("bytes_purged", LongType, "bytes", "Bytes purged", "移除位元組", "Their length.")
          .required(
              "files_searched",
              LongType,
              "files",
              "Files searched",
              "檢查檔案數",
              "Files below the warehouse that were searched afterwards: all there are.")
          .required("bytes_searched", LongType, "bytes", "Bytes searched", "檢查位元組", "Length.")
          .required(
              "identifiers_searched",
              LongType,
              "identifiers",
              "Identifiers searched",
              "檢查識別碼數",
              "Ids, names, addresses, e-mails, phones and pseudonyms searched for by the run.")
          .required(
              "identifiers_not_searched",
              LongType,
              "identifiers",
              "Not searched",
              "未檢查識別碼數",
              "Those too short to be told from other text, or of other persons too.")
          .required(
              "is_proven",
              BooleanType,
              "",
              "Proven",
              "已證明",
              "Whether the search found nothing; the JSON file names the places if it did.")
          .build();

  /** Whom no later extract may bring back. */
  public static final TableSchema SUPPRESSION =
      TableSchema.table(
              OPS,
              "suppression",
              "One row per account, e-mail or phone of an erased person: ingest lets none of its"
                  + " rows into bronze.")
          .key(
              "suppression_key",
              StringType,
              "Suppression",
              "禁止鍵",
              "Keyed pseudonym of the pseudonym that the account, e-mail or phone had.")
          .required("identifier_type", StringType, "", "Type", "類型", "email, phone or a realm.")
          .required("request_id", StringType, "", "Request", "請求編號", "Why; see ops/erasure.")
          .property("delta.dataSkippingStatsColumns", "identifier_type")
          .build();

  /** What went by age. */
  public static final TableSchema RETENTION =
      TableSchema.table(
              OPS,
              "retention",
              "One row per table of which rows went by age. Rollups of months before kept_from of"
                  + " their events are kept as they are and never made again.")
          .key("table_name", StringType, "Table", "資料表", "As silver/web_event.")
          .required(
              "kept_from", DateType, "", "Kept from", "保留起始日", "Earliest day that is complete.")
          .required("applied_at", TimestampType, "", "Applied at", "套用時間", "Clock time, UTC.")
          .build();

  private PrivacyTables() {}
}
