-- A star on top of the gold tables, for pivot tables and dashboards: facts that count, and dimensions to cut them by.
-- scripts/sql-server makes these views when it starts. Each statement ends with a semicolon at the end of a line.
-- Other views, or another star, are further files of this folder.
--
--   dim_month ──┐                       ┌── dim_region
--   dim_segment ┼── fact_segment ───────┼── dim_age_band
--               │   (customer, segment) │
--               └── fact_customer ──────┴── dim_customer
--                   (customer)
--
-- All are joined by columns of the same name. An as-of date is a snapshot: numbers of customers of two as-of dates must
-- not be added. is_last_of_month picks one as-of date a month.
--
-- A run writes the profiles of an as-of date first and its named segments last. Until these are there (segment has a row for
-- each of them, also where nobody is in it), the views do not show the date, so that nobody seems to be in no segment.

CREATE VIEW dim_month (
  as_of COMMENT '基準日 As of: key; only what was known strictly before it.',
  month COMMENT '月份 Month: first day of the month that the as-of date ends, so 2025-01-01 is December 2024.',
  quarter COMMENT '季 Quarter: as 2024-Q4.',
  year COMMENT '年 Year.',
  is_last_of_month COMMENT '當月最後基準日 Last of the month: whether no later as-of date of that month was run.',
  is_latest COMMENT '最新基準日 Latest: whether it is the latest as-of date.'
) COMMENT '月份維度：每個基準日一列。Months: one row per as-of date that was run.' AS
SELECT as_of, month, concat(year(month), '-Q', quarter(month)) AS quarter, year(month) AS year,
  as_of = max(as_of) OVER (PARTITION BY month) AS is_last_of_month, as_of = max(as_of) OVER () AS is_latest
FROM (SELECT DISTINCT as_of, cast(trunc(date_sub(as_of, 1), 'MM') AS DATE) AS month FROM customer_profile
  WHERE as_of IN (SELECT as_of FROM segment));

CREATE VIEW dim_region (
  region COMMENT '地區 Region: key; (unknown) where the customer has none.',
  title_zh COMMENT '地區名稱 Title in Chinese.'
) COMMENT '地區維度：每個地區一列。Regions: one row per region that a customer ever had.' AS
SELECT DISTINCT coalesce(region, '(unknown)') AS region, coalesce(region, '（未知）') AS title_zh FROM customer_profile;

CREATE VIEW dim_age_band (
  age_band COMMENT '年齡層 Age band: key; (unknown) without a date of birth.',
  title_zh COMMENT '年齡層名稱 Title in Chinese.',
  position COMMENT '順序 Position: to sort by, youngest first.'
) COMMENT '年齡層維度：每個年齡層一列。Age bands: one row per band.' AS
SELECT age_band, title_zh, position FROM VALUES
  ('0-17', '未滿 18 歲', 1), ('18-24', '18 至 24 歲', 2), ('25-34', '25 至 34 歲', 3), ('35-44', '35 至 44 歲', 4),
  ('45-54', '45 至 54 歲', 5), ('55-64', '55 至 64 歲', 6), ('65+', '65 歲以上', 7), ('(unknown)', '（未知）', 8)
  AS t(age_band, title_zh, position);

CREATE VIEW dim_segment (
  segment_code COMMENT '客群 Segment: key; (none) stands for customers in no segment.',
  title_en COMMENT '英文名稱 Title in English, that of the latest as-of date.',
  title_zh COMMENT '中文名稱 Title in Chinese.',
  action_en COMMENT '英文行動 What to do with them.',
  action_zh COMMENT '中文行動 What to do with them, in Chinese.'
) COMMENT '客群維度：每個客群一列。Segments: one row per named segment.' AS
SELECT segment_code, max_by(title_en, as_of) AS title_en, max_by(title_zh, as_of) AS title_zh,
  max_by(action_en, as_of) AS action_en, max_by(action_zh, as_of) AS action_zh
FROM segment GROUP BY segment_code
UNION ALL SELECT '(none)', 'No segment', '無客群', '', '';

CREATE VIEW dim_customer (
  as_of COMMENT '基準日 As of: key, with customer_id.',
  customer_id COMMENT '客戶 Customer: key, with as_of; a pseudonym.',
  gender COMMENT '性別 Gender.',
  region COMMENT '地區 Region, as in dim_region.',
  age_band COMMENT '年齡層 Age band, as in dim_age_band.',
  membership COMMENT '會員等級 Membership.',
  rfm_segment COMMENT 'RFM 客群 RFM segment, as in rfm_segment.segment; null without a purchase.',
  value_type COMMENT '價值類型 Value type, as in rfm_value_type.value_type.',
  lifecycle_state COMMENT '生命週期 Lifecycle state, as in lifecycle_state.state.',
  cluster_name_en COMMENT '分群英文名稱 Cluster, in English.',
  cluster_name_zh COMMENT '分群中文名稱 Cluster, in Chinese.',
  best_channel COMMENT '最佳通路 Channel that the customer answers best.',
  top_interest COMMENT '首要興趣 Category of greatest affinity.'
) COMMENT '客戶維度：每個基準日與客戶一列。Customers as they were: one row per as-of date and customer.' AS
SELECT as_of, customer_id, coalesce(gender, '(unknown)') AS gender, coalesce(region, '(unknown)') AS region,
  coalesce(age_band, '(unknown)') AS age_band, coalesce(membership, '(unknown)') AS membership, segment AS rfm_segment,
  value_type, lifecycle_state, cluster_name_en, cluster_name_zh, best_channel, top_interest
