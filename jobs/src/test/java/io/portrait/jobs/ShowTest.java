package io.portrait.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.portrait.common.testing.SparkExtension;
import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Tables are looked at from the command line, but for the restricted ones. */
class ShowTest {

  @TempDir private Path dir;

  @Test
  void restrictedAndMisspeltTablesAreNotShown() {
    for (String table :
        new String[] {"bronze/rejected", "vault/account", "gold", "../x", "gold/a/b"}) {
      Cli.Result result = Cli.run("show", table, "--conf", dir.toString());

      assertThat(result.code()).isEqualTo(2);
      assertThat(result.err()).contains("'" + table + "' is no table that is shown.");
    }
  }

  @Test
  @ExtendWith(SparkExtension.class)
  void rowsAndColumnsAreChosenAndMistakesTold(SparkSession spark) {
    SmallWorld world =
        new SmallWorld(dir)
            .sources(
                """
                sources:
                  - name: products
                    format: csv
                    path: $DATA/products.csv
                    maps:
                      - {entity: product, realm: shop, columns: {product_id: code}}
                """)
            .write("products.csv", "code\nP1\nP2\n");
    world.run("ingest");

    Cli.Result result =
        Cli.run("show", "ops/ingest_file", "--conf", world.conf(), "--columns", "source,rows");
    assertThat(result.out())
        .contains("|source  |rows|", "|products|2   |")
        .doesNotContain("origin");
    assertThat(
            Cli.run("show", "ops/ingest_file", "--conf", world.conf(), "--where", "rows > 2").out())
        .doesNotContain("products.csv");

    Cli.Result misspelt =
        Cli.run("show", "ops/ingest_file", "--conf", world.conf(), "--columns", "sorce");
    assertThat(misspelt.code()).isEqualTo(2);
    assertThat(misspelt.err()).contains("ops/ingest_file cannot be shown so: ", "`sorce`");
    Cli.Result missing = Cli.run("show", "gold/score", "--conf", world.conf());
    assertThat(missing.code()).isEqualTo(2);
    assertThat(missing.err()).contains("There is no table gold/score");
  }
}
