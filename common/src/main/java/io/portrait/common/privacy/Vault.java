package io.portrait.common.privacy;

import static org.apache.spark.sql.functions.col;

import io.portrait.common.config.Catalogue;
import io.portrait.common.config.Deployment.Privacy;
import io.portrait.common.io.Tables;
import io.portrait.common.table.Entities;
import io.portrait.common.table.Entity;
import io.portrait.common.table.TableColumn;
import io.portrait.common.table.TableSchema;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The direct identifiers of accounts: encrypted where they are stored, in the clear for the steps
 * that must read them.
 *
 * <p>The optional columns of a table of the vault are the identifiers; keys and origins stand in
 * the clear.
 */
public final class Vault {

  private final VaultCipher cipher;

  private Vault(VaultCipher cipher) {
    this.cipher = cipher;
  }

  /** The vault of a deployment; it reads what an earlier key encrypted, too. */
  public static Vault of(Catalogue catalogue) {
    Privacy privacy = catalogue.deployment().privacy();
    return new Vault(
        new VaultCipher(
            privacy.vaultKey().orElse(privacy.key()),
            Stream.concat(privacy.previousVaultKey().stream(), Stream.of(privacy.key())).toList()));
  }

  /** Ids of the keys that it knows, the present one first; they do not tell the keys. */
  public List<String> keyIds() {
    return cipher.keyIds();
  }

  /** The tables that the vault may have. */
  public static List<TableSchema> schemas() {
    return Entities.ALL.stream().map(Entity::vault).flatMap(Optional::stream).toList();
  }

  /**
   * Names, addresses, e-mails and phones in the clear, one row per account: {@code vault/account};
   * no rows if it has not been written. Never write them to a table: only what is derived from them
   * by {@link KeyedHash} may leave.
   */
  public Dataset<Row> read(Tables tables) {
    TableSchema table = Entities.CUSTOMER.vault().orElseThrow();
    return decrypt(table, tables.readOrEmpty(table));
  }

  /** Encrypts the identifiers of rows that are about to be written to a table of the vault. */
  public Dataset<Row> encrypt(TableSchema table, Dataset<Row> rows) {
    return mapped(table, rows, cipher::encrypted);
  }

  /** Rows of a table of the vault in the clear. */
  public Dataset<Row> decrypt(TableSchema table, Dataset<Row> rows) {
    return mapped(table, rows, cipher::decrypted);
  }

  /**
   * Encrypts a table anew with the present key, in one transaction, and deletes the files with what
   * it was before. Safe to run again after it was killed; a table that is done costs a look.
   *
   * @return rows that were encrypted anew
   */
  public long renew(Tables tables, TableSchema table) {
    if (!tables.exists(table)) {
      return 0;
    }
    Dataset<Row> stored = tables.read(table);
    Column isOld =
        identifiers(table).stream()
            .map(
                name ->
                    col(name).isNotNull().and(col(name).startsWith(cipher.prefix()).equalTo(false)))
            .reduce(Column::or)
            .orElseThrow();
    long rows = stored.filter(isOld).count();
    if (rows > 0) {
      tables.overwrite(table, mapped(table, stored, cipher::renewed));
    }
    tables.vacuum(table);
    return rows;
  }

  /** One of the cipher's functions of column, account and value. */
  private interface Function {
    Column of(String column, Column account, Column value);
  }

  private static Dataset<Row> mapped(TableSchema table, Dataset<Row> rows, Function function) {
    Map<String, Column> columns = new LinkedHashMap<>();
    for (String name : identifiers(table)) {
      columns.put(name, function.of(name, col(Entity.ACCOUNT_KEY), col(name)));
    }
    return rows.withColumns(columns);
  }

  /** The columns of a table of the vault that are encrypted: names, addresses, e-mails, phones. */
  public static List<String> identifiers(TableSchema table) {
    return table.columns().stream().filter(TableColumn::nullable).map(TableColumn::name).toList();
  }
}
