package io.portrait.jobs.summarize;

import static io.portrait.common.table.Entity.EVENT_DAY;
import static io.portrait.jobs.summarize.ChangeTransforms.CHANGES;
import static io.portrait.jobs.summarize.ChangeTransforms.MONTH;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.sum;

import io.portrait.common.io.Tables;
import io.portrait.common.job.Job;
import io.portrait.common.job.JobContext;
import io.portrait.common.table.Entities;
import io.portrait.common.table.Entity;
import io.portrait.common.table.SilverTables;
import io.portrait.common.table.SummarizeStateTable;
import io.portrait.common.table.TableSchema;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sums up what each account did on each day.
 *
 * <p>Reads the silver tables of orders, payments, web events, service tickets, feedback and
 * campaigns, and products for categories. Replaces the months of {@link SilverTables#SESSION},
 * {@link SilverTables#ACCOUNT_DAY} and {@link SilverTables#ACCOUNT_CATEGORY_DAY} that rows changed
 * since the last run touch, each of them whole; safe to run again.
 *
 * <p>A row counts in the month of its day, and a ticket in that of its closing too. What a row
 * looks up may lie in another month, so a changed order head touches the months of its lines, a
 * changed line that of its head, and a product that gets another category the months in which it
 * was sold. How far the rollups have come is kept in {@link SummarizeStateTable}, written last: a
 * run that fails before repeats the same months.
 */
public final class SummarizeJob implements Job {

  private static final Logger LOG = LoggerFactory.getLogger(SummarizeJob.class);

  /** To be raised whenever the rollups' meaning changes: all months are rebuilt then. */
  private static final int DEFINITION = 1;

  private static final List<Entity> EVENTS =
      List.of(
          Entities.ORDER,
          Entities.ORDER_ITEM,
          Entities.PAYMENT,
          Entities.WEB_EVENT,
          Entities.SERVICE_TICKET,
          Entities.FEEDBACK,
          Entities.CAMPAIGN_TOUCH);

  private static final List<TableSchema> ROLLUPS =
      List.of(SilverTables.SESSION, SilverTables.ACCOUNT_DAY, SilverTables.ACCOUNT_CATEGORY_DAY);

  @Override
  public String name() {
    return "summarize";
  }

  @Override
  public boolean hasAsOf() {
    return false;
  }

  @Override
  public void run(JobContext context) {
    Tables tables = context.tables();
    Map<Entity, Dataset<Row>> silver = new HashMap<>();
    for (Entity entity : EVENTS) {
      silver.put(entity, tables.readOrEmpty(entity.silver()));
    }
    silver.put(Entities.PRODUCT, tables.readOrEmpty(Entities.PRODUCT.silver()));
    Months months = findMonths(context, silver);
    LOG.info("job={} months={}", name(), months.isAll() ? "all" : months.days().orElseThrow());
    if (months.isNone()) {
      return;
    }
    replace(tables, SilverTables.SESSION, sessions(silver, months), months);
    Dataset<Row> sessions = tables.read(SilverTables.SESSION);
    ZoneId zone = context.catalogue().deployment().timeZone();
    replace(tables, SilverTables.ACCOUNT_DAY, accountDays(silver, sessions, zone, months), months);
    replace(tables, SilverTables.ACCOUNT_CATEGORY_DAY, accountCategoryDays(silver, months), months);
    saveState(context);
    context.counts().addOut(tables.rowsWritten());
  }

  private static Dataset<Row> sessions(Map<Entity, Dataset<Row>> silver, Months months) {
    return SessionTransforms.sessionize(within(silver.get(Entities.WEB_EVENT), months));
  }

  private static Dataset<Row> accountDays(
      Map<Entity, Dataset<Row>> silver, Dataset<Row> sessions, ZoneId zone, Months months) {
    Dataset<Row> orders = within(silver.get(Entities.ORDER), months);
    Dataset<Row> lines =
        lines(silver, months)
            .union(
                RollupTransforms.selectHeadsWithoutLines(orders, silver.get(Entities.ORDER_ITEM)));
    Dataset<Row> tickets =
        RollupTransforms.withClosedDay(silver.get(Entities.SERVICE_TICKET), zone);
    return RollupTransforms.combine(
        SilverTables.ACCOUNT_DAY,
        List.of(
            RollupTransforms.summarizeLines(lines),
            RollupTransforms.summarizeCancelled(orders),
            RollupTransforms.summarizePayments(within(silver.get(Entities.PAYMENT), months)),
            RollupTransforms.summarizeSessions(within(sessions, months)),
            RollupTransforms.summarizeTickets(within(tickets, months)),
            RollupTransforms.summarizeClosedTickets(
                tickets.filter(months.contain(col("closed_day")))),
            RollupTransforms.summarizeFeedback(within(silver.get(Entities.FEEDBACK), months)),
            RollupTransforms.summarizeTouches(
                within(silver.get(Entities.CAMPAIGN_TOUCH), months))));
  }

  private static Dataset<Row> accountCategoryDays(Map<Entity, Dataset<Row>> silver, Months months) {
    return RollupTransforms.combine(
        SilverTables.ACCOUNT_CATEGORY_DAY,
        List.of(
            RollupTransforms.summarizeLinesByCategory(
                lines(silver, months), silver.get(Entities.PRODUCT)),
            RollupTransforms.summarizeViewsByCategory(
                within(silver.get(Entities.WEB_EVENT), months))));
  }

  private static Dataset<Row> lines(Map<Entity, Dataset<Row>> silver, Months months) {
    return RollupTransforms.selectLines(
        within(silver.get(Entities.ORDER_ITEM), months), silver.get(Entities.ORDER));
  }

  private static Dataset<Row> within(Dataset<Row> rows, Months months) {
    return rows.filter(months.contain(col(EVENT_DAY)));
  }

  private static void replace(Tables tables, TableSchema table, Dataset<Row> rows, Months months) {
    if (months.isAll()) {
      tables.overwrite(table, rows);
    } else {
      tables.replaceWhere(table, rows, months.condition());
    }
  }

  /** The months touched since the last run; all without one, or if it meant something else. */
  private static Months findMonths(JobContext context, Map<Entity, Dataset<Row>> silver) {
    Tables tables = context.tables();
    Optional<Map<String, Long>> since = readState(context);
    if (since.isEmpty()) {
      for (Dataset<Row> rows : silver.values()) {
        context.counts().addIn(rows.count());
      }
      return Months.all();
    }
    Map<Entity, Dataset<Row>> changes = new HashMap<>();
    for (Entity entity : silver.keySet()) {
      TableSchema table = entity.silver();
      changes.put(entity, tables.changesAfter(table, since.get().get(table.path())));
    }
    ZoneId zone = context.catalogue().deployment().timeZone();
    List<Dataset<Row>> parts = new ArrayList<>();
    for (Entity entity : EVENTS) {
      parts.add(ChangeTransforms.summarizeByMonth(changes.get(entity), col(EVENT_DAY)));
    }
    Dataset<Row> tickets =
        RollupTransforms.withClosedDay(changes.get(Entities.SERVICE_TICKET), zone);
    parts.add(ChangeTransforms.summarizeByMonth(tickets, col("closed_day")));
    Dataset<Row> orders = silver.get(Entities.ORDER);
    Dataset<Row> items = silver.get(Entities.ORDER_ITEM);
    parts.add(
        ChangeTransforms.findMonths(
            orders, changes.get(Entities.ORDER_ITEM).select("order_id").distinct()));
    parts.add(
        ChangeTransforms.findMonths(
            items, changes.get(Entities.ORDER).select("order_id").distinct()));
    parts.add(
        ChangeTransforms.findMonths(
            items, ChangeTransforms.findMovedProducts(changes.get(Entities.PRODUCT))));
    List<Row> found =
        parts.stream()
            .reduce(Dataset::union)
            .orElseThrow()
            .groupBy(MONTH)
            .agg(sum(CHANGES))
            .collectAsList();
    found.forEach(row -> context.counts().addIn(row.getLong(1)));
    return Months.of(found.stream().map(row -> row.getDate(0).toLocalDate()).toList());
  }

  /** Versions taken in by table; absent unless the rollups can be continued from there. */
  private static Optional<Map<String, Long>> readState(JobContext context) {
    Tables tables = context.tables();
    Map<String, Long> versions = new HashMap<>();
    for (Row row : tables.readOrEmpty(SummarizeStateTable.SCHEMA).collectAsList()) {
      if (row.<String>getAs(SummarizeStateTable.DEFINITION).equals(definition(context))) {
        versions.put(
            row.getAs(SummarizeStateTable.TABLE_NAME),
            row.getAs(SummarizeStateTable.TABLE_VERSION));
      }
    }
    boolean isContinuous =
        inputs().stream()
            .allMatch(
                table ->
                    versions.containsKey(table.path())
                        && versions.get(table.path()) <= tables.version(table));
    boolean isThere = ROLLUPS.stream().allMatch(tables::exists);
    return isContinuous && isThere ? Optional.of(versions) : Optional.empty();
  }

  private static void saveState(JobContext context) {
    Map<String, Long> versions = context.tables().versionsRead();
    List<Row> rows =
        inputs().stream()
            .map(
                table ->
                    RowFactory.create(
                        table.path(), versions.get(table.path()), definition(context)))
            .toList();
    context
        .tables()
        .overwrite(
            SummarizeStateTable.SCHEMA,
            context
                .spark()
                .createDataFrame(rows, SummarizeStateTable.SCHEMA.structType())
                .coalesce(1));
  }

  private static List<TableSchema> inputs() {
    List<TableSchema> inputs = new ArrayList<>(EVENTS.stream().map(Entity::silver).toList());
    inputs.add(Entities.PRODUCT.silver());
    return inputs;
  }

  private static String definition(JobContext context) {
    return DEFINITION + " " + context.catalogue().deployment().timeZone().getId();
  }
}
