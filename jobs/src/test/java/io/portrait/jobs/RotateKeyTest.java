package io.portrait.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.portrait.common.privacy.Vault;
import io.portrait.common.testing.SparkExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The vault changes its key by the command line. */
@ExtendWith(SparkExtension.class)
class RotateKeyTest {

  private static final String SOURCES =
      """
      sources:
        - name: crm
          format: csv
          path: $DATA/crm*.csv
          maps:
            - entity: customer
              realm: crm
              columns: {account_id: id, full_name: name, email: mail}
      """;

  @Test
  void theVaultIsReadWithTheKeyThatItWasRotatedToAndNoOther(SparkSession spark, @TempDir Path dir)
      throws IOException {
    SmallWorld world =
        new SmallWorld(dir)
            .sources(SOURCES)
            .write("crm1.csv", "id,name,mail\n1,Amy Chen,amy@example.com\n2,Bob Lin,\n");
    world.runAll("ingest", "conform");
    String derived = Vault.of(world.catalogue()).keyIds().get(0);
    assertThat(storedKeys(world)).containsExactly(derived);
    String portrait = Files.readString(world.file("conf/portrait.yaml"));
    String first = "key: a-key-for-tests-only, vault_key: the first vault key";

    // A key that the vault does not have.
    world.write("conf/portrait.yaml", portrait.replace("key: a-key-for-tests-only", first));
    Cli.Result wrong = world.run("ingest");
    assertThat(wrong.code()).isEqualTo(2);
    assertThat(wrong.err()).contains("is encrypted with another key").contains("rotate-key");

    // From the key that was derived, which needs no name; a marker from before is a killed run.
    Path marker = world.warehouse().resolve("ops/deployment.properties");
    byte[] before = Files.readAllBytes(marker);
    Cli.Result rotated = world.run("rotate-key");
    assertThat(rotated.err()).isEmpty();
    assertThat(rotated.out()).contains("vault/account: 2 rows encrypted anew");
    String second = Vault.of(world.catalogue()).keyIds().get(0);
    assertThat(storedKeys(world)).containsExactly(second).isNotEqualTo(List.of(derived));
    Files.write(marker, before);
    assertThat(world.run("conform").code()).isEqualTo(2);
    assertThat(world.run("rotate-key").out()).contains("vault/account: 0 rows encrypted anew");

    // What comes later is encrypted with the new key.
    world.write("crm2.csv", "id,name,mail\n2,Bob Lin,bob@example.com\n3,Cid Wu,\n");
    world.runAll("ingest", "conform");
    assertThat(storedKeys(world)).containsExactly(second);

    // To another one: the key before must be named.
    String third = "key: a-key-for-tests-only, vault_key: the second vault key";
    world.write("conf/portrait.yaml", portrait.replace("key: a-key-for-tests-only", third));
    Cli.Result unnamed = world.run("rotate-key");
    assertThat(unnamed.code()).isEqualTo(2);
    assertThat(unnamed.err()).contains("Name it in previous_vault_key");
    world.write(
        "conf/portrait.yaml",
        portrait.replace(
            "key: a-key-for-tests-only", third + ", previous_vault_key: the first vault key"));
    assertThat(world.run("rotate-key").out()).contains("vault/account: 3 rows encrypted anew");
    world.write("conf/portrait.yaml", portrait.replace("key: a-key-for-tests-only", third));
    assertThat(
            Vault.of(world.catalogue())
                .read(world.tables(spark))
                .orderBy("full_name")
                .select("full_name", "email")
                .collectAsList())
        .extracting(Object::toString)
        .containsExactly(
            "[Amy Chen,amy@example.com]", "[Bob Lin,bob@example.com]", "[Cid Wu,null]");

    world.write("conf/portrait.yaml", portrait.replace("only", "only, vault_key: short"));
    Cli.Result weak = world.run("ingest");
    assertThat(weak.code()).isEqualTo(2);
    assertThat(weak.err()).contains("the vault_key must have at least 16 characters, has 5");
  }

  /** Ids of the keys in all files of the vault, of earlier versions too. */
  private static List<String> storedKeys(SmallWorld world) throws IOException {
    try (Stream<Path> files = Files.list(world.warehouse().resolve("vault/account"))) {
      return files
          .filter(file -> file.toString().endsWith(".parquet"))
          .flatMap(file -> ParquetText.values(file).stream())
          .filter(text -> text.startsWith("full_name: v1.") || text.startsWith("email: v1."))
          .map(text -> text.substring(text.indexOf('.') + 1, text.lastIndexOf('.')))
          .distinct()
          .toList();
    }
  }
}
