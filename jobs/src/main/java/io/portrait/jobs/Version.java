package io.portrait.jobs;

import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Properties;
import org.apache.spark.package$;
import picocli.CommandLine.IVersionProvider;

/** Which Portrait this is. */
final class Version implements IVersionProvider {

  @Override
  public String[] getVersion() {
    return new String[] {
      "portrait " + number(),
      "Spark " + package$.MODULE$.SPARK_VERSION(),
      "Java " + Runtime.version()
    };
  }

  /** The version number, as in the pom. */
  static String number() {
    Properties properties = new Properties();
    try (InputStream in = Version.class.getResourceAsStream("/portrait.properties")) {
      properties.load(in);
    } catch (IOException e) {
      throw new IllegalStateException("The jar's portrait.properties cannot be read", e);
    }
    return properties.getProperty("version");
  }

  /** The number and a fingerprint of the jar: another code runs every step again. */
  static String fingerprint() {
    try {
      Path code =
          Path.of(Version.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      if (!Files.isRegularFile(code)) {
        return number();
      }
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(code));
      return number() + "+" + HexFormat.of().formatHex(digest, 0, 4);
    } catch (URISyntaxException | IOException | NoSuchAlgorithmException e) {
      throw new IllegalStateException("The running jar cannot be read", e);
    }
  }
}
