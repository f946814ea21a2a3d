package io.portrait.jobs.match;

import io.portrait.common.config.Catalogue;
import io.portrait.common.config.Expression;
import io.portrait.common.config.Matching;
import io.portrait.common.config.Matching.Blocking;
import io.portrait.common.config.Matching.Comparison;
import io.portrait.common.io.Scratch;
import io.portrait.common.io.Tables;
import io.portrait.common.job.Job;
import io.portrait.common.job.JobContext;
import io.portrait.common.privacy.KeyedHash;
import io.portrait.common.privacy.Vault;
import io.portrait.common.table.Entities;
import io.portrait.common.table.MatchTables;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds accounts that are likely one person.
 *
 * <p>Reads the accounts' master data and direct identifiers. Replaces one as-of date of the tables
 * in {@link MatchTables}; safe to run again. Direct identifiers are compared in memory, and leave
 * it as levels of agreement.
 */
public final class MatchJob implements Job {

  private static final Logger LOG = LoggerFactory.getLogger(MatchJob.class);

  /** Of the pairs taken for one person, share that differ in a field, from which it is odd. */
  private static final double ODD_SHARE = 0.5;

  /** Of fewer pairs that have both values, no share is told. */
  private static final double FEW_PAIRS = 10;

  @Override
  public String name() {
    return "match";
  }

  @Override
  public boolean isDeclared(Catalogue catalogue) {
    return catalogue.linking().matching().isPresent();
  }

  @Override
  public void run(JobContext context) {
    Matching matching = context.catalogue().linking().matching().orElseThrow();
    Tables tables = context.tables();
    // Kept by Spark, and not as scratch: no file of the warehouse but the vault may hold them.
    Dataset<Row> records =
        MatchTransforms.prepare(readAccounts(context), matching)
            .persist(StorageLevel.MEMORY_AND_DISK());
    Dataset<Row> oversized =
        MatchTransforms.findOversized(records, matching).persist(StorageLevel.MEMORY_AND_DISK());
    try (Scratch scratch = Scratch.open(context.spark(), tables.root(), name())) {
      long accounts = records.count();
      context.counts().addIn(accounts);
      Dataset<Row> bounded = withoutOversized(context, records, oversized, matching);
      Dataset<Row> compared = scratch.keep(MatchTransforms.compareBlocks(bounded, matching));
      List<Agreement> candidates = agreements(compared, matching);
      List<Agreement> random =
          agreements(MatchTransforms.compareRandom(records, accounts, matching), matching);
      MatchModel model = fit(matching, candidates, random, accounts);
      LOG.info(
          "job={} as_of={} accounts={} pairs={} patterns={} prior={}",
          name(),
          context.asOf(),
          accounts,
          candidates.stream().mapToLong(Agreement::pairs).sum(),
          candidates.size(),
          model.prior());
      warnOfOddFields(context, matching, model, candidates);
      write(context, matching, model, candidates, accounts, compared);
    } finally {
      oversized.unpersist();
      records.unpersist();
    }
    context.counts().addOut(tables.rowsWritten());
  }

  /** The accounts known before the as-of date, with their direct identifiers. */
  private static Dataset<Row> readAccounts(JobContext context) {
    Tables tables = context.tables();
    return MatchTransforms.joinKnown(
        tables.readOrEmpty(Entities.CUSTOMER.silver()),
        Vault.of(context.catalogue()).read(tables),
        context.asOf(),
        context.catalogue().deployment().timeZone());
  }

  /**
   * Leaves out blocks that are too large, and warns of them by their rule, their size and a keyed
   * pseudonym; never by a value.
   */
  private static Dataset<Row> withoutOversized(
      JobContext context, Dataset<Row> records, Dataset<Row> oversized, Matching matching) {
    KeyedHash hash = new KeyedHash(context.catalogue().deployment().privacy().key());
    List<Integer> rules = new ArrayList<>();
    for (Row row : MatchTransforms.summarizeOversized(oversized).collectAsList()) {
      Blocking rule = matching.blocking().get(row.getInt(0));
      rules.add(row.getInt(0));
      List<String> blocks =
          row.<Row>getList(2).stream()
              .map(
                  block ->
                      String.format(
                          Locale.ROOT,
                          "#%.8s with %,d",
                          hash.hash("block", rule.name() + "|" + block.getLong(1)),
                          block.getLong(0)))
              .toList();
      context
          .console()
          .warn(
              String.format(
                  Locale.ROOT,
                  "blocking rule %s (keys: %s) puts more than %d accounts into one block, %,d"
                      + " times: %s%s. They are not compared by this rule. Add a key to it in"
                      + " matching.yaml, or raise max_accounts_per_block. To find the values,"
                      + " count your accounts by the rule's keys, as the README shows.",
                  rule.name(),
                  rule.keys().stream().map(Expression::sql).collect(Collectors.joining(", ")),
                  matching.maxAccountsPerBlock(),
                  row.getLong(1),
                  String.join(", ", blocks),
                  row.getLong(1) > blocks.size() ? " and smaller ones" : ""));
    }
    return MatchTransforms.dropOversized(records, oversized, rules);
  }

