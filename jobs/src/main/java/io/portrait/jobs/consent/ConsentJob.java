package io.portrait.jobs.consent;

import io.portrait.common.config.Expression;
import io.portrait.common.config.Purpose;
import io.portrait.common.io.Tables;
import io.portrait.common.job.Job;
import io.portrait.common.job.JobContext;
import io.portrait.common.table.ConsentTables;
import io.portrait.common.table.Entities;
import io.portrait.common.table.SilverTables;
import io.portrait.common.table.TableSchema;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;

/**
 * Keeps the ledger of what customers have decided about each purpose.
 *
 * <p>Reads {@code silver/consent}, {@code customer_map} and {@code customer}. Replaces one as-of
 * date of the tables in {@link ConsentTables}; without any decisions, of the register alone. Safe
 * to run again. {@link io.portrait.common.job.Consents} reads the ledger for the other steps.
 */
public final class ConsentJob implements Job {

  @Override
  public String name() {
    return "consent";
  }

  @Override
  public void run(JobContext context) {
    Tables tables = context.tables();
    TableSchema consents = Entities.CONSENT.silver();
    Dataset<Row> decided = tables.readOrEmpty(consents);
    Map<String, Row> counts = new HashMap<>();
    // A deployment that has never had decisions needs no ledger.
    if (tables.exists(consents) || tables.exists(ConsentTables.CONSENT_LEDGER)) {
      context.replaceAsOf(
          ConsentTables.CONSENT_LEDGER,
          ConsentTransforms.periods(
              decided, tables.readAsOf(SilverTables.CUSTOMER_MAP, context.asOf()), context.asOf()));
      context.counts().addIn(decided.count());
      ConsentTransforms.countHolding(
              tables.readAsOf(ConsentTables.CONSENT_LEDGER, context.asOf()),
              context.catalogue().purposes().stream().map(Purpose::code).toList())
          .collectAsList()
          .forEach(row -> counts.put(row.getString(0), row));
    }
    warnOfUndeclared(context, counts.get(null));
    long customers = tables.readAsOf(SilverTables.CUSTOMER, context.asOf()).count();
    context.replaceAsOf(ConsentTables.PURPOSE, purposes(context, counts, customers));
    context.counts().addOut(tables.rowsWritten());
  }

  /** Tells how many, and never what, since the name comes from the data. */
  private static void warnOfUndeclared(JobContext context, Row undeclared) {
    if (undeclared != null) {
      context
          .console()
          .warn(
              String.format(
                  Locale.ROOT,
                  "%,d decisions name a purpose that purposes.yaml does not have; they count for"
                      + " nothing. See purpose in silver/consent_ledger.",
                  undeclared.getLong(1) + undeclared.getLong(2)));
    }
  }

  private static Dataset<Row> purposes(
      JobContext context, Map<String, Row> counts, long customers) {
    List<Row> rows = new ArrayList<>();
    for (Purpose purpose : context.catalogue().purposes()) {
      Row count = counts.get(purpose.code());
      long granted = count == null ? 0 : count.getLong(1);
      long refused = count == null ? 0 : count.getLong(2);
      boolean isAllowedUndecided = purpose.basis().isAllowedUndecided();
      long allowed = isAllowedUndecided ? customers - refused : granted;
      rows.add(
          RowFactory.create(
              purpose.code(),
              purpose.title().en(),
              purpose.title().zh(),
              Expression.oneLine(purpose.description()),
              purpose.basis().name().toLowerCase(Locale.ROOT),
              isAllowedUndecided,
              customers,
              granted,
              refused,
              purpose.basis().canBeRefused() ? allowed : customers));
    }
    return context
        .spark()
        .createDataFrame(
            rows,
            StructType.fromDDL(
                "purpose string, title_en string, title_zh string, description string,"
                    + " basis string, allowed_undecided boolean, customers bigint,"
                    + " granted bigint, refused bigint, allowed bigint"))
        .coalesce(1);
  }
}
