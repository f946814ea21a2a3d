package io.portrait.common.table;

import static io.portrait.common.table.ColumnKind.BOOLEAN;
import static io.portrait.common.table.ColumnKind.CODE;
import static io.portrait.common.table.ColumnKind.COUNTRY;
import static io.portrait.common.table.ColumnKind.DATE;
import static io.portrait.common.table.ColumnKind.EMAIL;
import static io.portrait.common.table.ColumnKind.GENDER;
import static io.portrait.common.table.ColumnKind.INTEGER;
import static io.portrait.common.table.ColumnKind.MONEY;
import static io.portrait.common.table.ColumnKind.NUMBER;
import static io.portrait.common.table.ColumnKind.PERSONAL;
import static io.portrait.common.table.ColumnKind.PHONE;
import static io.portrait.common.table.ColumnKind.QUANTITY;
import static io.portrait.common.table.ColumnKind.TEXT;
import static io.portrait.common.table.ColumnKind.TIMESTAMP;

import io.portrait.common.table.Entity.EntityColumn;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The canonical entities. */
public final class Entities {

  /** An account of a person: customer relationship data. */
  public static final Entity CUSTOMER =
      entity("customer", "account", "One row per account with master data.")
          .key("account_id")
          .optional("registered_at", TIMESTAMP, "Registered at", "註冊時間", "When the account began.")
          .optional("birth_date", DATE, "Birth date", "出生日期", "Date of birth.")
          .optional("gender", GENDER, "Gender", "性別", "female, male or other.")
          .optional("country", COUNTRY, "Country", "國家", "ISO 3166 alpha-2 code.")
          .optional("region", TEXT, "Region", "地區", "State, province or sales region.")
          .optional("city", TEXT, "City", "城市", "City.")
          .optional("occupation", TEXT, "Occupation", "職業", "Occupation class.")
          .optional("education", TEXT, "Education", "教育程度", "Highest education.")
          .optional("marital_status", CODE, "Marital status", "婚姻狀況", "single, married, ...")
          .optional("children", INTEGER, "Children", "子女數", "Number of children.")
          .optional("annual_income", MONEY, "Annual income", "年收入", "Declared yearly income.")
          .optional("income_band", TEXT, "Income band", "收入級距", "Declared income band.")
          .optional("is_home_owner", BOOLEAN, "Home owner", "有房", "Owns the home.")
          .optional("cars", INTEGER, "Cars", "汽車數", "Number of cars owned.")
          .optional("membership", CODE, "Membership", "會員等級", "Tier of the member card.")
          .optional("full_name", PERSONAL, "Full name", "姓名", "Name of the person.")
          .optional("given_name", PERSONAL, "Given name", "名字", "Given name, where it is apart.")
          .optional("family_name", PERSONAL, "Family name", "姓氏", "Family name, where it is apart.")
          .optional("address", PERSONAL, "Address", "地址", "Postal address.")
          .optional("street", PERSONAL, "Street", "街道", "Street and number, where they are apart.")
          .optional("postcode", PERSONAL, "Postcode", "郵遞區號", "Postal code.")
          .optional(
              "national_id", PERSONAL, "National id", "身分證字號", "As written; it may have errors.")
          .optional("email", EMAIL, "E-mail", "電子郵件", "Lower case.")
          .optional("phone", PHONE, "Phone", "電話", "E.164.")
          .sensitive("birth_date", "annual_income", "income_band")
          .build();

  /** A thing for sale. */
  public static final Entity PRODUCT =
      entity("product", "product", "One row per product.")
          .key("product_id", TEXT, "Product", "產品", "Product id.")
          .optional("name", TEXT, "Name", "名稱", "Product name.")
          .optional("category", TEXT, "Category", "品類", "Category used in features.")
          .optional("subcategory", TEXT, "Subcategory", "子品類", "Narrower category.")
          .optional("brand", TEXT, "Brand", "品牌", "Brand.")
          .optional("list_price", MONEY, "List price", "定價", "Price before discounts.")
          .build();

