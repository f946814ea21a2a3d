package io.portrait.common.table;

import static io.portrait.common.table.Layer.SILVER;
import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;

import java.util.List;

/** Silver tables that steps compute: identity, sessions and rollups. */
public final class SilverTables {

  /** Every account met in any entity, and what ties it to others. */
  public static final TableSchema ACCOUNT_IDENTIFIER =
      TableSchema.table(
              SILVER,
              "account_identifier",
              "One row per account, identifier seen with it, entity and source.")
          .key("account_key", StringType, "Account", "帳戶", "Keyed pseudonym of the account.")
          .key(
              "identifier_key",
              StringType,
              "Identifier",
              "識別碼",
              "Keyed pseudonym of type and value; an account's own equals its account_key.")
          .key("entity", StringType, "Entity", "實體", "Entity whose rows show it, as customer.")
          .key("source", StringType, "Source", "來源", "Source whose rows show it.")
          .required(
              "identifier_type",
              StringType,
              "",
              "Type",
              "類型",
              "email, phone, or the realm of an id.")
          .required(
              "realm",
              StringType,
              "",
              "Realm",
              "領域",
              "Namespace of the account, as crm or visitor.")
          .optional(
              "first_seen_at",
              TimestampType,
              "",
              "First seen",
              "首次出現",
              "Earliest event or registration with it; null: no time is known.")
          .required(
              "batch_id",
              LongType,
              "",
              "Batch",
              "批次",
              "First ingestion batch of the source that shows it.")
          .build();

  /** Which accounts are one person. */
  public static final TableSchema CUSTOMER_MAP =
      TableSchema.asOf(SILVER, "customer_map", "One row per account known before the as-of date.")
          .key("account_key", StringType, "Account", "帳戶", "Keyed pseudonym of the account.")
          .required(
              "customer_id",
              StringType,
              "",
              "Customer",
              "客戶",
              "Keyed pseudonym of the earliest account of the person.")
          .required("realm", StringType, "", "Realm", "領域", "Namespace of the account.")
          .required(
              "is_known",
              BooleanType,
              "",
              "Known",
              "已識別",
              "Whether any account of the person is more than an anonymous visitor.")
          .build();

  /** Ids that changed hands. */
  public static final TableSchema CUSTOMER_MAP_EVENT =
      TableSchema.table(
              SILVER,
              "customer_map_event",
              "One row per account whose customer_id differs from the previous as-of date.")
          .key("as_of", DateType, "As of", "基準日", "As-of date that shows the change.")
          .key("account_key", StringType, "Account", "帳戶", "Keyed pseudonym of the account.")
          .required("event", StringType, "", "Event", "事件", "merge or split.")
          .required("old_customer_id", StringType, "", "Old customer", "原客戶", "Before the change.")
          .required("new_customer_id", StringType, "", "New customer", "新客戶", "After it.")
          .partitionedBy("as_of")
          .build();

  /** Identifiers that tie nothing. */
  public static final TableSchema JUNK_IDENTIFIER =
      TableSchema.asOf(
              SILVER,
              "junk_identifier",
              "One row per identifier shared by too many accounts to mean one person.")
          .key("identifier_key", StringType, "Identifier", "識別碼", "Keyed pseudonym.")
          .required("identifier_type", StringType, "", "Type", "類型", "email, phone or a realm.")
          .required("accounts", LongType, "accounts", "Accounts", "帳戶數", "Accounts that share it.")
          .build();

  /** The golden record. */
  public static final TableSchema CUSTOMER =
      TableSchema.asOf(SILVER, "customer", "One row per known customer: the golden record.")
          .key("customer_id", StringType, "Customer", "客戶", "Persistent customer id.")
          .required("accounts", LongType, "accounts", "Accounts", "帳戶數", "Accounts of the person.")
          .optional("first_seen_on", DateType, "", "First seen", "首次出現", "Earliest day known.")
          .optional("registered_on", DateType, "", "Registered", "註冊日", "Earliest registration.")
          .optional("birth_date", DateType, "", "Birth date", "出生日期", "Date of birth.")
          .optional("gender", StringType, "", "Gender", "性別", "female, male or other.")
          .optional("country", StringType, "", "Country", "國家", "ISO 3166 alpha-2 code.")
          .optional("region", StringType, "", "Region", "地區", "State, province or sales region.")
          .optional("city", StringType, "", "City", "城市", "City.")
          .optional("occupation", StringType, "", "Occupation", "職業", "Occupation class.")
          .optional("education", StringType, "", "Education", "教育程度", "Highest education.")
          .optional(
              "marital_status", StringType, "", "Marital status", "婚姻狀況", "single, married, ...")
          .optional("children", LongType, "", "Children", "子女數", "Number of children.")
          .optional(
              "annual_income_minor",
              LongType,
              "minor units",
              "Annual income",
              "年收入",
              "Declared yearly income.")
          .optional("income_band", StringType, "", "Income band", "收入級距", "Declared band.")
          .optional("is_home_owner", BooleanType, "", "Home owner", "有房", "Owns the home.")
          .optional("cars", LongType, "", "Cars", "汽車數", "Number of cars owned.")
          .optional("membership", StringType, "", "Membership", "會員等級", "Tier of the card.")
          .sensitive("birth_date", "annual_income_minor", "income_band")
          .build();

