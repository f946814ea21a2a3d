package io.portrait.jobs.profile;

import static io.portrait.jobs.testing.PublishedTableAssert.assertThatGoldOf;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.portrait.common.config.Catalogue;
import io.portrait.common.config.CatalogueColumns;
import io.portrait.common.config.Deployment.Publish;
import io.portrait.common.error.ExitCode;
import io.portrait.common.error.JobException;
import io.portrait.common.io.Tables;
import io.portrait.common.table.ClusterTables;
import io.portrait.common.table.CreditTables;
import io.portrait.common.table.FeatureTable;
import io.portrait.common.table.HabitTables;
import io.portrait.common.table.Layer;
import io.portrait.common.table.PredictTables;
import io.portrait.common.table.ProfileTables;
import io.portrait.common.table.ScoreTables;
import io.portrait.common.table.SegmentTables;
import io.portrait.common.table.SilverTables;
import io.portrait.common.table.TableColumn;
import io.portrait.common.table.TableSchema;
import io.portrait.common.table.ValueTables;
import io.portrait.common.testing.SparkExtension;
import io.portrait.jobs.testing.Steps;
import io.portrait.jobs.testing.TestCatalogue;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs three as-of dates in one warehouse, the second of which is refused, and then the third and
 * the first again.
 */
@ExtendWith(SparkExtension.class)
class ProfileJobTest {

  private static final LocalDate FIRST = LocalDate.of(2026, 1, 1);
  private static final LocalDate SECOND = LocalDate.of(2026, 1, 8);
  private static final LocalDate THIRD = LocalDate.of(2026, 1, 15);

  private static final String FEATURES =
      """
        - {name: order_count, from: account_day, aggregate: sum, value: orders, unit: count, fill: 0,
           title: {en: Orders, zh: 訂單數}}
        - {name: gender, from: customer, value: gender, type: string, unit: none, title: {en: G, zh: 性別}}
        - {name: city, from: customer, value: city, type: string, unit: none, title: {en: C, zh: 城市}}
      """;

  private static final String TAGS =
      """
        - {code: root, title: {en: Root, zh: 根}, owner: o, purpose: marketing, sensitivity: public}
        - {code: busy, parent: root, rule: order_count >= 5, title: {en: Busy, zh: 常客}, owner: o,
           purpose: marketing, sensitivity: internal}
        - {code: best, parent: root, rule: r_score = 5, title: {en: Best, zh: 頂級}, owner: o,
           purpose: marketing, sensitivity: internal}
        - {code: loyal, parent: root, rule: loyalty_level = 2, title: {en: Loyal, zh: 忠誠}, owner: o,
           purpose: marketing, sensitivity: internal}
      """;

  private static final String SCORES =
      """
        - name: loyalty
          title: {en: Loyalty, zh: 忠誠度}
          levels: [50]
          scorecard:
            parts:
              - name: all
                weight: 100
                characteristics:
                  - {name: orders, title: {en: Orders, zh: 訂單}, value: order_count, weight: 60, percentile: high}
                  - {name: gender, title: {en: Gender, zh: 性別}, value: gender, weight: 40,
                     categories: {female: 60}}
        - {name: baskets, sql: order_count / 2}
      """;

  private static final Catalogue CATALOGUE =
      TestCatalogue.withPublish(
          TestCatalogue.withExpectations(
              TestCatalogue.of(FEATURES, SCORES, TAGS),
              """
                - {name: few_orders, title: {en: Few orders, zh: 訂單數合理}, table: gold_sensitive/customer_profile,
                   severity: stop, column: order_count, range: {from: 0, to: 1000}}
                - {name: city_known, title: {en: City known, zh: 城市已知}, table: gold_sensitive/customer_profile,
                   severity: warn, column: city, not_null: true}
              """),
          new Publish(600, 0.5, 0.2, 0.5, 0.25, 0.2, 0.1));

  @TempDir private static Path dir;
  private static SparkSession spark;

  private static List<String> firstLatest;
  private static List<Long> versionsBeforeRefusal;
  private static List<Long> versionsAfterRefusal;
  private static ExitCode refusedWith;
  private static String refusal;
  private static List<String> thirdLatest;
  private static List<String> thirdHistory;
  private static String printedByTheFirstAgain;
  private static List<Row> results;

