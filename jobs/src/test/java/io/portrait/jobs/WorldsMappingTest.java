package io.portrait.jobs;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.monotonically_increasing_id;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.regexp_extract;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.portrait.common.config.CatalogueLoader;
import io.portrait.common.config.Expression;
import io.portrait.common.config.Source;
import io.portrait.common.config.Source.EntityMap;
import io.portrait.common.testing.SparkExtension;
import io.portrait.jobs.generate.FoodmartCompanion;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The expressions of the shipped worlds, held against their data. */
@Tag("line")
@ExtendWith(SparkExtension.class)
class WorldsMappingTest {

  /** Folder of the public data sets; what is not there is not tested. */
  private static final Path DATA =
      Path.of(System.getenv().getOrDefault("PORTRAIT_DATA", "../../shared/data"));

  private static final List<String> LOG_COLUMNS =
      List.of(
          "host",
          "ident",
          "user",
          "time",
          "method",
          "path",
          "query",
          "protocol",
          "status",
          "bytes",
          "referer",
          "agent",
          "cookie");

  @Test
  void foodmartGivesThePublishedSalesAndReadsWhatIsGenerated(
      SparkSession spark, @TempDir Path files) {
    FoodmartCompanion.generate(
        "jdbc:hsqldb:res:foodmart",
        files,
        42,
        new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8));
    Map<String, Dataset<Row>> mapped = mapped(spark, "foodmart", files);

    assertThat(mapped.get("crm_customer/customer").count()).isEqualTo(10_281);
    assertThat(
            nulls(mapped.get("crm_customer/customer"), "annual_income", "marital_status", "phone"))
        .isZero();
    assertThat(mapped.get("erp_product/product").count()).isEqualTo(1_560);
    Dataset<Row> sales = mapped.get("pos_sale/order_item");
    assertThat(sales.count()).isEqualTo(269_720);
    assertThat(
            sales
                .filter("ordered_at < '1998'")
                .selectExpr(
                    "CAST(SUM(CAST(quantity AS DECIMAL(12, 4))) AS INT) AS units",
                    "CAST(SUM(CAST(amount AS DECIMAL(12, 4))) AS DECIMAL(12, 2)) AS amount",
                    "COUNT(DISTINCT account_id) AS customers",
                    "COUNT(DISTINCT order_id) AS orders")
                .head()
                .mkString("|"))
        .isEqualTo("266773|565238.13|5581|20530");
    assertThat(sales.select("order_id").distinct().count()).isEqualTo(58_381);

