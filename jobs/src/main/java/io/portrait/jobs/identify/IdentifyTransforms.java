package io.portrait.jobs.identify;

import static io.portrait.jobs.identify.ConnectedComponents.COMPONENT;
import static io.portrait.jobs.identify.ConnectedComponents.NODE;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.countDistinct;
import static org.apache.spark.sql.functions.first;
import static org.apache.spark.sql.functions.from_utc_timestamp;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.to_date;
import static org.apache.spark.sql.functions.when;

import io.portrait.common.table.Entity;
import io.portrait.common.table.SilverTables;
import java.sql.Date;
import java.sql.Timestamp;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
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

  /** Columns of the golden record that are not taken over from one account's master data. */
  private static final List<String> COMPUTED =
      List.of(AS_OF, CUSTOMER_ID, ACCOUNTS, FIRST_SEEN_ON, REGISTERED_ON);

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
   * Makes the golden record of every known customer.
   *
   * <p>Each field is the latest value that is not null among the customer's accounts: greatest
   * {@code row_version}, then {@code source}, then {@code account_key}. A registration on or after
   * the as-of date is not known yet. A customer without master data has a row with nulls.
   *
   * @param resolved as {@link #resolve} returns
   * @param accounts master data, one row per account
   * @return {@link SilverTables#CUSTOMER}
   */
  static Dataset<Row> makeGoldenRecord(
      Dataset<Row> resolved, Dataset<Row> accounts, LocalDate asOf, ZoneId zone) {
    WindowSpec latestFirst =
        Window.partitionBy(CUSTOMER_ID)
            .orderBy(
                col(Entity.ROW_VERSION).desc_nulls_last(),
                col(Entity.SOURCE).desc_nulls_last(),
                col(ACCOUNT_KEY).desc());
    WindowSpec all =
        latestFirst.rowsBetween(Window.unboundedPreceding(), Window.unboundedFollowing());
    Column registeredAt = when(col(REGISTERED_AT).lt(startOf(asOf, zone)), col(REGISTERED_AT));
    List<Column> columns =
        new ArrayList<>(
            List.of(
                lit(Date.valueOf(asOf)).as(AS_OF),
                col(CUSTOMER_ID),
                count(lit(1)).over(all).as(ACCOUNTS),
                day(min(FIRST_SEEN_AT).over(all), zone).as(FIRST_SEEN_ON),
                day(min(registeredAt).over(all), zone).as(REGISTERED_ON),
                row_number().over(latestFirst).as("row_number")));
    for (String name : SilverTables.CUSTOMER.columnNames()) {
      if (!COMPUTED.contains(name)) {
        columns.add(first(col(name), true).over(all).as(name));
      }
    }
    return resolved
        .filter(col(IS_KNOWN))
        .join(accounts, ACCOUNT_KEY, "left")
        .select(columns.toArray(Column[]::new))
        .filter(col("row_number").equalTo(1))
        .drop("row_number");
  }

  private static Column startOf(LocalDate asOf, ZoneId zone) {
    return lit(Timestamp.from(asOf.atStartOfDay(zone).toInstant()));
  }

  private static Column day(Column timestamp, ZoneId zone) {
    return to_date(from_utc_timestamp(timestamp, zone.getId()));
  }
}