  @BeforeAll
  static void runThreeDatesAndTwoAgain(SparkSession session) {
    spark = session;
    writeFeatures();
    writeScores();
    writeCustomerMap();

    run(FIRST);
    firstLatest =
        strings(
            tables()
                .readAsOf(
                    ProfileTables.customerProfile(
                        CatalogueColumns.profile(CATALOGUE), CatalogueColumns.tags(CATALOGUE), 2),
                    FIRST)
                .filter("customer_id IN ('ann', 'bob')"),
            "as_of",
            "customer_id",
            "run_id",
            "order_count",
            "gender",
            "city",
            "r_score",
            "rfm_code",
            "segment",
            "value_type",
            "lifecycle_state",
            "cluster_id",
            "cluster_name_en",
            "cluster_name_zh",
            "p_alive",
            "expected_purchases_90d",
            "expected_spend_365d",
            "customer_value",
            "value_percentile",
            "value_level",
            "value_coverage",
            "value_reasons_en",
            "value_reasons_zh",
            "value_reason",
            "top_interest",
            "best_contact_hour",
            "price_level",
            "instalment_share",
            "churn_probability",
            "churn_level",
            "churn_percentile",
            "churn_coverage",
            "churn_reasons_en",
            "churn_reasons_zh",
            "purchase_probability_30d",
            "purchase_probability_90d",
            "purchase_level",
            "purchase_percentile",
            "purchase_coverage",
            "purchase_reasons_en",
            "purchase_reasons_zh",
            "expected_purchase_on",
            "expected_category",
            "prediction_reason",
            "credit_grade",
            "probability_of_default",
            "credit_route",
            "suggested_limit",
            "tag_busy",
            "tag_best",
            "loyalty",
            "loyalty_level",
            "loyalty_percentile",
            "loyalty_coverage",
            "loyalty_reasons_en",
            "loyalty_reasons_zh",
            "baskets",
            "baskets_level",
            "baskets_reasons_en",
            "tag_loyal");
    versionsBeforeRefusal = publishedVersions();
    JobException refused = catchThrowableOfType(JobException.class, () -> run(SECOND));
    refusedWith = ExitCode.of(refused);
    refusal = refused.getMessage();
    versionsAfterRefusal = publishedVersions();
    run(THIRD);
    thirdLatest = strings(latest(), "as_of", "customer_id");
    thirdHistory = history();
    run(THIRD);
    printedByTheFirstAgain = run(FIRST);
    results = tables().read(ProfileTables.QUALITY_RESULT).collectAsList();
  }

  /** Features of all as-of dates: what lies after the one that runs counts for nothing. */
  private static void writeFeatures() {
    Dataset<Row> first =
        features(
            FIRST,
            "('ann', 7L, 'female', 'Taipei'), ('bob', 0L, NULL, 'Taipei')",
            crowd(998, "id", "id % 2 = 0", "'Taipei'"));
    // Half as many customers, without a city, with more orders.
    Dataset<Row> second =
        features(
            SECOND, "('ann', 907L, 'female', NULL)", crowd(499, "id + 900", "id % 2 = 0", "NULL"));
    // More women than before.
    Dataset<Row> third =
        features(
            THIRD,
            "('ann', 8L, 'female', 'Taipei'), ('bob', 6L, NULL, 'Taipei')",
            crowd(998, "id", "id % 10 < 6", "'Taipei'"));
    tables()
        .append(
            FeatureTable.schema(CatalogueColumns.features(CATALOGUE)),
            first.union(second).union(third));
  }

  /** Between the first and the third date 60 accounts have changed hands: of 500, then of 1000. */
  private static void writeCustomerMap() {
    write(
        SilverTables.CUSTOMER_MAP,
        spark
            .range(1500)
            .selectExpr(
                "if(id < 500, DATE'2026-01-08', DATE'2026-01-15') AS as_of",
                "concat('a', id) AS account_key",
                "'c' AS customer_id",
                "'crm' AS realm",
                "true AS is_known"));
    write(
        SilverTables.CUSTOMER_MAP_EVENT,
        spark
            .range(60)
            .selectExpr(
                "DATE'2026-01-08' AS as_of",
                "concat('a', id) AS account_key",
                "'merge' AS event",
                "'old' AS old_customer_id",
                "'new' AS new_customer_id"));
  }

