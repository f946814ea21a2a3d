package io.portrait.jobs.recover;

import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.month;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.trunc;
import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.portrait.common.config.Catalogue;
import io.portrait.common.config.CatalogueLoader;
import io.portrait.common.io.Tables;
import io.portrait.common.job.Sessions;
import io.portrait.common.privacy.KeyedHash;
import io.portrait.common.table.ClusterTables;
import io.portrait.common.table.Entities;
import io.portrait.common.table.Layer;
import io.portrait.common.table.ScoreTables;
import io.portrait.common.table.SilverTables;
import io.portrait.common.table.TableSchema;
import io.portrait.common.table.ValueTables;
import io.portrait.jobs.recover.Agreement.Overlap;
import java.nio.file.Path;
import java.sql.Date;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/**
 * Holds a shop's warehouse against what was planted, prints how well it was found again, declared
 * scores beside one of their own inputs, and replaces the as-of date's rows of {@code
 * ops/recovery}. What no table or no truth is there for is left out.
 *
 * <p>Looks at customers that are exactly one person. Two columns of them come to the driver at a
 * time.
 */
public final class Recovery implements Callable<Integer> {

  private static final TableSchema RECOVERY =
      TableSchema.table(Layer.OPS, "recovery", "One row per measure of what was found again.")
          .key("as_of", DateType, "As of", "基準日", "Day of the tables that were measured.")
          .key("measure", StringType, "Measure", "衡量項目", "What was measured.")
          .optional("measured", DoubleType, "", "Measured", "實測值", "Null: there is no value.")
          .optional("planted", DoubleType, "", "Planted", "真實值", "Null: no single number was.")
          .optional("goal", StringType, "", "Goal", "目標", "Null: none is set.")
          .optional("is_met", BooleanType, "", "Met", "達成", "Null: there is no goal.")
          .required("customers", LongType, "customers", "Customers", "客戶數", "That it is about.")
          .partitionedBy("as_of")
          .build();

  private static final double CLOSE = 0.05;

  @Option(names = "--conf", required = true)
  private String conf;

  @Option(names = "--warehouse", required = true)
  private Path warehouse;

  @Option(names = "--truth", required = true)
  private String truthFolder;

  private final List<Row> results = new ArrayList<>();
  private Tables tables;
  private LocalDate asOf;
  private Truth truth;
  private Dataset<Row> people;

  /** Runs it and ends the process with its exit code. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Recovery()).execute(args));
  }

  @Override
  public Integer call() {
    Catalogue catalogue = new CatalogueLoader(new Configuration(), System::getenv).load(conf);
    try (Sessions session = Sessions.open("recovery")) {
      SparkSession spark = session.spark();
      tables = new Tables(spark, warehouse.toAbsolutePath().toString());
      asOf =
          tables
              .previousAsOf(SilverTables.CUSTOMER_MAP, LocalDate.MAX.withYear(9999))
              .orElseThrow();
      truth = Truth.read(spark, truthFolder);
      Dataset<Row> accounts = truth.accounts(new KeyedHash(catalogue.deployment().privacy().key()));
      Dataset<Row> pairs = Truth.pairs(accounts, tables.readAsOf(SilverTables.CUSTOMER_MAP, asOf));
      people =
          pairs
              .join(truth.withExpectations(asOf), "person_id")
              .persist(StorageLevel.MEMORY_AND_DISK());
      System.out.printf("| measure | measured | planted | goal | met | customers |%n");
      System.out.printf("|---|--:|--:|---|---|--:|%n");
      long matched = people.count();
      goal(
          "people found as exactly one customer",
          matched / (double) truth.customer().count(),
          null,
          null,
          null,
          matched);
      Identities.compare(
              truth.identity(),
              tables.readAsOf(SilverTables.CUSTOMER_MAP, asOf),
              new KeyedHash(catalogue.deployment().privacy().key()))
          .tell(
              (measure, share, of) ->
                  goal(measure, share, 1.0, ">= 0.99", share == null ? null : share >= 0.99, of));
      models();
      values();
      churn();
      clusters();
      interests();
      seasons();
      scores();
      tables.replaceAsOf(RECOVERY, spark.createDataFrame(results, RECOVERY.structType()), asOf);
    }
    System.out.printf("%ntable: %s%n", tables.path(RECOVERY));
    return 0;
  }

  /** The parameters of both value models. */
  private void models() {
    if (isMissing(ValueTables.VALUE_MODEL)) {
      return;
    }
    Map<String, Double> planted = new HashMap<>();
    for (Row row : truth.model().filter("region IS NULL").collectAsList()) {
      planted.put(row.getAs("parameter"), row.getAs("value"));
    }
    for (Row row :
        tables
            .readAsOf(ValueTables.VALUE_MODEL, asOf)
            .orderBy("model", "parameter")
            .collectAsList()) {
      String name = row.getAs("model") + "." + row.getAs("parameter");
      Double value = row.getAs("value");
      double real = planted.get(name);
      boolean isClose = value != null && Math.abs(value / real - 1) <= CLOSE;
      boolean hasGoal = name.startsWith("bg_nbd");
      goal(
          name,
          value,
          real,
          hasGoal ? "within 5 %" : null,
          hasGoal ? isClose : null,
          row.getAs("customers"));
      if (name.startsWith("bg_nbd") && value != null) {
        goal(
            name + ", percent off",
            (value / real - 1) * 100,
            null,
            null,
            null,
            row.getAs("customers"));
      }
    }
  }

