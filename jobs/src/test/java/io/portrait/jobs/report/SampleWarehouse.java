package io.portrait.jobs.report;

import static io.portrait.common.table.Layer.GOLD;
import static io.portrait.common.table.Layer.GOLD_SENSITIVE;
import static io.portrait.common.table.Layer.OPS;
import static org.apache.spark.sql.functions.expr;

import io.portrait.common.config.Catalogue;
import io.portrait.common.config.Deployment;
import io.portrait.common.config.Expectation;
import io.portrait.common.config.Place;
import io.portrait.common.config.Title;
import io.portrait.common.io.Tables;
import io.portrait.common.job.Console;
import io.portrait.common.job.JobContext;
import io.portrait.common.job.RowCounts;
import io.portrait.common.job.RunLogTable;
import io.portrait.common.table.Layer;
import io.portrait.common.table.TableSchema;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * A made-up warehouse of two as-of dates, as the steps before the report would leave it. A segment
 * of each kind has one customer.
 */
final class SampleWarehouse {

  static final LocalDate PREVIOUS = LocalDate.of(2026, 1, 31);
  static final LocalDate AS_OF = LocalDate.of(2026, 2, 28);
  static final int PREVIOUS_CUSTOMERS = 2900;
  static final int CUSTOMERS = 3000;
  static final int SAMPLE = 40;

  /** What would end a script element if it came through as it is. */
  static final String HOSTILE = "</script><script>window.broken = 1</script>";

  /** Only what the page takes of them: names and titles. */
  private static final List<Expectation> EXPECTATIONS =
      List.of(
          expectation("item_product_known", "Product is known", "產品存在"),
          expectation("amount_in_range", "Amount is plausible", "金額合理"));

  /** The profile of the layer gold, beside that of gold_sensitive. */
  private static final String PUBLISHED_PROFILE = "published_profile";

  private final SparkSession spark;
  private final Tables tables;
  private final Map<String, Dataset<Row>> gold = new LinkedHashMap<>();

  private SampleWarehouse(SparkSession spark, Tables tables) {
    this.spark = spark;
    this.tables = tables;
  }

  static void write(SparkSession spark, Tables tables) {
    SampleWarehouse sample = new SampleWarehouse(spark, tables);
    sample.addAsOf(PREVIOUS, PREVIOUS_CUSTOMERS);
    sample.addAsOf(AS_OF, CUSTOMERS);
    sample.gold.forEach((name, rows) -> sample.save(layer(name), name, rows));
    sample.writeOps();
  }