  /** All but features of ann, who is the only customer with a purchase. */
  private static void writeScores() {
    Dataset<Row> scores =
        spark.sql(
            "SELECT * FROM VALUES (DATE'2026-01-01', 'ann', 5), (DATE'2026-01-08', 'ann', 5),"
                + " (DATE'2026-01-15', 'ann', 4) AS t(as_of, customer_id, r_score)");
    write(
        ScoreTables.customerRfm(2),
        scores.selectExpr(
            "as_of",
            "customer_id",
            "r_score",
            "5 AS f_score",
            "5 AS m_score",
            "concat(r_score, '55') AS rfm_code",
            "'champion' AS segment",
            "'key' AS value_type"));
    write(
        ScoreTables.CUSTOMER_LIFECYCLE,
        scores.selectExpr("as_of", "customer_id", "'active' AS state"));
    write(
        ClusterTables.CUSTOMER_CLUSTER,
        scores.selectExpr("as_of", "customer_id", "1 AS cluster_id"));
    write(
        ClusterTables.CLUSTER,
        scores.selectExpr("as_of", "1 AS cluster_id", "'Loyal' AS name_en", "'忠誠' AS name_zh"));
    write(
        ValueTables.customerValue(2),
        scores.selectExpr(
            "as_of",
            "customer_id",
            "0.9D AS p_alive",
            "2.5D AS expected_purchases_90d",
            "CAST(80 AS DECIMAL(18, 2)) AS expected_spend_365d",
            "CAST(75.5 AS DECIMAL(18, 2)) AS customer_value",
            "99 AS value_percentile",
            "5 AS value_level",
            "1D AS value_coverage",
            "'+0.70 Expected spend' AS value_reasons_en",
            "'+0.70 預期消費' AS value_reasons_zh"));
    write(
        ValueTables.customerValue(2),
        spark.sql(
            "SELECT DATE'2026-01-01' AS as_of, 'bob' AS customer_id, 'no_purchase' AS reason"));
    write(
        ScoreTables.CUSTOMER_SCORE,
        scores
            .selectExpr(
                "as_of", "customer_id", "explode(array('loyalty', 'baskets')) AS score_code")
            .selectExpr(
                "*",
                "if(score_code = 'loyalty', 62.34D, 3.5D) AS score",
                "if(score_code = 'loyalty', 2, CAST(NULL AS INT)) AS level",
                "97 AS percentile",
                "1D AS coverage",
                "if(score_code = 'loyalty', 'orders', NULL) AS raised_1_code",
                "if(score_code = 'loyalty', 10.43D, NULL) AS raised_1_points",
                // Too little to be shown.
                "if(score_code = 'loyalty', 'gender', NULL) AS raised_2_code",
                "if(score_code = 'loyalty', 0.04D, NULL) AS raised_2_points",
                "if(score_code = 'loyalty', 'gender', NULL) AS lowered_1_code",
                "if(score_code = 'loyalty', -0.13D, NULL) AS lowered_1_points"));
    write(
        HabitTables.CUSTOMER_HABIT,
        scores.selectExpr(
            "as_of",
            "customer_id",
            "'Tea' AS top_interest",
            "20 AS best_contact_hour",
            "1.5D AS price_level",
            "0.25D AS instalment_share"));
    write(
        PredictTables.CUSTOMER_PREDICTION,
        scores.selectExpr(
            "as_of",
            "customer_id",
            "0.25D AS churn_probability",
            "2 AS churn_level",
            "40 AS churn_percentile",
            "0.75D AS churn_coverage",
            "'-1.10 Recent purchases' AS churn_reasons_en",
            "'-1.10 近期購買' AS churn_reasons_zh",
            "0.5D AS purchase_probability_30d",
            "0.75D AS purchase_probability_90d",
            "4 AS purchase_level",
            "98 AS purchase_percentile",
            "0.5D AS purchase_coverage",
            "'+1.10 Recent purchases' AS purchase_reasons_en",
            "'+1.10 近期購買' AS purchase_reasons_zh",
            "DATE'2026-01-30' AS expected_purchase_on",
            "'Tea' AS expected_category",
            "'purchase_30d: too_few' AS reason"));
    write(
        CreditTables.customerCredit(2),
        scores.selectExpr(
            "as_of",
            "customer_id",
            "'A' AS grade",
            "0.25D AS probability_of_default",
            "1.0D AS coverage",
            "'fast' AS route",
            "'Fast' AS route_title_en",
            "'快' AS route_title_zh",
            "'otherwise' AS rule",
            "CAST(500 AS DECIMAL(18, 2)) AS suggested_limit",
            "'+1.0 Work' AS reasons_en",
            "'+1.0 工作' AS reasons_zh"));
  }

