package io.portrait.jobs.identify;

import static org.assertj.core.api.Assertions.assertThat;

import io.portrait.common.config.Deployment.Rule;
import io.portrait.common.config.Deployment.Survivorship;
import io.portrait.common.config.Place;
import io.portrait.common.table.Entities;
import io.portrait.common.testing.Rows;
import io.portrait.common.testing.SparkExtension;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Whose value survives where accounts of one customer differ. */
@ExtendWith(SparkExtension.class)
class GoldenRecordTest {

  private static final LocalDate AS_OF = LocalDate.of(2026, 3, 2);
  private static final Place PLACE = new Place("portrait.yaml", 1, "identity");

  private static final List<Survivorship> RULES =
      List.of(
          new Survivorship("city", Rule.MOST_TRUSTED_SOURCE, List.of("crm", "club"), PLACE),
          new Survivorship("occupation", Rule.MOST_FREQUENT, List.of(), PLACE),
          new Survivorship("education", Rule.LONGEST, List.of(), PLACE),
          new Survivorship("membership", Rule.MOST_RECENT, List.of(), PLACE));

  private static final List<String> ACCOUNTS =
      List.of(
          row("a1", "crm", 1, "\"occupation\":\"cook\",\"education\":\"school\",\"cars\":1"),
          row("a2", "club", 2, "\"city\":\"Tainan\",\"occupation\":\"cook\",\"cars\":2"),
          row("a3", "shop", 9, "\"city\":\"Taipei\",\"occupation\":\"baker\",\"education\":\"BA\""),
          row("a4", "club", 2, "\"city\":\"Keelung\",\"membership\":\"gold\",\"cars\":0"),
          // Nobody trusted, no value more frequent or longer than another: the most recent.
          row("b1", "web", 3, "\"city\":\"X\",\"occupation\":\"nurse\",\"education\":\"MA\""),
          row("b2", "app", 4, "\"city\":\"Y\",\"occupation\":\"pilot\",\"education\":\"BA\""));

  @Test
  void takesEachFieldByItsRule(SparkSession spark) {
    assertThat(
            IdentifyTransforms.makeGoldenRecord(choose(spark, RULES), AS_OF)
                .select("customer_id", "city", "occupation", "education", "membership", "cars")
                .collectAsList())
        .containsExactlyInAnyOrder(
            RowFactory.create("a1", "Keelung", "cook", "school", "gold", 0L),
            RowFactory.create("b1", "Y", "pilot", "BA", null, null),
            RowFactory.create("bare", null, null, null, null, null));
  }

  @Test
  void saysWhichRowGaveEachFieldAndByWhichRule(SparkSession spark) {
    assertThat(
            IdentifyTransforms.explainGoldenRecord(choose(spark, RULES), RULES, AS_OF)
                .filter("customer_id <> 'b1'")
                .selectExpr(
                    "cast(as_of AS STRING)",
                    "customer_id",
                    "field",
                    "rule",
                    "account_key",
                    "source",
                    "row_version",
                    "batch_id",
                    "row_hash")
                .collectAsList())
        .containsExactlyInAnyOrder(
            evidence("city", "most_trusted_source", "a4", "club", 2),
            // Of the two cooks the more recent.
            evidence("occupation", "most_frequent", "a2", "club", 2),
            evidence("education", "longest", "a1", "crm", 1),
            evidence("membership", "most_recent", "a4", "club", 2),
            evidence("cars", "most_recent", "a4", "club", 2));
  }

  @Test
  void takesTheMostRecentOfAllWithoutRules(SparkSession spark) {
    assertThat(
            IdentifyTransforms.makeGoldenRecord(choose(spark, List.of()), AS_OF)
                .filter("customer_id = 'a1'")
                .select("city", "occupation", "education", "membership", "cars")
                .collectAsList())
        .containsExactly(RowFactory.create("Taipei", "baker", "BA", "gold", 0L));
  }

  @Test
  void doesNotDependOnTheOrderOfRows(SparkSession spark) {
    List<String> backwards = new ArrayList<>(ACCOUNTS);
    Collections.reverse(backwards);

    assertThat(choose(spark, RULES, backwards).collectAsList())
        .containsExactlyInAnyOrderElementsOf(choose(spark, RULES).collectAsList());
  }

  private static Dataset<Row> choose(SparkSession spark, List<Survivorship> rules) {
    return choose(spark, rules, ACCOUNTS);
  }

  private static Dataset<Row> choose(
      SparkSession spark, List<Survivorship> rules, List<String> accounts) {
    Dataset<Row> resolved =
        spark.createDataFrame(
            Arrays.asList(
                resolved("a1", "a1", true),
                resolved("a2", "a1", true),
                resolved("a3", "a1", true),
                resolved("a4", "a1", true),
                resolved("b1", "b1", true),
                resolved("b2", "b1", true),
                resolved("bare", "bare", true),
                resolved("visitor", "visitor", false)),
            StructType.fromDDL(
                "account_key string, realm string, first_seen_at timestamp, customer_id string,"
                    + " is_known boolean"));
    Dataset<Row> master =
        Rows.of(spark, Entities.CUSTOMER.silver(), accounts.toArray(String[]::new));
    return IdentifyTransforms.choose(resolved, master, rules, AS_OF, ZoneId.of("Asia/Taipei"));
  }

  private static Row resolved(String account, String customer, boolean isKnown) {
    return RowFactory.create(account, "crm", null, customer, isKnown);
  }

  private static Row evidence(String field, String rule, String account, String source, long row) {
    return RowFactory.create(
        "2026-03-02", "a1", field, rule, account, source, row, 7L, "hash of " + account);
  }

  private static String row(String account, String source, int version, String values) {
    return String.format(
        "{\"account_key\":\"%s\",\"source\":\"%s\",\"row_version\":%d,\"batch_id\":7,"
            + "\"row_hash\":\"hash of %s\",%s}",
        account, source, version, account, values);
  }
}