  /** The head of an order, for sources without lines or with facts of the whole order. */
  public static final Entity ORDER =
      event("order", "order", "One row per order.", "ordered_at")
          .key("order_id", TEXT, "Order", "訂單", "Order id.")
          .account()
          .required("ordered_at", TIMESTAMP, "Ordered at", "下單時間", "When the order was placed.")
          .optional(
              "amount", MONEY, "Amount", "金額", "Amount paid; counts for orders without lines.")
          .optional("discount", MONEY, "Discount", "折扣", "Discount of the whole order, positive.")
          .optional(
              "quantity", QUANTITY, "Quantity", "數量", "Units; counts for orders without lines.")
          .optional("channel", CODE, "Channel", "通路", "web, store, app, phone, ...")
          .optional("region", TEXT, "Region", "地區", "Where it was sold.")
          .allowed(
              "status",
              CODE,
              Set.of("placed", "completed", "cancelled"),
              "Status",
              "狀態",
              "cancelled orders count for nothing.")
          .build();

  /** A line of an order. */
  public static final Entity ORDER_ITEM =
      event("order_item", "order_item", "One row per line of an order.", "ordered_at")
          .key("order_id", TEXT, "Order", "訂單", "Order id.")
          .key("line_id", TEXT, "Line", "明細", "Line within the order.")
          .account()
          .required("ordered_at", TIMESTAMP, "Ordered at", "下單時間", "When the order was placed.")
          .requiredAllowed(
              "line_type",
              CODE,
              Set.of("sale", "refund", "adjustment"),
              "Line type",
              "明細類型",
              "sale and refund count for the customer; an adjustment (stock, fee, gift) does not.")
          .required("quantity", QUANTITY, "Quantity", "數量", "Units; negative for a refund.")
          .required("amount", MONEY, "Amount", "金額", "Amount of the line; negative for a refund.")
          .optional("discount", MONEY, "Discount", "折扣", "Discount of the line, positive.")
          .optional("product_id", TEXT, "Product", "產品", "Product id.")
          .optional("channel", CODE, "Channel", "通路", "web, store, app, phone, ...")
          .optional("region", TEXT, "Region", "地區", "Where it was sold.")
          .build();

  /** A payment. */
  public static final Entity PAYMENT =
      event("payment", "payment", "One row per payment.", "paid_at")
          .key("payment_id", TEXT, "Payment", "付款", "Payment id.")
          .account()
          .required("paid_at", TIMESTAMP, "Paid at", "付款時間", "When it was paid.")
          .required("amount", MONEY, "Amount", "金額", "Amount paid; negative for a refund.")
          .requiredAllowed(
              "method",
              CODE,
              Set.of("card", "cash", "transfer", "wallet", "other"),
              "Method",
              "付款方式",
              "How it was paid.")
          .optional(
              "instalments", INTEGER, "Instalments", "分期期數", "Number of instalments; 1 is at once.")
          .optional("order_id", TEXT, "Order", "訂單", "Order paid.")
          .build();

  /** A page view or another act on web, app or social media. */
  public static final Entity WEB_EVENT =
      event(
              "web_event",
              "web_event",
              "One row per event on web, app or social media.",
              "occurred_at")
          .key("event_id", TEXT, "Event", "事件", "Event id.")
          .account()
          .required("occurred_at", TIMESTAMP, "Occurred at", "發生時間", "When it happened.")
          .required("event_type", CODE, "Event type", "事件類型", "page_view, add_to_cart, ...")
          .optional("page", TEXT, "Page", "頁面", "Path without query.")
          .optional("category", TEXT, "Category", "品類", "Category of the page.")
          .optional("product_id", TEXT, "Product", "產品", "Product of the page.")
          .optional("referrer", TEXT, "Referrer", "來源網站", "Host that led here.")
          .optional("device", CODE, "Device", "裝置", "desktop, mobile, tablet.")
          .build();

