package io.portrait.common.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.portrait.common.error.ExitCode;
import org.junit.jupiter.api.Test;

/** Failures that a person can mend are put into words. */
class FailuresTest {

  @Test
  void wantOfMemoryIsExplainedWhereverItWasFound() {
    for (Exception failure :
        new Exception[] {
          new IllegalStateException(new OutOfMemoryError("Java heap space")),
          new IllegalStateException(
              "Job aborted: Lost task 0.0 in stage 1.0: java.lang.OutOfMemoryError: Java heap space")
        }) {
      RuntimeException explained = Failures.explained(failure);

      assertThat(explained).hasMessageContaining("PORTRAIT_DRIVER_MEMORY").hasCause(failure);
      assertThat(ExitCode.of(explained)).isEqualTo(ExitCode.INTERNAL);
    }
  }

  @Test
  void whatIsNotKnownStaysAsItIs() {
    RuntimeException unknown = new IllegalStateException("something else");

    assertThat(Failures.explained(unknown)).isSameAs(unknown);
  }
}
