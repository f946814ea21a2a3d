package io.portrait.common.error;

import com.google.errorprone.annotations.FormatMethod;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A failure the operator can act on. The message states what failed, where (table, column, file or
 * key), and how to mend it. Anything that is not a {@code JobException} is a bug or a lost machine.
 */
public final class JobException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final ExitCode exitCode;

  private JobException(ExitCode exitCode, String message, Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  /** The run was asked for wrongly: bad argument, missing or unknown configuration key. */
  @FormatMethod
  public static JobException invalidConfig(String message, Object... args) {
    return new JobException(ExitCode.USAGE, String.format(message, args), null);
  }

  /**
   * The configuration has faults; all of them in one message, a line each.
   *
   * @param faults at least one
   */
  public static JobException faultyConfig(List<Fault> faults) {
    String lines =
        faults.stream().distinct().map(Fault::toString).collect(Collectors.joining("\n  "));
    return new JobException(
        ExitCode.USAGE,
        String.format(
            "The configuration has %d fault%s:%n  %s",
            faults.stream().distinct().count(), faults.size() == 1 ? "" : "s", lines),
        null);
  }

  /** The input does not keep its contract: missing column, wrong type, failed quality check. */
  @FormatMethod
  public static JobException invalidData(String message, Object... args) {
    return new JobException(ExitCode.INVALID_DATA, String.format(message, args), null);
  }

  /** The machine or a service failed, and the cause is known well enough to say what to do. */
  @FormatMethod
  public static JobException infrastructure(Throwable cause, String message, Object... args) {
    return new JobException(ExitCode.INTERNAL, String.format(message, args), cause);
  }

  /** Something else is at work where this run would be; running again later helps. */
  @FormatMethod
  public static JobException unavailable(String message, Object... args) {
    return new JobException(ExitCode.INTERNAL, String.format(message, args), null);
  }

  public ExitCode exitCode() {
    return exitCode;
  }
}