  /** Where the golden record comes from. */
  public static final TableSchema CUSTOMER_EVIDENCE =
      TableSchema.asOf(
              SILVER,
              "customer_evidence",
              "One row per known customer and field of silver/customer that an account gives: the"
                  + " account whose value it is, never the value.")
          .key("customer_id", StringType, "Customer", "客戶", "Persistent customer id.")
          .key("field", StringType, "Field", "欄位", "Column of silver/customer.")
          .required(
              "rule",
              StringType,
              "",
              "Rule",
              "存續規則",
              "most_recent, most_trusted_source, most_frequent or longest.")
          .required("account_key", StringType, "", "Account", "帳戶", "Account that gave the value.")
          .required("source", StringType, "", "Source", "來源", "Source of the account's row.")
          .required(
              "row_version",
              LongType,
              "",
              "Row version",
              "列版本",
              "What order_by of the source's map gave; of a time: microseconds since 1970, UTC.")
          .required("batch_id", LongType, "", "Batch", "批次", "Ingestion batch of the row.")
          .required("row_hash", StringType, "", "Row hash", "列雜湊", "Fingerprint of the row.")
          .build();

  /** Visits. */
  public static final TableSchema SESSION =
      TableSchema.table(
              SILVER,
              "session",
              "One row per visit: events of one account less than 30 minutes apart on one day.")
          .key("account_key", StringType, "Account", "帳戶", "Keyed pseudonym of the account.")
          .key("started_at", TimestampType, "Started at", "開始時間", "First event, UTC.")
          .required("ended_at", TimestampType, "", "Ended at", "結束時間", "Last event, UTC.")
          .required("event_day", DateType, "", "Day", "日期", "Day in the business time zone.")
          .required("month", DateType, "", "Month", "月份", "First day of the month.")
          .required("events", LongType, "events", "Events", "事件數", "Events in the visit.")
          .required("page_views", LongType, "views", "Page views", "瀏覽數", "Pages viewed.")
          .required("dwell_seconds", LongType, "seconds", "Dwell", "停留秒數", "First to last event.")
          .required("cart_adds", LongType, "events", "Cart adds", "加入購物車", "Events add_to_cart.")
          .partitionedBy("month")
          .build();