  /** Whether the customers of most value come first. */
  private void values() {
    TableSchema table = ValueTables.customerValue(0);
    if (isMissing(table)) {
      return;
    }
    Dataset<Row> values =
        people
            .join(
                tables.readAsOf(table, asOf).select("customer_id", "customer_value"), "customer_id")
            .filter("customer_value IS NOT NULL")
            .persist();
    double byRates = correlation(values, "customer_value", "expected_amount_by_rates");
    goal(
        "customer_value, Spearman with the value expected by the true rates and the history",
        byRates,
        null,
        ">= 0.8",
        byRates >= 0.8,
        values.count());
    double knowing = correlation(values, "customer_value", "expected_amount_365d");
    goal(
        "customer_value, Spearman with the value expected by who also knows who has left",
        knowing,
        null,
        null,
        null,
        values.count());
    goal(
        "the same of the value expected by the true rates and the history",
        correlation(values, "expected_amount_by_rates", "expected_amount_365d"),
        null,
        null,
        null,
        values.count());
    goal(
        "customer_value, Spearman with what was spent in the year after",
        correlation(values, "customer_value", "future_amount_365d"),
        null,
        null,
        null,
        values.count());
    values.unpersist();
  }

  /** Whether those who will buy nothing in 90 days are told from the others. */
  private void churn() {
    TableSchema table = gold("customer_prediction");
    if (isMissing(table)) {
      return;
    }
    Dataset<Row> rows =
        people
            .join(
                tables.readAsOf(table, asOf).select("customer_id", "churn_probability"),
                "customer_id")
            .filter("churn_probability IS NOT NULL")
            .withColumn("is_silent", col("future_purchases_90d").equalTo(0).cast("int"))
            .persist();
    double measured = area(rows, "churn_probability", "is_silent");
    double oracle = area(rows, "p_no_purchase_90d", "is_silent");
    goal(
        "churn_probability, AUC for no purchase in the 90 days after; planted: by the true rates",
        measured,
        oracle,
        "within 0.02",
        oracle - measured <= 0.02,
        rows.count());
    rows.unpersist();
  }

  /** Whether clusters are the planted groups. */
  private void clusters() {
    if (isMissing(ClusterTables.CUSTOMER_CLUSTER)) {
      return;
    }
    List<Overlap> overlaps =
        people
            .join(
                tables
                    .readAsOf(ClusterTables.CUSTOMER_CLUSTER, asOf)
                    .select("customer_id", "cluster_id"),
                "customer_id")
            .groupBy("cluster_id", "segment")
            .agg(count(lit(1)).as("members"))
            .collectAsList()
            .stream()
            .map(
                row ->
                    new Overlap(
                        String.valueOf(row.getInt(0)),
                        row.getString(1),
                        row.<Long>getAs("members")))
            .toList();
    double index = Agreement.adjustedRandIndex(overlaps);
    long customers = overlaps.stream().mapToLong(Overlap::members).sum();
    goal(
        "clusters against planted groups, adjusted Rand index",
        index,
        null,
        ">= 0.7",
        index >= 0.7,
        customers);
    goal(
        "number of clusters",
        (double) overlaps.stream().map(Overlap::found).distinct().count(),
        (double) overlaps.stream().map(Overlap::planted).distinct().count(),
        null,
        null,
        customers);
  }

