package io.portrait.jobs.report;

import static io.portrait.common.table.Layer.GOLD;
import static io.portrait.common.table.Layer.OPS;

import io.portrait.common.table.Layer;
import io.portrait.common.table.TableSchema;

/** The tables that the report reads, by place: it takes what columns it finds there. */
final class ReportTables {

  static final TableSchema CUSTOMER_FEATURE = at(GOLD, "customer_feature");
  static final TableSchema CUSTOMER_RFM = at(GOLD, "customer_rfm");
  static final TableSchema RFM_SEGMENT = at(GOLD, "rfm_segment");
  static final TableSchema RFM_VALUE_TYPE = at(GOLD, "rfm_value_type");
  static final TableSchema LIFECYCLE_STATE = at(GOLD, "lifecycle_state");
  static final TableSchema CLUSTER = at(GOLD, "cluster");
  static final TableSchema CLUSTER_FEATURE = at(GOLD, "cluster_feature");
  static final TableSchema TAG = at(GOLD, "tag");
  static final TableSchema CONFORM_RESULT = at(OPS, "conform_result");
  static final TableSchema REJECT_REASON = at(OPS, "reject_reason");
  static final TableSchema QUALITY_RESULT = at(OPS, "quality_result");

  private ReportTables() {}

  private static TableSchema at(Layer layer, String name) {
    return TableSchema.table(layer, name, "Written by an earlier step.").build();
  }
}
