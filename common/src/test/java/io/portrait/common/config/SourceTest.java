package io.portrait.common.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.portrait.common.error.Fault;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SourceTest {

  private final List<Fault> faults = new ArrayList<>();

  @Test
  void columnsOfTextAreTheNamedGroupsOfThePattern() {
    assertThat(source("'(?<day>\\d{8}) (?:x|y)(?<=y) (?<dollars>[0-9.]+)'").orElseThrow())
        .satisfies(
            s ->
                assertThat(s.lineFormat().orElseThrow().columns())
                    .containsExactly("day", "dollars"));
    assertThat(faults).isEmpty();
  }

  @Test
  void textWithoutNamedGroupsIsAFault() {
    assertThat(source("'[0-9]+'")).isEmpty();
    assertThat(faults).singleElement().asString().contains("pattern needs a named group");
  }

  @Test
  void aBrokenPatternIsAFaultThatShowsWhere() {
    assertThat(source("'(?<day>[0-9'")).isEmpty();
    assertThat(faults).singleElement().asString().contains("Unclosed character class");
  }

  @Test
  void anUnknownEncodingIsAFault() {
    assertThat(source("'(?<day>[0-9]+)'\nencoding: UTF-9")).isEmpty();
    assertThat(faults).singleElement().asString().contains("there is no encoding 'UTF-9'");
  }

  @Test
  void aFileWithoutSourcesIsAFault() {
    assertThat(bind("sources: []", CatalogueLoader.SourcesFile.class)).isEmpty();
    assertThat(faults).singleElement().asString().contains("sources is empty");
  }

  @Test
  void doesNotTellThePasswordOfADatabase() {
    assertThat(
            bind(
                """
                name: orders
                format: jdbc
                url: jdbc:hsqldb:mem:shop
                password: secret
                query: ORDERS
                watermark: id
                maps: [{entity: order, realm: shop, columns: {account_id: id}}]
                """,
                Source.class))
        .hasToString("Optional[orders]");
  }

  private Optional<Source> source(String pattern) {
    return bind(
        """
        name: transactions
        format: text
        path: data.txt
        pattern: %s
        maps: [{entity: order, realm: shop, columns: {account_id: day}}]
        """
            .formatted(pattern),
        Source.class);
  }

  private <T> Optional<T> bind(String yaml, Class<T> type) {
    return new YamlBinder("sources.yaml", name -> null, faults).bind(yaml, type);
  }
}
