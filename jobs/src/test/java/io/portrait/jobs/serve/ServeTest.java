package io.portrait.jobs.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portrait.common.error.JobException;
import io.portrait.common.io.Tables;
import io.portrait.common.table.Layer;
import io.portrait.common.table.ProfileTables;
import io.portrait.common.testing.Rows;
import io.portrait.common.testing.SparkExtension;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.parser.ParseException;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.execution.CommandExecutionMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What clients of the SQL server see, and what they may do. */
@ExtendWith(SparkExtension.class)
class ServeTest {

  private static final String DATABASE = "served_by_test";

  @Test
  void servesTheTablesOfALayerWithCommentsInBothLanguages(SparkSession spark, @TempDir Path dir)
      throws IOException {
    warehouse(spark, dir);
    PublishedTables tables = new PublishedTables(spark, dir.toString());
    Files.createDirectories(dir.resolve("gold/no_table"));

    assertThat(tables.publish(Layer.GOLD, DATABASE)).containsExactly("data_dictionary", "tag");
    assertThat(tables.publish(Layer.GOLD_SENSITIVE, DATABASE + "_sensitive")).isEmpty();
    assertThat(spark.sql("SHOW TABLES IN " + DATABASE).count()).isEqualTo(2);
    assertThat(spark.table(DATABASE + ".tag").schema().apply("owner").getComment().get())
        .isEqualTo("負責人 Owner's: Who answers for the rule.");
    assertThat(spark.table(DATABASE + ".tag").schema().apply("rule").getComment().get())
        .isEqualTo("SQL condition; null for a branch.");

    Path views = Files.createDirectories(dir.resolve("views"));
    Files.writeString(
        views.resolve("own.sql"),
        "-- A comment;\nCREATE VIEW owned COMMENT 'a; b' AS\nSELECT owner FROM tag;\n\n");
    ViewFiles.load(spark, views, DATABASE);
    assertThat(spark.table(DATABASE + ".owned").count()).isZero();
    Files.writeString(views.resolve("z.sql"), "CREATE VIEW wrong AS SELECT nothing FROM tag;\n");
    assertThatThrownBy(() -> ViewFiles.load(spark, views, DATABASE))
        .isInstanceOf(JobException.class)
        .hasMessageContaining("own.sql")
        .hasMessageContaining("owned");
    spark.sql("DROP DATABASE " + DATABASE + " CASCADE");
    spark.sql("DROP DATABASE " + DATABASE + "_sensitive");
  }

  /** The profiles of an as-of date are written before its segments. */
  @Test
  void theStarShowsAnAsOfDateWhenItsSegmentsAreThere(SparkSession spark) {
    String star = DATABASE + "_star";
    spark.sql("CREATE DATABASE " + star);
    spark.sql("USE " + star);
    spark.sql(
        """
        CREATE VIEW customer_profile AS
        SELECT as_of, customer_id, null AS gender, 'North' AS region, '25-34' AS age_band,
          null AS membership, 'loyal' AS segment, null AS value_type, null AS lifecycle_state,
          null AS cluster_name_en, null AS cluster_name_zh, null AS best_channel,
          null AS top_interest, 1L AS order_count_30d, 10.00 AS order_amount_30d,
          2L AS order_count_365d, 20.00 AS order_amount_365d, 5.00 AS customer_value,
          0.5D AS churn_probability, 50D AS purchasing_power, 60D AS loyalty
        FROM VALUES (DATE'2026-01-30', 'ann'), (DATE'2026-01-30', 'bob'),
          (DATE'2026-01-31', 'ann'), (DATE'2026-01-31', 'bob') AS t(as_of, customer_id)
        """);
    spark.sql(segments("DATE'2026-01-30'"));
    spark.sql(
        """
        CREATE VIEW customer_segment AS SELECT as_of, 'ann' AS customer_id, 'vip' AS segment_code,
          DATE'2026-01-30' AS entered_on FROM (SELECT DISTINCT as_of FROM segment)
        """);
    ViewFiles.load(spark, Path.of("../conf/bi"), star);

    assertThat(texts(spark, "SELECT as_of, is_last_of_month, is_latest FROM dim_month"))
        .containsExactly("[2026-01-30,true,true]");
    assertThat(
            texts(
                spark,
                "SELECT DISTINCT as_of FROM dim_customer UNION ALL "
                    + "SELECT DISTINCT as_of FROM fact_customer"))
        .containsExactly("[2026-01-30]", "[2026-01-30]");
    String members =
        "SELECT as_of, customer_id, segment_code FROM fact_segment ORDER BY as_of, customer_id";
    assertThat(texts(spark, members))
        .containsExactly("[2026-01-30,ann,vip]", "[2026-01-30,bob,(none)]");
    String crossed =
        "SELECT month, segment_code, segment_zh, customers FROM cross_segment ORDER BY 1, 2";
    assertThat(texts(spark, crossed))
        .containsExactly("[2026-01-01,(none),無客群,1]", "[2026-01-01,vip,貴賓,1]");

    spark.sql(segments("DATE'2026-01-30'", "DATE'2026-01-31'"));

    assertThat(texts(spark, "SELECT as_of, is_last_of_month FROM dim_month ORDER BY as_of"))
        .containsExactly("[2026-01-30,false]", "[2026-01-31,true]");
    assertThat(texts(spark, members))
        .containsExactly(
            "[2026-01-30,ann,vip]",
            "[2026-01-30,bob,(none)]",
            "[2026-01-31,ann,vip]",
            "[2026-01-31,bob,(none)]");
    assertThat(texts(spark, crossed))
        .containsExactly("[2026-01-01,(none),無客群,1]", "[2026-01-01,vip,貴賓,1]");
    spark.sql("DROP DATABASE " + star + " CASCADE");
    spark.sql("USE default");
  }