  @Test
  void joinsWhatIsKnownAndTreatsAnUnknownRuleAsNoTag() {
    assertThat(firstLatest)
        .containsExactly(
            "2026-01-01,ann,run-1,7,female,Taipei,5,555,champion,key,active,1,Loyal,忠誠,0.9,2.5,80.00,"
                + "75.50,99,5,1.0,+0.70 Expected spend,+0.70 預期消費,null,Tea,20,1.5,0.25,0.25,2,40,0.75,"
                + "-1.10 Recent purchases,-1.10 近期購買,0.5,0.75,4,98,0.5,+1.10 Recent purchases,+1.10 近期購買,"
                + "2026-01-30,Tea,purchase_30d: too_few,A,0.25,fast,500.00,true,true,62.34,2,97,1.0,+10.4 Orders; -0.1 Gender,+10.4 訂單;"
                + " -0.1 性別,3.5,null,null,true",
            "2026-01-01,bob,run-1,0,null,Taipei,null,null,null,null,null,null,null,null,null,null,null,"
                + "null,null,null,null,null,null,no_purchase,null,null,null,null,null,null,null,null,null,null,"
                + "null,null,null,null,null,null,null,null,null,no_purchase,null,null,null,null,false,false,null,null,null,null,null,null,null,null,null,false");
  }

  @Test
  void countsTheCustomersOfEveryTagAtPublishedDates() {
    assertThat(
            strings(
                tables().read(ProfileTables.TAG),
                "as_of",
                "tag_code",
                "parent_code",
                "title_zh",
                "rule",
                "customers",
                "share"))
        .containsExactly(
            "2026-01-01,best,root,頂級,r_score = 5,1,0.001",
            "2026-01-01,busy,root,常客,order_count >= 5,994,0.994",
            "2026-01-01,loyal,root,忠誠,loyalty_level = 2,1,0.001",
            "2026-01-01,root,null,根,null,994,0.994",
            "2026-01-15,best,root,頂級,r_score = 5,0,0.0",
            "2026-01-15,busy,root,常客,order_count >= 5,995,0.995",
            "2026-01-15,loyal,root,忠誠,loyalty_level = 2,1,0.001",
            "2026-01-15,root,null,根,null,995,0.995");
  }

  @Test
  void writesTablesThatCanBeReadEverywhere() {
    assertThatGoldOf(spark, dir.toString()).canBeReadEverywhere();
  }

  @Test
  void keepsTheHistoryOfTagsOverAsOfDatesAndReruns() {
    assertThat(thirdHistory)
        .filteredOn(row -> row.contains(",ann,") || row.contains(",bob,"))
        .containsExactly(
            "2026-01-01,ann,best,2026-01-01,null",
            "2026-01-01,ann,busy,2026-01-01,null",
            "2026-01-01,ann,loyal,2026-01-01,null",
            "2026-01-15,ann,best,2026-01-01,2026-01-15",
            "2026-01-15,ann,busy,2026-01-01,null",
            "2026-01-15,ann,loyal,2026-01-01,null",
            "2026-01-15,bob,busy,2026-01-15,null");
    assertThat(history()).isEqualTo(thirdHistory);
  }

  @Test
  void keepsTheLatestWhenAnEarlierDateRunsAgain() {
    assertThat(printedByTheFirstAgain)
        .contains("gold/customer_profile_latest holds 2026-01-15 already and is not replaced");
    assertThat(strings(latest(), "as_of", "customer_id")).isEqualTo(thirdLatest);
  }

