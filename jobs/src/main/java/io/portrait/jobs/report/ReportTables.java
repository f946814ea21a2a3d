package io.portrait.jobs.report;

import static io.portrait.common.table.Layer.GOLD;
import static io.portrait.common.table.Layer.GOLD_SENSITIVE;

import io.portrait.common.table.ClusterTables;
import io.portrait.common.table.HabitTables;
import io.portrait.common.table.PredictTables;
import io.portrait.common.table.ProfileTables;
import io.portrait.common.table.RawTables;
import io.portrait.common.table.ScoreTables;
import io.portrait.common.table.TableSchema;
import io.portrait.common.table.ValueTables;

/**
 * The tables that the report reads. Those whose columns depend on the catalogue are named by place
 * alone: it takes what columns it finds there.
 */
final class ReportTables {

  static final TableSchema CUSTOMER_FEATURE = sensitive("customer_feature");
  static final TableSchema CUSTOMER_RFM = gold("customer_rfm");
  static final TableSchema RFM_SEGMENT = gold("rfm_segment");
  static final TableSchema RFM_VALUE_TYPE = gold("rfm_value_type");
  static final TableSchema LIFECYCLE_STATE = ScoreTables.LIFECYCLE_STATE;
  static final TableSchema CLUSTER = ClusterTables.CLUSTER;
  static final TableSchema CLUSTER_FEATURE = ClusterTables.CLUSTER_FEATURE;
  static final TableSchema TAG = ProfileTables.TAG;
  static final TableSchema CUSTOMER_PROFILE = sensitive("customer_profile");
  static final TableSchema PUBLISHED_PROFILE = gold("customer_profile");
  static final TableSchema CUSTOMER_INTEREST = HabitTables.CUSTOMER_INTEREST;
  static final TableSchema DATA_DICTIONARY = ProfileTables.DATA_DICTIONARY;
  static final TableSchema SCORE = ScoreTables.SCORE;
  static final TableSchema VALUE_MODEL = ValueTables.VALUE_MODEL;
  static final TableSchema VALUE_EVALUATION = gold("value_evaluation");
  static final TableSchema MODEL_EVALUATION = PredictTables.MODEL_EVALUATION;
  static final TableSchema MODEL_CALIBRATION = PredictTables.MODEL_CALIBRATION;
  static final TableSchema NEXT_PURCHASE_EVALUATION = PredictTables.NEXT_PURCHASE_EVALUATION;
  static final TableSchema CUSTOMER_CREDIT = sensitive("customer_credit");
  static final TableSchema NAMED_SEGMENT = gold("segment");
  static final TableSchema CONFORM_RESULT = RawTables.CONFORM_RESULT;
  static final TableSchema REJECT_REASON = RawTables.REJECT_REASON;
  static final TableSchema QUALITY_RESULT = ProfileTables.QUALITY_RESULT;

  private ReportTables() {}

  private static TableSchema sensitive(String name) {
    return TableSchema.table(GOLD_SENSITIVE, name, "Written by an earlier step.").build();
  }

  private static TableSchema gold(String name) {
    return TableSchema.table(GOLD, name, "Written by an earlier step.").build();
  }
}