  /** Whether the top interest is the favourite category. */
  private void interests() {
    TableSchema table = gold("customer_habit");
    if (isMissing(table)) {
      return;
    }
    Row row =
        people
            .join(tables.readAsOf(table, asOf).select("customer_id", "top_interest"), "customer_id")
            .filter("top_interest IS NOT NULL")
            .agg(
                avg(col("top_interest").equalTo(col("favourite_category")).cast("double")),
                count(lit(1)))
            .head();
    goal(
        "top_interest is the favourite category, share",
        row.getAs(0),
        null,
        null,
        null,
        row.getLong(1));
    long most = people.groupBy("favourite_category").count().agg(max("count")).head().getLong(0);
    goal(
        "the same by naming everybody's most frequent favourite",
        most / (double) people.count(),
        null,
        null,
        null,
        row.getLong(1));
  }

  /**
   * Whether the orders show the season of each region: orders of a region and month to those of all
   * regions, so that a growing base does not look like a season.
   */
  private void seasons() {
    Dataset<Row> orders =
        tables
            .read(Entities.ORDER.silver())
            .filter("region IS NOT NULL")
            .groupBy(col("region"), trunc(col("event_day"), "MM").as("start"))
            .agg(count(lit(1)).as("orders"));
    Dataset<Row> indexed =
        orders
            .join(orders.groupBy("start").agg(sum("orders").as("of_month")), "start")
            .join(orders.groupBy("region").agg(sum("orders").as("of_region")), "region")
            .withColumn("index", col("orders").divide(col("of_month")).divide(col("of_region")))
            .withColumn("month", month(col("start")))
            .groupBy("region", "month")
            .agg(avg("index").as("index"));
    Dataset<Row> planted =
        truth
            .model()
            .filter("parameter = 'season.index'")
            .select(col("region"), col("month"), col("value"));
    List<double[]> both = new ArrayList<>();
    for (Row region : planted.select("region").distinct().collectAsList()) {
      List<Row> months =
          indexed
              .join(planted, new String[] {"region", "month"})
              .filter(col("region").equalTo(region.getString(0)))
              .select("index", "value")
              .collectAsList();
      double mean = months.stream().mapToDouble(m -> m.getDouble(0)).average().orElse(Double.NaN);
      months.forEach(m -> both.add(new double[] {m.getDouble(0) / mean, m.getDouble(1)}));
    }
    goal(
        "season by region and month in the orders, Pearson with the planted index",
        Agreement.pearson(
            both.stream().mapToDouble(b -> b[0]).toArray(),
            both.stream().mapToDouble(b -> b[1]).toArray()),
        null,
        null,
        null,
        people.count());
  }

  /** Whether declared scores order customers by what is true of them, and by what came after. */
  private void scores() {
    TableSchema features = TableSchema.table(Layer.GOLD_SENSITIVE, "customer_feature", "").build();
    TableSchema habits = gold("customer_habit");
    if (isMissing(ScoreTables.CUSTOMER_SCORE) || isMissing(features) || isMissing(habits)) {
      return;
    }
    // A year's mean quarter against the quarter after, as Change of sales compares two quarters.
    Dataset<Row> known =
        people
            .join(
                tables
                    .readAsOf(features, asOf)
                    .select(
                        "customer_id",
                        "credit_score",
                        "income_amount",
                        "order_count_365d",
                        "net_amount_365d",
                        "order_amount_change",
                        "csat_average"),
                "customer_id")
            .join(
                tables.readAsOf(habits, asOf).select("customer_id", "discount_dependence"),
                "customer_id")
            .withColumn("pays", expr("NOT is_defaulter"))
            .withColumn("quarter", expr("greatest(net_amount_365d, 0) / 4"))
            .withColumn(
                "change_ahead",
                expr("try_divide(future_amount_90d - quarter, future_amount_90d + quarter)"))
            .persist(StorageLevel.MEMORY_AND_DISK());
    score(known, "credit", "credit_score", "the bureau's score", "pays", "AUC for who pays back");
    score(
        known,
        "purchasing_power",
        "income_amount",
        "income",
        "future_amount_365d",
        "Spearman with what was spent in the year after");
    for (String code : List.of("loyalty", "engagement")) {
      score(
          known,
          code,
          "order_count_365d",
          "last year's number of orders",
          "future_purchases_90d",
          "Spearman with the purchases of the 90 days after");
    }
    score(
        known,
        "growth",
        "order_amount_change",
        "the change of sales",
        "change_ahead",
        "Spearman with the change of spend from the year's mean quarter to the one after");
    score(
        known,
        "price_sensitivity",
        "discount_dependence",
        "dependence on discounts",
        "price_sensitivity",
        "Spearman with the planted sensitivity");
    if (List.of(known.columns()).contains("patience")) {
      score(
          known,
          "satisfaction",
          "csat_average",
          "the mean answer",
          "patience",
          "Spearman with the planted patience");
    }
    known.unpersist();
  }