  @Test
  void refusesToPublishAndLeavesTheLatestAsItWas() {
    assertThat(refusedWith).isEqualTo(ExitCode.INVALID_DATA);
    assertThat(refusal)
        .contains("min_rows of *: expected at least 600, found 500")
        .contains(
            "null_share_change of city: expected a rise of at most 0.2000, found 1.0000 (0.0000 to"
                + " 1.0000)")
        .contains("stability_index of order_count: expected at most 0.5000, found")
        .doesNotContain("stability_index of gender")
        .contains("gold/customer_profile_latest is left as it was");

    assertThat(versionsAfterRefusal).isEqualTo(versionsBeforeRefusal);
    assertThat(tables().readAsOf(publishedTable(), SECOND).count()).isZero();
    assertThat(results(SECOND))
        .filteredOn(row -> !row.<Boolean>getAs("passed"))
        .extracting(row -> row.getAs("column_name") + "," + row.getAs("rule"))
        .containsExactlyInAnyOrder(
            "*,min_rows",
            "customer_id,customers_gone",
            "customer_id,customer_id_change",
            "order_count,few_orders",
            "city,city_known",
            "city,null_share_change",
            "city,stability_index",
            "order_count,stability_index");
    assertThat(strings(results(SECOND), "rule", "expected", "found", "passed"))
        .contains(
            "row_change,at most 0.5000,0.5000 (1000 to 500 rows),true",
            "customers_gone,at most 0.2000,0.5000 (500 of 1000 customers),false",
            "customer_id_change,at most 0.1000,0.1200 (60 of 500 accounts),false");
    // Orders of the crowd are 900 to 1398.
    assertThat(strings(results(SECOND), "rule", "severity", "rows_checked", "rows_failed", "found"))
        .contains(
            "few_orders,stop,500,398,398 of 500 rows fail",
            "city_known,warn,500,500,500 of 500 rows fail");
  }

  @Test
  void comparesWithTheLastPublishedDateNotWithARefusedOne() {
    assertThat(strings(results(THIRD), "rule", "expected", "found", "passed"))
        .contains(
            "row_change,at most 0.5000,0.0000 (1000 to 1000 rows),true",
            "customer_id_change,at most 0.1000,0.0600 (60 of 1000 accounts),true",
            "few_orders,0 to 1000,0 of 1000 rows fail,true");
    assertThat(thirdLatest)
        .hasSize(1000)
        .allMatch(row -> row.startsWith("2026-01-15,"))
        .contains("2026-01-15,ann", "2026-01-15,bob");
  }

  @Test
  void measuresTheDriftOfNumbersAndTexts() {
    // Shares of (500, 499, 1) / 1000 against (601, 398, 1) / 1000.
    double expected = (101 * Math.log(601.0 / 500) - 101 * Math.log(398.0 / 499)) / 1000;

    assertThat(strings(results(THIRD), "column_name", "rule", "found", "passed"))
        .contains(
            String.format(Locale.ROOT, "gender,stability_index,%.4f,true", expected),
            "order_count,stability_index,0.0000,true");
  }

  @Test
  void describesEveryColumnInBothLanguages() {
    Catalogue shipped = TestCatalogue.shipped();

    List<Row> rows = DataDictionary.rows(shipped);

    TableSchema profile =
        ProfileTables.customerProfile(
            CatalogueColumns.profile(shipped), CatalogueColumns.tags(shipped), 2);
    assertThat(rows)
        .filteredOn(row -> row.getString(0).equals("gold_sensitive/customer_profile"))
        .extracting(row -> row.getString(1))
        .containsExactlyElementsOf(profile.columnNames());
    assertThat(rows)
        .allSatisfy(
            row -> {
              assertThat(row.getString(5)).as("English title of %s", row).isNotBlank();
              assertThat(row.getString(6)).as("Chinese title of %s", row).isNotBlank();
              assertThat(row.getString(7)).as("source of %s", row).isNotBlank();
              assertThat(row.getString(8)).as("comment of %s", row).isNotBlank();
            });
    assertThat(rows.stream().map(row -> row.getString(0) + "." + row.getString(1)))
        .doesNotHaveDuplicates()
        .contains("silver/customer_map.account_key", "silver/order_item.amount_minor");
    assertThat(rows)
        .filteredOn(row -> row.getString(0).equals("gold_sensitive/customer_profile"))
        .filteredOn(row -> row.getString(1).equals("order_count_30d"))
        .extracting(row -> row.getString(7))
        .containsExactly("silver/account_day: sum(orders)");
    assertThat(rows)
        .filteredOn(row -> row.getString(1).equals("loyalty_level"))
        .extracting(row -> row.getString(5) + ", " + row.getString(6) + ", " + row.getString(7))
        .hasSize(3)
        .containsOnly("Loyalty, level, 忠誠度（等級）, gold_sensitive/customer_score");
  }

