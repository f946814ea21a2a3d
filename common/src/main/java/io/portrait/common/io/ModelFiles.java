package io.portrait.common.io;

import io.portrait.common.error.JobException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** Fitted models, as text below {@code ops/model} of a warehouse: one a model and as-of date. */
public final class ModelFiles {

  private ModelFiles() {}

  /** Writes a model in place of the one that the as-of date may have. */
  public static void write(
      Configuration hadoop, String warehouse, String model, LocalDate asOf, String text) {
    Path path = path(warehouse, model, asOf);
    try {
      WholeFile.write(hadoop, path, text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw JobException.infrastructure(
          e, "The model %s cannot be written: %s. Check the warehouse's folder.", path, e);
    }
  }

  /** Deletes the model of an as-of date if there is one. */
  public static void delete(Configuration hadoop, String warehouse, String model, LocalDate asOf) {
    Path path = path(warehouse, model, asOf);
    try {
      path.getFileSystem(hadoop).delete(path, false);
    } catch (IOException e) {
      throw JobException.infrastructure(
          e, "The model %s cannot be deleted: %s. Check the warehouse's folder.", path, e);
    }
  }

  /** Reads a model. */
  public static String read(Configuration hadoop, String warehouse, String model, LocalDate asOf) {
    Path path = path(warehouse, model, asOf);
    try (InputStream in = path.getFileSystem(hadoop).open(path)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw JobException.invalidConfig(
          "The model %s cannot be read: %s. Run the step that writes it first.", path, e);
    }
  }

  private static Path path(String warehouse, String model, LocalDate asOf) {
    return new Path(warehouse + "/ops/model/" + model + "/as_of=" + asOf + "/model.json");
  }
}
