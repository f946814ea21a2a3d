package io.portrait.common.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CatalogueLoaderTest {

  @TempDir private Path folder;

  @BeforeEach
  void writeWhatEveryDeploymentHas() throws IOException {
    write(
        "portrait.yaml",
        """
        deployment: test
        warehouse: unused
        time_zone: Asia/Taipei
        currency: {code: TWD, decimals: 2}
        country: TW
        privacy: {key: a-key-for-tests-only}
        """);
    write(
        "sources.yaml",
        """
        sources:
          - name: customers
            format: csv
            path: customers.csv
            maps: [{entity: customer, realm: crm, columns: {account_id: id}}]
        """);
  }

  @Test
  void mergesOwnScoresByNameAndReplacesOtherSections() throws IOException {
    Catalogue shipped = load();
    write(
        "scores.yaml",
        """
        lifecycle: {min_gaps: 1, active_multiple: 1, dormant_multiple: 2, min_interval_days: 1,
                    fallback_interval_days: 30}
        scores:
          - {name: loyalty, sql: order_count}
          - {name: basket_index, sql: average_order_amount}
        """);

    Catalogue own = load();

    List<String> names = shipped.scores().scores().stream().map(Score::name).toList();
    assertThat(names).contains("purchasing_power", "loyalty", "credit");
    assertThat(own.scores().scores())
        .extracting(Score::name)
        .startsWith(names.toArray(String[]::new))
        .endsWith("basket_index")
        .hasSize(names.size() + 1);
    assertThat(own.scores().scores().get(names.indexOf("loyalty")).method()).isEqualTo("sql");
    assertThat(own.scores().lifecycle().minGaps()).isEqualTo(1);
    assertThat(own.scores().rfm()).isEqualTo(shipped.scores().rfm());
    assertThat(own.hash()).isNotEqualTo(shipped.hash());
  }

  @Test
  void refusesTwoOwnScoresOfOneName() throws IOException {
    write("scores.yaml", "scores:\n- {name: a, sql: order_count}\n- {name: a, sql: order_count}\n");

    assertThatThrownBy(this::load)
        .hasMessageContaining("scores.yaml:3: scores[1]: 'a' is declared twice");
  }

  /** An erasure finds rows of older as-of dates by the map of that date. */
  @Test
  void refusesACustomerMapThatGoesBeforeGold() throws IOException {
    String portrait = Files.readString(folder.resolve("portrait.yaml"));
    String rules =
        """
        retention:
          unreferenced_file_days: 7
          rules:
            - {tables: gold/customer_rfm, keep_days: 90}
            - {tables: gold/*, keep_days: 60}
            - {tables: silver/customer*, keep_days: 60}
        """;
    write("portrait.yaml", portrait + rules);

    assertThatThrownBy(this::load)
        .hasMessageContaining(
            "portrait.yaml:12: retention.rules[2]: silver/customer_map is kept for 60 days, but"
                + " gold_sensitive/customer_profile for ever, gold/customer_rfm for 90.");

    write(
        "portrait.yaml",
        portrait
            + rules.replace("silver/customer*, keep_days: 60", "silver/customer*, keep_days: 90")
            + "    - {tables: gold_sensitive/*, keep_days: 90}\n");
    assertThat(load().retention().rules()).hasSize(4);
  }

  private Catalogue load() {
    return new CatalogueLoader(new Configuration(), name -> null).load(folder.toString());
  }

  @Test
  void refusesRulesOfTheGoldenRecordThatNameWhatIsNotThere() throws IOException {
    write(
        "portrait.yaml",
        """
        deployment: test
        warehouse: unused
        time_zone: Asia/Taipei
        currency: {code: TWD, decimals: 2}
        country: TW
        privacy: {key: a-key-for-tests-only}
        identity:
          max_accounts_per_identifier: 10
          survivorship:
            - {field: citty, rule: most_recent}
            - {field: city, rule: most_trusted_source, sources: [customer]}
            - {field: cars, rule: longest}
            - {field: cars, rule: most_frequent}
        """);

    assertThatThrownBy(this::load)
        .hasMessageContaining(
            "portrait.yaml:10: identity.survivorship[0]: unknown field 'citty'. Did you mean"
                + " 'city'?")
        .hasMessageContaining(
            "portrait.yaml:11: identity.survivorship[1]: unknown source 'customer'. Did you mean"
                + " 'customers'?")
        .hasMessageContaining(
            "portrait.yaml:12: identity.survivorship[2]: longest needs text, but 'cars' is none")
        .hasMessageContaining(
            "portrait.yaml:13: identity.survivorship[3]: 'cars' is declared twice");
  }

  @Test
  void refusesRulesOfTheGoldenRecordThatLackSourcesOrHaveTooMany() throws IOException {
    write(
        "portrait.yaml",
        """
        deployment: test
        warehouse: unused
        time_zone: Asia/Taipei
        currency: {code: TWD, decimals: 2}
        country: TW
        privacy: {key: a-key-for-tests-only}
        identity:
          max_accounts_per_identifier: 10
          survivorship:
            - {field: city, rule: most_trusted_source}
            - {field: region, rule: longest, sources: [customers]}
        """);

    assertThatThrownBy(this::load)
        .hasMessageContaining("most_trusted_source needs sources, the most trusted first")
        .hasMessageContaining("longest takes no sources");
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
  }
}