  /** A request to customer service. */
  public static final Entity SERVICE_TICKET =
      event(
              "service_ticket",
              "service_ticket",
              "One row per request to customer service.",
              "opened_at")
          .key("ticket_id", TEXT, "Ticket", "工單", "Ticket id.")
          .account()
          .required("opened_at", TIMESTAMP, "Opened at", "開單時間", "When it was opened.")
          .optional("closed_at", TIMESTAMP, "Closed at", "結案時間", "When it was closed; null: open.")
          .optional("channel", CODE, "Channel", "通路", "phone, email, chat, store.")
          .optional("topic", CODE, "Topic", "主題", "What it was about.")
          .optional("is_complaint", BOOLEAN, "Complaint", "是否客訴", "Whether it was a complaint.")
          .build();

  /** An answer to a survey, a rating or a review. */
  public static final Entity FEEDBACK =
      event("feedback", "feedback", "One row per answer to a survey, rating or review.", "given_at")
          .key("feedback_id", TEXT, "Feedback", "回饋", "Feedback id.")
          .account()
          .required("given_at", TIMESTAMP, "Given at", "填答時間", "When it was given.")
          .requiredAllowed(
              "kind", CODE, Set.of("csat", "nps", "review"), "Kind", "類型", "Which scale.")
          .required("score", NUMBER, "Score", "分數", "csat and review 1 to 5, nps 0 to 10.")
          .build();

  /** A report of a credit bureau. */
  public static final Entity CREDIT_REPORT =
      event(
              "credit_report",
              "credit_report",
              "One row per report of a credit bureau.",
              "reported_at")
          .key("report_id", TEXT, "Report", "報告", "Report id.")
          .account()
          .required("reported_at", TIMESTAMP, "Reported at", "報告時間", "When it was made.")
          .optional("credit_score", INTEGER, "Credit score", "信用分數", "The bureau's score.")
          .optional("open_loans", INTEGER, "Open loans", "貸款數", "Loans not paid back.")
          .optional("loan_balance", MONEY, "Loan balance", "貸款餘額", "Owed in all.")
          .optional("overdue_count", INTEGER, "Overdue", "逾期次數", "Times overdue in 24 months.")
          .optional("overdue_amount", MONEY, "Overdue amount", "逾期金額", "Overdue now.")
          .sensitive(
              "credit_score", "open_loans", "loan_balance", "overdue_count", "overdue_amount")
          .build();

  /** A contact of a campaign, coupons included. */
  public static final Entity CAMPAIGN_TOUCH =
      event("campaign_touch", "campaign_touch", "One row per contact of a campaign.", "touched_at")
          .key("touch_id", TEXT, "Touch", "接觸", "Contact id.")
          .account()
          .required("touched_at", TIMESTAMP, "Touched at", "接觸時間", "When it happened.")
          .requiredAllowed(
              "action",
              CODE,
              Set.of("sent", "opened", "clicked", "converted", "redeemed"),
              "Action",
              "動作",
              "What happened; redeemed: a coupon was used.")
          .optional("campaign_id", TEXT, "Campaign", "活動", "Campaign id.")
          .optional("channel", CODE, "Channel", "通路", "email, sms, push, post.")
          .build();

  /** What a person has agreed to. */
  public static final Entity CONSENT =
      event("consent", "consent", "One row per consent given or withdrawn.", "decided_at")
          .key("consent_id", TEXT, "Consent", "同意", "Consent id.")
          .account()
          .required("decided_at", TIMESTAMP, "Decided at", "決定時間", "When it was decided.")
          .required("purpose", CODE, "Purpose", "目的", "What for.")
          .required("is_granted", BOOLEAN, "Granted", "是否同意", "Given or withdrawn.")
          .build();

