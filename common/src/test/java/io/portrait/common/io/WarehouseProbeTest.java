package io.portrait.common.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A warehouse's storage is tried out, and stays as it was. */
class WarehouseProbeTest {

  @TempDir private Path dir;

  @Test
  void aNewLocationIsTriedOutAndLeftAsItWas() throws IOException {
    WarehouseProbe probe = probe(dir.resolve("a/b/warehouse"));

    probe.write();

    assertThat(dir).isEmptyDirectory();
    assertThat(probe.newestCommit()).isEmpty();
    assertThat(probe.local()).contains(dir.toFile());
  }

  @Test
  void aWarehouseKeepsWhatIsInItAndTellsItsNewestCommit() throws IOException {
    Instant old = Instant.parse("2026-01-31T01:02:03Z");
    Path older = commit("gold/score", old);
    Path newer = commit("ops/run_log", old.plusSeconds(60));

    WarehouseProbe probe = probe(dir);
    probe.write();

    try (Stream<Path> files = Files.walk(dir)) {
      assertThat(files.filter(Files::isRegularFile)).containsExactlyInAnyOrder(older, newer);
    }
    assertThat(probe.newestCommit()).contains(old.plusSeconds(60));
  }

  @Test
  void whereNothingCanBeWrittenIsTold() throws IOException {
    Path file = Files.writeString(dir.resolve("file"), "");

    assertThatThrownBy(() -> probe(file.resolve("warehouse")).write())
        .isInstanceOf(IOException.class);
  }

  private Path commit(String table, Instant time) throws IOException {
    Path log = Files.createDirectories(dir.resolve(table).resolve("_delta_log"));
    Path commit = Files.writeString(log.resolve("00000000000000000000.json"), "{}");
    return Files.setLastModifiedTime(commit, FileTime.from(time));
  }

  private static WarehouseProbe probe(Path location) throws IOException {
    return new WarehouseProbe(new Configuration(), location.toString());
  }
}
