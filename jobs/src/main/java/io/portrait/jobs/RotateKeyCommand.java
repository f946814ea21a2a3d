package io.portrait.jobs;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Another key for the vault. */
@Command(
    name = "rotate-key",
    description =
        "Encrypts the vault with vault_key of portrait.yaml; what it was encrypted with before is"
            + " previous_vault_key.",
    mixinStandardHelpOptions = true)
final class RotateKeyCommand implements Runnable {

  @Mixin private WarehouseOptions options;

  @Override
  public void run() {
    Line.rotateKey(options);
  }
}
