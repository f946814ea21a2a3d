package io.portrait.common.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.portrait.common.config.LinkOverride.AccountName;
import io.portrait.common.config.LinkOverride.Decision;
import io.portrait.common.error.Fault;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LinkOverridesTest {

  private static final String HEADER =
      "decision,realm,account_id,other_realm,other_account_id,decided_on,decided_by,reason\n";

  private final List<Fault> faults = new ArrayList<>();

  @Test
  void readsDecisionsOfAnyQuoting() {
    List<LinkOverride> overrides =
        read(
            "\uFEFF"
                + HEADER
                + "must_link,crm, C1 ,club,M1,2026-01-31,ann,\"phoned, twice\"\r\n"
                + "must_not_link,crm,C1,crm,C2,2026-02-01,bob,father and son\r\n");

    assertThat(faults).isEmpty();
    assertThat(overrides)
        .containsExactly(
            new LinkOverride(
                Decision.MUST_LINK,
                new AccountName("crm", "C1"),
                new AccountName("club", "M1"),
                LocalDate.of(2026, 1, 31),
                "ann",
                "phoned, twice",
                new Place("overrides.csv", 2, "")),
            new LinkOverride(
                Decision.MUST_NOT_LINK,
                new AccountName("crm", "C1"),
                new AccountName("crm", "C2"),
                LocalDate.of(2026, 2, 1),
                "bob",
                "father and son",
                new Place("overrides.csv", 3, "")));
  }

  @Test
  void listsEveryFaultAndNoAccount() {
    read(
        HEADER
            + "mustlink,crm,secret1,crmm,secret2,31.1.2026,ann,why\n"
            + "must_link,crm,secret1,crm,secret1,2026-01-31,ann,why\n"
            + "must_link,crm,secret1,crm,secret2,2026-01-31,,why\n");

    assertThat(faults)
        .extracting(Fault::toString)
        .containsExactly(
            "overrides.csv:2: other_realm: no source has the realm 'crmm'. Did you mean 'crm'?",
            "overrides.csv:2: decision: 'mustlink' is not valid. Did you mean 'must_link'?",
            "overrides.csv:2: decided_on: '31.1.2026' is not a date as 2026-01-31",
            "overrides.csv:3: both accounts are the same",
            "overrides.csv:4: decided_by: the value is missing");
  }

  @Test
  void refusesContradictionsAlsoByAChain() {
    read(
        HEADER
            + "must_link,crm,C1,crm,C2,2026-01-31,ann,why\n"
            + "must_link,crm,C3,crm,C2,2026-01-31,ann,why\n"
            + "must_not_link,crm,C4,crm,C1,2026-01-31,ann,why\n"
            + "must_not_link,crm,C3,crm,C1,2026-01-31,bob,why\n");

    assertThat(faults)
        .extracting(Fault::toString)
        .containsExactly(
            "overrides.csv:5: must_not_link contradicts the lines of must_link, which make one"
                + " person of both accounts. Remove one of these lines.");
  }

  @Test
  void refusesAnotherHeader() {
    read("decision,realm,account\n");

    assertThat(faults)
        .singleElement()
        .satisfies(f -> assertThat(f.toString()).contains("overrides.csv:1", "decided_on"));
  }

  private List<LinkOverride> read(String text) {
    return new LinkOverrides("overrides.csv", Set.of("crm", "club"), faults).read(text);
  }
}
