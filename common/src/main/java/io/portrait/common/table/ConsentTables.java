package io.portrait.common.table;

import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;

/** Tables of the step {@code consent}: what customers have decided, and the purposes. */
public final class ConsentTables {

  /** Decisions of customers over time. */
  public static final TableSchema CONSENT_LEDGER =
      TableSchema.asOf(
              Layer.SILVER,
              "consent_ledger",
              "One row per as-of date, known customer, purpose and period in which one decision"
                  + " held. Of a person's accounts the strictest counts: while the latest decision of"
                  + " any of them is a refusal, the person has refused.")
          .key("customer_id", StringType, "Customer", "客戶", "Persistent customer id.")
          .key("purpose", StringType, "Purpose", "目的", "As decided, in lower case.")
          .key("valid_from", TimestampType, "Valid from", "生效時間", "When it was decided, UTC.")
          .required("is_granted", BooleanType, "", "Granted", "是否同意", "Granted or refused.")
          .optional(
              "valid_to",
              TimestampType,
              "",
              "Valid to",
              "失效時間",
              "When another decision replaced it; null: it holds at the as-of date.")
          .build();

  /** The register of purposes, and what customers have decided. */
  public static final TableSchema PURPOSE =
      TableSchema.gold("purpose", "One row per as-of date and purpose.")
          .key("purpose", StringType, "Purpose", "目的", "Code of the purpose.")
          .required("run_id", StringType, "", "Run", "執行編號", "Run that wrote the row.")
          .required("title_en", StringType, "", "Title (English)", "英文名稱", "English title.")
          .required("title_zh", StringType, "", "Title (Chinese)", "中文名稱", "Chinese title.")
          .required(
              "description", StringType, "", "Description", "說明", "What customers are told of it.")
          .required(
              "basis",
              StringType,
              "",
              "Legal basis",
              "法律依據",
              "consent, legitimate_interest, contract or legal_obligation.")
          .required(
              "allowed_undecided",
              BooleanType,
              "",
              "Allowed undecided",
              "未決定時允許",
              "Whether customers who have decided nothing are used for it.")
          .required(
              "customers", LongType, "customers", "Customers", "客戶數", "Known customers in all.")
          .required(
              "granted", LongType, "customers", "Granted", "已同意", "Whose decision is to grant it.")
          .required(
              "refused", LongType, "customers", "Refused", "已拒絕", "Whose decision is to refuse it.")
          .required(
              "allowed",
              LongType,
              "customers",
              "Allowed",
              "可使用",
              "Who are used for it: by their decision, else by the legal basis.")
          .build();

  private ConsentTables() {}
}