FROM customer_profile WHERE as_of IN (SELECT as_of FROM segment);

CREATE VIEW fact_customer (
  as_of COMMENT '基準日 As of: key; joins dim_month, and dim_customer with customer_id.',
  customer_id COMMENT '客戶 Customer: key; joins dim_customer with as_of.',
  region COMMENT '地區 Region: joins dim_region.',
  age_band COMMENT '年齡層 Age band: joins dim_age_band.',
  customers COMMENT '客戶數 Customers: 1, to be summed within one as-of date.',
  buyers_30d COMMENT '近 30 天購買客戶數 1 if the customer bought within 30 days, else 0.',
  orders_30d COMMENT '近 30 天訂單數 Orders of the last 30 days.',
  sales_30d COMMENT '近 30 天消費金額 Sales of the last 30 days, in the currency of the deployment.',
  orders_365d COMMENT '近 365 天訂單數 Orders of the last 365 days.',
  sales_365d COMMENT '近 365 天消費金額 Sales of the last 365 days, in the currency of the deployment.',
  customer_value COMMENT '客戶價值 Customer value, in the currency of the deployment; null if not known.',
  churn_probability COMMENT '流失機率 Probability to leave, 0 to 1; average it, do not sum it.',
  purchasing_power COMMENT '購買能力 Purchasing power, 1 to 100; average it.',
  loyalty COMMENT '忠誠度 Loyalty, 1 to 100; average it.'
) COMMENT '客戶事實：每個基準日與客戶一列。Customers: one row per as-of date and customer.' AS
SELECT as_of, customer_id, coalesce(region, '(unknown)') AS region, coalesce(age_band, '(unknown)') AS age_band,
  1 AS customers, cast(coalesce(order_count_30d, 0) > 0 AS INT) AS buyers_30d, coalesce(order_count_30d, 0) AS orders_30d,
  coalesce(order_amount_30d, 0) AS sales_30d, coalesce(order_count_365d, 0) AS orders_365d,
  coalesce(order_amount_365d, 0) AS sales_365d, customer_value, churn_probability, purchasing_power, loyalty
FROM customer_profile WHERE as_of IN (SELECT as_of FROM segment);

CREATE VIEW fact_segment (
  as_of COMMENT '基準日 As of: key; joins dim_month.',
  customer_id COMMENT '客戶 Customer: key; joins dim_customer and fact_customer with as_of.',
  segment_code COMMENT '客群 Segment: key; joins dim_segment. A customer has a row for each segment, or one of (none).',
  region COMMENT '地區 Region: joins dim_region.',
  age_band COMMENT '年齡層 Age band: joins dim_age_band.',
  entered_on COMMENT '進入日 Since when the customer is in it, without a break.',
  customers COMMENT '客戶數 Customers: 1, to be summed within one as-of date and segment.',
  sales_30d COMMENT '近 30 天消費金額 Sales of the last 30 days, in the currency of the deployment.',
  customer_value COMMENT '客戶價值 Customer value, in the currency of the deployment; null if not known.',
  churn_probability COMMENT '流失機率 Probability to leave, 0 to 1; average it.'
) COMMENT '客群事實：每個基準日、客戶與客群一列。Membership: one row per as-of date, customer and segment. Segments overlap.' AS
SELECT f.as_of, f.customer_id, coalesce(s.segment_code, '(none)') AS segment_code, f.region, f.age_band, s.entered_on,
  1 AS customers, f.sales_30d, f.customer_value, f.churn_probability
FROM fact_customer f LEFT JOIN customer_segment s ON s.as_of = f.as_of AND s.customer_id = f.customer_id;

CREATE VIEW cross_segment (
  month COMMENT '月份 Month, as in dim_month.',
  segment_code COMMENT '客群 Segment, as in dim_segment.',
  segment_en COMMENT '客群英文名稱 Segment in English.',
  segment_zh COMMENT '客群中文名稱 Segment in Chinese.',
  region COMMENT '地區 Region.',
  age_band COMMENT '年齡層 Age band.',
  customers COMMENT '客戶數 Customers.',
  sales_30d COMMENT '近 30 天消費金額 Sales of the last 30 days.',
  mean_customer_value COMMENT '平均客戶價值 Mean customer value.',
  mean_churn_probability COMMENT '平均流失機率 Mean probability to leave.'
) COMMENT '客群 × 地區 × 年齡層 × 月份交叉分析。Segment by region, age band and month, one as-of date a month.' AS
SELECT m.month, f.segment_code, s.title_en, s.title_zh, f.region, f.age_band, sum(f.customers) AS customers,
  sum(f.sales_30d) AS sales_30d, avg(f.customer_value) AS mean_customer_value, avg(f.churn_probability) AS mean_churn
FROM fact_segment f
JOIN dim_month m ON m.as_of = f.as_of AND m.is_last_of_month
JOIN dim_segment s ON s.segment_code = f.segment_code
GROUP BY m.month, f.segment_code, s.title_en, s.title_zh, f.region, f.age_band;
