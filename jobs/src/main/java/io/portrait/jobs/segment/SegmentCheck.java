package io.portrait.jobs.segment;

import io.portrait.common.config.Catalogue;
import io.portrait.common.config.CatalogueColumns;
import io.portrait.common.config.ExpressionCheck;
import io.portrait.common.config.NamedSegment;
import io.portrait.common.error.Fault;
import io.portrait.common.table.ProfileTables;
import io.portrait.common.table.TableColumn;
import io.portrait.common.table.TableSchema;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.NullType;
import org.apache.spark.sql.types.StructType;

/** Finds what is wrong with declared segments, without touching data. */
public final class SegmentCheck {

  private SegmentCheck() {}

  /** Every fault of the rules of the catalogue's named segments. */
  public static List<Fault> check(SparkSession spark, Catalogue catalogue) {
    List<Fault> faults = new ArrayList<>();
    StructType columns = new StructType();
    List<TableColumn> readable = profile(catalogue).columns();
    for (TableColumn column : readable) {
      // A rule over the run would come out differently each time.
      if (!column.name().equals("run_id")) {
        columns = columns.add(column.name(), column.type());
      }
    }
    Dataset<Row> empty = spark.createDataFrame(List.of(), columns);
    ExpressionCheck rules = new ExpressionCheck(columns, faults);
    for (NamedSegment segment : catalogue.scores().segments()) {
      for (String name : ExpressionCheck.namedSensitive(segment.rule(), readable)) {
        faults.add(
            segment
                .rule()
                .place()
                .fault(
                    "the rule reads '"
                        + name
                        + "', which is sensitive, and gold/customer_segment would tell it"));
      }
      rules
          .type(segment.rule(), empty)
          .filter(type -> !(type instanceof BooleanType || type instanceof NullType))
          .ifPresent(
              type ->
                  faults.add(
                      segment
                          .rule()
                          .place()
                          .fault("a rule is a condition; this is " + type.catalogString())));
    }
    return faults;
  }

  /** The wide profile that rules are written over. */
  static TableSchema profile(Catalogue catalogue) {
    return ProfileTables.customerProfile(
        CatalogueColumns.profile(catalogue),
        CatalogueColumns.tags(catalogue),
        catalogue.deployment().currency().decimals());
  }
}