  @Test
  void forgetsNoTableThatHasAContract() throws IllegalAccessException {
    List<String> contracts = new ArrayList<>();
    for (Class<?> contractClass :
        List.of(
            SilverTables.class,
            HabitTables.class,
            ScoreTables.class,
            ValueTables.class,
            PredictTables.class,
            ClusterTables.class,
            CreditTables.class,
            ProfileTables.class,
            SegmentTables.class)) {
      for (Field field : contractClass.getFields()) {
        if (field.get(null) instanceof TableSchema table && table.layer() != Layer.OPS) {
          contracts.add(table.path());
        }
      }
    }

    assertThat(DataDictionary.rows(CATALOGUE))
        .extracting(row -> row.getString(0))
        .containsAll(contracts)
        .contains(
            "silver/account",
            "gold/customer_rfm",
            "gold/rfm_segment",
            "gold/rfm_value_type",
            "gold/customer_value",
            "gold_sensitive/customer_credit",
            "gold/segment");
  }

  private static String run(LocalDate asOf) {
    return Steps.run(spark, new ProfileJob(), CATALOGUE, dir.toString(), asOf);
  }

  private static Tables tables() {
    return new Tables(spark, dir.toString());
  }

  private static TableSchema publishedTable() {
    return ProfileTables.publishedProfile(
        ProfileTables.customerProfile(
            CatalogueColumns.profile(CATALOGUE), CatalogueColumns.tags(CATALOGUE), 2));
  }

  private static TableSchema latestTable() {
    return ProfileTables.customerProfileLatest(
        CatalogueColumns.profile(CATALOGUE), CatalogueColumns.tags(CATALOGUE), 2);
  }

  private static Dataset<Row> latest() {
    return tables().readAsStored(latestTable());
  }

  private static List<String> history() {
    return strings(
        tables().read(ProfileTables.CUSTOMER_TAG),
        "as_of",
        "customer_id",
        "tag_code",
        "valid_from",
        "valid_to");
  }

  /** Versions of the tables that are written only when the gate has passed. */
  private static List<Long> publishedVersions() {
    return Stream.of(
            publishedTable(),
            latestTable(),
            ProfileTables.CUSTOMER_TAG,
            ProfileTables.TAG,
            ProfileTables.DATA_DICTIONARY)
        .map(table -> tables().version(table))
        .toList();
  }

  /** What the gate found at an as-of date. */
  private static List<Row> results(LocalDate asOf) {
    return results.stream().filter(row -> row.getDate(0).toLocalDate().equals(asOf)).toList();
  }

  /** Rows as text, in order. */
  private static List<String> strings(Dataset<Row> rows, String... columns) {
    return strings(rows.selectExpr(columns).collectAsList(), columns);
  }

  private static List<String> strings(List<Row> rows, String... columns) {
    return rows.stream()
        .map(
            row ->
                Stream.of(columns)
                    .map(column -> String.valueOf(row.<Object>getAs(column)))
                    .collect(Collectors.joining(",")))
        .sorted()
        .toList();
  }

  /** Named customers and a crowd, large enough for its distributions to be judged. */
  private static Dataset<Row> features(LocalDate asOf, String named, Dataset<Row> crowd) {
    return spark
        .sql("SELECT * FROM VALUES " + named + " AS t(customer_id, order_count, gender, city)")
        .union(crowd)
        .selectExpr(
            "DATE'" + asOf + "' AS as_of",
            "customer_id",
            "'run-0' AS run_id",
            "order_count",
            "gender",
            "cast(city AS STRING) AS city");
  }

  private static Dataset<Row> crowd(int customers, String orders, String isFemale, String city) {
    return spark
        .range(customers)
        .selectExpr("concat('c', id)", orders, "if(" + isFemale + ", 'female', 'male')", city);
  }

  /** Writes rows, with 0 in the required columns that they lack. */
  private static void write(TableSchema table, Dataset<Row> rows) {
    Dataset<Row> whole = rows;
    for (TableColumn column : table.columns()) {
      if (!column.nullable() && !List.of(whole.columns()).contains(column.name())) {
        whole = whole.withColumn(column.name(), lit(0).cast(column.type()));
      }
    }
    tables().append(table, whole);
  }
}