  /** The rollup that most features read. */
  public static final TableSchema ACCOUNT_DAY =
      measures(
              TableSchema.table(
                      SILVER, "account_day", "One row per account and day with any activity.")
                  .key("account_key", StringType, "Account", "帳戶", "Keyed pseudonym.")
                  .key("event_day", DateType, "Day", "日期", "Day in the business time zone.")
                  .required("month", DateType, "", "Month", "月份", "First day of the month."),
              new String[][] {
                {"orders", "orders", "Orders", "訂單數", "Orders with at least one sale."},
                {"lines", "lines", "Sale lines", "銷售明細數", "Lines sold."},
                {"quantity_milli", "thousandths", "Units", "件數", "Units sold."},
                {"amount_minor", "minor units", "Sales", "銷售額", "Amount of sales, before refunds."},
                {"discount_minor", "minor units", "Discount", "折扣", "Discount given."},
                {
                  "discounted_lines", "lines", "Discounted lines", "折扣明細數", "Lines with a discount."
                },
                {"largest_order_minor", "minor units", "Largest order", "最大訂單", "Greatest order."},
                {"refunds", "refunds", "Refunds", "退貨數", "Orders with a refund line."},
                {"refund_quantity_milli", "thousandths", "Units refunded", "退貨件數", "Positive."},
                {"refund_minor", "minor units", "Refunded", "退款額", "Amount refunded, positive."},
                {
                  "web_orders",
                  "orders",
                  "Web orders",
                  "線上訂單數",
                  "Orders with a sale on channel web or app."
                },
                {"cancelled_orders", "orders", "Cancelled", "取消訂單數", "Orders cancelled."},
                {"payments", "payments", "Payments", "付款數", "Payments made; refunds do not count."},
                {"paid_minor", "minor units", "Paid", "付款額", "Amount paid, before refunds."},
                {"card_payments", "payments", "Card payments", "刷卡次數", "Payments by card."},
                {"wallet_payments", "payments", "Wallet payments", "電子錢包次數", "By wallet."},
                {"instalment_payments", "payments", "Instalments", "分期次數", "In instalments."},
                {"sessions", "sessions", "Sessions", "造訪次數", "Visits."},
                {"page_views", "views", "Page views", "瀏覽數", "Pages viewed."},
                {"dwell_seconds", "seconds", "Dwell", "停留秒數", "Time on site."},
                {"cart_adds", "events", "Cart adds", "加入購物車", "Events add_to_cart."},
                {"tickets", "tickets", "Tickets", "客服工單數", "Requests to service."},
                {"complaints", "tickets", "Complaints", "客訴數", "Requests that were complaints."},
                {
                  "resolution_seconds",
                  "seconds",
                  "Resolution",
                  "處理秒數",
                  "Open to close, summed on the day of closing."
                },
                {
                  "closed_tickets",
                  "tickets",
                  "Closed tickets",
                  "已結案數",
                  "Tickets closed on the day."
                },
                {
                  "csat_answers",
                  "answers",
                  "CSAT answers",
                  "滿意度填答數",
                  "Answers csat or review from 1 to 5."
                },
                {"csat_sum_milli", "thousandths", "CSAT sum", "滿意度總分", "Sum of 1 to 5."},
                {"nps_answers", "answers", "NPS answers", "NPS填答數", "Answers nps from 0 to 10."},
                {"nps_promoters", "answers", "Promoters", "推薦者", "Score 9 or 10."},
                {"nps_detractors", "answers", "Detractors", "貶損者", "Score 0 to 6."},
                {"touches_sent", "touches", "Touches", "行銷接觸", "Contacts sent."},
                {"touches_opened", "touches", "Opened", "開啟", "Contacts opened."},
                {"touches_clicked", "touches", "Clicked", "點擊", "Contacts clicked."},
                {"touches_converted", "touches", "Converted", "轉換", "Contacts converted."},
                {"coupons_redeemed", "coupons", "Coupons", "使用優惠券", "Coupons used."},
              })
          .partitionedBy("month")
          .build();

  /** What was bought and looked at. */
  public static final TableSchema ACCOUNT_CATEGORY_DAY =
      measures(
              TableSchema.table(
                      SILVER,
                      "account_category_day",
                      "One row per account, category and day with sales, refunds or views.")
                  .key("account_key", StringType, "Account", "帳戶", "Keyed pseudonym.")
                  .key("category", StringType, "Category", "品類", "Product or page category.")
                  .key("event_day", DateType, "Day", "日期", "Day in the business time zone.")
                  .required("month", DateType, "", "Month", "月份", "First day of the month."),
              new String[][] {
                {"lines", "lines", "Sale lines", "銷售明細數", "Lines sold."},
                {"quantity_milli", "thousandths", "Units", "件數", "Units sold."},
                {"amount_minor", "minor units", "Sales", "銷售額", "Amount of sales."},
                {"refund_minor", "minor units", "Refunded", "退款額", "Amount refunded, positive."},
                {"page_views", "views", "Page views", "瀏覽數", "Pages of the category viewed."},
              })
          .partitionedBy("month")
          .build();

  /** Columns of the golden record that no single account gives. */
  private static final List<String> OF_ALL_ACCOUNTS =
      List.of("as_of", "customer_id", "accounts", "first_seen_on", "registered_on");

  private SilverTables() {}

  /** The columns of {@link #CUSTOMER} that are taken over from one account's master data. */
  public static List<TableColumn> goldenFields() {
    return CUSTOMER.columns().stream().filter(c -> !OF_ALL_ACCOUNTS.contains(c.name())).toList();
  }

  private static TableSchema.Builder measures(TableSchema.Builder table, String[][] measures) {
    for (String[] m : measures) {
      table.required(m[0], LongType, m[1], m[2], m[3], m[4]);
    }
    return table;
  }
}
