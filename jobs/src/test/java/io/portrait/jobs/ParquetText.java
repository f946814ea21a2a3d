package io.portrait.jobs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.parquet.hadoop.util.HadoopInputFile;

/** What a Parquet file says, unpacked. */
final class ParquetText {

  private ParquetText() {}

  /** Each value as {@code column: value}, with those of nested columns; and the footer. */
  static List<String> values(Path file) {
    org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(file.toUri());
    List<String> values = new ArrayList<>();
    try (ParquetReader<Group> rows = ParquetReader.builder(new GroupReadSupport(), path).build()) {
      for (Group row = rows.read(); row != null; row = rows.read()) {
        row.toString().lines().map(String::strip).forEach(values::add);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    try (ParquetFileReader reader =
        ParquetFileReader.open(HadoopInputFile.fromPath(path, new Configuration()))) {
      values.add("footer: " + reader.getFooter());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return values;
  }
}
