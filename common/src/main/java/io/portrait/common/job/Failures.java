package io.portrait.common.job;

import io.portrait.common.error.JobException;
import java.io.EOFException;
import java.nio.file.AccessDeniedException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipException;
import org.apache.hadoop.security.AccessControlException;
import org.apache.hadoop.util.ShutdownHookManager;
import org.apache.spark.QueryContextType;
import org.apache.spark.SparkThrowable;

/** Turns failures of files, disks and databases that a person can mend into words. */
public final class Failures {

  private static final Pattern FILE = Pattern.compile("reading file:? ?(\\S+?)[.,]?(?:\\s|$)");

  private Failures() {}

  /** The failure itself if it is explained already or nothing is known of it. */
  public static RuntimeException explained(Exception failure) {
    List<Throwable> chain = chain(failure);
    for (Throwable t : chain) {
      if (t instanceof JobException known) {
        return known;
      }
    }
    if (ShutdownHookManager.get().isShutdownInProgress()) {
      return JobException.infrastructure(
          failure,
          "The run was ended from outside, by a signal or by the cluster. Run it again: it goes on"
              + " from the last step that ended, and nothing is there twice.");
    }
    for (Throwable t : chain) {
      String message = String.valueOf(t.getMessage());
      if (message.contains("No space left on device")) {
        return JobException.invalidConfig(
            "The disk is full: %s. Free some space, or pass --warehouse on another disk, and run"
                + " again; what was half written is not visible to any reader.",
            message.lines().findFirst().orElse(""));
      }
      if (t instanceof OutOfMemoryError || message.contains("java.lang.OutOfMemoryError")) {
        return JobException.infrastructure(
            failure,
            "The memory was not enough; the driver may use %,d MB. Give it more by"
                + " PORTRAIT_DRIVER_MEMORY (in local mode it does everything), executors by"
                + " spark.executor.memory, or take fewer cores. Then run again: it goes on from the"
                + " last step that ended.",
            Runtime.getRuntime().maxMemory() >> 20);
      }
      if (t instanceof AccessDeniedException
          || message.contains("Permission denied")
          || t instanceof AccessControlException) {
        return JobException.invalidConfig(
            "A file or folder may not be used: %s. Correct its permissions.",
            message.lines().findFirst().orElse(""));
      }
      if (t instanceof SparkThrowable spark && isOfAValue(spark)) {
        return JobException.invalidData(
            "An expression of the configuration cannot be computed for a row: %s%s. The value is not"
                + " shown, since it may be personal. Use try_cast, try_divide, nullif or the like"
                + " there.",
            spark.getCondition(),
            Arrays.stream(spark.getQueryContext())
                .filter(context -> context.contextType() == QueryContextType.SQL)
                .map(context -> ", in " + context.fragment())
                .findFirst()
                .orElse(""));
      }
      // A database that hangs up ends early too, and delivers no file.
      boolean isCutOff =
          t instanceof EOFException && chain.stream().noneMatch(SQLException.class::isInstance);
      if (isCutOff || message.contains("FAILED_READ_FILE") || t instanceof ZipException) {
        return JobException.invalidData(
            "The file %s cannot be read to its end: it is cut off or broken. Deliver it again;"
                + " nothing of it was kept.",
            file(chain));
      }
    }
    return failure instanceof RuntimeException runtime ? runtime : new RuntimeException(failure);
  }

  /**
   * Whether Spark failed on a value of a row, which its message shows: data exceptions of SQL, what
   * an expression raises itself, and to_number, whose state is that of a syntax error.
   */
  private static boolean isOfAValue(SparkThrowable failure) {
    String state = String.valueOf(failure.getSqlState());
    return state.startsWith("22")
        || state.equals("P0001")
        || String.valueOf(failure.getCondition()).startsWith("INVALID_FORMAT");
  }

  private static String file(List<Throwable> chain) {
    for (Throwable t : chain) {
      Matcher matcher = FILE.matcher(String.valueOf(t.getMessage()));
      if (matcher.find()) {
        return matcher.group(1);
      }
    }
    return "of a source";
  }

  private static List<Throwable> chain(Throwable failure) {
    List<Throwable> chain = new ArrayList<>();
    for (Throwable t = failure; t != null && !chain.contains(t); t = t.getCause()) {
      chain.add(t);
    }
    return chain;
  }
}
