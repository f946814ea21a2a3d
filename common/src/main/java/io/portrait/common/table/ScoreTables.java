package io.portrait.common.table;

import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.StringType;

/** Placeholder with the columns that the profile reads. */
public final class ScoreTables {

  /** Lifecycle states. */
  public static final TableSchema CUSTOMER_LIFECYCLE =
      TableSchema.table(Layer.GOLD, "customer_lifecycle", "One row per customer with a purchase.")
          .key("as_of", DateType, "As of", "基準日", "As of.")
          .key("customer_id", StringType, "Customer", "客戶", "Customer.")
          .required("state", StringType, "", "State", "狀態", "State.")
          .partitionedBy("as_of")
          .build();

  private ScoreTables() {}

  /** RFM scores of customers; the columns that the profile reads. */
  public static TableSchema customerRfm(@SuppressWarnings("unused") int decimals) {
    return TableSchema.table(Layer.GOLD, "customer_rfm", "One row per customer with a purchase.")
        .key("as_of", DateType, "As of", "基準日", "As of.")
        .key("customer_id", StringType, "Customer", "客戶", "Customer.")
        .required("r_score", IntegerType, "points", "R", "R", "R.")
        .required("f_score", IntegerType, "points", "F", "F", "F.")
        .required("m_score", IntegerType, "points", "M", "M", "M.")
        .required("rfm_code", StringType, "", "Code", "代碼", "Code.")
        .required("segment", StringType, "", "Segment", "分群", "Segment.")
        .required("value_type", StringType, "", "Type", "類型", "Type.")
        .partitionedBy("as_of")
        .build();
  }
}
