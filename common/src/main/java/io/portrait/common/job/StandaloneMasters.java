package io.portrait.common.job;

import io.portrait.common.error.JobException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether a standalone cluster's master can be reached. Spark itself tries for a minute and then
 * fails on something else.
 */
final class StandaloneMasters {

  private static final String SCHEME = "spark://";
  private static final int PATIENCE_MILLIS = 10_000;

  private StandaloneMasters() {}

  /**
   * Looks whether one of the masters answers.
   *
   * @param master as of spark-submit; anything but {@code spark://host:port,...} passes
   * @throws JobException if none answers, or an address is none
   */
  static void check(String master) {
    if (!master.startsWith(SCHEME)) {
      return;
    }
    List<String> reasons = new ArrayList<>();
    for (String address : master.substring(SCHEME.length()).split(",", -1)) {
      try (Socket socket = new Socket()) {
        socket.connect(socketAddress(address, master), PATIENCE_MILLIS);
        return;
      } catch (IOException e) {
        reasons.add(address + ": " + e);
      }
    }
    throw JobException.unavailable(
        "No Spark master answers at %s (%s). Start it, or correct --master; the master's page shows"
            + " its address as URL.",
        master, String.join("; ", reasons));
  }

  private static InetSocketAddress socketAddress(String address, String master) {
    int colon = address.lastIndexOf(':');
    try {
      return new InetSocketAddress(
          address.substring(0, Math.max(0, colon)), Integer.parseInt(address.substring(colon + 1)));
    } catch (IllegalArgumentException e) {
      throw JobException.invalidConfig(
          "--master %s names no host and port. Pass one as spark://host:7077.", master);
    }
  }
}
