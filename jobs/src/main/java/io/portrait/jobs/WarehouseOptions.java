package io.portrait.jobs;

import picocli.CommandLine.Option;

/** Options of every command that touches a warehouse. */
class WarehouseOptions {

  @Option(
      names = "--conf",
      required = true,
      paramLabel = "DIR",
      description = "The deployment's folder, for example conf/foodmart.")
  String conf;

  @Option(
      names = "--warehouse",
      paramLabel = "DIR",
      description = "Root folder of all tables; default: warehouse in portrait.yaml.")
  String warehouse;

  @Option(
      names = "--wait",
      paramLabel = "MINUTES",
      defaultValue = "0",
      description =
          "How long to wait while another run uses the warehouse; default: ${DEFAULT-VALUE}, stop"
              + " at once.")
  int waitMinutes;
}
