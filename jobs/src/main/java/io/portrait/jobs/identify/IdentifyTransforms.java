package io.portrait.jobs.identify;

import static io.portrait.jobs.identify.ConnectedComponents.COMPONENT;
import static io.portrait.jobs.identify.ConnectedComponents.NODE;
import static java.util.Locale.ROOT;
import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.countDistinct;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.from_utc_timestamp;
import static org.apache.spark.sql.functions.length;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.to_date;
import static org.apache.spark.sql.functions.when;

import io.portrait.common.config.Deployment.Rule;
import io.portrait.common.config.Deployment.Survivorship;
import io.portrait.common.table.Entity;
import io.portrait.common.table.SilverTables;
import io.portrait.common.table.TableColumn;
import java.sql.Date;
import java.sql.Timestamp;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;

/** Identity resolution. Pure: no reads, no writes, no clock. */
final class IdentifyTransforms {

  private static final String AS_OF = "as_of";
  private static final String CUSTOMER_ID = "customer_id";
  private static final String IDENTIFIER_KEY = "identifier_key";
  private static final String IDENTIFIER_TYPE = "identifier_type";
  private static final String REALM = "realm";
  private static final String IS_KNOWN = "is_known";
  private static final String FIRST_SEEN_AT = "first_seen_at";
  private static final String FIRST_SEEN_ON = "first_seen_on";
  private static final String REGISTERED_AT = "registered_at";
  private static final String REGISTERED_ON = "registered_on";
  private static final String ACCOUNTS = "accounts";
  private static final String HUB = "hub";
  private static final String ACCOUNT_KEY = Entity.ACCOUNT_KEY;

  private static final String VALUE = "value";

  /** What tells the row that a value comes from. */
  private static final List<String> ORIGIN =
      List.of(ACCOUNT_KEY, Entity.SOURCE, Entity.ROW_VERSION, Entity.BATCH_ID, Entity.ROW_HASH);

  private IdentifyTransforms() {}

  /**
   * Keeps the identifiers seen before the as-of date's first instant in the business time zone, and
   * those without a time: one row per account and identifier, whichever entities show it.
   */
  static Dataset<Row> filterKnown(Dataset<Row> identifiers, LocalDate asOf, ZoneId zone) {
    return identifiers
        .filter(col(FIRST_SEEN_AT).isNull().or(col(FIRST_SEEN_AT).lt(startOf(asOf, zone))))
        .groupBy(ACCOUNT_KEY, IDENTIFIER_KEY)
        .agg(
            min(IDENTIFIER_TYPE).as(IDENTIFIER_TYPE),
            min(REALM).as(REALM),
            min(FIRST_SEEN_AT).as(FIRST_SEEN_AT));
  }

  /**
   * Keeps the identifiers of two or more accounts; adds {@code accounts}, how many, and {@code
   * hub}, the account with the smallest key.
   */
  static Dataset<Row> filterShared(Dataset<Row> known) {
    WindowSpec identifier = Window.partitionBy(IDENTIFIER_KEY);
    return known
        .select(ACCOUNT_KEY, IDENTIFIER_KEY, IDENTIFIER_TYPE)
        .withColumn(ACCOUNTS, count(lit(1)).over(identifier))
        .withColumn(HUB, min(ACCOUNT_KEY).over(identifier))
        .filter(col(ACCOUNTS).gt(1));
  }

  /** Out: {@link SilverTables#JUNK_IDENTIFIER}, identifiers shared by more accounts than may be. */
  static Dataset<Row> summarizeJunk(Dataset<Row> shared, int maxAccounts, LocalDate asOf) {
    return shared
        .filter(col(ACCOUNTS).gt(maxAccounts))
        .groupBy(IDENTIFIER_KEY)
        .agg(min(IDENTIFIER_TYPE).as(IDENTIFIER_TYPE), max(ACCOUNTS).as(ACCOUNTS))
        .withColumn(AS_OF, lit(Date.valueOf(asOf)));
  }

  /** Out: {@code identifier_type, identifiers, accounts}: per type, how many and the greatest. */
  static Dataset<Row> summarizeJunkByType(Dataset<Row> junk) {
    return junk.groupBy(IDENTIFIER_TYPE)
        .agg(countDistinct(IDENTIFIER_KEY).as("identifiers"), max(ACCOUNTS).as(ACCOUNTS))
        .orderBy(IDENTIFIER_TYPE);
  }

  /** Out: {@code account_key, hub}: an edge between accounts that share an identifier. */
  static Dataset<Row> selectEdges(Dataset<Row> shared, int maxAccounts) {
    return shared
        .filter(col(ACCOUNTS).leq(maxAccounts).and(col(ACCOUNT_KEY).notEqual(col(HUB))))
        .select(ACCOUNT_KEY, HUB);
  }

