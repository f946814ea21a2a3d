package io.portrait.jobs.conform;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.types.DataTypes.TimestampType;

import io.portrait.common.table.Entities;
import io.portrait.common.table.Entity;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** What ties accounts together, as valid rows show it. */
final class IdentifierTransforms {

  private IdentifierTransforms() {}

  /**
   * The identifiers of an entity's rows with the earliest time of each.
   *
   * <p>In: rows of {@link MapTransforms#conform}. Out: the columns of {@code
   * silver/account_identifier}, one row per account and identifier. A customer row counts from its
   * registration, an event from its time.
   */
  static Dataset<Row> identifiers(Dataset<Row> rows, Entity entity) {
    Column seenAt =
        entity
            .eventTime()
            .map(c -> col(c))
            .orElse(
                entity.equals(Entities.CUSTOMER)
                    ? col("registered_at")
                    : lit(null).cast(TimestampType));
    return earliest(
        rows.filter(MapTransforms.isValid())
            .select(
                col(Entity.ACCOUNT_KEY),
                col("_realm").as("realm"),
                seenAt.as("first_seen_at"),
                explode(col(MapTransforms.IDENTIFIERS)).as("identifier"))
            .select(
                col(Entity.ACCOUNT_KEY),
                col("realm"),
                col("first_seen_at"),
                col("identifier.identifier_type").as("identifier_type"),
                col("identifier.identifier_key").as("identifier_key")));
  }

  /** One row per account and identifier: the earliest. */
  static Dataset<Row> earliest(Dataset<Row> identifiers) {
    return identifiers
        .groupBy(Entity.ACCOUNT_KEY, "identifier_key")
        .agg(
            min("identifier_type").as("identifier_type"),
            min("realm").as("realm"),
            min("first_seen_at").as("first_seen_at"));
  }
}