  /** A fact from a form or a third party. */
  public static final Entity ATTRIBUTE =
      event(
              "attribute",
              "attribute",
              "One row per fact from a form or a third party.",
              "observed_at")
          .key("attribute_id", TEXT, "Attribute", "屬性", "Fact id.")
          .account()
          .required("observed_at", TIMESTAMP, "Observed at", "取得時間", "When it was learnt.")
          .required("name", CODE, "Name", "名稱", "income, assets, house, car, interest, ...")
          .required("value", TEXT, "Value", "值", "The fact.")
          .optional("provider", CODE, "Provider", "提供者", "Who said so.")
          .optional("confidence", NUMBER, "Confidence", "可信度", "0 to 1.")
          .sensitive("value")
          .build();

  /** All, in the order of the documentation. */
  public static final List<Entity> ALL =
      List.of(
          CUSTOMER,
          PRODUCT,
          ORDER,
          ORDER_ITEM,
          PAYMENT,
          WEB_EVENT,
          SERVICE_TICKET,
          FEEDBACK,
          CREDIT_REPORT,
          CAMPAIGN_TOUCH,
          CONSENT,
          ATTRIBUTE);

  private Entities() {}

  /** The entity of this name, if there is one. */
  public static Optional<Entity> named(String name) {
    return ALL.stream().filter(e -> e.name().equals(name)).findFirst();
  }

  private static Builder entity(String name, String silverName, String comment) {
    return new Builder(name, silverName, comment, null);
  }

  private static Builder event(String name, String silverName, String comment, String eventTime) {
    return new Builder(name, silverName, comment, eventTime);
  }

  /** Collects columns. */
  private static final class Builder {
    private final String name;
    private final String silverName;
    private final String comment;
    private final String eventTime;
    private final List<String> key = new ArrayList<>();
    private final List<EntityColumn> columns = new ArrayList<>();

    private Builder(String name, String silverName, String comment, String eventTime) {
      this.name = name;
      this.silverName = silverName;
      this.comment = comment;
      this.eventTime = eventTime;
    }

    private Builder account() {
      return required(Entity.ACCOUNT_ID, TEXT, "Account", "帳戶", "Id within the mapping's realm.");
    }

    private Builder key(String accountId) {
      key.add(accountId);
      return account();
    }

    private Builder key(String column, ColumnKind kind, String en, String zh, String about) {
      key.add(column);
      return required(column, kind, en, zh, about);
    }

    private Builder required(String column, ColumnKind kind, String en, String zh, String about) {
      columns.add(new EntityColumn(column, kind, true, Set.of(), en, zh, about, false));
      return this;
    }

    private Builder requiredAllowed(
        String column, ColumnKind kind, Set<String> allowed, String en, String zh, String about) {
      columns.add(new EntityColumn(column, kind, true, allowed, en, zh, about, false));
      return this;
    }

    private Builder optional(String column, ColumnKind kind, String en, String zh, String about) {
      columns.add(new EntityColumn(column, kind, false, Set.of(), en, zh, about, false));
      return this;
    }

    private Builder allowed(
        String column, ColumnKind kind, Set<String> allowed, String en, String zh, String about) {
      columns.add(new EntityColumn(column, kind, false, allowed, en, zh, about, false));
      return this;
    }

    private Builder sensitive(String... names) {
      Set<String> marked = Set.of(names);
      columns.replaceAll(
          c ->
              marked.contains(c.name())
                  ? new EntityColumn(
                      c.name(),
                      c.kind(),
                      c.required(),
                      c.allowed(),
                      c.titleEn(),
                      c.titleZh(),
                      c.comment(),
                      true)
                  : c);
      return this;
    }

    private Entity build() {
      return new Entity(
          name,
          comment,
          silverName,
          List.copyOf(key),
          Optional.ofNullable(eventTime),
          List.copyOf(columns));
    }
  }
}