  /**
   * Gives every known account its customer.
   *
   * <p>The customer's id is the key of the account seen first; an account without a time comes
   * after all others, and ties go to the smaller key.
   *
   * @param known identifiers known before the as-of date
   * @param components {@code node, component} of the accounts that share an identifier
   * @param anonymousRealms a person with accounts in no other realm is not known
   * @return one row per account: {@code account_key, realm, first_seen_at, customer_id, is_known}
   */
  static Dataset<Row> resolve(
      Dataset<Row> known, Dataset<Row> components, List<String> anonymousRealms) {
    WindowSpec person = Window.partitionBy(COMPONENT);
    Column order = struct(col(FIRST_SEEN_AT).isNull(), col(FIRST_SEEN_AT), col(ACCOUNT_KEY));
    return known
        .groupBy(ACCOUNT_KEY)
        .agg(min(REALM).as(REALM), min(FIRST_SEEN_AT).as(FIRST_SEEN_AT))
        .join(components, col(ACCOUNT_KEY).equalTo(col(NODE)), "left")
        .withColumn(COMPONENT, coalesce(col(COMPONENT), col(ACCOUNT_KEY)))
        .withColumn(CUSTOMER_ID, min(order).over(person).getField(ACCOUNT_KEY))
        .withColumn(IS_KNOWN, max(not(col(REALM).isin(anonymousRealms.toArray()))).over(person))
        .select(ACCOUNT_KEY, REALM, FIRST_SEEN_AT, CUSTOMER_ID, IS_KNOWN);
  }

  /** In: as {@link #resolve} returns. Out: {@link SilverTables#CUSTOMER_MAP}. */
  static Dataset<Row> withAsOf(Dataset<Row> resolved, LocalDate asOf) {
    return resolved.withColumn(AS_OF, lit(Date.valueOf(asOf)));
  }

  /**
   * Finds the accounts whose customer changed.
   *
   * <p>{@code merge}: the account is still one person with the account that gave the old id, and
   * that person has an older id now. {@code split}: it is not, or that account is gone. Accounts
   * that one of the maps does not have are no event.
   *
   * <p>In: two maps, one row per account each. Out: {@link SilverTables#CUSTOMER_MAP_EVENT}.
   */
  static Dataset<Row> findEvents(Dataset<Row> previous, Dataset<Row> current, LocalDate asOf) {
    Dataset<Row> old = previous.select(col(ACCOUNT_KEY), col(CUSTOMER_ID).as("old_customer_id"));
    Dataset<Row> present = current.select(col(ACCOUNT_KEY), col(CUSTOMER_ID).as("new_customer_id"));
    Dataset<Row> holder =
        current.select(col(ACCOUNT_KEY).as("holder"), col(CUSTOMER_ID).as("holder_customer_id"));
    return old.join(present, ACCOUNT_KEY)
        .filter(col("old_customer_id").notEqual(col("new_customer_id")))
        .join(holder, col("old_customer_id").equalTo(col("holder")), "left")
        .withColumn(
            "event",
            when(col("holder_customer_id").eqNullSafe(col("new_customer_id")), "merge")
                .otherwise("split"))
        .withColumn(AS_OF, lit(Date.valueOf(asOf)));
  }

  /**
   * Chooses, for each field of the golden record, the account that gives it.
   *
   * <p>A value that is not null survives by the field's rule; what the rule leaves open is decided
   * by the greatest {@code row_version}, then {@code source}, then {@code account_key}. A
   * registration on or after the as-of date is not known yet.
   *
   * @param resolved as {@link #resolve} returns
   * @param accounts master data, one row per account
   * @param rules of fields that do not take the most recent value
   * @return one row per known customer: {@code customer_id, accounts, first_seen_on,
   *     registered_on}, and under each field's name a struct with its {@code value} and {@code
   *     account_key, source, row_version, batch_id, row_hash} of its row; null if no account has
   *     the field
   */
  static Dataset<Row> choose(
      Dataset<Row> resolved,
      Dataset<Row> accounts,
      List<Survivorship> rules,
      LocalDate asOf,
      ZoneId zone) {
    Dataset<Row> rows = resolved.filter(col(IS_KNOWN)).join(accounts, ACCOUNT_KEY, "left");
    for (Survivorship rule : rules) {
      if (rule.rule() == Rule.MOST_FREQUENT) {
        rows =
            rows.withColumn(
                frequency(rule.field()),
                count(lit(1)).over(Window.partitionBy(CUSTOMER_ID, rule.field())));
      }
    }
    WindowSpec customer = Window.partitionBy(CUSTOMER_ID);
    Column registeredAt = when(col(REGISTERED_AT).lt(startOf(asOf, zone)), col(REGISTERED_AT));
    List<Column> columns =
        new ArrayList<>(
            List.of(
                col(CUSTOMER_ID),
                count(lit(1)).over(customer).as(ACCOUNTS),
                day(min(FIRST_SEEN_AT).over(customer), zone).as(FIRST_SEEN_ON),
                day(min(registeredAt).over(customer), zone).as(REGISTERED_ON),
                row_number().over(customer.orderBy(ACCOUNT_KEY)).as("row_number")));
    for (TableColumn field : SilverTables.goldenFields()) {
      columns.add(max(candidate(field.name(), rules)).over(customer).as(field.name()));
    }
    return rows.select(columns.toArray(Column[]::new))
        .filter(col("row_number").equalTo(1))
        .drop("row_number");
  }

