package io.portrait.jobs.generate.shop;

/** What is written: a folder below the shop's own, and the form of its files. */
enum Output {
  PRODUCT("product", ".csv", Products.HEADER),
  CRM(
      "crm",
      ".csv",
      "customer_no,name,email,mobile,sex,birthday,region,city,address,occupation,education,"
          + "marital,children,income,owns_home,cars,opened_at,tier"),
  CLUB("club", ".jsonl", ""),
  ORDER(
      "order",
      ".parquet",
      """
      message order {
        required binary order_no (STRING);
        optional binary customer_no (STRING);
        optional binary member_no (STRING);
        required int64 ordered_at (TIMESTAMP(MICROS,true));
        required binary channel (STRING);
        required binary region (STRING);
        required binary status (STRING);
      }"""),
  ORDER_ITEM(
      "order_item",
      ".parquet",
      """
      message order_item {
        required binary order_no (STRING);
        required int32 line_no;
        optional binary customer_no (STRING);
        optional binary member_no (STRING);
        required int64 booked_at (TIMESTAMP(MICROS,true));
        required binary kind (STRING);
        optional binary product_no (STRING);
        required int32 quantity;
        required int64 amount (DECIMAL(14,2));
        required int64 discount (DECIMAL(14,2));
        required binary channel (STRING);
        required binary region (STRING);
      }"""),
  PAYMENT("payment", ".csv.gz", "payment_no,order_no,payer,paid_at,amount,method,instalments"),
  WEB("web", ".log.gz", ""),
  TICKET("ticket", ".csv", "ticket_no;account;opened;closed;channel;topic;complaint;text"),
  SURVEY("survey", ".jsonl", ""),
  CREDIT(
      "credit",
      ".tsv.gz",
      "report_no\taccount\treport_date\tscore\topen_loans\tloan_balance\toverdue_24m"
          + "\toverdue_amount"),
  CAMPAIGN("campaign", ".jsonl.gz", ""),
  CONSENT("consent", ".csv", "consent_no,account,purpose,granted,decided_at"),
  ATTRIBUTE("attribute", ".jsonl", ""),
  TRUTH_CUSTOMER("truth/customer", ".parquet", Truth.CUSTOMER),
  TRUTH_IDENTITY("truth/identity", ".parquet", Truth.IDENTITY),
  TRUTH_CAMPAIGN("truth/campaign", ".parquet", Truth.CAMPAIGN),
  TRUTH_MODEL("truth/model", ".parquet", Truth.MODEL);

  private final String folder;
  private final String ending;
  private final String head;

  Output(String folder, String ending, String head) {
    this.folder = folder;
    this.ending = ending;
    this.head = head;
  }

  String folder() {
    return folder;
  }

  String ending() {
    return ending;
  }

  /** Header line of a CSV file, schema of a Parquet file, else empty. */
  String head() {
    return head;
  }

  boolean isParquet() {
    return ending.equals(".parquet");
  }

  /** Whether every person may have rows there, so that there is a file even without any. */
  boolean isOfPersons() {
    return this != PRODUCT && this != TRUTH_MODEL;
  }
}
