package io.portrait.common.privacy;

import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.portrait.common.error.JobException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.api.java.UDF3;

/**
 * Encrypts single values: AES-256-GCM with a key derived from a secret by HKDF-SHA256 (RFC 5869).
 *
 * <p>An encrypted value is {@code v1.<key id>.<base64url of nonce, cipher text and tag>}, so that
 * values of an old key are told from those of the present one. The column and the account that a
 * value belongs to are authenticated with it: moved elsewhere, it cannot be read.
 *
 * <p>The nonce is the first 96 bits of HMAC-SHA256 of column, account and value, with a key of its
 * own. So a rerun writes the same bytes, and no nonce serves two values; what shows is only that a
 * column of an account has the value that it had before.
 *
 * <p>Keys travel inside function objects, never inside expressions, since expressions are written
 * into plans and event logs.
 */
public final class VaultCipher implements Serializable {

  private static final long serialVersionUID = 1L;
  private static final String VERSION = "v1.";
  private static final String MAC = "HmacSHA256";
  private static final String CIPHER = "AES/GCM/NoPadding";
  private static final int KEY_BYTES = 32;
  private static final int KEY_ID_BYTES = 8;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;

  /** A derived key. */
  private record Key(String id, byte[] encryption, byte[] nonce) implements Serializable {}

  private final Key current;
  private final Map<String, Key> byId = new LinkedHashMap<>();

  /**
   * Encrypts with one secret, and decrypts with it or an earlier one.
   *
   * @param secret what the key is derived from
   * @param earlier secrets of values that are not encrypted anew yet
   */
  public VaultCipher(String secret, List<String> earlier) {
    this.current = derive(secret);
    byId.put(current.id(), current);
    earlier.stream().map(VaultCipher::derive).forEach(key -> byId.putIfAbsent(key.id(), key));
  }

  /** Ids of the keys, the present one first: 16 hexadecimal digits that do not tell the key. */
  public List<String> keyIds() {
    return List.copyOf(byId.keySet());
  }

  /** What every value of the present key begins with. */
  String prefix() {
    return VERSION + current.id() + ".";
  }

  /** The encrypted value; null if it is null. */
  public String encrypt(String column, String account, String value) {
    if (value == null) {
      return null;
    }
    try {
      byte[] owner = owner(column, account);
      byte[] text = value.getBytes(StandardCharsets.UTF_8);
      byte[] nonce = Arrays.copyOf(hmac(current.nonce(), owner, text), NONCE_BYTES);
      byte[] sealed = cipher(Cipher.ENCRYPT_MODE, current, nonce, owner).doFinal(text);
      byte[] all = Arrays.copyOf(nonce, NONCE_BYTES + sealed.length);
      System.arraycopy(sealed, 0, all, NONCE_BYTES, sealed.length);
      return prefix() + Base64.getUrlEncoder().withoutPadding().encodeToString(all);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every JDK has " + CIPHER, e);
    }
  }

  /**
   * The value in the clear; null if it is null.
   *
   * @throws JobException if it is of a key that is not here, or was changed or moved
   */
  public String decrypt(String column, String account, String stored) {
    if (stored == null) {
      return null;
    }
    String[] parts = stored.split("\\.", 3);
    if (!stored.startsWith(VERSION) || parts.length != 3) {
      throw JobException.invalidData(
          "The vault has a value in column %s that is not encrypted. Run portrait rotate-key.",
          column);
    }
    Key key = byId.get(parts[1]);
    if (key == null) {
      throw JobException.invalidConfig(
          "The vault has a value in column %s that is encrypted with the key %s; the present key is"
              + " %s. Name the former in previous_vault_key and run portrait rotate-key.",
          column, parts[1], current.id());
    }
    try {
      byte[] all = Base64.getUrlDecoder().decode(parts[2]);
      byte[] text =
          cipher(Cipher.DECRYPT_MODE, key, Arrays.copyOf(all, NONCE_BYTES), owner(column, account))
              .doFinal(all, NONCE_BYTES, all.length - NONCE_BYTES);
      return new String(text, StandardCharsets.UTF_8);
    } catch (AEADBadTagException | IllegalArgumentException e) {
      throw JobException.invalidData(
          "The vault has a value in column %s that was changed or moved after it was encrypted."
              + " Restore the vault, or have conform rebuild it from bronze.",
          column);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every JDK has " + CIPHER, e);
    }
  }

  /** The value encrypted with the present key, whether it was with an earlier one or not at all. */
  String renew(String column, String account, String stored) {
    if (stored == null || stored.startsWith(prefix())) {
      return stored;
    }
    String value = stored.startsWith(VERSION) ? decrypt(column, account, stored) : stored;
    return encrypt(column, account, value);
  }

  /** {@link #encrypt(String, String, String)} as a column. */
  Column encrypted(String column, Column account, Column value) {
    return udf((UDF3<String, String, String, String>) this::encrypt, StringType)
        .withName("vault_encrypt")
        .apply(lit(column), account, value);
  }

  /** {@link #decrypt} as a column. */
  Column decrypted(String column, Column account, Column stored) {
    return udf((UDF3<String, String, String, String>) this::decrypt, StringType)
        .withName("vault_decrypt")
        .apply(lit(column), account, stored);
  }

  /** {@link #renew} as a column. */
  Column renewed(String column, Column account, Column stored) {
    return udf((UDF3<String, String, String, String>) this::renew, StringType)
        .withName("vault_renew")
        .apply(lit(column), account, stored);
  }

  private static byte[] owner(String column, String account) {
    return (column + "|" + account + "|").getBytes(StandardCharsets.UTF_8);
  }

  private static Cipher cipher(int mode, Key key, byte[] nonce, byte[] owner)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance(CIPHER);
    cipher.init(
        mode, new SecretKeySpec(key.encryption(), "AES"), new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(owner);
    return cipher;
  }

  private static Key derive(String secret) {
    byte[] material = secret.getBytes(StandardCharsets.UTF_8);
    byte[] id = hkdf(material, new byte[0], "portrait vault key id", KEY_ID_BYTES);
    return new Key(
        HexFormat.of().formatHex(id),
        hkdf(material, new byte[0], "portrait vault encryption", KEY_BYTES),
        hkdf(material, new byte[0], "portrait vault nonce", KEY_BYTES));
  }

  /** HKDF-SHA256 of RFC 5869, for at most 32 bytes. */
  static byte[] hkdf(byte[] secret, byte[] salt, String info, int bytes) {
    return hkdf(secret, salt, info.getBytes(StandardCharsets.UTF_8), bytes);
  }

  static byte[] hkdf(byte[] secret, byte[] salt, byte[] info, int bytes) {
    byte[] extracted = hmac(salt.length == 0 ? new byte[KEY_BYTES] : salt, secret);
    return Arrays.copyOf(hmac(extracted, info, new byte[] {1}), bytes);
  }

  private static byte[] hmac(byte[] key, byte[]... parts) {
    try {
      Mac mac = Mac.getInstance(MAC);
      mac.init(new SecretKeySpec(key, MAC));
      for (byte[] part : parts) {
        mac.update(part);
      }
      return mac.doFinal();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every JDK has " + MAC, e);
    }
  }
}
