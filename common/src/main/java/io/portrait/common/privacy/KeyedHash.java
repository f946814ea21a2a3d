package io.portrait.common.privacy;

import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.types.DataTypes.StringType;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.api.java.UDF2;
import org.apache.spark.sql.expressions.UserDefinedFunction;

/**
 * Keyed pseudonyms: the first 128 bits of HMAC-SHA256 of {@code type|value}, as 32 hexadecimal
 * digits.
 *
 * <p>The key travels inside a function object, never inside an expression, since expressions are
 * written into plans and event logs.
 */
public final class KeyedHash implements Serializable {

  private static final long serialVersionUID = 1L;
  private static final String ALGORITHM = "HmacSHA256";
  private static final int BYTES = 16;

  private final byte[] key;
  private transient ThreadLocal<Mac> mac;

  /** Makes pseudonyms with this key. */
  public KeyedHash(String key) {
    this.key = key.getBytes(StandardCharsets.UTF_8);
  }

  /** The pseudonym of a value in a namespace; null if the value is null. */
  public String hash(String type, String value) {
    if (value == null) {
      return null;
    }
    byte[] digest = mac().doFinal((type + "|" + value).getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(Arrays.copyOf(digest, BYTES));
  }

  /** The pseudonym as a column. */
  public Column column(Column type, Column value) {
    UserDefinedFunction function =
        udf((UDF2<String, String, String>) this::hash, StringType).withName("keyed_hash");
    return function.apply(type, value);
  }

  /**
   * The pseudonym as a column that is computed once a row: Spark does not move it below a filter,
   * where it would be computed again for each time that it is named.
   */
  public Column columnOnce(Column type, Column value) {
    return udf((UDF2<String, String, String>) this::hash, StringType)
        .withName("keyed_hash")
        .asNondeterministic()
        .apply(type, value);
  }

  /**
   * Lets expressions of a deployment call {@code pseudonym(text)}: for ids that they build from
   * another's, such as an order's from the customer's.
   */
  public void register(SparkSession spark) {
    UDF1<String, String> function = value -> hash("pseudonym", value);
    spark.udf().register("pseudonym", function, StringType);
  }

  /** Tells keys apart without telling the key. */
  public String fingerprint() {
    return hash("portrait", "key fingerprint");
  }

  private synchronized Mac mac() {
    if (mac == null) {
      mac = ThreadLocal.withInitial(this::newMac);
    }
    return mac.get();
  }

  private Mac newMac() {
    try {
      Mac made = Mac.getInstance(ALGORITHM);
      made.init(new SecretKeySpec(key, ALGORITHM));
      return made;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every JDK has " + ALGORITHM, e);
    }
  }
}
