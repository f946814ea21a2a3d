package io.portrait.jobs.conform;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.transform;

import io.portrait.common.error.JobException;
import io.portrait.common.job.RowCounts;
import io.portrait.common.table.Entity;
import io.portrait.common.table.RawTables;
import io.portrait.jobs.conform.EntityBatch.Part;
import io.portrait.jobs.conform.Pending.Work;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** What became of the rows of one entity, by map and batch, and why. */
final class RowAccount {

  private static final int REASONS_TOLD = 5;

  private final Entity entity;
  private final List<Line> lines;
  private final List<Row> reasons;

  private RowAccount(Entity entity, List<Line> lines, List<Row> reasons) {
    this.entity = entity;
    this.lines = lines;
    this.reasons = reasons;
  }

  /** What became of the rows of one batch by one map; {@code in} is the sum of the others. */
  private record Line(
      Work work,
      long batch,
      long in,
      long elsewhere,
      long rejected,
      long duplicate,
      long deleted,
      long kept) {

    /** Without those that a stored row beats. */
    Line withStale(long staleDeleted, long staleKept) {
      return new Line(
          work,
          batch,
          in,
          elsewhere,
          rejected,
          duplicate + staleDeleted + staleKept,
          deleted - staleDeleted,
          kept - staleKept);
    }

    /** Whether a row that begins with source, batch and map speaks of this line. */
    boolean isOf(Row row) {
      return batch == row.getLong(1) && work.isOf(row.getString(0), row.getInt(2));
    }

    long accounted() {
      return elsewhere + rejected + duplicate + deleted + kept;
    }
  }

  /**
   * Counts mapped rows.
   *
   * @param rows all that belong to the maps, with their rank; passed over once or twice
   */
  static RowAccount of(Entity entity, List<Part> parts, Dataset<Row> rows) {
    List<Row> fates = fates(rows);
    List<Line> lines = new ArrayList<>();
    for (Part part : parts) {
      part.work().batches().forEach((batch, in) -> lines.add(line(part, batch, in, fates)));
    }
    boolean isAnyExplained = fates.stream().anyMatch(row -> row.getLong(7) > 0);
    return new RowAccount(entity, lines, isAnyExplained ? reasons(rows) : List.of());
  }

  /** Rows by source, batch and map: refused, beaten, deleted, kept, and with a reason. */
  private static List<Row> fates(Dataset<Row> rows) {
    Column isFirst = col(EntityBatch.RANK).equalTo(1);
    Column isDeleted = col(MapTransforms.DELETED);
    return rows.groupBy(Entity.SOURCE, Entity.BATCH_ID, MapTransforms.MAP_NUMBER)
        .agg(
            count_if(MapTransforms.isRejected()),
            count_if(col(EntityBatch.RANK).gt(1)),
            count_if(isFirst.and(isDeleted)),
            count_if(isFirst.and(isDeleted.equalTo(false))),
            count_if(MapTransforms.isRejected().or(size(col(MapTransforms.EMPTIED)).gt(0))))
        .collectAsList();
  }

  /** The line of a batch, also of one of which the map has no row. */
  private static Line line(Part part, long batch, long in, List<Row> fates) {
    long elsewhere = part.elsewhere().getOrDefault(batch, 0L);
    long beaten = part.beaten().getOrDefault(batch, 0L);
    long gone = part.gone().getOrDefault(batch, 0L);
    Line empty = new Line(part.work(), batch, in, elsewhere, 0, beaten, gone, 0);
    return fates.stream()
        .filter(empty::isOf)
        .findFirst()
        .map(
            fate ->
                new Line(
                    part.work(),
                    batch,
                    in,
                    elsewhere,
                    fate.getLong(3),
                    beaten + fate.getLong(4),
                    gone + fate.getLong(5),
                    fate.getLong(6)))
        .orElse(empty);
  }

  /** How often each reason was found, by source and batch. */
  private static List<Row> reasons(Dataset<Row> rows) {
    return rows.select(
            col(Entity.SOURCE),
            col(Entity.BATCH_ID),
            explode(
                    concat(
                        outcome(MapTransforms.REASONS, "rejected"),
                        outcome(MapTransforms.EMPTIED, "emptied")))
                .as("found"))
        .groupBy("source", "batch_id", "found.reason", "found.outcome")
        .agg(count(lit(1)))
        .collectAsList();
  }

  private static Column outcome(String reasons, String outcome) {
    return transform(col(reasons), r -> struct(r.as("reason"), lit(outcome).as("outcome")));
  }

