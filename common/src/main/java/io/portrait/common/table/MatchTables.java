package io.portrait.common.table;

import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

/** Silver tables of the step {@code match}. They hold levels of agreement, and never a value. */
public final class MatchTables {

  /** Pairs of accounts that may be one person. */
  public static final TableSchema ACCOUNT_LINK =
      TableSchema.asOf(
              Layer.SILVER,
              "account_link",
              "One row per pair of accounts that are one person with at least the probability"
                  + " review of matching.yaml. match_probability = 1 / (1 + 2 ^ -match_weight).")
          .key("account_key", StringType, "Account", "帳戶", "The account with the smaller key.")
          .key("other_account_key", StringType, "Other account", "另一帳戶", "The other account.")
          .required(
              "match_weight",
              DoubleType,
              "bits",
              "Match weight",
              "比對權重",
              "Binary logarithm of the odds of one person against two: the weight of level prior in"
                  + " match_model plus all weights of the pair in account_link_evidence.")
          .required(
              "match_probability",
              DoubleType,
              "share",
              "Match probability",
              "同一人機率",
              "0 to 1; right as far as the comparisons are independent of each other.")
          .required(
              "is_link",
              BooleanType,
              "",
              "Link",
              "是否連結",
              "Whether the probability reaches the threshold, so that the step identify ties them.")
          .build();

  /** Why a pair is what it is. */
  public static final TableSchema ACCOUNT_LINK_EVIDENCE =
      TableSchema.asOf(
              Layer.SILVER,
              "account_link_evidence",
              "One row per pair of account_link and comparison.")
          .key("account_key", StringType, "Account", "帳戶", "The account with the smaller key.")
          .key("other_account_key", StringType, "Other account", "另一帳戶", "The other account.")
          .key("comparison", StringType, "Comparison", "比對欄位", "As in match_model.")
          .optional(
              "level",
              StringType,
              "",
              "Level",
              "比對等級",
              "As in match_model; null: not known of both.")
          .required(
              "weight",
              DoubleType,
              "bits",
              "Weight",
              "權重",
              "What it adds to match_weight: above 0 speaks for one person; 0 if not known of"
                  + " both.")
          .build();

  /** What was learnt of the comparisons. */
  public static final TableSchema MATCH_MODEL =
      TableSchema.asOf(
              Layer.SILVER,
              "match_model",
              "One row per comparison and level, and one of level prior: the estimates of the"
                  + " Fellegi-Sunter model. weight = log2(m_probability / u_probability).")
          .key(
              "comparison",
              StringType,
              "Comparison",
              "比對欄位",
              "Name in matching.yaml; prior: two accounts of which nothing is known.")
          .key("level_number", IntegerType, "Level number", "等級序號", "1 is the nearest; 0: prior.")
          .required(
              "level", StringType, "", "Level", "比對等級", "Method and limit; other: none holds.")
          .required("title_en", StringType, "", "Title (English)", "英文名稱", "English title.")
          .required("title_zh", StringType, "", "Title (Chinese)", "中文名稱", "Chinese title.")
          .optional(
              "m_probability",
              DoubleType,
              "share",
              "m",
              "同一人時機率",
              "Of the pairs that are one person and have both values, those at this level; of"
                  + " prior: of all pairs, those that are one person.")
          .optional(
              "u_probability",
              DoubleType,
              "share",
              "u",
              "不同人時機率",
              "Of the pairs that are two persons and have both values, those at this level; of"
                  + " prior: of all pairs, those that are two persons.")
          .required("weight", DoubleType, "bits", "Weight", "權重", "log2(m / u).")
          .required(
              "pairs",
              LongType,
              "pairs",
              "Pairs",
              "配對數",
              "Compared pairs at this level; prior: all of them.")
          .optional(
              "pair_share",
              DoubleType,
              "share",
              "Share of pairs",
              "配對占比",
              "pairs of all compared pairs; prior: compared pairs of all pairs. Null: there are"
                  + " none.")
          .build();

  private MatchTables() {}
}
