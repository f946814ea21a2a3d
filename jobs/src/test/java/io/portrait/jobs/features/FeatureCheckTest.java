package io.portrait.jobs.features;

import static org.assertj.core.api.Assertions.assertThat;

import io.portrait.common.config.Catalogue;
import io.portrait.common.config.CatalogueColumns;
import io.portrait.common.error.Fault;
import io.portrait.common.table.TableColumn;
import io.portrait.common.testing.SparkExtension;
import io.portrait.jobs.testing.TestCatalogue;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SparkExtension.class)
class FeatureCheckTest {

  @Test
  void findsNoFaultInTheShippedFeatures(SparkSession spark) {
    assertThat(FeatureCheck.check(spark, TestCatalogue.shipped())).isEmpty();
  }

  @Test
  void listsEveryFaultWithItsPlaceAndTheNearestName(SparkSession spark) {
    Catalogue catalogue =
        TestCatalogue.of(
            """
              - {name: a, from: account_day, aggregate: sum, value: ordes, unit: count, title: {en: A, zh: 甲}}
              - {name: b, from: account_day, aggregate: sum, value: account_key, unit: count, title: {en: B, zh: 乙}}
              - {name: c, from: customer, value: gender, type: long, unit: none, title: {en: C, zh: 丙}}
              - {name: d, from: feature, value: e + 1, type: long, unit: count, title: {en: D, zh: 丁}}
              - {name: e, from: feature, value: d + 1, type: long, unit: count, title: {en: E, zh: 戊}}
              - {name: segment, from: customer, value: city, type: string, unit: none, title: {en: F, zh: 己}}
              - {name: g_30d, from: customer, value: city, type: string, unit: none, title: {en: G, zh: 庚}}
              - {name: g, from: account_day, aggregate: sum, value: orders, windows: [30], unit: count,
                 title: {en: H, zh: 辛}}
              - {name: tag_i, from: customer, value: sum(children), type: long, unit: count, title: {en: I, zh: 壬}}
              - {name: j, from: account_day, aggregate: sum, value: orders / 2, unit: count, title: {en: J, zh: 癸}}
              - {name: k, from: attribute, aggregate: surest, value: amount_minr, type: money, unit: money,
                 title: {en: K, zh: 子}}
              - {name: l, from: credit_report, aggregate: latest, value: credit_score, type: boolean, unit: none,
                 title: {en: L, zh: 丑}}
              - {name: m, from: attribute, aggregate: latest, value: number * 2, type: double, unit: number,
                 title: {en: M, zh: 寅}}
            """,
            "");

    assertThat(FeatureCheck.check(spark, catalogue))
        .extracting(Fault::toString)
        .containsExactlyInAnyOrder(
            "features.yaml:2: features[0].value: unknown column 'ordes'. Did you mean 'orders'?",
            "features.yaml:3: features[1].value: the value of an aggregate is a whole number; this"
                + " is string",
            "features.yaml:4: features[2].value: the value is string, which is not type: long",
            "features.yaml:5: features[3].value: 'd' needs itself, directly or through other"
                + " features",
            "features.yaml:6: features[4].value: 'e' needs itself, directly or through other"
                + " features",
            "features.yaml:7: features[5]: the column 'segment' belongs to the scores of the profile"
                + " already",
            "features.yaml:9: features[7]: the column 'g_30d' belongs to the feature 'g_30d' already",
            "features.yaml:11: features[8]: names that start with tag_ are for tags",
            "features.yaml:11: features[8].value: an aggregate, a window or a generator is not"
                + " allowed here",
            "features.yaml:12: features[9].value: the value of an aggregate is a whole number; this"
                + " is double",
            "features.yaml:13: features[10].value: unknown column 'amount_minr'. Did you mean"
                + " 'amount_minor'?",
            "features.yaml:15: features[11].value: the value is bigint, which is not type: boolean");
  }

  @Test
  void declaresTheNamesThatOtherStepsRelyOn() {
    List<String> columns =
        CatalogueColumns.features(TestCatalogue.shipped()).stream().map(TableColumn::name).toList();

    Stream<String> windowed =
        Stream.of(
                "order_count",
                "order_amount",
                "order_days",
                "quantity",
                "discount_amount",
                "refund_count",
                "refund_amount",
                "session_count",
                "page_view_count",
                "dwell_seconds",
                "ticket_count",
                "complaint_count")
            .flatMap(name -> Stream.of("_30d", "_90d", "_180d", "_365d", "").map(name::concat));
    assertThat(columns)
        .doesNotHaveDuplicates()
        .containsAll(windowed.toList())
        .contains(
            "days_since_last_order",
            "days_since_first_order",
            "days_since_last_visit",
            "category_count",
            "top_category",
            "average_order_amount",
            "refund_share",
            "discount_share",
            "csat_average",
            "age",
            "gender",
            "country",
            "region",
            "occupation",
            "education",
            "marital_status",
            "children",
            "annual_income",
            "income_amount",
            "income_confidence",
            "income_source",
            "assets_amount",
            "assets_confidence",
            "assets_source",
            "occupation_confidence",
            "occupation_source",
            "home_owner_confidence",
            "home_owner_source",
            "cars_confidence",
            "cars_source",
            "credit_score",
            "overdue_count",
            "overdue_amount",
            "open_loan_count",
            "loan_balance",
            "income_band",
            "is_home_owner",
            "cars",
            "membership",
            "tenure_days");
    assertThat(TestCatalogue.shipped().features()).hasSizeGreaterThanOrEqualTo(40);
  }

  @Test
  void namesTheWindowInBothLanguages() {
    TableColumn column =
        CatalogueColumns.features(TestCatalogue.shipped()).stream()
            .filter(c -> c.name().equals("order_amount_30d"))
            .findFirst()
            .orElseThrow();

    assertThat(column.titleEn()).isEqualTo("Sales, last 30 days");
    assertThat(column.titleZh()).isEqualTo("消費金額（近30天）");
    assertThat(column.unit()).isEqualTo("TWD");
    assertThat(column.type().catalogString()).isEqualTo("decimal(18,2)");
    assertThat(column.comment())
        .isEqualTo(
            "Amount of sales, before refunds. The 30 days from as_of - 30 to as_of - 1."
                + " 基準日前30天（不含基準日）。 0 without any.");
  }
}
