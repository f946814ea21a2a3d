package io.portrait.common.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WholeFileTest {

  @TempDir private Path dir;

  @Test
  void replacesAFileThatHadoopWrote() throws IOException {
    Configuration hadoop = new Configuration();
    org.apache.hadoop.fs.Path file =
        new org.apache.hadoop.fs.Path(dir.toUri().toString(), "folder/as_of=2024-01-01.html");
    FileSystem fs = file.getFileSystem(hadoop);
    try (OutputStream out = fs.create(file, true)) {
      out.write("old".getBytes(StandardCharsets.UTF_8));
    }

    WholeFile.write(hadoop, file, "new".getBytes(StandardCharsets.UTF_8));

    try (InputStream in = fs.open(file)) {
      assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("new");
    }
    assertThat(dir.resolve("folder").toFile().list()).containsExactly("as_of=2024-01-01.html");
  }
}