  /** How pairs agree: as many rows as there are patterns of levels, however many the accounts. */
  private static List<Agreement> agreements(Dataset<Row> compared, Matching matching) {
    return MatchTransforms.countAgreements(compared, matching).collectAsList().stream()
        .map(MatchTransforms::agreement)
        .toList();
  }

  private static MatchModel fit(
      Matching matching, List<Agreement> candidates, List<Agreement> random, long accounts) {
    List<Integer> levels =
        matching.comparisons().stream().map(comparison -> comparison.levels().size() + 1).toList();
    return new MatchModel.Fit(
            candidates, random, levels, MatchTransforms.groups(matching), allPairs(accounts))
        .model();
  }

  private static double allPairs(long accounts) {
    return accounts * (accounts - 1.0) / 2;
  }

  /**
   * Warns of a field in which most pairs that were taken for one person differ: they may be another
   * kind of pair, as members of one household.
   */
  private static void warnOfOddFields(
      JobContext context, Matching matching, MatchModel model, List<Agreement> candidates) {
    for (int c = 0; c < matching.comparisons().size(); c++) {
      int number = c;
      double matches =
          candidates.stream()
              .filter(a -> a.levels().get(number) != null)
              .mapToDouble(a -> a.pairs() * MatchModel.probability(model.weight(a)))
              .sum();
      Comparison comparison = matching.comparisons().get(c);
      double differ = model.m().get(c).get(comparison.levels().size());
      if (matches >= FEW_PAIRS && differ > ODD_SHARE) {
        context
            .console()
            .warn(
                String.format(
                    Locale.ROOT,
                    "of the pairs that matching takes for one person, %.0f %% differ in %s: they"
                        + " may be households rather than persons. Look at silver/match_model.",
                    100 * differ,
                    comparison.name()));
      }
    }
  }

  private static void write(
      JobContext context,
      Matching matching,
      MatchModel model,
      List<Agreement> candidates,
      long accounts,
      Dataset<Row> compared) {
    Dataset<Row> weighed =
        MatchTransforms.weigh(compared, matching, model).persist(StorageLevel.MEMORY_AND_DISK());
    try {
      context.replaceAsOf(MatchTables.ACCOUNT_LINK, weighed);
      context.replaceAsOf(
          MatchTables.ACCOUNT_LINK_EVIDENCE, MatchTransforms.explain(weighed, matching, model));
    } finally {
      weighed.unpersist();
    }
    context.replaceAsOf(
        MatchTables.MATCH_MODEL,
        context
            .spark()
            .createDataFrame(
                modelRows(matching, model, candidates, accounts),
                StructType.fromDDL(
                    "comparison string, level_number int, level string, title_en string, title_zh"
                        + " string, m_probability double, u_probability double, weight double,"
                        + " pairs bigint, pair_share double"))
            .coalesce(1));
  }

  private static List<Row> modelRows(
      Matching matching, MatchModel model, List<Agreement> candidates, long accounts) {
    long all = candidates.stream().mapToLong(Agreement::pairs).sum();
    List<Row> rows = new ArrayList<>();
    rows.add(
        RowFactory.create(
            "prior",
            0,
            "prior",
            "Any two accounts",
            "任兩帳戶",
            model.prior(),
            1 - model.prior(),
            model.priorWeight(),
            all,
            accounts < 2 ? null : all / allPairs(accounts)));
    for (int c = 0; c < matching.comparisons().size(); c++) {
      Comparison comparison = matching.comparisons().get(c);
      for (int l = 0; l <= comparison.levels().size(); l++) {
        int number = c;
        int level = l;
        long pairs =
            candidates.stream()
                .filter(a -> Integer.valueOf(level).equals(a.levels().get(number)))
                .mapToLong(Agreement::pairs)
                .sum();
        rows.add(
            RowFactory.create(
                comparison.name(),
                l + 1,
                comparison.levelNames().get(l),
                comparison.title().en(),
                comparison.title().zh(),
                model.m().get(c).get(l),
                model.u().get(c).get(l),
                model.weight(c, l),
                pairs,
                all == 0 ? null : pairs / (double) all));
      }
    }
    return rows;
  }
}
