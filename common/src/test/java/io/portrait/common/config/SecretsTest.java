package io.portrait.common.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portrait.common.error.JobException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.security.alias.CredentialProvider;
import org.apache.hadoop.security.alias.CredentialProviderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretsTest {

  private static final Map<String, String> NOTHING = Map.of();

  @TempDir private Path dir;

  @Test
  void takesTheEnvironmentFirstThenTheProvider() throws IOException {
    Configuration hadoop = provider("localjceks://file" + dir.resolve("keys.jceks"));
    CredentialProvider store = CredentialProviderFactory.getProviders(hadoop).get(0);
    store.createCredentialEntry("portrait.key", "a key of the provider".toCharArray());
    store.flush();

    assertThat(Secrets.of(hadoop, NOTHING::get).apply("PORTRAIT_KEY"))
        .isEqualTo("a key of the provider");
    assertThat(Secrets.of(hadoop, Map.of("PORTRAIT_KEY", "")::get).apply("PORTRAIT_KEY"))
        .isEqualTo("a key of the provider");
    assertThat(Secrets.of(hadoop, Map.of("PORTRAIT_KEY", "mine")::get).apply("PORTRAIT_KEY"))
        .isEqualTo("mine");
    assertThat(Secrets.of(hadoop, NOTHING::get).apply("PORTRAIT_VAULT_KEY")).isNull();
    assertThat(Secrets.of(hadoop, NOTHING::get).apply("FOODMART_FILES")).isNull();
    assertThat(Secrets.of(new Configuration(), NOTHING::get).apply("PORTRAIT_KEY")).isNull();
  }

  @Test
  void tellsAProviderThatLacksTheKeyOrCannotBeRead() throws IOException {
    String empty = "localjceks://file" + dir.resolve("none.jceks");
    Path broken = Files.writeString(dir.resolve("broken.jceks"), "no key store");

    assertThatThrownBy(() -> Secrets.of(provider(empty), NOTHING::get).apply("PORTRAIT_KEY"))
        .isInstanceOf(JobException.class)
        .hasMessageContaining(empty + " has nothing under the alias portrait.key")
        .hasMessageContaining("hadoop credential create portrait.key");
    for (String path : new String[] {"localjceks://file" + broken, "nothing://at/all"}) {
      assertThatThrownBy(() -> Secrets.of(provider(path), NOTHING::get).apply("PORTRAIT_KEY"))
          .isInstanceOf(JobException.class)
          .hasMessageContaining("The credential provider " + path + " cannot be read");
    }
  }

  private static Configuration provider(String path) {
    Configuration hadoop = new Configuration();
    hadoop.set(CredentialProviderFactory.CREDENTIAL_PROVIDER_PATH, path);
    return hadoop;
  }
}