    Dataset<Row> events = mapped.get("web_log/web_event");
    assertThat(nulls(events, "event_id", "occurred_at", "event_type", "page")).isZero();
    assertThat(events.filter("crm IS NOT NULL").count()).isGreaterThan(20_000);
    assertThat(
            events
                .filter("category IS NOT NULL")
                .select("category")
                .distinct()
                .join(
                    mapped.get("erp_product/product").select("category").distinct(),
                    scala.jdk.javaapi.CollectionConverters.asScala(List.of("category")).toSeq(),
                    "left_anti")
                .count())
        .isZero();
    assertThat(
            events.groupBy("event_type").count().select("event_type").collectAsList().stream()
                .map(row -> row.getString(0)))
        .containsExactlyInAnyOrder("page_view", "add_to_cart", "checkout", "search", "sign_in");
    assertThat(values(mapped.get("payment_provider/payment"), "method"))
        .containsExactlyInAnyOrder("card", "cash", "transfer", "wallet", "other");
    assertThat(nulls(mapped.get("payment_provider/payment"), "payment_id", "paid_at")).isZero();
    assertThat(values(mapped.get("service_desk/service_ticket"), "channel"))
        .containsExactlyInAnyOrder("phone", "email", "chat", "store");
    assertThat(nulls(mapped.get("survey/feedback"), "feedback_id", "given_at", "kind")).isZero();
    assertThat(mapped.get("consent_form/consent").filter("is_granted").count())
        .isGreaterThan(10_000);
    assertThat(nulls(mapped.get("credit_bureau/credit_report"), "loan_balance")).isZero();
    assertThat(
            values(
                mapped.get("campaign_tool/campaign_touch").filter("action IS NOT NULL"),
                "lower(action)"))
        .containsExactlyInAnyOrder("sent", "opened", "clicked", "converted");
  }

  @Test
  void onlineRetailGivesThePublishedSales(SparkSession spark) {
    Dataset<Row> lines =
        mapped(spark, "online-retail", data("online_retail")).get("invoice_line/order_item");

    assertThat(lines.count()).isEqualTo(541_909);
    assertThat(
            lines
                .filter("account_id IS NOT NULL AND line_type = 'sale'")
                .selectExpr(
                    "COUNT(*)", "COUNT(DISTINCT account_id)", "SUM(CAST(amount AS DECIMAL(18, 2)))")
                .head()
                .mkString("|"))
        .isEqualTo("397884|4338|8911407.90");
  }

  @Test
  void completeJourneyGivesItsSales(SparkSession spark) {
    Map<String, Dataset<Row>> mapped = mapped(spark, "complete-journey", data("completejourney"));

    assertThat(
            mapped
                .get("transactions/order_item")
                .filter("line_type = 'sale'")
                .selectExpr(
                    "COUNT(*)", "COUNT(DISTINCT account_id)", "SUM(CAST(amount AS DECIMAL(18, 2)))")
                .head()
                .mkString("|"))
        .isEqualTo("74471|2373|233935.24");
    assertThat(nulls(mapped.get("campaigns/campaign_touch"), "touched_at")).isZero();
    assertThat(mapped.get("coupon_redemptions/campaign_touch").count()).isEqualTo(2_102);
    assertThat(mapped.get("demographics/customer").count()).isEqualTo(801);
    assertThat(mapped.get("products/product").count()).isEqualTo(92_331);
  }

  @Test
  void cdnowGivesItsPublishedTransactions(SparkSession spark) {
    Dataset<Row> orders =
        mapped(spark, "cdnow", data("cdnow"))
            .get("transactions/order")
            .filter("account_id IS NOT NULL");

    assertThat(
            orders
                .selectExpr(
                    "COUNT(*)",
                    "COUNT(DISTINCT account_id)",
                    "SUM(CAST(quantity AS INT))",
                    "SUM(CAST(amount AS DECIMAL(18, 2)))")
                .head()
                .mkString("|"))
        .isEqualTo("69659|23570|167881|2500315.63");
  }

  private static Path data(String name) {
    Path folder = DATA.resolve(name).toAbsolutePath();
    assumeThat(Files.isDirectory(folder)).as("data set %s", folder).isTrue();
    return folder;
  }

  /** All entities of a world, by source and entity, as text, without the rows that are refused. */
  private static Map<String, Dataset<Row>> mapped(SparkSession spark, String world, Path data) {
    Map<String, String> environment = new HashMap<>();
    environment.put("PORTRAIT_KEY", "0123456789abcdef");
    for (String name :
        List.of("FOODMART_FILES", "ONLINE_RETAIL_DATA", "COMPLETE_JOURNEY_DATA", "CDNOW_DATA")) {
      environment.put(name, data.toString());
    }
    Map<String, Dataset<Row>> mapped = new HashMap<>();
    for (Source source :
        new CatalogueLoader(new Configuration(), environment::get)
            .load("../conf/" + world)
            .sources()) {
      Dataset<Row> raw = raw(spark, source);
      for (EntityMap map : source.maps()) {
        mapped.put(source.name() + "/" + map.entity(), mapped(raw, map));
      }
    }
    return mapped;
  }

  private static Dataset<Row> mapped(Dataset<Row> raw, EntityMap map) {
    Dataset<Row> rows = raw;
    for (Expression condition : map.rejectWhen().values()) {
      rows = rows.filter(not(coalesce(expr(condition.sql()), lit(false))));
    }
    if (map.where().isPresent()) {
      rows = rows.filter(expr(map.where().get().sql()));
    }
    List<Column> columns = new ArrayList<>();
    map.columns().forEach((name, e) -> columns.add(expr(e.sql()).as(name)));
    map.identifiers().forEach((name, e) -> columns.add(expr(e.sql()).as(name)));
    map.orderBy().ifPresent(e -> columns.add(expr(e.sql()).cast("bigint").as("row_version")));
    return rows.select(columns.toArray(Column[]::new));
  }

  /** Reads a source as text, as ingestion would; malformed rows are left out. */
  private static Dataset<Row> raw(SparkSession spark, Source source) {
    String path = source.path().orElse("");
    Dataset<Row> raw =
        switch (source.format()) {
          case CSV ->
              spark
                  .read()
                  .option("header", "true")
                  .option("delimiter", source.delimiter().orElse(","))
                  .option("encoding", source.encoding().orElse("UTF-8"))
                  .option("escape", "\"")
                  .option("multiLine", "true")
                  .csv(path);
          case JSON ->
              spark
                  .read()
                  .option("primitivesAsString", "true")
                  .schema(String.join(" STRING, ", source.columns()) + " STRING")
                  .json(path);
          case PARQUET -> spark.read().parquet(path);
          case TEXT ->
              matched(spark.read().text(path), source.pattern().get(), source.patternColumns());
          case ACCESS_LOG ->
              matched(
                  spark.read().text(path),
                  "(\\S+) (\\S+) (\\S+) \\[([^]]+)] \"(\\S+) ([^ ?\"]+)(\\S*) (\\S+)\" (\\d+)"
                      + " (\\d+|-) \"([^\"]*)\" \"([^\"]*)\" \"([^\"]*)\"",
                  LOG_COLUMNS);
          case JDBC ->
              spark
                  .read()
                  .format("jdbc")
                  .option("url", source.url().get())
                  .option("user", source.user().get())
                  .option("password", source.password().get())
                  .option("driver", source.driver().get())
                  .option("query", source.query().get())
                  .load();
        };
    Column[] text =
        java.util.Arrays.stream(raw.columns())
            .map(name -> col(name).cast("string").as(name))
            .toArray(Column[]::new);
    return raw.select(text).withColumn("_row_id", monotonically_increasing_id().cast("string"));
  }

  private static Dataset<Row> matched(Dataset<Row> lines, String pattern, List<String> columns) {
    String whole = "^" + pattern.replaceAll("\\(\\?<[A-Za-z0-9]+>", "(") + "$";
    Column[] groups = new Column[columns.size()];
    for (int i = 0; i < groups.length; i++) {
      groups[i] = regexp_extract(col("value"), whole, i + 1).as(columns.get(i));
    }
    return lines.filter(col("value").rlike(whole)).select(groups);
  }

  private static long nulls(Dataset<Row> rows, String... columns) {
    Column any = lit(false);
    for (String column : columns) {
      any = any.or(col(column).isNull());
    }
    return rows.filter(any).count();
  }

  private static List<String> values(Dataset<Row> rows, String column) {
    return rows.select(expr(column)).distinct().collectAsList().stream()
        .map(row -> row.getString(0))
        .toList();
  }
}
