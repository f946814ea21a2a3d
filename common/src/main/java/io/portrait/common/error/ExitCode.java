package io.portrait.common.error;

/** Process exit codes. 0, 1 and 2 follow picocli; 3 is ours. */
public enum ExitCode {
  /** Done. */
  OK(0),
  /** Bug or infrastructure failure. The scheduler may retry. */
  INTERNAL(1),
  /** Wrong arguments or configuration. Retrying cannot help. */
  USAGE(2),
  /** Input data broke its contract. Retrying cannot help; the data owner must act. */
  INVALID_DATA(3);

  private final int code;

  ExitCode(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }

  /** The code for a failed run: that of the first {@link JobException} in the cause chain, or 1. */
  public static ExitCode of(Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof JobException e) {
        return e.exitCode();
      }
    }
    return INTERNAL;
  }
}
