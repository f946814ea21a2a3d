package io.portrait.common.quality;

import io.portrait.common.config.Catalogue;
import io.portrait.common.config.CatalogueColumns;
import io.portrait.common.table.Entities;
import io.portrait.common.table.Entity;
import io.portrait.common.table.ProfileTables;
import io.portrait.common.table.SilverTables;
import io.portrait.common.table.TableSchema;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The tables that something may be expected of. */
public final class ExpectedTables {

  private ExpectedTables() {}

  /** Entities, and the tables made of them that identify and summarize write, by path. */
  public static Map<String, TableSchema> silver() {
    Map<String, TableSchema> tables = new LinkedHashMap<>();
    Stream.concat(
            Entities.ALL.stream().map(Entity::silver),
            Stream.of(
                SilverTables.ACCOUNT_IDENTIFIER,
                SilverTables.CUSTOMER_MAP,
                SilverTables.CUSTOMER,
                SilverTables.SESSION,
                SilverTables.ACCOUNT_DAY,
                SilverTables.ACCOUNT_CATEGORY_DAY))
        .forEach(table -> tables.put(table.path(), table));
    return tables;
  }

  /** The wide profile, which has every feature and score as a column. */
  public static TableSchema profile(Catalogue catalogue) {
    return ProfileTables.customerProfile(
        CatalogueColumns.profile(catalogue),
        CatalogueColumns.tags(catalogue),
        catalogue.deployment().currency().decimals());
  }

  /** All of them by path. */
  public static Map<String, TableSchema> all(Catalogue catalogue) {
    Map<String, TableSchema> tables = silver();
    TableSchema profile = profile(catalogue);
    tables.put(profile.path(), profile);
    return tables;
  }

  /** The entity whose silver table this is, if it is one's. */
  public static Optional<Entity> entity(String path) {
    return Entities.ALL.stream().filter(e -> e.silver().path().equals(path)).findFirst();
  }

  /** Columns of an entity's table that rows on their way to it have: no account key yet. */
  public static List<String> rowColumns(Entity entity) {
    return entity.silver().columnNames().stream()
        .filter(column -> !column.equals(Entity.ACCOUNT_KEY))
        .toList();
  }
}
