package io.portrait.jobs.segment;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lit;

import io.portrait.common.config.Catalogue;
import io.portrait.common.config.Expression;
import io.portrait.common.config.NamedSegment;
import io.portrait.common.error.JobException;
import io.portrait.common.io.Tables;
import io.portrait.common.job.Consents;
import io.portrait.common.job.Job;
import io.portrait.common.job.JobContext;
import io.portrait.common.table.ProfileTables;
import io.portrait.common.table.SegmentTables;
import io.portrait.common.table.TableSchema;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;

/**
 * Puts customers into the segments that the business knows by name, and tells who entered and who
 * left since the previous as-of date.
 *
 * <p>Reads {@code gold/customer_profile} of an as-of date that passed the publish gate, and what it
 * wrote at the previous as-of date. Replaces one as-of date of the tables in {@link SegmentTables}.
 * Safe to run again: what it compares with lies before the as-of date, so that a customer enters or
 * leaves once, however often the step runs.
 */
public final class SegmentJob implements Job {

  @Override
  public String name() {
    return "segment";
  }

  @Override
  public void run(JobContext context) {
    Tables tables = context.tables();
    LocalDate asOf = context.asOf();
    int decimals = context.catalogue().deployment().currency().decimals();
    List<NamedSegment> segments = context.catalogue().scores().segments();
    Dataset<Row> profiles = publishedProfiles(context);
    long customers = profiles.count();
    context.counts().addIn(customers);

    TableSchema table = SegmentTables.segment(decimals);
    Optional<LocalDate> previousAsOf = tables.previousAsOf(table, asOf);
    Set<String> inBoth =
        previousAsOf.map(date -> codes(segments, tables.readAsOf(table, date))).orElseGet(Set::of);
    Dataset<Row> compared =
        SegmentTransforms.compare(
                SegmentTransforms.selectMembers(
                    Consents.of(context)
                        .withAllowed(
                            profiles,
                            segments.stream()
                                .map(NamedSegment::purposeOrDefault)
                                .distinct()
                                .toList()),
                    segments),
                previousAsOf
                    .map(date -> tables.readAsOf(SegmentTables.CUSTOMER_SEGMENT, date))
                    .orElseGet(() -> nobody(context)),
                asOf)
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      Map<String, Row> counts =
          SegmentTransforms.countMembers(compared, decimals).collectAsList().stream()
              .collect(Collectors.toMap(row -> row.getString(0), row -> row));
      context.replaceAsOf(
          SegmentTables.CUSTOMER_SEGMENT, SegmentTransforms.selectCurrent(compared));
      context.replaceAsOf(
          SegmentTables.SEGMENT_TRANSITION,
          SegmentTransforms.selectTransitions(compared, inBoth, previousAsOf.orElse(asOf)));
      context.replaceAsOf(table, segmentRows(context, counts, inBoth, customers));
    } finally {
      compared.unpersist();
    }
    context.counts().addOut(tables.rowsWritten());
  }

  /** Nobody may be told of who came and went in profiles that were refused. */
  private static Dataset<Row> publishedProfiles(JobContext context) {
    Tables tables = context.tables();
    TableSchema table = SegmentCheck.profile(context.catalogue());
    Row gate =
        tables
            .readAsOf(ProfileTables.QUALITY_RESULT, context.asOf())
            .filter(col("table_name").equalTo(table.path()))
            .agg(count(lit(1)), count_if(ProfileTables.stopsPublishing()))
            .head();
    if (gate.getLong(0) == 0 || gate.getLong(1) > 0) {
      throw JobException.invalidData(
          "Table %s as of %s has not passed the publish gate (see ops/quality_result). Run the step"
              + " profile for this date first.",
          table.path(), context.asOf());
    }
    return tables.readAsOf(table, context.asOf()).transform(table::conform);
  }

  /** Codes of declared segments that an earlier as-of date had too. */
  private static Set<String> codes(List<NamedSegment> segments, Dataset<Row> before) {
    Set<String> known =
        before.select("segment_code").collectAsList().stream()
            .map(row -> row.getString(0))
            .collect(Collectors.toSet());
    return segments.stream()
        .map(NamedSegment::code)
        .filter(known::contains)
        .collect(Collectors.toSet());
  }

  private static Dataset<Row> segmentRows(
      JobContext context, Map<String, Row> counts, Set<String> inBoth, long customers) {
    Catalogue catalogue = context.catalogue();
    List<Row> rows = new ArrayList<>();
    for (NamedSegment segment : catalogue.scores().segments()) {
      Optional<Row> count = Optional.ofNullable(counts.get(segment.code()));
      long members = count.map(row -> row.getLong(1)).orElse(0L);
      boolean hasEvents = inBoth.contains(segment.code());
      rows.add(
          RowFactory.create(
              segment.code(),
              segment.title().en(),
              segment.title().zh(),
              Expression.oneLine(segment.description()),
              segment.action().en(),
              segment.action().zh(),
              Expression.oneLine(segment.rule().sql()),
              members,
              customers == 0 ? null : members / (double) customers,
              count.map(row -> (BigDecimal) row.get(2)).orElse(null),
              hasEvents ? count.map(row -> row.getLong(3)).orElse(0L) : null,
              hasEvents ? count.map(row -> row.getLong(4)).orElse(0L) : null));
    }
    StructType type =
        StructType.fromDDL(
            "segment_code string, title_en string, title_zh string, description string,"
                + " action_en string, action_zh string, rule string, customers bigint,"
                + " share double, mean_customer_value decimal(18, "
                + catalogue.deployment().currency().decimals()
                + "), entered bigint, left bigint");
    return context.spark().createDataFrame(rows, type).coalesce(1);
  }

  private static Dataset<Row> nobody(JobContext context) {
    return context.spark().createDataFrame(List.of(), SegmentTables.CUSTOMER_SEGMENT.structType());
  }
}
