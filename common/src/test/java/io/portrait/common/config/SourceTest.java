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

  private Optional<Source> source(String pattern) {
    return new YamlBinder("sources.yaml", name -> null, faults)
        .bind(
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
}