  /**
   * A score beside a rule of thumb, which is one of its inputs: on all customers that the score is
   * given to, whom the rule says nothing of taking its median; and on those alone whom both know.
   */
  private void score(
      Dataset<Row> known, String code, String input, String inputTitle, String truth, String how) {
    Dataset<Row> rows =
        known
            .join(
                tables
                    .readAsOf(ScoreTables.CUSTOMER_SCORE, asOf)
                    .filter(col("score_code").equalTo(code))
                    .select("customer_id", "score"),
                "customer_id")
            .filter(col("score").isNotNull())
            .filter(col(truth).isNotNull())
            .select(col("score"), col(input).cast("double").as(input), col(truth))
            .persist();
    Row median = rows.agg(expr("median(" + input + ")")).head();
    boolean isYesOrNo = how.startsWith("AUC");
    for (boolean isAll : List.of(true, false)) {
      Dataset<Row> compared = isAll ? rows : rows.filter(col(input).isNotNull());
      Column rule = isAll ? coalesce(col(input), lit(median.get(0))) : col(input);
      Dataset<Row> ruled = compared.withColumn("rule", rule);
      long customers = compared.count();
      double found = isYesOrNo ? area(ruled, "score", truth) : correlation(ruled, "score", truth);
      double byRule = isYesOrNo ? area(ruled, "rule", truth) : correlation(ruled, "rule", truth);
      goal(
          "score " + code + ", " + how + (isAll ? "" : ", where " + inputTitle + " is known"),
          found,
          null,
          isAll ? "above " + inputTitle : null,
          isAll ? found > byRule : null,
          customers);
      goal("the same by " + inputTitle + " alone", byRule, null, null, null, customers);
    }
    rows.unpersist();
  }

  private static double correlation(Dataset<Row> rows, String left, String right) {
    double[][] columns = columns(rows, left, right);
    return Agreement.spearman(columns[0], columns[1]);
  }

  private static double area(Dataset<Row> rows, String score, String outcome) {
    double[][] columns = columns(rows, score, outcome);
    return Agreement.areaUnderCurve(columns[0], columns[1]);
  }

  private static double[][] columns(Dataset<Row> rows, String left, String right) {
    List<Row> pairs =
        rows.select(col(left).cast("double"), col(right).cast("double")).collectAsList();
    return new double[][] {
      pairs.stream().mapToDouble(row -> row.getDouble(0)).toArray(),
      pairs.stream().mapToDouble(row -> row.getDouble(1)).toArray()
    };
  }

  private static TableSchema gold(String name) {
    return TableSchema.table(Layer.GOLD, name, "").build();
  }

  private boolean isMissing(TableSchema table) {
    boolean isMissing = !tables.exists(table);
    if (isMissing) {
      System.out.printf("| left out: there is no %s | | | | | |%n", table.path());
    }
    return isMissing;
  }

  private void goal(
      String measure, Double measured, Double planted, String goal, Boolean isMet, long customers) {
    results.add(
        RowFactory.create(Date.valueOf(asOf), measure, measured, planted, goal, isMet, customers));
    System.out.printf(
        Locale.ROOT,
        "| %s | %s | %s | %s | %s | %,d |%n",
        measure,
        number(measured),
        number(planted),
        goal == null ? "" : goal,
        isMet == null ? "" : isMet ? "yes" : "NO",
        customers);
  }

  private static String number(Double value) {
    return value == null ? "" : String.format(Locale.ROOT, "%.4f", value);
  }
}
