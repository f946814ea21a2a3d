package io.portrait.jobs.profile;

import static org.assertj.core.api.Assertions.assertThat;

import io.portrait.common.config.Catalogue;
import io.portrait.common.error.Fault;
import io.portrait.common.testing.SparkExtension;
import io.portrait.jobs.testing.TestCatalogue;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SparkExtension.class)
class TagCheckTest {

  @Test
  void findsNoFaultInTheShippedTags(SparkSession spark) {
    Catalogue catalogue = TestCatalogue.shipped();

    assertThat(TagCheck.check(spark, catalogue)).isEmpty();
    assertThat(new TagTree(catalogue.tags()).leaves()).hasSizeGreaterThanOrEqualTo(25);
  }

  @Test
  void listsEveryFaultOfTreeAndRules(SparkSession spark) {
    Catalogue catalogue =
        TestCatalogue.of(
            """
              - {name: order_count, from: account_day, aggregate: sum, value: orders, unit: count,
                 title: {en: O, zh: 訂}}
            """,
            """
              - {code: root, title: {en: R, zh: 根}, owner: o, purpose: p, sensitivity: public}
              - {code: a, parent: rot, rule: order_count > 1, title: {en: A, zh: 甲}, owner: o, purpose: p,
                 sensitivity: public}
              - {code: b, parent: root, rule: order_cuont > 1, title: {en: B, zh: 乙}, owner: o, purpose: p,
                 sensitivity: public}
              - {code: c, parent: root, rule: order_count + 1, title: {en: C, zh: 丙}, owner: o, purpose: p,
                 sensitivity: public}
              - {code: d, parent: e, title: {en: D, zh: 丁}, owner: o, purpose: p, sensitivity: public}
              - {code: e, parent: d, title: {en: E, zh: 戊}, owner: o, purpose: p, sensitivity: public}
              - {code: f, parent: root, rule: m_score = 5, title: {en: F, zh: 己}, owner: o, purpose: p,
                 sensitivity: public}
              - {code: g, parent: f, title: {en: G, zh: 庚}, owner: o, purpose: p, sensitivity: public}
            """);

    assertThat(TagCheck.check(spark, catalogue))
        .extracting(Fault::toString)
        .containsExactlyInAnyOrder(
            "tags.yaml:3: tags[1]: unknown parent 'rot'. Did you mean 'root'?",
            "tags.yaml:5: tags[2].rule: unknown column 'order_cuont'. Did you mean 'order_count'?",
            "tags.yaml:7: tags[3].rule: a rule is a condition; this is bigint",
            "tags.yaml:9: tags[4]: the tag 'd' is above itself",
            "tags.yaml:10: tags[5]: the tag 'e' is above itself",
            "tags.yaml:11: tags[6].rule: the tag 'f' has tags below it and must not have a rule; add a"
                + " tag for the rule",
            "tags.yaml:13: tags[7]: the tag 'g' has neither a rule nor a tag below it");
  }
}
