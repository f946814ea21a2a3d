package io.portrait.common.config;

import io.portrait.common.error.JobException;
import java.io.IOException;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.security.alias.CredentialProvider;
import org.apache.hadoop.security.alias.CredentialProviderFactory;

/**
 * What {@code ${NAME}} in a configuration file stands for: the environment variable; for keys that
 * the environment lacks, what Hadoop's credential provider has under the key's alias.
 */
public final class Secrets {

  /** The key that a deployment cannot do without. */
  private static final String REQUIRED = "PORTRAIT_KEY";

  private static final Map<String, String> ALIASES =
      Map.of(
          REQUIRED,
          "portrait.key",
          "PORTRAIT_VAULT_KEY",
          "portrait.vault.key",
          "PORTRAIT_PREVIOUS_VAULT_KEY",
          "portrait.previous.vault.key");

  private Secrets() {}

  /**
   * Looks names up.
   *
   * @param hadoop with {@code hadoop.security.credential.provider.path}, if there is a provider
   * @param environment value of an environment variable, or null
   */
  public static UnaryOperator<String> of(Configuration hadoop, UnaryOperator<String> environment) {
    return name -> {
      String value = environment.apply(name);
      boolean isGiven = value != null && !value.isEmpty();
      return isGiven || !ALIASES.containsKey(name) ? value : provided(hadoop, name);
    };
  }

  /** The provider's secret; null if there is no provider, or it lacks one that may be lacking. */
  private static String provided(Configuration hadoop, String name) {
    String path = hadoop.get(CredentialProviderFactory.CREDENTIAL_PROVIDER_PATH);
    if (path == null) {
      return null;
    }
    String alias = ALIASES.get(name);
    try {
      for (CredentialProvider provider : CredentialProviderFactory.getProviders(hadoop)) {
        CredentialProvider.CredentialEntry entry = provider.getCredentialEntry(alias);
        if (entry != null) {
          return new String(entry.getCredential());
        }
      }
    } catch (IOException | RuntimeException e) {
      throw JobException.invalidConfig(
          "The credential provider %s cannot be read: %s. Correct %s, or set %s in the"
              + " environment.",
          path, e.getMessage(), CredentialProviderFactory.CREDENTIAL_PROVIDER_PATH, name);
    }
    if (name.equals(REQUIRED)) {
      throw JobException.invalidConfig(
          "The credential provider %s has nothing under the alias %s, and %s is not set in the"
              + " environment. Add it: hadoop credential create %s -provider %s",
          path, alias, name, alias, path);
    }
    return null;
  }
}
