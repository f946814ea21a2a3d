package io.portrait.jobs.erase;

import static org.assertj.core.api.Assertions.assertThat;

import io.portrait.common.io.FileSearch;
import io.portrait.common.io.FileSearch.Finding;
import io.portrait.common.io.StoredTable.Purged;
import java.util.List;
import org.junit.jupiter.api.Test;

class CertificateTest {

  @Test
  void countsANameWhereNoMapTellsWhoseItIs() {
    Finding another = new Finding("bronze/crm/part-1.parquet", "full_name");
    Finding vault = new Finding("vault/account/part-1.parquet", "address");
    Finding undeclared = new Finding("bronze/old_crm/part-1.parquet", "full_name");
    Finding mail = new Finding("bronze/crm/part-1.parquet", "email");
    Finding gold = new Finding("gold/customer_profile/part-1.parquet", "full_name");

    assertThat(left(List.of(), another, vault, undeclared, mail, gold)).containsExactly(mail, gold);
    assertThat(left(List.of("bronze/old_crm"), another, vault, undeclared))
        .containsExactly(undeclared);
    assertThat(left(List.of("bronze/old"), another, vault, undeclared)).isEmpty();
  }

  private static List<Finding> left(List<String> undeclared, Finding... findings) {
    FileSearch.Result search = new FileSearch.Result(1, 1, List.of(findings));
    return new Certificate(new Work(), new Purged(0, 0), search, 1, 0, undeclared).left();
  }
}
