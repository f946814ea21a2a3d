package io.portrait.jobs.summarize;

import static io.portrait.common.table.Entity.EVENT_DAY;
import static io.portrait.jobs.summarize.ChangeTransforms.CHANGES;
import static io.portrait.jobs.summarize.ChangeTransforms.MONTH;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.sum;

import io.portrait.common.io.Tables;
import io.portrait.common.job.Job;
import io.portrait.common.job.JobContext;
import io.portrait.common.table.Entities;
import io.portrait.common.table.Entity;
import io.portrait.common.table.PrivacyTables;
import io.portrait.common.table.SilverTables;
import io.portrait.common.table.SummarizeStateTable;
import io.portrait.common.table.TableSchema;
import java.sql.Date;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sums up what each account did on each day.
 *
 * <p>Reads the silver tables of orders, payments, web events, service tickets, feedback and
 * campaigns, and products for categories. Replaces the months of {@link SilverTables#SESSION},
 * {@link SilverTables#ACCOUNT_DAY} and {@link SilverTables#ACCOUNT_CATEGORY_DAY} that rows changed
 * since the last run touch, each of them whole; if there are none, it writes nothing. How far it
 * has come is kept in {@link SummarizeStateTable}, written last: after a crash the same months are
 * replaced again. Months before {@link PrivacyTables#RETENTION} says that all events are there are
 * never replaced, neither by a change nor by a rebuild.
 */
public final class SummarizeJob implements Job {

  private static final Logger LOG = LoggerFactory.getLogger(SummarizeJob.class);

  private static final List<Entity> INPUTS =
      List.of(
          Entities.ORDER,
          Entities.ORDER_ITEM,
          Entities.PRODUCT,
          Entities.PAYMENT,
          Entities.WEB_EVENT,
          Entities.SERVICE_TICKET,
          Entities.FEEDBACK,
          Entities.CAMPAIGN_TOUCH);

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
    ZoneId zone = context.catalogue().deployment().timeZone();
    Map<Entity, Dataset<Row>> silver = new HashMap<>();
    for (Entity entity : INPUTS) {
      silver.put(entity, tables.readOrEmpty(entity.silver()));
    }
    Months months = findMonths(context, silver, zone).since(keptFrom(tables));
    LOG.info("job={} months={}", name(), months);
    if (months.isNone()) {
      return;
    }
    replace(tables, SilverTables.SESSION, sessions(silver, months), months);
    Dataset<Row> sessions = tables.read(SilverTables.SESSION);
    replace(tables, SilverTables.ACCOUNT_DAY, accountDays(silver, sessions, months, zone), months);
    replace(tables, SilverTables.ACCOUNT_CATEGORY_DAY, accountCategoryDays(silver, months), months);
    SummarizeState.write(context, INPUTS);
    context.counts().addOut(tables.rowsWritten());
  }

  /**
   * The first month whose events and visits are all there, if some went by age. Earlier months of
   * the rollups stay as they are: they could be made from what is left alone.
   */
  private static Optional<LocalDate> keptFrom(Tables tables) {
    List<String> made =
        Stream.concat(
                INPUTS.stream().map(Entity::silver),
                Stream.of(
                    SilverTables.SESSION,
                    SilverTables.ACCOUNT_DAY,
                    SilverTables.ACCOUNT_CATEGORY_DAY))
            .map(TableSchema::path)
            .toList();
    Row latest =
        tables
            .readOrEmpty(PrivacyTables.RETENTION)
            .filter(col("table_name").isin(made.toArray()))
            .agg(max("kept_from"))
            .head();
    return Optional.ofNullable(latest.getDate(0)).map(Date::toLocalDate);
  }

  /** The months touched since the last run; all of them if that cannot be continued. */
  private static Months findMonths(
      JobContext context, Map<Entity, Dataset<Row>> silver, ZoneId zone) {
    Tables tables = context.tables();
    Optional<Map<Entity, Long>> since = SummarizeState.read(context, INPUTS);
    boolean isThere =
        tables.exists(SilverTables.SESSION)
            && tables.exists(SilverTables.ACCOUNT_DAY)
            && tables.exists(SilverTables.ACCOUNT_CATEGORY_DAY);
    if (since.isEmpty() || !isThere) {
      silver.values().forEach(rows -> context.counts().addIn(rows.count()));
      return Months.all();
    }
    Map<Entity, Dataset<Row>> changes = new HashMap<>();
    since
        .get()
        .forEach(
            (entity, version) ->
                changes.put(entity, tables.changesAfter(entity.silver(), version)));
    List<Row> touched =
        ChangeTransforms.findTouchedMonths(changes, silver, zone)
            .groupBy(MONTH)
            .agg(sum(CHANGES))
            .collectAsList();
    touched.forEach(row -> context.counts().addIn(row.getLong(1)));
    return Months.of(touched.stream().map(row -> row.getDate(0).toLocalDate()).toList());
  }

  /** The table {@link SilverTables#SESSION} in these months. */
  static Dataset<Row> sessions(Map<Entity, Dataset<Row>> silver, Months months) {
    return SessionTransforms.sessionize(within(silver.get(Entities.WEB_EVENT), months));
  }

  /** The table {@link SilverTables#ACCOUNT_DAY} in these months. */
  static Dataset<Row> accountDays(
      Map<Entity, Dataset<Row>> silver, Dataset<Row> sessions, Months months, ZoneId zone) {
    Dataset<Row> orders = within(silver.get(Entities.ORDER), months);
    Dataset<Row> heads =
        RollupTransforms.selectHeadsWithoutLines(orders, silver.get(Entities.ORDER_ITEM));
    Dataset<Row> tickets =
        RollupTransforms.withClosedDay(silver.get(Entities.SERVICE_TICKET), zone);
    Dataset<Row> closed = tickets.filter(months.contain(col(RollupTransforms.CLOSED_DAY)));
    Dataset<Row> touches = within(silver.get(Entities.CAMPAIGN_TOUCH), months);
    return RollupTransforms.combine(
        SilverTables.ACCOUNT_DAY,
        List.of(
            RollupTransforms.summarizeLines(lines(silver, months).union(heads)),
            RollupTransforms.summarizeCancelled(orders),
            RollupTransforms.summarizePayments(within(silver.get(Entities.PAYMENT), months)),
            RollupTransforms.summarizeSessions(within(sessions, months)),
            RollupTransforms.summarizeTickets(within(tickets, months)),
            RollupTransforms.summarizeClosedTickets(closed),
            RollupTransforms.summarizeFeedback(within(silver.get(Entities.FEEDBACK), months)),
            RollupTransforms.summarizeTouches(touches)));
  }

  /** The table {@link SilverTables#ACCOUNT_CATEGORY_DAY} in these months. */
  static Dataset<Row> accountCategoryDays(Map<Entity, Dataset<Row>> silver, Months months) {
    Dataset<Row> events = within(silver.get(Entities.WEB_EVENT), months);
    return RollupTransforms.combine(
        SilverTables.ACCOUNT_CATEGORY_DAY,
        List.of(
            RollupTransforms.summarizeLinesByCategory(
                lines(silver, months), silver.get(Entities.PRODUCT)),
            RollupTransforms.summarizeViewsByCategory(events)));
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
}
