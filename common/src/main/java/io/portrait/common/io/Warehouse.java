package io.portrait.common.io;

import io.portrait.common.error.JobException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Properties;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** The root folder of all tables. It belongs to one deployment and one pseudonym key. */
public final class Warehouse {

  private static final String MARKER = "ops/deployment.properties";

  private Warehouse() {}

  /**
   * Claims a new warehouse for a deployment, or checks that it is the deployment's own.
   *
   * @param keyFingerprint tells keys apart without telling the key
   * @return the absolute location
   * @throws JobException if it cannot be written or belongs to another deployment or key
   */
  public static String open(
      Configuration hadoop, String location, String deployment, String keyFingerprint) {
    Path root = new Path(location);
    try {
      FileSystem fs = root.getFileSystem(hadoop);
      root = fs.makeQualified(root);
      Path marker = new Path(root, MARKER);
      if (!fs.exists(marker)) {
        if (!isEmpty(fs, root, marker)) {
          throw JobException.invalidConfig(
              "The folder %s is not empty and is no warehouse. Pass --warehouse with a new folder.",
              root);
        }
        claim(hadoop, marker, deployment, keyFingerprint);
      }
      // Also a claim of one's own: another run may have been faster.
      check(fs, marker, root, deployment, keyFingerprint);
      return root.toUri().getScheme().equals("file") ? root.toUri().getPath() : root.toString();
    } catch (IOException e) {
      throw JobException.invalidConfig(
          "The warehouse %s cannot be written: %s. Correct --warehouse, or the folder's"
              + " permissions.",
          root, e.getMessage());
    }
  }

  private static void claim(
      Configuration hadoop, Path marker, String deployment, String keyFingerprint)
      throws IOException {
    StringBuilder text = new StringBuilder("# This warehouse belongs to one deployment.\n");
    text.append("deployment=").append(deployment).append('\n');
    text.append("key_fingerprint=").append(keyFingerprint).append('\n');
    WholeFile.write(hadoop, marker, text.toString().getBytes(StandardCharsets.UTF_8));
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

  private static void check(
      FileSystem fs, Path marker, Path root, String deployment, String keyFingerprint)
      throws IOException {
    Properties claim = new Properties();
    try (InputStream in = fs.open(marker)) {
      claim.load(in);
    }
    if (!deployment.equals(claim.getProperty("deployment"))) {
      throw JobException.invalidConfig(
          "The warehouse %s belongs to the deployment '%s', not to '%s'. Pass another --warehouse.",
          root, claim.getProperty("deployment"), deployment);
    }
    if (!keyFingerprint.equals(claim.getProperty("key_fingerprint"))) {
      throw JobException.invalidConfig(
          "The warehouse %s was made with another pseudonym key. Set the environment to the key"
              + " that it was made with, or use another --warehouse.",
          root);
    }
  }
}