  static JobContext context(SparkSession spark, Tables tables, LocalDate asOf) {
    Deployment deployment =
        new Deployment(
            "sample-shop",
            tables.root(),
            ZoneId.of("Asia/Taipei"),
            new Deployment.Currency("USD", 2, Map.of()),
            "TW",
            new Deployment.Privacy("a key for tests only"),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.of(new Deployment.Report(SAMPLE)),
            new Place("portrait.yaml", 1, ""));
    return new JobContext(
        spark,
        new Catalogue(
            deployment, List.of(), List.of(), null, List.of(), List.of(), EXPECTATIONS, "hash"),
        tables,
        "run-2",
        Optional.of(asOf),
        new RowCounts(),
        new Console(
            new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8)));
  }

  private static Expectation expectation(String name, String en, String zh) {
    return new Expectation(
        name,
        new Title(en, zh),
        "silver/order_item",
        Expectation.Severity.WARN,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        Optional.of(1),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        new Place("quality.yaml", 1, ""));
  }

  private void addAsOf(LocalDate asOf, int customers) {
    spark
        .range(0, customers)
        .selectExpr(
            "DATE'" + asOf + "' AS as_of",
            "CONCAT('c', id) AS customer_id",
            "'run-1' AS run_id",
            "pmod(xxhash64(id, 'r'), 10000) / 10000D AS u",
            "pmod(xxhash64(id, 'f'), 10000) / 10000D AS v",
            "pmod(xxhash64(id, 'm', '" + asOf + "'), 10000) / 10000D AS w",
            "id % 6 <> 0 AS is_buyer")
        .withColumn(
            "order_count",
            expr("IF(is_buyer, CAST(1 + floor(pow(v, 3) * 14 * (0.5 + u / 2)) AS BIGINT), 0L)"))
        .withColumn(
            "order_amount",
            expr("CAST(IF(is_buyer, order_count * 38 * exp(1.3 * (w - 0.4)), 0) AS DECIMAL(18,2))"))
        .createOrReplaceTempView("sample_customer");
    add(
        "customer_feature",
        "SELECT as_of, customer_id, run_id, order_count, order_amount FROM sample_customer");
    spark
        .sql(
            """
            SELECT *, CAST(rfm_code AS STRING) AS code,
              CASE
                WHEN customer_id = 'c1' THEN 'cant_lose'
                WHEN r_score >= 4 AND f_score >= 4 AND m_score >= 4 THEN 'champions'
                WHEN r_score = 5 AND f_score = 1 THEN 'new'
                WHEN r_score IN (3, 4) AND f_score = 1 THEN 'promising'
                WHEN r_score = 1 AND f_score <= 2 AND m_score <= 2 THEN 'lost'
                WHEN r_score >= 4 AND f_score <= 3 THEN 'potential_loyalist'
                WHEN r_score = 3 AND f_score <= 3 THEN 'need_attention'
                WHEN r_score >= 3 THEN 'loyal'
                WHEN r_score = 2 AND f_score <= 2 THEN 'about_to_sleep'
                WHEN r_score = 1 AND f_score <= 2 THEN 'hibernating'
                ELSE 'at_risk' END AS segment,
              IF(customer_id = 'c1', 'general_keep',
                CONCAT(IF(r_score >= 3, 'important', 'general'), '_',
                  IF(f_score >= 3, IF(m_score >= 3, 'value', IF(r_score >= 3, 'keep', 'value')),
                    IF(m_score >= 3, 'develop', 'win_back')))) AS value_type
            FROM (
              SELECT *, r_score * 100 + f_score * 10 + m_score AS rfm_code FROM (
                SELECT as_of, customer_id, run_id, order_count AS frequency,
                  order_amount AS monetary, CAST(1 + u * 300 AS BIGINT) AS recency_days,
                  6 - CAST(ntile(5) OVER (ORDER BY u) AS INT) AS r_score,
                  CAST(ntile(5) OVER (ORDER BY order_count, customer_id) AS INT) AS f_score,
                  CAST(ntile(5) OVER (ORDER BY order_amount, customer_id) AS INT) AS m_score
                FROM sample_customer WHERE is_buyer))
            """)
        .createOrReplaceTempView("sample_rfm");
    addScores(asOf, customers);
    add(
        "customer_rfm",
        """
        SELECT as_of, customer_id, run_id, recency_days, frequency, monetary, r_score, f_score,
          m_score, code AS rfm_code, segment, value_type FROM sample_rfm
        """);
    add(
        "rfm_segment",
        """
        SELECT DATE'%s' AS as_of, 'run-1' AS run_id, t.*, coalesce(customers, 0L) AS customers,
          coalesce(customers, 0L) / %d AS share,
          CAST(coalesce(monetary, 0) AS DECIMAL(18,2)) AS monetary
        FROM VALUES
          ('champions', 'Champions', '冠軍客戶', 'Reward them, ask for reviews, offer new products first', '給予專屬獎勵、邀請評價、新品優先體驗'),
          ('cant_lose', 'Can''t Lose', '不可失去客戶', 'Call in person, find out why they left, win them back', '專人聯繫、了解離開原因、優先挽回'),
          ('new', 'New', '新客戶', 'Welcome them, help with the first steps', '歡迎與引導、協助完成首次體驗'),
          ('promising', 'Promising', '有望客戶', 'Build the brand, offer a reason for a second purchase', '建立品牌印象、促成第二次購買'),
          ('lost', 'Lost', '已流失客戶', 'One broad campaign at low cost, otherwise leave alone', '低成本廣泛喚回，其餘不投入'),
          ('potential_loyalist', 'Potential Loyalist', '潛力忠誠客戶', 'Offer membership, recommend further categories', '邀請入會、推薦其他品類'),
          ('need_attention', 'Need Attention', '需關注客戶', 'Limited offers after what they bought before', '依過往購買提供限時優惠'),
          ('loyal', 'Loyal', '忠誠客戶', 'Offer higher-value products, ask for referrals', '推薦更高價值商品、邀請推薦好友'),
          ('about_to_sleep', 'About To Sleep', '即將沉睡客戶', 'Remind them, show popular products', '溫馨提醒、推薦熱門商品'),
          ('hibernating', 'Hibernating', '沉睡客戶', 'Show relevant products with a special discount', '推薦相關商品並給予特別折扣'),
          ('at_risk', 'At Risk', '流失風險客戶', 'Personal message with a reason to return', '個人化訊息與回購誘因')
          AS t(segment, title_en, title_zh, action_en, action_zh)
        LEFT JOIN (SELECT segment AS s, count(*) AS customers, sum(monetary) AS monetary
          FROM sample_rfm GROUP BY segment) ON segment = s
        """
            .formatted(asOf, customers * 5 / 6));
    add(
        "rfm_value_type",
        """
        SELECT DATE'%s' AS as_of, 'run-1' AS run_id, t.*, coalesce(customers, 0L) AS customers,
          coalesce(customers, 0L) / %d AS share,
          CAST(coalesce(monetary, 0) AS DECIMAL(18,2)) AS monetary
        FROM VALUES
          ('important_value', 'High value', '重要價值客戶'),
          ('important_keep', 'General value', '一般價值客戶'),
          ('important_develop', 'To develop', '重要發展客戶'),
          ('important_win_back', 'General development', '一般發展客戶'),
          ('general_value', 'To keep', '重要保持客戶'),
          ('general_keep', 'General keeping', '一般保持客戶'),
          ('general_develop', 'To win back', '重要挽留客戶'),
          ('general_win_back', 'General winning back', '一般挽留客戶')
          AS t(value_type, title_en, title_zh)
        LEFT JOIN (SELECT value_type AS s, count(*) AS customers, sum(monetary) AS monetary
          FROM sample_rfm GROUP BY value_type) ON value_type = s
        """
            .formatted(asOf, customers * 5 / 6));
    add(
        "lifecycle_state",
        """
        SELECT DATE'%s' AS as_of, 'run-1' AS run_id, t.*, coalesce(customers, 0L) AS customers,
          coalesce(customers, 0L) / %d AS share
        FROM VALUES ('new', 'New', '新客'), ('active', 'Active', '活躍'), ('dormant', 'Dormant', '沉睡'),
          ('lost', 'Lost', '流失'), ('returned', 'Returned', '回流') AS t(state, title_en, title_zh)
        LEFT JOIN (SELECT s, count(*) AS customers FROM (SELECT CASE
            WHEN r_score = 5 AND f_score = 1 THEN 'new'
            WHEN r_score >= 4 AND m_score = 1 THEN 'returned'
            WHEN r_score >= 3 THEN 'active'
            WHEN r_score = 2 THEN 'dormant' ELSE 'lost' END AS s FROM sample_rfm) GROUP BY s)
          ON state = s
        """
            .formatted(asOf, customers * 5 / 6));
    add(
        "cluster",
        """
        SELECT DATE'%s' AS as_of, 'run-1' AS run_id, * FROM VALUES
          (0, 'Average customers', '一般客群', 'Close to the average in every feature.', '各項特徵皆接近平均。', 910L, 0.364D),
          (1, 'Frequent buyers', '高頻購買', 'Orders in a year far above average; categories above average.', '一年訂單數遠高於平均；品類數高於平均。', 480L, 0.192D),
          (2, 'Long absent', '久未消費', 'Days since last order far above average; visits below average.', '距上次購買天數遠高於平均；造訪低於平均。', 640L, 0.256D),
          (3, 'Bargain hunters', '折扣偏好', 'Discount share far above average; average order below average.', '折扣占比遠高於平均；客單價低於平均。', 320L, 0.128D),
          (4, 'Big baskets', '高客單價', 'Average order far above average.', '客單價遠高於平均。', 150L, 0.06D)
          AS t(cluster_id, name_en, name_zh, description_en, description_zh, customers, share)
        """
            .formatted(asOf));
    add(
        "cluster_feature",
        """
        SELECT DATE'%s' AS as_of, 'run-1' AS run_id, cluster_id, feature, title_en, title_zh,
          population_mean * (1 + deviation * 0.4) AS mean, population_mean, deviation,
          deviation AS center
        FROM (SELECT posexplode(deviations) AS (cluster_id, deviation), feature, title_en, title_zh,
          population_mean FROM VALUES
          ('days_since_last_order', 'Days since last order', '距上次購買天數', 92.4D, array(0.1D, -0.9D, 1.9D, -0.2D, -0.3D)),
          ('order_count_365d', 'Orders, 365 days', '近 365 天訂單數', 4.21D, array(-0.2D, 2.1D, -1.1D, 0.3D, -0.1D)),
          ('average_order_amount', 'Average order amount', '平均客單價', 41.7D, array(-0.1D, 0.2D, -0.1D, -0.8D, 2.6D)),
          ('category_count', 'Categories bought', '購買品類數', 3.6D, array(0.0D, 1.2D, -0.7D, 0.1D, 0.4D)),
          ('discount_share', 'Discount share', '折扣占比', 0.08D, array(-0.3D, -0.2D, 0.0D, 2.3D, -0.6D)),
          ('refund_share', 'Refund share', '退貨占比', 0.02D, array(0.0D, 0.1D, -0.1D, 0.2D, 0.5D)),
          ('session_count_90d', 'Visits, 90 days', '近 90 天造訪數', 7.9D, array(0.2D, 1.1D, -1.3D, 0.6D, 0.2D))
          AS t(feature, title_en, title_zh, population_mean, deviations))
        """
            .formatted(asOf));
    add(
        "tag",
        """
        SELECT DATE'%s' AS as_of, 'run-1' AS run_id, * FROM VALUES
          ('value', null, 'Value', '價值', null, 'CRM', 'marketing', 'internal', 900L, 0.3D),
          ('high_value', 'value', 'High value', '高價值客戶', 'm_score = 5 AND r_score >= 3', 'CRM', 'marketing', 'internal', 300L, 0.1D),
          ('big_basket', 'value', 'Big basket', '大額購買', 'average_order_amount >= 100', 'CRM', 'marketing', 'internal', 210L, 0.07D),
          ('potential', 'value', 'High potential', '高潛力客戶', 'r_score >= 4 AND f_score <= 2', 'CRM', 'marketing', 'internal', 390L, 0.13D),
          ('risk', null, 'Risk', '風險', null, 'CRM', 'marketing', 'internal', 700L, 0.233D),
          ('churn_risk', 'risk', 'Churn risk', '流失風險', 'lifecycle_state IN (''dormant'', ''lost'')', 'CRM', 'marketing', 'internal', 700L, 0.233D),
          ('complainer', 'risk', 'Complained lately', '近期客訴', 'complaint_count_90d > 0', 'Service', 'service', 'internal', 54L, 0.018D),
          ('person', null, 'Person', '人口屬性', null, 'CRM', 'marketing', 'personal', 2100L, 0.7D),
          ('age_18_24', 'person', 'Age 18 to 24', '18 至 24 歲', 'age BETWEEN 18 AND 24', 'CRM', 'marketing', 'personal', 260L, 0.087D),
          ('age_25_34', 'person', 'Age 25 to 34', '25 至 34 歲', 'age BETWEEN 25 AND 34', 'CRM', 'marketing', 'personal', 740L, 0.247D),
          ('age_35_49', 'person', 'Age 35 to 49', '35 至 49 歲', 'age BETWEEN 35 AND 49', 'CRM', 'marketing', 'personal', 820L, 0.273D),
          ('owns_home', 'person', 'Home owner', '有房', 'is_home_owner', 'CRM', 'marketing', 'personal', 1240L, 0.413D),
          ('bargain', 'value', 'Bargain hunter', '折扣偏好', 'discount_share > 0.2', 'CRM', 'marketing', 'internal', 320L, 0.107D),
          ('hostile', 'risk', 'Tom & <b>Jerry</b>', '貓 & <b>鼠</b>', 'note = "%s"', 'CRM', 'test', 'public', 4L, 0.001D)
          AS t(tag_code, parent_code, title_en, title_zh, rule, owner, purpose, sensitivity, customers, share)
        """
            .formatted(asOf, HOSTILE));
  }

  /** The wide profile and what stands beside it; every twentieth customer has no score. */
  private void addScores(LocalDate asOf, int customers) {
    spark
        .sql(
            """
            SELECT *, 1 + 99 * pow(w, 1.3) AS power, 1 + 99 * v * (0.6 + 0.4 * u) AS loyal,
              520 + 160 * (w - 0.5) + 90 * (u - 0.3) AS points, pow(1 - v, 1.5) AS leaves,
              pmod(xxhash64(customer_id, 'x'), 20) > 0 AS is_scored
            FROM sample_customer
            """)
        .createOrReplaceTempView("sample_score");
    add(
        "customer_profile",
        """
        SELECT as_of, customer_id, run_id, order_amount AS order_amount_365d,
          IF(is_scored, power, null) AS purchasing_power,
          IF(is_scored, CAST(1 + least(floor(power / 20), 4) AS INT), null) AS purchasing_power_level,
          loyal AS loyalty, CAST(1 + least(floor(loyal / 20), 4) AS INT) AS loyalty_level,
          points AS credit, w AS basket_index,
          IF(is_buyer, 1 - leaves / 2, null) AS p_alive,
          IF(is_buyer, CAST(order_amount * (1 - leaves / 2) AS DECIMAL(18,2)), null) AS expected_spend_365d,
          IF(is_buyer, CAST(order_amount * (1 - leaves / 2) * 0.95 AS DECIMAL(18,2)), null) AS customer_value,
          IF(is_buyer, leaves, null) AS churn_probability,
          IF(is_buyer, CAST(1 + floor(99 * w) AS INT), null) AS value_percentile,
          IF(u < 0.9, concat('Region ', CAST(floor(22 * pow(u, 2)) AS INT)), null) AS region,
          IF(v < 0.8, element_at(array('18-24', '25-34', '35-44', '45+'), CAST(1 + floor(5 * v) AS INT)), null)
            AS age_band,
          segment
        FROM sample_score LEFT JOIN (SELECT customer_id AS id, segment FROM sample_rfm) ON id = customer_id
        """);
    // Without who it is: the sample takes nothing else of it anyway.
    add(
        PUBLISHED_PROFILE,
        """
        SELECT as_of, customer_id, run_id, 'nobody may see this' AS city, segment, customer_value,
          churn_probability, loyalty, loyalty_level, 'Orders +12' AS loyalty_reasons_en,
          '訂單 +12' AS loyalty_reasons_zh, value_percentile
        FROM (SELECT *, loyal AS loyalty, CAST(1 + least(floor(loyal / 20), 4) AS INT) AS loyalty_level,
            IF(is_buyer, CAST(order_amount * 0.95 AS DECIMAL(18,2)), null) AS customer_value,
            IF(is_buyer, leaves, null) AS churn_probability,
            IF(is_buyer, CAST(1 + floor(99 * w) AS INT), null) AS value_percentile
          FROM sample_score LEFT JOIN (SELECT customer_id AS id, segment FROM sample_rfm) ON id = customer_id)
        """);
    add(
        "customer_interest",
        """
        SELECT as_of, customer_id, run_id, category, interest_rank FROM (
          SELECT *, element_at(array('Books', 'Music', 'Tea', 'Toys'), CAST(1 + floor(4 * u) AS INT)) AS category,
            1 AS interest_rank FROM sample_customer
          UNION ALL SELECT *, 'Second' AS category, 2 AS interest_rank FROM sample_customer)
        """);
    add(
        "score",
        """
        SELECT DATE'%s' AS as_of, 'run-1' AS run_id, * FROM VALUES
          ('purchasing_power', 1, 'Purchasing power', '購買能力', 'scorecard', '20, 40, 60, 80', %2$dL, 2850L, 43.9D, 0.71D),
          ('loyalty', 2, 'Loyalty', '忠誠度', 'scorecard', '20, 40, 60, 80', %2$dL, %2$dL, 40.6D, 0.64D),
          ('credit', 3, 'Credit', '信用', 'points', null, %2$dL, %2$dL, 538.2D, 0.52D),
          ('basket_index', 4, 'Basket index', '購物籃指數', 'sql', null, %2$dL, 0L, null, 0.0D)
          AS t(score_code, position, title_en, title_zh, method, level_cuts, customers,
            scored_customers, mean_score, mean_coverage)
        """
            .formatted(asOf, customers));
    add(
        "customer_credit",
        """
        SELECT as_of, customer_id, run_id, points AS score,
          CASE WHEN points >= 600 THEN 'A' WHEN points >= 540 THEN 'B' WHEN points >= 480 THEN 'C'
            ELSE 'D' END AS grade,
          1 / (1 + exp((points - 487) / 29)) AS probability_of_default,
          IF(points >= 600, 'fast_track', IF(points >= 480, 'standard', 'manual_review')) AS route,
          IF(points >= 600, 'Fast track', IF(points >= 480, 'Standard', 'Manual review')) AS route_title_en,
          IF(points >= 600, '快速核准', IF(points >= 480, '標準流程', '人工審核')) AS route_title_zh
        FROM sample_score
        """);
    add(
        "segment",
        """
        SELECT DATE'%1$s' AS as_of, 'run-1' AS run_id, t.*, customers / %2$d AS share
        FROM VALUES
          ('high_value', 'High value', '高價值客戶', 'Assign someone to them', '指派專人', 'value_percentile > 80', 500L, 212.40BD, 24L, 19L),
          ('churn_risk', 'Churn risk', '流失風險客戶', 'Find out why, win back', '了解原因、挽回', 'churn_probability >= 0.6', 611L, 40.11BD, 88L, 71L),
          ('loyal', 'Loyal', '忠誠客戶', 'Reward tenure, ask for referrals', '回饋年資、邀請推薦', 'loyalty_level >= 4', 640L, 131.05BD, null, null),
          ('single', 'Single', '單獨一位', 'Nothing', '無', 'customer_id = 1', 1L, 777.77BD, 0L, 0L),
          ('nobody', 'Nobody', '無人', 'Nothing', '無', 'false', 0L, null, 0L, 0L)
          AS t(segment_code, title_en, title_zh, action_en, action_zh, rule, customers,
            mean_customer_value, entered, left)
        """
            .formatted(asOf, customers));
    addModels(asOf);
  }

  private void addModels(LocalDate asOf) {
    add(
        "model_evaluation",
        """
        SELECT DATE'%s' AS as_of, 'run-1' AS run_id, * FROM VALUES
          ('churn', 'model', false, null, 90, 90, DATE'2025-11-30', 3, 2300L, 940L, 0.8312D, 0.7714D, 0.1612D, 2.1D, 0.021D, null),
          ('churn', 'no_purchase_for_days', true, 75, 90, null, DATE'2025-11-30', null, 2300L, 940L, 0.7105D, 0.6018D, 0.2405D, 1.6D, null, null),
          ('churn', 'population_rate', true, null, 90, null, DATE'2025-11-30', null, 2300L, 940L, 0.5D, 0.4087D, 0.2417D, 1.0D, null, null),
          ('purchase_30d', 'model', false, null, 30, null, null, null, null, null, null, null, null, null, null, 'short_history')
          AS t(model, predictor, is_baseline, rule_days, horizon_days, trained_horizon_days, cutoff,
            training_cutoffs, customers, positives, auc, pr_auc, brier, lift_top_decile,
            calibration_error, reason)
        """
            .formatted(asOf));
    add(
        "model_calibration",
        """
        SELECT DATE'%s' AS as_of, 'run-1' AS run_id, 'churn' AS model, CAST(id AS INT) AS bin,
          230L AS customers, id / 10 - 0.05 AS mean_probability,
          id / 10 - 0.05 + 0.03 * sin(3 * id) AS observed_share
        FROM range(1, 11)
        """
            .formatted(asOf));
    add(
        "next_purchase_evaluation",
        """
        SELECT DATE'%s' AS as_of, 'run-1' AS run_id, * FROM VALUES
          ('date', 'model', false, 90, DATE'2025-11-30', 870L, 24.31D, 15.5D, null, null),
          ('date', 'last_interval', true, 90, DATE'2025-11-30', 870L, 31.72D, 22.0D, null, null),
          ('date', 'population', true, 90, DATE'2025-11-30', 870L, 21.46D, 19.0D, null, null),
          ('category', 'model', false, 90, DATE'2025-11-30', 1180L, null, null, 0.4132D, null),
          ('category', 'last_bought', true, 90, DATE'2025-11-30', 1180L, null, null, 0.3518D, null),
          ('category', 'most_popular', true, 90, DATE'2025-11-30', 1180L, null, null, 0.2907D, null)
          AS t(question, predictor, is_baseline, horizon_days, cutoff, customers,
            mean_absolute_error_days, median_absolute_error_days, hit_rate, reason)
        """
            .formatted(asOf));
    add(
        "value_evaluation",
        """
        SELECT DATE'%s' AS as_of, 'run-1' AS run_id, * FROM VALUES
          ('model', false, 365, DATE'2025-02-28', 2400L, 52.10BD, 49.80BD, 31.20BD, 0.612D, null),
          ('last_period', true, 365, DATE'2025-02-28', 2400L, 60.40BD, 49.80BD, 38.90BD, 0.544D, null)
          AS t(predictor, is_baseline, horizon_days, cutoff, customers, mean_predicted_spend,
            mean_observed_spend, mean_absolute_error, rank_correlation, reason)
        """
            .formatted(asOf));
    add(
        "value_model",
        """
        SELECT DATE'%s' AS as_of, 'run-1' AS run_id, * FROM VALUES
          ('bg_nbd', 'r', 0.243D, 0.0126D, 2500L, true, null),
          ('bg_nbd', 'alpha', 4.414D, 0.3782D, 2500L, true, null),
          ('bg_nbd', 'a', 0.793D, 0.1862D, 2500L, true, null),
          ('bg_nbd', 'b', 2.426D, 0.7053D, 2500L, true, null),
          ('gamma_gamma', 'p', null, null, 12L, false, 'too_few_repeaters'),
          ('gamma_gamma', 'q', null, null, 12L, false, 'too_few_repeaters'),
          ('gamma_gamma', 'gamma', null, null, 12L, false, 'too_few_repeaters')
          AS t(model, parameter, value, standard_error, customers, is_fitted, reason)
        """
            .formatted(asOf));
  }

  private void writeOps() {
    save(
        GOLD,
        "data_dictionary",
        spark.sql(
            """
            SELECT 'gold/customer_profile' AS table_name, * FROM VALUES
              ('customer_id', 2, '', 'Customer', '客戶'),
              ('city', 3, '', 'City', '城市'),
              ('loyalty', 4, 'points', 'Loyalty', '忠誠度'),
              ('loyalty_level', 5, '', 'Loyalty, level', '忠誠度（等級）'),
              ('loyalty_reasons_en', 6, '', 'Loyalty, reasons', '忠誠度（英文原因）'),
              ('loyalty_reasons_zh', 7, '', 'Loyalty, reasons (Chinese)', '忠誠度（原因）'),
              ('segment', 8, '', 'RFM segment', 'RFM分群'),
              ('customer_value', 9, 'currency', 'Customer value', '客戶價值'),
              ('value_percentile', 10, '', 'Value, percentile', '價值百分位'),
              ('churn_probability', 11, 'probability', 'Probability to leave', '流失機率')
              AS t(column_name, position, unit, title_en, title_zh)
            """));
    overwrite(
        "conform_result",
        """
        SELECT * FROM VALUES
          ('crm', 'customer', 1L, 3100L, 0L, 3060L, 22L, 18L, 0L),
          ('orders', 'order', 1L, 15100L, 0L, 14820L, 210L, 70L, 0L),
          ('orders', 'order_item', 1L, 41200L, 0L, 40610L, 420L, 170L, 0L),
          ('orders', 'order', 2L, 1900L, 0L, 1872L, 12L, 16L, 0L),
          ('web_log', 'web_event', 1L, 98000L, 0L, 95200L, 1900L, 900L, 0L),
          ('service', 'service_ticket', 1L, 820L, 0L, 811L, 6L, 3L, 0L),
          ('survey', 'feedback', 1L, 640L, 12L, 604L, 24L, 0L, 0L)
          AS t(source, entity, batch_id, rows_in, rows_elsewhere, rows_kept, rows_rejected, rows_duplicate, rows_deleted)
        """);
    overwrite(
        "reject_reason",
        """
        SELECT * FROM VALUES
          ('web_log', 'web_event', 1L, 'occurred_at: is not a time', 'rejected', 1900L),
          ('orders', 'order_item', 1L, 'product_id: is missing', 'rejected', 420L),
          ('orders', 'order', 1L, 'ordered_at: is not a time', 'rejected', 210L),
          ('orders', 'order_item', 1L, 'amount_minor: expectation amount_in_range', 'rejected', 420L),
          ('orders', 'order', 1L, 'amount: not a number', 'emptied', 17L),
          ('orders', 'order', 2L, 'ordered_at: is not a time', 'rejected', 12L),
          ('survey', 'feedback', 1L, 'score: is above 5', 'rejected', 24L),
          ('crm', 'customer', 1L, 'birth_date: unreadable', 'emptied', 310L),
          ('crm', 'customer', 1L, 'customer_id: is missing', 'rejected', 22L),
          ('service', 'service_ticket', 1L, 'opened_at: is in the future', 'rejected', 6L)
          AS t(source, entity, batch_id, reason, outcome, rows)
        """);
    Dataset<Row> checks =
        spark.sql(
            """
            SELECT DATE'2026-02-28' AS as_of, 'run-1' AS run_id, 'stop' AS severity,
              CAST(NULL AS BIGINT) AS rows_checked, CAST(NULL AS BIGINT) AS rows_failed, * FROM VALUES
              ('gold/customer_profile', '*', 'min_rows', 'at least 1', '3000', true),
              ('gold/customer_profile', '*', 'unique_key', 'no duplicate', '0', true),
              ('gold/customer_profile', '*', 'row_change', 'at most 0.5', '0.034', true),
              ('gold/customer_profile', 'occupation', 'null_share_change', 'at most 0.2', '0.31', false),
              ('gold/customer_profile', 'age', 'stability_index', 'at most 0.5', '0.012', true),
              ('gold/customer_profile', 'order_amount', 'stability_index', 'at most 0.5', '0.044', true)
              AS t(table_name, column_name, rule, expected, found, passed)
            UNION ALL
            SELECT CAST(as_of AS DATE), 'run-1', severity, checked, failed, table_name, column_name, rule,
              expected, found, passed FROM VALUES
              ('2026-02-28', 'warn', 81200L, 1624L, 'silver/order_item', '*', 'completeness', 'anything', '0.9800 of the values', true),
              ('2026-02-28', 'warn', 30600L, 9180L, 'silver/account', '*', 'completeness', 'anything', '0.7000 of the values', true),
              ('2026-01-31', 'warn', 80000L, 4000L, 'silver/order_item', '*', 'completeness', 'anything', '0.9500 of the values', true),
              ('2026-01-31', 'warn', 40610L, 0L, 'silver/order_item', 'product_id', 'item_product_known', 'is in silver/product.product_id', '0 of 40610 rows fail', true),
              ('2026-02-28', 'warn', 40610L, 910L, 'silver/order_item', 'product_id', 'item_product_known', 'is in silver/product.product_id; at most 1 % of rows may fail', '910 of 40610 rows fail', false),
              ('2026-02-28', 'reject', 41200L, 420L, 'silver/order_item', 'amount_minor', 'amount_in_range', '0 to 10000000', '420 of 41200 rows fail', false),
              ('2026-02-28', 'warn', NULL, NULL, 'silver/payment', 'instalments', 'instalments_plausible', '1 to 60', 'not checked: there is no silver/payment', NULL),
              ('2026-02-28', 'stop', 604L, 0L, 'silver/feedback', '*', 'feedback_on_its_scale', 'score BETWEEN 0 AND 10', '0 of 604 rows fail', true)
              AS t(as_of, severity, checked, failed, table_name, column_name, rule, expected, found, passed)
            """);
    save(OPS, "quality_result", checks);
    Dataset<Row> log =
        spark.sql(
            """
            SELECT 'run-1' AS run_id, job, as_of, status, started_at, seconds, rows_in, rows_out,
              rejected AS rows_rejected, duplicate AS rows_duplicate, 'hash' AS config_hash,
              '0.1.0' AS code_version, map('gold/customer', 1L) AS tables_read,
              map('gold/customer', 1L) AS tables_written, CAST(null AS STRING) AS error
            FROM VALUES
              ('ingest', null, 'done', TIMESTAMP'2026-02-28 02:00:00', 14.2D, 158860L, 158860L, 0L, 0L),
              ('conform', null, 'failed', TIMESTAMP'2026-02-28 01:00:00', 1.0D, 0L, 0L, 0L, 0L),
              ('conform', null, 'done', TIMESTAMP'2026-02-28 02:00:15', 32.9D, 158860L, 156977L, 2594L, 1177L),
              ('identify', DATE'2026-02-28', 'done', TIMESTAMP'2026-02-28 02:00:48', 11.4D, 9400L, 3000L, 0L, 0L),
              ('identify', DATE'2026-01-31', 'done', TIMESTAMP'2026-03-01 02:00:48', 99.0D, 1L, 1L, 0L, 0L),
              ('summarize', null, 'done', TIMESTAMP'2026-02-28 02:01:00', 18.1D, 153917L, 61200L, 0L, 0L),
              ('features', DATE'2026-02-28', 'done', TIMESTAMP'2026-02-28 02:01:19', 9.7D, 61200L, 3000L, 0L, 0L),
              ('score', DATE'2026-02-28', 'done', TIMESTAMP'2026-02-28 02:01:29', 8.8D, 3000L, 5000L, 0L, 0L),
              ('cluster', DATE'2026-02-28', 'done', TIMESTAMP'2026-02-28 02:01:38', 21.5D, 2500L, 2500L, 0L, 0L),
              ('profile', DATE'2026-02-28', 'done', TIMESTAMP'2026-02-28 02:02:00', 12.6D, 3000L, 3000L, 0L, 0L),
              ('report', DATE'2026-02-28', 'done', TIMESTAMP'2026-02-28 02:02:13', 5.0D, 3000L, 0L, 0L, 0L)
              AS t(job, as_of, status, started_at, seconds, rows_in, rows_out, rejected, duplicate)
            """);
    tables.append(RunLogTable.SCHEMA, log);
  }

  private void add(String name, String sql) {
    gold.merge(name, spark.sql(sql), Dataset::union);
  }

  private void overwrite(String name, String sql) {
    save(OPS, name, spark.sql(sql));
  }

  private static Layer layer(String name) {
    return List.of("customer_feature", "customer_profile", "customer_credit").contains(name)
        ? GOLD_SENSITIVE
        : GOLD;
  }

  /** Writes the table as it is: what the other steps promise is theirs to test. */
  private void save(Layer layer, String name, Dataset<Row> rows) {
    TableSchema place =
        TableSchema.table(layer, name.replace(PUBLISHED_PROFILE, "customer_profile"), "Sample.")
            .build();
    rows.coalesce(1).write().format("delta").save(tables.path(place));
  }
}
