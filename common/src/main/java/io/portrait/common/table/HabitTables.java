package io.portrait.common.table;

import static io.portrait.common.table.TableSchema.gold;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import java.util.List;
import org.apache.spark.sql.types.DataType;

/** Gold tables of the step {@code habits}. */
public final class HabitTables {

  /** Categories of {@link #CUSTOMER_INTEREST} that a customer has at most. */
  public static final int MOST_INTERESTS = 10;

  /** What each customer is interested in. */
  public static final TableSchema CUSTOMER_INTEREST =
      gold(
              "customer_interest",
              "One row per customer and category bought or looked at, the "
                  + MOST_INTERESTS
                  + " of greatest affinity at most.")
          .key("customer_id", StringType, "Customer", "客戶", "Persistent customer id.")
          .key("category", StringType, "Category", "品類", "Product or page category.")
          .required("run_id", StringType, "", "Run", "執行編號", "Run that wrote the row.")
          .required(
              "interest_rank",
              IntegerType,
              "",
              "Rank",
              "興趣排名",
              "1 is the greatest affinity of the customer; ties by category.")
          .required(
              "affinity",
              DoubleType,
              "points",
              "Affinity",
              "興趣強度",
              "Sale lines and page views by their weights in scores.yaml, each halved with every"
                  + " half-life since its day; the sum of the next two. Above 0.")
          .required(
              "purchase_affinity",
              DoubleType,
              "points",
              "Affinity by purchases",
              "購買興趣強度",
              "Part of affinity that comes from sale lines.")
          .required(
              "view_affinity",
              DoubleType,
              "points",
              "Affinity by views",
              "瀏覽興趣強度",
              "Part of affinity that comes from page views.")
          .required(
              "share",
              DoubleType,
              "share",
              "Share",
              "興趣占比",
              "Affinity by that of all categories of the customer, also those not shown; 0 to 1.")
          .build();

  /** What each customer is used to; also columns of the wide profile. */
  public static final List<TableColumn> HABITS =
      List.of(
          habit(
              "top_interest",
              StringType,
              "",
              "Top interest",
              "最感興趣品類",
              "Category of rank 1 in customer_interest; null: nothing bought or looked at."),
          habit(
              "top_interest_share",
              DoubleType,
              "share",
              "Share of the top interest",
              "首要興趣占比",
              "Its share of the customer's affinity, 0 to 1; null without an interest."),
          habit(
              "interest_count",
              LongType,
              "count",
              "Interests",
              "興趣品類數",
              "Categories with an affinity, also beyond those in customer_interest; 0 without any."),
          habit(
              "best_contact_hour",
              IntegerType,
              "hour",
              "Best hour of contact",
              "最佳聯繫時段",
              "Hour of the day in the business time zone, 0 to 23, in which most visits began, or"
                  + " without visits most campaign contacts were opened or clicked; ties: the"
                  + " earlier. Null without either."),
          habit(
              "best_contact_weekday",
              IntegerType,
              "weekday",
              "Best weekday of contact",
              "最佳聯繫星期",
              "1 Monday to 7 Sunday, found as best_contact_hour; ties: the earlier."),
          habit(
              "best_channel",
              StringType,
              "",
              "Best channel",
              "最佳行銷管道",
              "Campaign channel with the greatest share of contacts sent that were answered (opened,"
                  + " clicked, converted or redeemed), 1 at most; ties: more answers, then by name."
                  + " Null without an answer to anything sent."),
          habit(
              "price_level",
              DoubleType,
              "ratio",
              "Price level",
              "消費價位",
              "What was paid by what the same units would cost at the mean price of all customers"
                  + " in their categories; 1: as everybody. Null without units bought."),
          habit(
              "spend_growth",
              DoubleType,
              "number",
              "Growth of spend against the cohort",
              "相對同期客群消費成長",
              "Sales of the last 182 days less those of the 182 days before, by their sum; less the"
                  + " same of all customers who first bought in the same calendar quarter. -2 to 2,"
                  + " above 0 grows faster. Null: no sales in the 364 days, first bought in the last"
                  + " 182, or nobody to compare with."),
          habit(
              "discount_dependence",
              DoubleType,
              "share",
              "Dependence on discounts",
              "折扣依賴度",
              "Share of sale lines with a discount, drawn to that of all customers by prior_lines of"
                  + " scores.yaml, so that few lines say little; 0 to 1. Null: nothing bought, or no"
                  + " discount on record for anyone."),
          habit(
              "main_payment_method",
              StringType,
              "",
              "Main payment method",
              "主要付款方式",
              "card, wallet or other (cash, transfer), the one of most payments; ties by name. Null"
                  + " without payments."),
          habit(
              "instalment_share",
              DoubleType,
              "share",
              "Share of payments in instalments",
              "分期付款占比",
              "Payments in instalments by all payments, 0 to 1; null without payments."));

  /** What each customer is used to. */
  public static final TableSchema CUSTOMER_HABIT =
      gold(
              "customer_habit",
              "One row per known customer: interests, ways to reach and to pay, price and discount"
                  + " habits, growth.")
          .key("customer_id", StringType, "Customer", "客戶", "Persistent customer id.")
          .required("run_id", StringType, "", "Run", "執行編號", "Run that wrote the row.")
          .columns(HABITS)
          .build();

  private HabitTables() {}

  private static TableColumn habit(
      String name, DataType type, String unit, String en, String zh, String comment) {
    return new TableColumn(name, type, true, unit, en, zh, comment);
  }
}
