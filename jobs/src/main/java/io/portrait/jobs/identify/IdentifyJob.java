package io.portrait.jobs.identify;

import io.portrait.common.config.Deployment.Identity;
import io.portrait.common.error.JobException;
import io.portrait.common.io.Scratch;
import io.portrait.common.io.Tables;
import io.portrait.common.job.Job;
import io.portrait.common.job.JobContext;
import io.portrait.common.table.Entities;
import io.portrait.common.table.MatchTables;
import io.portrait.common.table.SilverTables;
import io.portrait.common.table.TableSchema;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Locale;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides which accounts are one person.
 *
 * <p>Reads {@link SilverTables#ACCOUNT_IDENTIFIER}, the accounts' master data and, if the
 * deployment declares matching, {@link MatchTables#ACCOUNT_LINK}. Replaces one as-of date of {@link
 * SilverTables#CUSTOMER_MAP}, {@link SilverTables#CUSTOMER_MAP_EVENT}, {@link
 * SilverTables#JUNK_IDENTIFIER}, {@link SilverTables#CUSTOMER} and {@link
 * SilverTables#CUSTOMER_EVIDENCE}; safe to run again.
 */
public final class IdentifyJob implements Job {

  private static final Logger LOG = LoggerFactory.getLogger(IdentifyJob.class);

  @Override
  public String name() {
    return "identify";
  }

  @Override
  public void run(JobContext context) {
    Tables tables = context.tables();
    LocalDate asOf = context.asOf();
    ZoneId zone = context.catalogue().deployment().timeZone();
    Identity guards = context.catalogue().identity();
    Dataset<Row> identifiers = tables.readOrEmpty(SilverTables.ACCOUNT_IDENTIFIER);
    context.counts().addIn(identifiers.count());
    try (Scratch scratch = Scratch.open(context.spark(), tables.root(), name())) {
      Dataset<Row> known = IdentifyTransforms.filterKnown(identifiers, asOf, zone);
      Dataset<Row> shared = scratch.keep(IdentifyTransforms.filterShared(known));
      int maxAccounts = guards.maxAccountsPerIdentifier();
      tables.replaceAsOf(
          SilverTables.JUNK_IDENTIFIER,
          IdentifyTransforms.summarizeJunk(shared, maxAccounts, asOf),
          asOf);
      Decisions decisions = Decisions.of(context, known);
      Dataset<Row> edges = edges(context, shared, maxAccounts, decisions);
      ConnectedComponents.Result components =
          ConnectedComponents.find(edges.select(Separation.ONE, Separation.OTHER), scratch::keep);
      LOG.info("job={} as_of={} rounds={}", name(), asOf, components.rounds());
      Dataset<Row> people =
          Separation.separate(components.nodes(), edges, decisions.forbidden(), scratch::keep);
      Dataset<Row> resolved =
          scratch.keep(IdentifyTransforms.resolve(known, people, guards.anonymousRealms()));
      tables.replaceAsOf(
          SilverTables.CUSTOMER_MAP, IdentifyTransforms.withAsOf(resolved, asOf), asOf);
      tables.replaceAsOf(
          SilverTables.CUSTOMER_MAP_EVENT,
          IdentifyTransforms.findEvents(previousMap(context), resolved, asOf),
          asOf);
      Dataset<Row> chosen =
          IdentifyTransforms.choose(
              resolved,
              tables.readOrEmpty(Entities.CUSTOMER.silver()),
              guards.survivorship(),
              asOf,
              zone);
      tables.replaceAsOf(
          SilverTables.CUSTOMER, IdentifyTransforms.makeGoldenRecord(chosen, asOf), asOf);
      tables.replaceAsOf(
          SilverTables.CUSTOMER_EVIDENCE,
          IdentifyTransforms.explainGoldenRecord(chosen, guards.survivorship(), asOf),
          asOf);
    }
    warnOfJunk(context);
    context.counts().addOut(tables.rowsWritten());
  }

  /** What ties two accounts: a shared identifier, a link of the step match, a decision. */
  private static Dataset<Row> edges(
      JobContext context, Dataset<Row> shared, int maxAccounts, Decisions decisions) {
    Dataset<Row> edges =
        Separation.certain(
            IdentifyTransforms.selectEdges(shared, maxAccounts), Separation.IDENTIFIER);
    if (context.catalogue().linking().matching().isPresent()) {
      Tables tables = context.tables();
      if (!tables.exists(MatchTables.MATCH_MODEL)
          || tables.readAsOf(MatchTables.MATCH_MODEL, context.asOf()).isEmpty()) {
        throw JobException.invalidData(
            "The deployment declares matching, but table %s has nothing as of %s. Run the step"
                + " match for this date first.",
            MatchTables.MATCH_MODEL.path(), context.asOf());
      }
      edges =
          edges.unionByName(
              Separation.likely(tables.readAsOf(MatchTables.ACCOUNT_LINK, context.asOf())));
    }
    if (!decisions.required().isEmpty()) {
      edges =
          edges.unionByName(
              Separation.certain(decisions.requiredEdges(context.spark()), Separation.DECISION));
    }
    return edges;
  }

  /**
   * The map of the previous as-of date; without one this map, which differs from itself in none.
   */
  private static Dataset<Row> previousMap(JobContext context) {
    TableSchema map = SilverTables.CUSTOMER_MAP;
    return context
        .tables()
        .previousAsOf(map, context.asOf())
        .map(previous -> context.tables().readAsOf(map, previous))
        .orElseGet(() -> context.tables().readAsOf(map, context.asOf()));
  }

  /** Names types and counts, of which there are few; never a value. */
  private static void warnOfJunk(JobContext context) {
    Dataset<Row> junk = context.tables().readAsOf(SilverTables.JUNK_IDENTIFIER, context.asOf());
    for (Row row : IdentifyTransforms.summarizeJunkByType(junk).collectAsList()) {
      context
          .console()
          .warn(
              String.format(
                  Locale.ROOT,
                  "%,d identifiers of type %s are shared by more than %d accounts each, the most"
                      + " common by %,d; they tie none. See silver/junk_identifier.",
                  row.getLong(1),
                  row.getString(0),
                  context.catalogue().identity().maxAccountsPerIdentifier(),
                  row.getLong(2)));
    }
  }
}
