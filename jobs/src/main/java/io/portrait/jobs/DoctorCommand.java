package io.portrait.jobs;

import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Looks for what keeps an installation from working. */
@Command(
    name = "doctor",
    description = {
      "Checks an installation and says of each fault how to mend it.",
      "Without --conf: Java, Spark, Delta, time zone, disk and key. With --conf also the deployment's"
          + " warehouse, clock, catalogue, sources and drivers. Changes no table; writes, renames"
          + " and deletes one small file in the warehouse."
    },
    mixinStandardHelpOptions = true)
final class DoctorCommand implements Runnable {

  @Option(
      names = "--conf",
      paramLabel = "DIR",
      description = "The deployment's folder, for example conf/foodmart.")
  private Optional<String> conf;

  @Option(
      names = "--warehouse",
      paramLabel = "DIR",
      description = "Root folder of all tables; default: warehouse in portrait.yaml.")
  private Optional<String> warehouse;

  @Override
  public void run() {
    new Doctor(System::getenv, System.out).examine(conf, warehouse);
  }
}