  /** A row's value of a field with its origin, the better the greater; null without a value. */
  private static Column candidate(String field, List<Survivorship> rules) {
    List<Column> parts = new ArrayList<>();
    rules.stream()
        .filter(rule -> rule.field().equals(field))
        .findFirst()
        .flatMap(IdentifyTransforms::rank)
        .ifPresent(rank -> parts.add(rank.as("rank")));
    parts.addAll(
        List.of(
            col(Entity.ROW_VERSION),
            col(Entity.SOURCE),
            col(ACCOUNT_KEY),
            col(Entity.BATCH_ID),
            col(Entity.ROW_HASH),
            col(field).as(VALUE)));
    return when(col(field).isNotNull(), struct(parts.toArray(Column[]::new)));
  }

  /** What a rule looks at before the version; nothing if that is all it looks at. */
  private static Optional<Column> rank(Survivorship rule) {
    return switch (rule.rule()) {
      case MOST_RECENT -> Optional.empty();
      case MOST_TRUSTED_SOURCE -> {
        Column rank = lit(0);
        for (int i = rule.sources().size() - 1; i >= 0; i--) {
          rank =
              when(col(Entity.SOURCE).equalTo(rule.sources().get(i)), rule.sources().size() - i)
                  .otherwise(rank);
        }
        yield Optional.of(rank);
      }
      case MOST_FREQUENT -> Optional.of(col(frequency(rule.field())));
      case LONGEST -> Optional.of(length(col(rule.field())));
    };
  }

  private static String frequency(String field) {
    return "frequency_of_" + field;
  }

  /** In: as {@link #choose} returns. Out: {@link SilverTables#CUSTOMER}. */
  static Dataset<Row> makeGoldenRecord(Dataset<Row> chosen, LocalDate asOf) {
    List<Column> columns = new ArrayList<>(List.of(lit(Date.valueOf(asOf)).as(AS_OF)));
    List.of(CUSTOMER_ID, ACCOUNTS, FIRST_SEEN_ON, REGISTERED_ON)
        .forEach(name -> columns.add(col(name)));
    for (TableColumn field : SilverTables.goldenFields()) {
      columns.add(col(field.name()).getField(VALUE).as(field.name()));
    }
    return chosen.select(columns.toArray(Column[]::new));
  }

  /**
   * Says which account gave each field.
   *
   * @param chosen as {@link #choose} returns
   * @param rules as given to it
   * @return {@link SilverTables#CUSTOMER_EVIDENCE}
   */
  static Dataset<Row> explainGoldenRecord(
      Dataset<Row> chosen, List<Survivorship> rules, LocalDate asOf) {
    Map<String, Rule> declared = new HashMap<>();
    rules.forEach(rule -> declared.put(rule.field(), rule.rule()));
    List<Column> fields = new ArrayList<>();
    for (TableColumn field : SilverTables.goldenFields()) {
      Rule rule = declared.getOrDefault(field.name(), Rule.MOST_RECENT);
      List<Column> parts =
          new ArrayList<>(
              List.of(
                  lit(field.name()).as("field"), lit(rule.name().toLowerCase(ROOT)).as("rule")));
      for (String origin : ORIGIN) {
        parts.add(col(field.name()).getField(origin).as(origin));
      }
      fields.add(when(col(field.name()).isNotNull(), struct(parts.toArray(Column[]::new))));
    }
    return chosen
        .select(col(CUSTOMER_ID), explode(array(fields.toArray(Column[]::new))).as("of"))
        .filter(col("of").isNotNull())
        .select(lit(Date.valueOf(asOf)).as(AS_OF), col(CUSTOMER_ID), col("of.*"));
  }

  private static Column startOf(LocalDate asOf, ZoneId zone) {
    return lit(Timestamp.from(asOf.atStartOfDay(zone).toInstant()));
  }

  private static Column day(Column timestamp, ZoneId zone) {
    return to_date(from_utc_timestamp(timestamp, zone.getId()));
  }
}
