package io.portrait.jobs.identify;

import static org.assertj.core.api.Assertions.assertThat;

import io.portrait.common.config.Catalogue.Linking;
import io.portrait.common.config.LinkOverride;
import io.portrait.common.config.LinkOverride.AccountName;
import io.portrait.common.config.LinkOverride.Decision;
import io.portrait.common.config.Place;
import io.portrait.common.io.Tables;
import io.portrait.common.job.JobContext;
import io.portrait.common.privacy.KeyedHash;
import io.portrait.common.table.SilverTables;
import io.portrait.common.testing.Contexts;
import io.portrait.common.testing.Rows;
import io.portrait.common.testing.SparkExtension;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What people decide holds in the map, from the day after on, however often the step runs. */
@ExtendWith(SparkExtension.class)
class DecisionsTest {

  private static final LocalDate DECIDED = LocalDate.of(2026, 3, 1);
  private static final KeyedHash HASH = new KeyedHash("0123456789abcdef");

  @TempDir private Path warehouse;

  @Test
  void tiesAndPartsAccounts(SparkSession spark) {
    new Tables(spark, warehouse.toString())
        .append(
            SilverTables.ACCOUNT_IDENTIFIER,
            Rows.of(
                spark,
                SilverTables.ACCOUNT_IDENTIFIER,
                identifier("C1", "mail"),
                identifier("C2", "mail"),
                identifier("C3", "other"),
                identifier("C4", "phone"),
                identifier("C5", "phone")));
    List<LinkOverride> overrides =
        List.of(
            override(2, Decision.MUST_LINK, "C1", "C3"),
            override(3, Decision.MUST_NOT_LINK, "C2", "C1"),
            override(4, Decision.MUST_LINK, "C1", "nobody"));

    assertThat(run(spark, overrides, DECIDED)).isEmpty();
    assertThat(groups(spark, DECIDED)).containsExactlyInAnyOrder("C1 C2", "C3", "C4 C5");
    String warning =
        "warning: overrides.csv names accounts that are not known before the as-of date, and counts"
            + " for nothing, in line 4. Look for a wrong realm or id.\n";
    for (int i = 0; i < 2; i++) {
      assertThat(run(spark, overrides, DECIDED.plusDays(1))).isEqualTo(warning);
      assertThat(groups(spark, DECIDED.plusDays(1)))
          .containsExactlyInAnyOrder("C1 C3", "C2", "C4 C5");
    }
  }

  private String run(SparkSession spark, List<LinkOverride> overrides, LocalDate asOf) {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    JobContext plain = Contexts.of(spark, warehouse, ZoneOffset.UTC, Optional.of(asOf), printed);
    new IdentifyJob()
        .run(
            new JobContext(
                plain.spark(),
                plain.catalogue().withLinking(new Linking(Optional.empty(), overrides)),
                plain.tables(),
                plain.runId(),
                plain.asOfDate(),
                plain.counts(),
                plain.console()));
    return printed.toString(StandardCharsets.UTF_8);
  }

  /** The accounts of each customer by their ids. */
  private List<String> groups(SparkSession spark, LocalDate asOf) {
    return new Tables(spark, warehouse.toString())
        .readAsOf(SilverTables.CUSTOMER_MAP, asOf).collectAsList().stream()
            .collect(
                Collectors.groupingBy(
                    row -> row.<String>getAs("customer_id"),
                    Collectors.mapping(row -> id(row.getAs("account_key")), Collectors.toList())))
            .values()
            .stream()
            .map(ids -> ids.stream().sorted().collect(Collectors.joining(" ")))
            .toList();
  }

  private static String id(String key) {
    return List.of("C1", "C2", "C3", "C4", "C5").stream()
        .filter(id -> HASH.hash("crm", id).equals(key))
        .findFirst()
        .orElseThrow();
  }

  private static LinkOverride override(int line, Decision decision, String one, String other) {
    return new LinkOverride(
        decision,
        new AccountName("crm", one),
        new AccountName("crm", other),
        DECIDED,
        "ann",
        "phoned",
        new Place("overrides.csv", line, ""));
  }

  private static String identifier(String id, String key) {
    return String.format(
        "{\"entity\":\"customer\",\"account_key\":\"%s\",\"identifier_key\":\"%s\","
            + "\"identifier_type\":\"email\",\"realm\":\"crm\",\"source\":\"crm\","
            + "\"batch_id\":1}",
        HASH.hash("crm", id), key);
  }
}
