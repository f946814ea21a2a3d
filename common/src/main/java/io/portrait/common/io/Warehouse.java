package io.portrait.common.io;

import io.portrait.common.error.JobException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** The root folder of all tables. It belongs to one deployment and one pseudonym key. */
public final class Warehouse {

  private static final String MARKER = "ops/deployment.properties";
  private static final String DEPLOYMENT = "deployment";
  private static final String KEY_FINGERPRINT = "key_fingerprint";
  private static final String VAULT_KEY_ID = "vault_key_id";

  private Warehouse() {}

  /**
   * What a warehouse belongs to.
   *
   * @param deployment name of the deployment
   * @param keyFingerprint tells pseudonym keys apart without telling the key
   * @param vaultKeyId tells keys of the vault apart without telling the key
   */
  public record Owner(String deployment, String keyFingerprint, String vaultKeyId) {}

  /**
   * Claims a new warehouse for a deployment, or checks that it is the deployment's own.
   *
   * @return the absolute location
   * @throws JobException if it cannot be written or belongs to another deployment or key
   */
  public static String open(Configuration hadoop, String location, Owner owner) {
    return at(
        hadoop,
        location,
        (fs, root) -> {
          if (!fs.exists(new Path(root, MARKER))) {
            claim(hadoop, fs, root, owner);
          }
          // Also a claim of one's own: another run may have been faster.
          requireOwn(fs, root, owner);
        });
  }

  /**
   * Checks that a warehouse is the deployment's own, and claims nothing.
   *
   * @return whether there is one; a folder that no run has used is none
   * @throws JobException if it cannot be read or belongs to another deployment or key
   */
  public static boolean isOwn(Configuration hadoop, String location, Owner owner) {
    AtomicBoolean isThere = new AtomicBoolean();
    at(
        hadoop,
        location,
        (fs, root) -> {
          if (fs.exists(new Path(root, MARKER))) {
            requireOwn(fs, root, owner);
            isThere.set(true);
          }
        });
    return isThere.get();
  }

  private static void requireOwn(FileSystem fs, Path root, Owner owner) throws IOException {
    if (!check(fs, root, owner).equals(owner.vaultKeyId())) {
      throw JobException.invalidConfig(
          "The vault of the warehouse %s is encrypted with another key, or its rotation has"
              + " not ended. Set the environment to the key that it was made with; to go over"
              + " to this one, run portrait rotate-key.",
          root);
    }
  }

  /**
   * Checks that a warehouse is the deployment's own and its vault's key is one of those given.
   *
   * @param vaultKeyIds ids of keys that are at hand
   * @return the absolute location
   * @throws JobException if it is another deployment's, or its vault's key is not at hand
   */
  public static String openToRotate(
      Configuration hadoop, String location, Owner owner, List<String> vaultKeyIds) {
    return at(
        hadoop,
        location,
        (fs, root) -> {
          if (!fs.exists(new Path(root, MARKER))) {
            throw JobException.invalidConfig(
                "There is no warehouse at %s. Correct --warehouse.", root);
          }
          String id = check(fs, root, owner);
          if (!id.isEmpty() && !vaultKeyIds.contains(id)) {
            throw JobException.invalidConfig(
                "The vault of the warehouse %s is encrypted with a key that is neither vault_key"
                    + " nor previous_vault_key of portrait.yaml. Name it in previous_vault_key.",
                root);
          }
        });
  }

  /** Notes that the whole vault has the owner's key now. */
  public static void noteVaultKey(Configuration hadoop, String location, Owner owner) {
    at(
        hadoop,
        location,
        (fs, root) -> WholeFile.write(hadoop, new Path(root, MARKER), text(owner)));
  }

  /** Something to do with the folder. */
  private interface Work {
    void in(FileSystem fs, Path root) throws IOException;
  }

  private static String at(Configuration hadoop, String location, Work work) {
    Path root = new Path(location);
    try {
      FileSystem fs = root.getFileSystem(hadoop);
      root = fs.makeQualified(root);
      work.in(fs, root);
      return root.toUri().getScheme().equals("file") ? root.toUri().getPath() : root.toString();
    } catch (IOException e) {
      throw JobException.invalidConfig(
          "The warehouse %s cannot be written: %s. Correct --warehouse, or the folder's"
              + " permissions.",
          root, e.getMessage());
    }
  }

  private static void claim(Configuration hadoop, FileSystem fs, Path root, Owner owner)
      throws IOException {
    Path marker = new Path(root, MARKER);
    if (!isEmpty(fs, root, marker)) {
      throw JobException.invalidConfig(
          "The folder %s is not empty and is no warehouse. Pass --warehouse with a new folder.",
          root);
    }
    WholeFile.write(hadoop, marker, text(owner));
  }

  /** Whether there is nothing but what a run leaves that was killed while it claimed the folder. */
  private static boolean isEmpty(FileSystem fs, Path root, Path marker) throws IOException {
    if (!fs.exists(root)) {
      return true;
    }
    for (FileStatus file : fs.listStatus(root)) {
      if (!file.getPath().getName().equals(marker.getParent().getName()) || file.isFile()) {
        return false;
      }
    }
    return !fs.exists(marker.getParent())
        || Stream.of(fs.listStatus(marker.getParent()))
            .allMatch(file -> file.getPath().getName().contains(marker.getName()));
  }

  private static byte[] text(Owner owner) {
    return String.join(
            "\n",
            "# This warehouse belongs to one deployment.",
            DEPLOYMENT + "=" + owner.deployment(),
            KEY_FINGERPRINT + "=" + owner.keyFingerprint(),
            VAULT_KEY_ID + "=" + owner.vaultKeyId(),
            "")
        .getBytes(StandardCharsets.UTF_8);
  }

  /** The id of the vault's key; empty if the vault was made before it was encrypted. */
  private static String check(FileSystem fs, Path root, Owner owner) throws IOException {
    Properties claim = new Properties();
    try (InputStream in = fs.open(new Path(root, MARKER))) {
      claim.load(in);
    }
    if (!owner.deployment().equals(claim.getProperty(DEPLOYMENT))) {
      throw JobException.invalidConfig(
          "The warehouse %s belongs to the deployment '%s', not to '%s'. Pass another --warehouse.",
          root, claim.getProperty(DEPLOYMENT), owner.deployment());
    }
    if (!owner.keyFingerprint().equals(claim.getProperty(KEY_FINGERPRINT))) {
      throw JobException.invalidConfig(
          "The warehouse %s was made with another pseudonym key. Set the environment to the key"
              + " that it was made with, or use another --warehouse.",
          root);
    }
    return claim.getProperty(VAULT_KEY_ID, "");
  }
}
