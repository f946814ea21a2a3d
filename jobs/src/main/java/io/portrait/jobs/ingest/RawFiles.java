package io.portrait.jobs.ingest;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.regexp_replace;

import io.portrait.common.config.Source;
import io.portrait.common.error.JobException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.Charset;
import java.sql.Timestamp;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.io.compress.CompressionCodecFactory;
import org.apache.spark.paths.SparkPath;
import org.apache.spark.sql.Column;

/** Finds the files of a source and looks at their beginnings. */
final class RawFiles {

  private static final int HEAD_CHARACTERS = 64 * 1024;

  /** Spark writes a local path with one slash or with three, as it was found. */
  private static final String LOCAL = "^file:/+";

  private static final String LOCAL_ROOT = "file:///";

  private RawFiles() {}

  /**
   * The files of a source, by name; hidden ones and those still being copied are left out.
   *
   * @throws JobException if there is none, or they cannot be listed
   */
  static List<FileStatus> list(Configuration hadoop, Source source) {
    Path pattern = new Path(source.path().orElseThrow());
    try {
      FileSystem fs = pattern.getFileSystem(hadoop);
      FileStatus[] found =
          fs.globStatus(pattern, p -> !p.getName().startsWith(".") && !p.getName().startsWith("_"));
      List<FileStatus> files =
          found == null
              ? List.of()
              : Arrays.stream(found)
                  .filter(FileStatus::isFile)
                  .sorted(Comparator.comparing((FileStatus f) -> f.getPath().toString()))
                  .toList();
      if (files.isEmpty()) {
        throw JobException.invalidConfig(
            "%s: no file matches %s. Correct path, or bring the file there.",
            source.place(), pattern);
      }
      return files;
    } catch (IOException e) {
      throw JobException.invalidConfig(
          "%s: the files %s cannot be listed: %s", source.place(), pattern, e.getMessage());
    }
  }

  /** The file of each row that was read from files. */
  static Column originColumn() {
    return regexp_replace(col("_metadata.file_path"), LOCAL, LOCAL_ROOT).as("origin");
  }

  /** The file as an origin, named as in {@link #originColumn}. */
  static NewRows.Origin origin(FileStatus file) {
    return new NewRows.Origin(
        SparkPath.fromFileStatus(file).urlEncoded().replaceFirst(LOCAL, LOCAL_ROOT),
        file.getLen(),
        new Timestamp(file.getModificationTime()));
  }

  /**
   * The first characters of a file, decompressed and decoded, without a byte order mark.
   *
   * @param delimiter what may be there although it is a control character
   * @throws JobException if the file is empty, cannot be read or is not text
   */
  static String head(Configuration hadoop, Path file, String encoding, String delimiter) {
    CompressionCodec codec = new CompressionCodecFactory(hadoop).getCodec(file);
    try (InputStream raw = file.getFileSystem(hadoop).open(file);
        InputStream in = codec == null ? raw : codec.createInputStream(raw);
        Reader reader = new InputStreamReader(in, Charset.forName(encoding))) {
      char[] buffer = new char[HEAD_CHARACTERS];
      int length = 0;
      for (int n;
          length < buffer.length
              && (n = reader.read(buffer, length, buffer.length - length)) > 0; ) {
        length += n;
      }
      if (length == 0) {
        throw JobException.invalidData("The file %s is empty. Deliver it again.", file);
      }
      String head = new String(buffer, 0, length);
      if (head.chars().anyMatch(c -> c < ' ' && ("\t\n\r" + delimiter).indexOf(c) < 0)) {
        throw JobException.invalidData(
            "The file %s is not text in %s: its beginning has control characters. Correct format"
                + " or encoding of the source, or deliver the right file.",
            file, encoding);
      }
      return head.startsWith("\uFEFF") ? head.substring(1) : head;
    } catch (IOException e) {
      throw JobException.invalidData(
          "The file %s cannot be read: %s. It may be cut off; deliver it again.",
          file, e.getMessage());
    }
  }
}
