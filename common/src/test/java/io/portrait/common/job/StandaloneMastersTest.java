package io.portrait.common.job;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portrait.common.error.ExitCode;
import io.portrait.common.error.JobException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StandaloneMastersTest {

  @Test
  void oneOfSeveralMastersIsEnough() throws IOException {
    try (ServerSocket master = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int closed = closedPort();

      assertThatCode(
              () ->
                  StandaloneMasters.check(
                      "spark://127.0.0.1:" + closed + ",127.0.0.1:" + master.getLocalPort()))
          .doesNotThrowAnyException();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"local[*]", "yarn", "k8s://https://nowhere:6443"})
  void othersAreNotLookedAt(String master) {
    assertThatCode(() -> StandaloneMasters.check(master)).doesNotThrowAnyException();
  }

  @Test
  void nobodyThereIsSaid() throws IOException {
    String master = "spark://127.0.0.1:" + closedPort();

    assertThatThrownBy(() -> StandaloneMasters.check(master))
        .isInstanceOf(JobException.class)
        .hasMessageContaining("No Spark master answers at " + master)
        .extracting(e -> ((JobException) e).exitCode())
        .isEqualTo(ExitCode.INTERNAL);
  }

  @ParameterizedTest
  @ValueSource(strings = {"spark://127.0.0.1", "spark://", "spark://127.0.0.1:port"})
  void addressWithoutPortIsAFaultOfConfiguration(String master) {
    assertThatThrownBy(() -> StandaloneMasters.check(master))
        .isInstanceOf(JobException.class)
        .hasMessageContaining("spark://host:7077")
        .extracting(e -> ((JobException) e).exitCode())
        .isEqualTo(ExitCode.USAGE);
  }

  private static int closedPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
