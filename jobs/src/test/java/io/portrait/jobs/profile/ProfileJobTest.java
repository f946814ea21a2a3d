package io.portrait.jobs.profile;

import static io.portrait.jobs.testing.PublishedTableAssert.assertThatGoldOf;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portrait.common.config.Catalogue;
import io.portrait.common.config.CatalogueColumns;
import io.portrait.common.config.Deployment.Publish;
import io.portrait.common.error.ExitCode;
import io.portrait.common.error.JobException;
import io.portrait.common.io.Tables;
import io.portrait.common.table.ClusterTables;
import io.portrait.common.table.FeatureTable;
import io.portrait.common.table.Layer;
import io.portrait.common.table.ProfileTables;
import io.portrait.common.table.ScoreTables;
import io.portrait.common.table.SilverTables;
import io.portrait.common.table.TableColumn;
import io.portrait.common.table.TableSchema;
import io.portrait.common.testing.SparkExtension;
import io.portrait.jobs.testing.Steps;
import io.portrait.jobs.testing.TestCatalogue;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.sql.Date;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

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
      """;

  private static final String TAGS =
      """
        - {code: root, title: {en: Root, zh: 根}, owner: o, purpose: p, sensitivity: public}
        - {code: busy, parent: root, rule: order_count >= 5, title: {en: Busy, zh: 常客}, owner: o,
           purpose: p, sensitivity: internal}
        - {code: best, parent: root, rule: r_score = 5, title: {en: Best, zh: 頂級}, owner: o,
           purpose: p, sensitivity: internal}
      """;

  private final Catalogue catalogue = TestCatalogue.of(FEATURES, TAGS);

  private final List<Dataset<Row>> featureRows = new ArrayList<>();
  private final List<Dataset<Row>> scoreRows = new ArrayList<>();
  private final List<Dataset<Row>> clusterRows = new ArrayList<>();

  @TempDir private Path dir;
  private SparkSession spark;

  @BeforeEach
  void takeSession(SparkSession session) {
    spark = session;
  }

  @Test
  void joinsWhatIsKnownAndTreatsAnUnknownRuleAsNoTag() {
    addGold(FIRST, "('ann', 7L, 'female'), ('bob', 0L, NULL)", "('ann', 5)");
    write();

    run(FIRST);

    assertThat(
            strings(
                latest(),
                "as_of",
                "customer_id",
                "run_id",
                "order_count",
                "gender",
                "r_score",
                "rfm_code",
                "segment",
                "value_type",
                "lifecycle_state",
                "cluster_id",
                "cluster_name_en",
                "cluster_name_zh",
                "tag_busy",
                "tag_best"))
        .containsExactly(
            "2026-01-01,ann,run-1,7,female,5,555,champion,key,active,1,Loyal,忠誠,true,true",
            "2026-01-01,bob,run-1,0,null,null,null,null,null,null,null,null,null,false,false");
    assertThat(
            strings(
                tables().read(ProfileTables.TAG),
                "tag_code",
                "parent_code",
                "title_zh",
                "rule",
                "customers",
                "share"))
        .containsExactly(
            "best,root,頂級,r_score = 5,1,0.5",
            "busy,root,常客,order_count >= 5,1,0.5",
            "root,null,根,null,1,0.5");
    assertThatGoldOf(spark, dir.toString()).canBeReadEverywhere();
  }

  @Test
  void keepsTheHistoryOfTagsOverAsOfDatesAndReruns() {
    addGold(FIRST, "('ann', 7L, 'f'), ('bob', 9L, 'm')", "('ann', 5)");
    addGold(SECOND, "('ann', 8L, 'f'), ('bob', 1L, 'm')", "('ann', 4)");
    addGold(THIRD, "('ann', 8L, 'f'), ('bob', 6L, 'm')", "('ann', 5)");
    write();

    run(FIRST);
    run(SECOND);
    run(THIRD);
    List<String> history = history();

    assertThat(history)
        .containsExactly(
            "2026-01-01,ann,best,2026-01-01,null",
            "2026-01-01,ann,busy,2026-01-01,null",
            "2026-01-01,bob,busy,2026-01-01,null",
            "2026-01-08,ann,best,2026-01-01,2026-01-08",
            "2026-01-08,ann,busy,2026-01-01,null",
            "2026-01-08,bob,busy,2026-01-01,2026-01-08",
            "2026-01-15,ann,best,2026-01-15,null",
            "2026-01-15,ann,busy,2026-01-01,null",
            "2026-01-15,bob,busy,2026-01-15,null");

    run(THIRD);
    String printed = run(SECOND);

    assertThat(history()).isEqualTo(history);
    assertThat(printed)
        .contains("gold/customer_profile_latest holds 2026-01-15 already and is not replaced");
    assertThat(strings(latest(), "as_of", "customer_id"))
        .containsExactly("2026-01-15,ann", "2026-01-15,bob");
  }

  @Test
  void refusesToPublishAndLeavesTheLatestAsItWas() {
    Catalogue strict = TestCatalogue.withPublish(catalogue, new Publish(2, 0.5, 0.2, 0.5));
    addGold(FIRST, "('ann', 7L, 'female'), ('bob', 0L, 'male')", "('ann', 5)");
    addGold(SECOND, "('ann', 7L, NULL)", "('ann', 5)");
    addGold(THIRD, "('ann', 7L, 'female'), ('bob', 0L, 'male')", "('ann', 5)");
    write();
    Steps.run(spark, new ProfileJob(), strict, dir.toString(), FIRST);
    List<String> before = strings(latest(), "as_of", "customer_id", "gender");
    List<String> tags = history();

    assertThatThrownBy(() -> Steps.run(spark, new ProfileJob(), strict, dir.toString(), SECOND))
        .isInstanceOf(JobException.class)
        .satisfies(e -> assertThat(ExitCode.of(e)).isEqualTo(ExitCode.INVALID_DATA))
        .hasMessageContaining("min_rows of *: expected at least 2, found 1")
        .hasMessageContaining(
            "null_share_change of gender: expected a rise of at most 0.2000, found 1.0000 (0.0000 to"
                + " 1.0000)")
        .hasMessageContaining("gold/customer_profile_latest is left as it was");

    assertThat(strings(latest(), "as_of", "customer_id", "gender")).isEqualTo(before);
    assertThat(history()).isEqualTo(tags);
    Dataset<Row> results =
        tables().read(ProfileTables.QUALITY_RESULT).filter("as_of = DATE'2026-01-08'");
    assertThat(strings(results.filter("NOT passed"), "column_name", "rule"))
        .containsExactly("*,min_rows", "gender,null_share_change");
    assertThat(strings(results.filter("rule = 'row_change'"), "expected", "found", "passed"))
        .containsExactly("at most 0.5000,0.5000 (2 to 1 rows),true");

    // The refused run is nothing to compare with.
    Steps.run(spark, new ProfileJob(), strict, dir.toString(), THIRD);
    assertThat(strings(latest(), "as_of")).containsExactly("2026-01-15", "2026-01-15");
  }

  @Test
  void measuresTheDriftOfNumbersAndTexts() {
    addMany(FIRST, "cast(id AS BIGINT)", "if(id % 2 = 0, 'female', 'male')");
    addMany(SECOND, "cast(id AS BIGINT)", "if(id % 10 < 6, 'female', 'male')");
    addMany(THIRD, "cast(id + 900 AS BIGINT)", "if(id % 2 = 0, 'female', 'male')");
    write();
    run(FIRST);
    run(SECOND);

    // Shares of (500.5, 500.5) / 1001 against (600.5, 400.5) / 1001.
    double expected = 0.0999 * Math.log(600.5 / 500.5) - 0.0999 * Math.log(400.5 / 500.5);
    assertThat(found(SECOND, "gender")).isEqualTo(String.format(Locale.ROOT, "%.4f", expected));
    assertThat(found(SECOND, "order_count")).isEqualTo("0.0000");
    assertThatThrownBy(() -> run(THIRD))
        .isInstanceOf(JobException.class)
        .hasMessageContaining("stability_index of order_count: expected at most 0.5000, found")
        .hasMessageNotContaining("stability_index of gender");
    assertThat(strings(latest().groupBy("as_of").count(), "as_of", "count"))
        .containsExactly("2026-01-08,1000");
  }

  @Test
  void describesEveryColumnInBothLanguages() {
    Catalogue shipped = TestCatalogue.shipped();

    List<Row> rows = DataDictionary.rows(shipped);

    TableSchema profile =
        ProfileTables.customerProfile(
            CatalogueColumns.features(shipped), CatalogueColumns.tags(shipped));
    assertThat(rows)
        .filteredOn(row -> row.getString(0).equals("gold/customer_profile"))
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
        .filteredOn(row -> row.getString(0).equals("gold/customer_profile"))
        .filteredOn(row -> row.getString(1).equals("order_count_30d"))
        .extracting(row -> row.getString(7))
        .containsExactly("silver/account_day: sum(orders)");
  }

  @Test
  void forgetsNoTableThatHasAContract() throws IllegalAccessException {
    List<String> contracts = new ArrayList<>();
    for (Class<?> contractClass :
        List.of(SilverTables.class, ScoreTables.class, ClusterTables.class, ProfileTables.class)) {
      for (Field field : contractClass.getFields()) {
        if (field.get(null) instanceof TableSchema table && table.layer() != Layer.OPS) {
          contracts.add(table.path());
        }
      }
    }

    assertThat(DataDictionary.rows(catalogue))
        .extracting(row -> row.getString(0))
        .containsAll(contracts)
        .contains("silver/account", "gold/customer_rfm", "gold/rfm_segment", "gold/rfm_value_type");
  }

  private String run(LocalDate asOf) {
    return Steps.run(spark, new ProfileJob(), catalogue, dir.toString(), asOf);
  }

  private Tables tables() {
    return new Tables(spark, dir.toString());
  }

  private Dataset<Row> latest() {
    return tables()
        .readAsStored(
            ProfileTables.customerProfileLatest(
                CatalogueColumns.features(catalogue), CatalogueColumns.tags(catalogue)));
  }

  private List<String> history() {
    return strings(
        tables().read(ProfileTables.CUSTOMER_TAG),
        "as_of",
        "customer_id",
        "tag_code",
        "valid_from",
        "valid_to");
  }

  private String found(LocalDate asOf, String column) {
    return tables()
        .read(ProfileTables.QUALITY_RESULT)
        .filter(col("as_of").equalTo(Date.valueOf(asOf)))
        .filter(col("column_name").equalTo(column))
        .filter("rule = 'stability_index'")
        .head()
        .getAs("found");
  }

  /** Rows as text, in order. */
  private static List<String> strings(Dataset<Row> rows, String... columns) {
    List<String> lines = new ArrayList<>();
    for (Row row :
        rows.select(List.of(columns).stream().map(c -> col(c)).toArray(Column[]::new))
            .collectAsList()) {
      lines.add(row.mkString(","));
    }
    return lines.stream().sorted().toList();
  }

  private void addMany(LocalDate asOf, String orders, String gender) {
    add(
        asOf,
        spark
            .range(0, 1000)
            .selectExpr(
                "concat('c', id) AS customer_id",
                orders + " AS order_count",
                gender + " AS gender"),
        spark.sql("SELECT 'c1' AS customer_id, 5 AS r_score WHERE false"));
  }

  private void addGold(LocalDate asOf, String features, String scores) {
    add(
        asOf,
        spark.sql("SELECT * FROM VALUES " + features + " AS t(customer_id, order_count, gender)"),
        spark.sql("SELECT * FROM VALUES " + scores + " AS t(customer_id, r_score)"));
  }

  private void add(LocalDate asOf, Dataset<Row> features, Dataset<Row> scores) {
    featureRows.add(
        features.selectExpr(
            "DATE'" + asOf + "' AS as_of",
            "customer_id",
            "'run-0' AS run_id",
            "order_count",
            "cast(gender AS STRING) AS gender"));
    scoreRows.add(scores.withColumn("as_of", lit(Date.valueOf(asOf))));
    clusterRows.add(
        spark
            .range(1)
            .selectExpr(
                "DATE'" + asOf + "' AS as_of",
                "1 AS cluster_id",
                "'Loyal' AS name_en",
                "'忠誠' AS name_zh"));
  }

  /**
   * Writes what was added for all as-of dates: what lies after the one that runs counts for
   * nothing.
   */
  private void write() {
    Dataset<Row> scores = union(scoreRows);
    tables().append(FeatureTable.schema(CatalogueColumns.features(catalogue)), union(featureRows));
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
    write(ClusterTables.CLUSTER, union(clusterRows));
  }

  private static Dataset<Row> union(List<Dataset<Row>> rows) {
    return rows.stream().reduce(Dataset::union).orElseThrow();
  }

  /** Writes rows, with 0 in the required columns that they lack. */
  private void write(TableSchema table, Dataset<Row> rows) {
    Dataset<Row> whole = rows;
    for (TableColumn column : table.columns()) {
      if (!column.nullable() && !List.of(whole.columns()).contains(column.name())) {
        whole = whole.withColumn(column.name(), lit(0).cast(column.type()));
      }
    }
    tables().append(table, whole);
  }
}
