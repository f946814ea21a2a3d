package io.portrait.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portrait.common.error.JobException;
import io.portrait.common.testing.SparkExtension;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** An installation is checked from the command line, and all faults are told at once. */
@ExtendWith(SparkExtension.class)
class DoctorTest {

  private static final String SALES =
      """
      sources:
        - name: sales
          format: csv
          path: $DATA/sales.csv
          maps:
            - entity: order
              realm: shop
              columns: {order_id: number, account_id: customer, ordered_at: day, amount: total}
      """;

  private static final String DATABASE =
      """
        - name: bills
          format: jdbc
          url: jdbc:nowhere://secret-host/secret-base
          query: bill
          key: [id]
          maps:
            - entity: payment
              realm: shop
              columns: {payment_id: id, account_id: customer, paid_at: day, amount: total, method: "'card'"}
      """;

  @TempDir private Path dir;
  private SmallWorld world;

  @BeforeEach
  void world(SparkSession spark) {
    world =
        new SmallWorld(dir)
            .sources(SALES)
            .write("sales.csv", "number,customer,day,total\n1,a,2024-03-01,10\n");
  }

  @Test
  void aSoundInstallationIsToldSoBeforeAndAfterTheFirstRun() {
    Cli.Result before = world.run("doctor");

    assertThat(before.err()).isEmpty();
    assertThat(before.out())
        .contains("ok       java       Java 17")
        .contains("with Spark's module options")
        .contains("ok       spark      Spark 4.1.")
        .contains("ok       delta      Delta 4.4.")
        .contains("ok       session    Delta's extension and catalogue are on")
        .contains("ok       time zone  session UTC")
        .contains("ok       catalogue  ")
        .contains("ok       warehouse  ")
        .contains("no commit yet")
        .contains("ok       keys       set; the warehouse is new")
        .contains("ok       source     sales: csv");
    assertThat(world.warehouse()).doesNotExist();

    world.run("ingest");
    Cli.Result after = world.run("doctor");

    assertThat(after.code()).isZero();
    assertThat(after.out())
        .contains("newest commit 20")
        .contains("keys       they fit the warehouse");
    assertThat(world.warehouse()).isDirectoryNotContaining("glob:**/.probe*");
  }

  @Test
  void allFaultsAreToldAtOnceWithoutATraceAndWithoutSecrets() throws IOException {
    world.run("ingest");
    Path commit = world.warehouse().resolve("ops/ingest_file/_delta_log/00000000000000000001.json");
    Files.setLastModifiedTime(commit, FileTime.from(Instant.now().plusSeconds(3600)));
    Files.delete(world.file("sales.csv"));
    world
        .sources(SALES + DATABASE)
        .write(
            "conf/tags.yaml",
            "tags:\n  - {code: x, parent: nobody, title: {en: X, zh: 題}, owner: o, purpose: marketing, sensitivity: personal}\n")
        .write(
            "conf/portrait.yaml",
            Files.readString(world.file("conf/portrait.yaml"))
                .replace("a-key-for-tests-only", "another-key-for-tests"));

    Cli.Result result = world.run("doctor");

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.out())
        .contains("fault    clock")
        .contains("mend: set the machine's clock")
        .contains("fault    keys       The warehouse")
        .contains("was made with another pseudonym key")
        .contains("fault    driver     bills: there is no driver for jdbc:nowhere")
        .contains("mend: name its jar by PORTRAIT_JARS")
        .contains("fault    catalogue  ")
        .contains("tags.yaml:2")
        .contains("fault    source     sales: ")
        .contains("fault    source     bills: ");
    assertThat(result.err()).contains("6 of ").contains("checks found a fault");
    assertThat(result.out() + result.err())
        .doesNotContain("secret-host", "another-key-for-tests", "\tat ");
  }

  @Test
  void allElseIsCheckedWithoutTheKey() throws IOException {
    world.write(
        "conf/portrait.yaml",
        Files.readString(world.file("conf/portrait.yaml"))
            .replace("a-key-for-tests-only", "'${PORTRAIT_KEY}'"));

    assertThat(examined(Map.of(), Optional.of(world.conf())))
        .contains("fault    keys       PORTRAIT_KEY is not set")
        .contains("ok       catalogue")
        .contains("ok       source     sales");
    assertThat(examined(Map.of("PORTRAIT_KEY", "short"), Optional.empty()))
        .contains("fault    keys       the pseudonym key must have at least 16 characters, has 5");
  }

  @Test
  void theVersionsAreThoseOfTheBuild() throws IOException {
    assertThat(Files.readString(Path.of("../pom.xml")))
        .contains("<spark.version>" + Doctor.SPARK, "<delta.version>" + Doctor.DELTA)
        .contains("<maven.compiler.release>" + Doctor.JAVA);
  }

  private static String examined(Map<String, String> environment, Optional<String> conf) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Doctor doctor =
        new Doctor(environment::get, new PrintStream(out, true, StandardCharsets.UTF_8));
    assertThatThrownBy(() -> doctor.examine(conf, Optional.empty()))
        .isInstanceOf(JobException.class)
        .hasMessageStartingWith("1 of ");
    return out.toString(StandardCharsets.UTF_8);
  }
}
