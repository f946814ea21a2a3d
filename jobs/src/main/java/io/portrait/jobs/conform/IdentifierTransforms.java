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
   * The identifiers of an entity's rows with the earliest time and batch of each.
   *
   * <p>In: rows of {@link MapTransforms#conform}. Out: the columns of {@code
   * silver/account_identifier}, one row per account, identifier and source. A customer row counts
   * from its registration, an event from its time.
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
    return rows.filter(MapTransforms.isValid())
        .select(
            col(Entity.ACCOUNT_KEY),
            col("_realm").as("realm"),
            col(Entity.SOURCE),
            col(Entity.BATCH_ID),
            seenAt.as("first_seen_at"),
            explode(col(MapTransforms.IDENTIFIERS)).as("identifier"))
        .groupBy(
            col(Entity.ACCOUNT_KEY),
            col("identifier.identifier_key").as("identifier_key"),
            col(Entity.SOURCE))
        .agg(
            min("identifier.identifier_type").as("identifier_type"),
            min("realm").as("realm"),
            min("first_seen_at").as("first_seen_at"),
            min(Entity.BATCH_ID).as(Entity.BATCH_ID))
        .withColumn("entity", lit(entity.name()));
  }
}
