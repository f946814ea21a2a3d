package io.portrait.jobs.identify;

import static org.apache.spark.sql.functions.col;

import io.portrait.common.config.LinkOverride;
import io.portrait.common.config.LinkOverride.AccountName;
import io.portrait.common.config.LinkOverride.Decision;
import io.portrait.common.job.JobContext;
import io.portrait.common.privacy.KeyedHash;
import io.portrait.common.table.Entity;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/**
 * What people decided before the as-of date, of accounts that are known.
 *
 * @param required pairs of accounts that are one person
 * @param forbidden pairs of accounts that are not
 */
record Decisions(List<Pair> required, List<Pair> forbidden) {

  /**
   * Two accounts.
   *
   * @param one key of an account
   * @param other key of another
   */
  record Pair(String one, String other) implements Serializable {}

  /**
   * Takes the deployment's overrides, and warns of those whose accounts nobody has met.
   *
   * @param known identifiers known before the as-of date
   */
  static Decisions of(JobContext context, Dataset<Row> known) {
    List<LinkOverride> decided =
        context.catalogue().linking().overrides().stream()
            .filter(override -> override.decidedOn().isBefore(context.asOf()))
            .toList();
    List<Pair> required = new ArrayList<>();
    List<Pair> forbidden = new ArrayList<>();
    if (decided.isEmpty()) {
      return new Decisions(required, forbidden);
    }
    KeyedHash hash = new KeyedHash(context.catalogue().deployment().privacy().key());
    Set<String> met = met(context.spark(), known, decided, hash);
    List<String> unmet = new ArrayList<>();
    for (LinkOverride override : decided) {
      Pair pair = new Pair(key(hash, override.one()), key(hash, override.other()));
      if (!met.contains(pair.one()) || !met.contains(pair.other())) {
        unmet.add(String.valueOf(override.place().line()));
      } else if (override.decision() == Decision.MUST_LINK) {
        required.add(pair);
      } else {
        forbidden.add(pair);
      }
    }
    if (!unmet.isEmpty()) {
      context
          .console()
          .warn(
              String.format(
                  "%s names accounts that are not known before the as-of date, and counts for"
                      + " nothing, in line %s. Look for a wrong realm or id.",
                  decided.get(0).place().file(), String.join(", ", unmet)));
    }
    return new Decisions(List.copyOf(required), List.copyOf(forbidden));
  }

  /** Those accounts of the overrides that are known. */
  private static Set<String> met(
      SparkSession spark, Dataset<Row> known, List<LinkOverride> decided, KeyedHash hash) {
    Set<String> keys = new LinkedHashSet<>();
    for (LinkOverride override : decided) {
      keys.add(key(hash, override.one()));
      keys.add(key(hash, override.other()));
    }
    Dataset<Row> named =
        spark.createDataset(List.copyOf(keys), Encoders.STRING()).toDF(Entity.ACCOUNT_KEY);
    return known
        .select(col(Entity.ACCOUNT_KEY))
        .join(named, Entity.ACCOUNT_KEY)
        .distinct()
        .collectAsList()
        .stream()
        .map(row -> row.getString(0))
        .collect(Collectors.toSet());
  }

  private static String key(KeyedHash hash, AccountName account) {
    return hash.hash(account.realm(), account.accountId());
  }

  /** The required pairs as edges. */
  Dataset<Row> requiredEdges(SparkSession spark) {
    return spark.createDataFrame(
        required.stream().map(pair -> RowFactory.create(pair.one(), pair.other())).toList(),
        StructType.fromDDL("one string, other string"));
  }
}