  boolean hasRejected() {
    return lines.stream().anyMatch(line -> line.rejected() > 0);
  }

  /**
   * Stops the job if a map rejects too much of the batches that nobody has discarded.
   *
   * @throws JobException naming source, entity, share and reasons
   */
  void checkRejectedShare(Work work, double limit) {
    long in = 0;
    long rejected = 0;
    for (Line line : lines) {
      if (line.work().equals(work) && !work.discarded().contains(line.batch())) {
        in += line.in() - line.elsewhere();
        rejected += line.rejected();
      }
    }
    if (rejected > limit * in) {
      throw JobException.invalidData(
          "Source %s, entity %s (%s): %,d of %,d rows are rejected, more than max_rejected_share"
              + " %s allows. Reasons: %s. By batch: %s. Correct the map or its formats; or, if"
              + " what was delivered is wrong, discard the batch by portrait replay --source %s"
              + " --discard-batch N --reason WHY, and have it delivered again. Nothing was changed"
              + " in silver.",
          work.source().name(),
          entity.name(),
          work.map().place(),
          rejected,
          in,
          limit,
          commonReasons(work.source().name()),
          worstBatches(work),
          work.source().name());
    }
  }

  private String worstBatches(Work work) {
    return lines.stream()
        .filter(line -> line.work().equals(work) && line.rejected() > 0)
        .sorted((a, b) -> Long.compare(b.rejected(), a.rejected()))
        .limit(REASONS_TOLD)
        .map(
            line ->
                String.format(
                    Locale.ROOT,
                    "%d (%,d of %,d rows)",
                    line.batch(),
                    line.rejected(),
                    line.in() - line.elsewhere()))
        .collect(Collectors.joining("; "));
  }

  private String commonReasons(String source) {
    return reasons.stream()
        .filter(r -> r.getString(0).equals(source) && r.getString(3).equals("rejected"))
        .sorted((a, b) -> Long.compare(b.getLong(4), a.getLong(4)))
        .limit(REASONS_TOLD)
        .map(r -> String.format(Locale.ROOT, "%s (%,d rows)", r.getString(2), r.getLong(4)))
        .collect(Collectors.joining("; "));
  }

  /** Moves rows that a stored row of their key beats to the duplicates. */
  void addStale(Dataset<Row> stale) {
    List<Row> counted =
        stale
            .groupBy(Entity.SOURCE, Entity.BATCH_ID, MapTransforms.MAP_NUMBER)
            .agg(
                count_if(col(MapTransforms.DELETED)),
                count_if(col(MapTransforms.DELETED).equalTo(false)))
            .collectAsList();
    lines.replaceAll(
        line ->
            counted.stream()
                .filter(line::isOf)
                .findFirst()
                .map(row -> line.withStale(row.getLong(3), row.getLong(4)))
                .orElse(line));
  }

  /**
   * Proves that every row that ingest counted is accounted for, and that those to keep were
   * written.
   *
   * @param written rows that Delta says it wrote to silver
   * @param counts where the sums go
   */
  void close(long written, RowCounts counts) {
    for (Line line : lines) {
      if (line.in() != line.accounted()) {
        throw new IllegalStateException(
            String.format(
                Locale.ROOT,
                "Source %s, batch %d, entity %s: %d rows in, but %d accounted for",
                line.work().source().name(),
                line.batch(),
                entity.name(),
                line.in(),
                line.accounted()));
      }
      counts.addIn(line.in());
      counts.addOut(line.kept());
      counts.addRejected(line.rejected());
      counts.addDuplicate(line.duplicate());
    }
    long kept = lines.stream().mapToLong(Line::kept).sum();
    if (kept != written) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "Entity %s: %d rows to keep, but %d written to silver",
              entity.name(),
              kept,
              written));
    }
  }

  /** Lines of {@link RawTables#REJECT_REASON}. */
  List<Row> reasonRows() {
    return reasons.stream()
        .map(
            r ->
                RowFactory.create(
                    r.getString(0),
                    r.getLong(1),
                    entity.name(),
                    r.getString(2),
                    r.getString(3),
                    r.getLong(4)))
        .toList();
  }

  /** Lines of {@link RawTables#CONFORM_RESULT}. */
  List<Row> resultRows() {
    return lines.stream()
        .map(
            line ->
                RowFactory.create(
                    line.work().source().name(),
                    line.batch(),
                    entity.name(),
                    line.work().number(),
                    line.work().fingerprint(),
                    line.in(),
                    line.elsewhere(),
                    line.kept(),
                    line.rejected(),
                    line.duplicate(),
                    line.deleted()))
        .toList();
  }
}