  /** The table segment of these as-of dates. */
  private static String segments(String... dates) {
    return "CREATE OR REPLACE VIEW segment AS SELECT as_of, 'vip' AS segment_code,"
        + " 'VIP' AS title_en, '貴賓' AS title_zh, '' AS action_en, '' AS action_zh FROM VALUES ("
        + String.join("), (", dates)
        + ") AS t(as_of)";
  }

  private static List<String> texts(SparkSession spark, String query) {
    return spark.sql(query).collectAsList().stream().map(Row::toString).toList();
  }

  @Test
  void readsTheFoldersGivenAndNothingElse(SparkSession spark, @TempDir Path dir) {
    warehouse(spark, dir);
    ReadOnly rule =
        new ReadOnly(List.of(new org.apache.hadoop.fs.Path(dir.resolve("gold").toString())));
    String tag = "delta.`" + dir + "/gold/tag`";
    String vault = "delta.`" + dir + "/vault/tag`";
    spark.sql("CREATE TABLE " + vault + " (owner STRING) USING delta");
    for (String allowed :
        List.of(
            "SELECT count(*) FROM " + tag,
            "SELECT 1 WHERE 1 IN (SELECT customers FROM " + tag + ")",
            "SHOW DATABASES",
            "SET spark.sql.shuffle.partitions = 2",
            "DESCRIBE TABLE " + tag,
            "USE default")) {
      assertThatCode(() -> rule.apply(analyzed(spark, allowed))).doesNotThrowAnyException();
    }
    for (String refused :
        List.of(
            "SELECT * FROM " + vault,
            "SELECT * FROM " + tag.replace("gold/tag", "gold/../vault/tag"),
            "SELECT (SELECT max(owner) FROM " + vault + ")",
            "WITH v AS (SELECT * FROM " + vault + ") SELECT count(*) FROM v",
            "DESCRIBE TABLE " + vault,
            "SELECT * FROM text.`" + dir + "/vault/tag/_delta_log`",
            "SELECT java_method('java.lang.System', 'getenv', 'HOME')",
            "SELECT TRANSFORM(owner) USING 'cat' AS (o) FROM " + tag,
            "DELETE FROM " + tag,
            "UPDATE " + tag + " SET owner = 'x'",
            "INSERT INTO " + tag + " SELECT * FROM " + tag,
            "VACUUM " + tag,
            "DESCRIBE HISTORY " + vault,
            "CREATE TEMPORARY VIEW v AS SELECT 1",
            "DROP DATABASE default",
            "ADD JAR '/tmp/x.jar'")) {
      assertThatThrownBy(() -> rule.apply(analyzed(spark, refused)))
          .as(refused)
          .isInstanceOf(JobException.class)
          .hasMessageStartingWith("This server");
    }
  }

  @Test
  void saysWhatIsMissing(SparkSession spark, @TempDir Path dir) throws IOException {
    assertThatThrownBy(() -> new PublishedTables(spark, dir + "/none"))
        .isInstanceOf(JobException.class)
        .hasMessageContaining("There is no warehouse with published tables at")
        .hasMessageContaining("--warehouse");
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      assertThatThrownBy(() -> ThriftServer.check("127.0.0.1", taken.getLocalPort()))
          .hasMessageContaining("Nothing can listen on port " + taken.getLocalPort())
          .hasMessageContaining("set PORTRAIT_SQL_PORT to a free one (of portrait serve: --port)");
    }
    assertThatThrownBy(() -> ThriftServer.check("127.0.0.1", 0))
        .hasMessageContaining("This Spark has no Thrift server");
  }

  private static void warehouse(SparkSession spark, Path dir) {
    Tables tables = new Tables(spark, dir.toString());
    tables.create(ProfileTables.TAG);
    tables.overwrite(
        ProfileTables.DATA_DICTIONARY,
        Rows.of(
            spark,
            ProfileTables.DATA_DICTIONARY,
            """
            {"table_name":"gold/tag","column_name":"owner","position":9,"type":"STRING","unit":"",\
            "title_en":"Owner's","title_zh":"負責人","source":"profile","comment":"","data_class":"internal"}"""));
  }

  /** The plan as a check rule gets it; nothing is executed. */
  private static LogicalPlan analyzed(SparkSession spark, String statement) {
    var state = ((org.apache.spark.sql.classic.SparkSession) spark).sessionState();
    try {
      return state
          .executePlan(state.sqlParser().parsePlan(statement), CommandExecutionMode.SKIP())
          .analyzed();
    } catch (ParseException e) {
      throw new IllegalArgumentException(statement, e);
    }
  }
}
