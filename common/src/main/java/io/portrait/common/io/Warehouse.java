package io.portrait.common.io;

import io.portrait.common.error.JobException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Properties;
import org.apache.hadoop.conf.Configuration;
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
      if (fs.exists(marker)) {
        check(fs, marker, root, deployment, keyFingerprint);
      } else {
        if (fs.exists(root) && fs.listStatus(root).length > 0) {
          throw JobException.invalidConfig(
              "The folder %s is not empty and is no warehouse. Pass --warehouse with a new folder.",
              root);
        }
        fs.mkdirs(marker.getParent());
        Properties claim = new Properties();
        claim.setProperty("deployment", deployment);
        claim.setProperty("key_fingerprint", keyFingerprint);
        try (OutputStream out = fs.create(marker, false)) {
          StringBuilder text = new StringBuilder("# This warehouse belongs to one deployment.\n");
          text.append("deployment=").append(deployment).append('\n');
          text.append("key_fingerprint=").append(keyFingerprint).append('\n');
          out.write(text.toString().getBytes(StandardCharsets.UTF_8));
        }
      }
      return root.toUri().getScheme().equals("file") ? root.toUri().getPath() : root.toString();
    } catch (IOException e) {
      throw JobException.invalidConfig(
          "The warehouse %s cannot be written: %s. Correct --warehouse, or the folder's"
              + " permissions.",
          root, e.getMessage());
    }
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
