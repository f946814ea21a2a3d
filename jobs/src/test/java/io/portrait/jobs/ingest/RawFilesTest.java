package io.portrait.jobs.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RawFilesTest {

  @Test
  void namesALocalFileInOneWayWhetherOrNotThePathHasAWildcard(@TempDir Path folder)
      throws IOException {
    Path file = Files.writeString(folder.resolve("credit report.csv"), "customer_id\n1\n");
    String name = "file://" + folder + "/credit%20report.csv";

    assertThat(RawFiles.origin(found(file.toString())).name()).isEqualTo(name);
    assertThat(RawFiles.origin(found(folder + "/*.csv")).name()).isEqualTo(name);
    assertThat(RawFiles.origin(found("file://" + file)).name()).isEqualTo(name);
  }

  private static FileStatus found(String pattern) throws IOException {
    org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(pattern);
    return FileSystem.get(path.toUri(), new Configuration()).globStatus(path)[0];
  }
}
