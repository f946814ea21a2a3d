package io.portrait.jobs;

import io.portrait.common.error.ExitCode;
import io.portrait.common.error.JobException;
import io.portrait.common.job.Failures;
import io.portrait.common.job.Job;
import org.apache.hadoop.fs.FSError;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The command line.
 *
 * <pre>spark-submit --class io.portrait.jobs.Portrait portrait-jobs-0.1.0-app.jar \
 *     run --conf conf/foodmart --as-of 2026-01-31</pre>
 */
@Command(
    name = "portrait",
    description = "Customer profiles on Apache Spark and Delta Lake.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    subcommands = {
      RunCommand.class,
      CheckCommand.class,
      DoctorCommand.class,
      ShowCommand.class,
      RotateKeyCommand.class,
      ReplayCommand.class,
      GenerateCommand.class,
      FitScorecardCommand.class,
      EraseCommand.class,
      ExportCommand.class,
      MaintainCommand.class,
      ServeCommand.class
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:bug or infrastructure failure; running again may help",
      "2:wrong arguments or configuration; running again cannot help",
      "3:the data broke its contract or failed a check; the data's owner must act"
    })
public final class Portrait implements Runnable {

  private static final Logger LOG = LoggerFactory.getLogger(Portrait.class);

  @Spec private CommandSpec spec;

  /**
   * Runs a command and ends the process if it failed. On success it returns: on YARN in cluster
   * mode {@code System.exit(0)} marks the application as failed.
   */
  public static void main(String[] args) {
    int code = execute(args);
    if (code != ExitCode.OK.code()) {
      System.exit(code);
    }
  }

  /** Runs a command and gives its exit code. */
  static int execute(String... args) {
    CommandLine commandLine = new CommandLine(new Portrait());
    for (Job job : Line.STEPS) {
      CommandLine step = new CommandLine(new StepCommand(job));
      step.getCommandSpec().usageMessage().description(Line.description(job));
      commandLine.addSubcommand(job.name(), step);
    }
    try {
      return commandLine
          .setCaseInsensitiveEnumValuesAllowed(true)
          .setExecutionExceptionHandler((failure, command, result) -> report(failure, command))
          .execute(args);
    } catch (FSError | OutOfMemoryError e) {
      // A full disk or memory, of which picocli takes no notice.
      return report(new IllegalStateException(e), commandLine);
    }
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Name a command.");
  }

  /** Prints what a person can act on; the trace of anything else goes to the log alone. */
  private static int report(Exception failure, CommandLine command) {
    RuntimeException known = Failures.explained(failure);
    ExitCode code = ExitCode.of(known);
    command.getErr().println("error: " + known.getMessage());
    if (known instanceof JobException) {
      LOG.error("outcome=failed exit_code={} message={}", code.code(), known.getMessage());
    } else {
      command
          .getErr()
          .println(
              "This is a bug or a failure of the machine; the trace is in the log, "
                  + System.getProperty("portrait.log.file", "that of Spark's driver")
                  + ".");
      LOG.error("outcome=failed exit_code={}", code.code(), failure);
    }
    command.getErr().flush();
    return code.code();
  }
}
