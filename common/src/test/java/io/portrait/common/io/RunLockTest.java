package io.portrait.common.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portrait.common.error.JobException;
import io.portrait.common.io.RunLock.Holder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunLockTest {

  @TempDir private Path warehouse;

  private final List<String> told = new ArrayList<>();

  @Test
  void tellsTheSecondWhoIsThereAndLetsItInAfterwards() {
    try (RunLock first = take("first", Duration.ZERO)) {
      first.during(() -> told.add("works"));
      assertThatThrownBy(() -> take("second", Duration.ZERO))
          .isInstanceOf(JobException.class)
          .hasMessageContaining("is in use by run first (portrait run) on host")
          .hasMessageContaining("process " + ProcessHandle.current().pid() + ", since 2")
          .hasMessageContaining("pass --wait MINUTES")
          .hasMessageContaining("delete " + warehouse.resolve("ops/lock"));
    }
    take("second", Duration.ZERO).close();
    assertThat(told).containsExactly("works");
    assertThat(lockFiles()).containsExactlyInAnyOrder("1.held", "1.free", "2.held", "2.free");
  }

  @Test
  void waitsForTheFirst() throws Exception {
    RunLock first = take("first", Duration.ZERO);
    ExecutorService threads = Executors.newSingleThreadExecutor();
    try {
      Future<RunLock> second = threads.submit(() -> take("second", Duration.ofMinutes(1)));
      while (told.isEmpty()) {
        Thread.sleep(10);
      }
      assertThat(second.isDone()).isFalse();
      first.close();
      second.get().close();
    } finally {
      threads.shutdownNow();
    }
    assertThat(told).hasSize(1);
    assertThat(told.get(0)).startsWith("waiting for run first (portrait run) on host");
  }

  @Test
  void isTakenByOneOfMany() throws Exception {
    int contenders = 8;
    ExecutorService threads = Executors.newFixedThreadPool(contenders);
    try {
      for (int round = 0; round < 50; round++) {
        CountDownLatch start = new CountDownLatch(1);
        List<Future<RunLock>> results = new ArrayList<>();
        for (int i = 0; i < contenders; i++) {
          String name = "run" + i;
          Callable<RunLock> contender =
              () -> {
                start.await();
                try {
                  return take(name, Duration.ZERO);
                } catch (JobException e) {
                  return null;
                }
              };
          results.add(threads.submit(contender));
        }
        start.countDown();
        List<RunLock> taken = new ArrayList<>();
        for (Future<RunLock> result : results) {
          if (result.get() != null) {
            taken.add(result.get());
          }
        }
        assertThat(taken).hasSize(1);
        taken.get(0).close();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void isTakenOverAtOnceFromAProcessThatIsGone() throws Exception {
    RunLock killed = take("killed", Duration.ZERO);
    Path held = warehouse.resolve("ops/lock/1.held");
    Process gone = new ProcessBuilder("true").start();
    gone.waitFor();
    String own = "process=" + ProcessHandle.current().pid();
    Files.writeString(held, Files.readString(held).replace(own, "process=" + gone.pid()));

    RunLock second = take("second", Duration.ZERO);

    // Nor does a process of the same number that began at another time have it.
    Path next = warehouse.resolve("ops/lock/2.held");
    Files.writeString(
        next,
        Files.readString(next)
            .replaceAll("process_start=.*", "process_start=2020-01-01T00:00:00Z"));
    RunLock third = take("third", Duration.ZERO);
    third.during(() -> told.add("works"));
    // On a slow machine the others may have been told that they lost it.
    assertThat(told).contains("works");
    third.close();
    second.close();
    killed.close();
    take("fourth", Duration.ZERO).close();
  }

  @Test
  void isTakenOverFromAnotherMachineWhenItIsSilent() throws Exception {
    RunLock killed = take("killed", Duration.ZERO);
    Path held = warehouse.resolve("ops/lock/1.held");
    Files.writeString(held, Files.readString(held).replaceAll("machine=.*", "machine=another"));
    Path beat = warehouse.resolve("ops/lock/1.beat");
    FileTime before = ago(RunLock.SILENCE.minusSeconds(60));
    Files.setLastModifiedTime(held, before);
    Files.setLastModifiedTime(beat, before);
    assertThatThrownBy(() -> take("second", Duration.ZERO)).hasMessageContaining("run killed");

    Files.setLastModifiedTime(held, ago(RunLock.SILENCE.plusSeconds(60)));
    assertThatThrownBy(() -> take("second", Duration.ZERO)).hasMessageContaining("run killed");

    Files.setLastModifiedTime(beat, ago(RunLock.SILENCE.plusSeconds(60)));
    take("second", Duration.ZERO).close();
    killed.close();
  }

  @Test
  void aFileThatWasBegunIsHeldUntilItIsOld() throws IOException {
    Path held = Files.createDirectories(warehouse.resolve("ops/lock")).resolve("4.held");
    Files.createFile(held);
    assertThatThrownBy(() -> take("second", Duration.ZERO))
        .hasMessageContaining("run unknown (portrait unknown)");

    Files.setLastModifiedTime(held, ago(RunLock.SILENCE.plusSeconds(60)));
    take("second", Duration.ZERO).close();
    assertThat(lockFiles()).containsExactlyInAnyOrder("4.held", "5.held", "5.free");
  }

  @Test
  void aRunThatStoodStillIsToldOnceThatAnotherHasTakenOver() throws IOException {
    RunLock suspended = take("suspended", Duration.ZERO);
    suspended.during(() -> told.add("works"));
    Path locks = warehouse.resolve("ops/lock");
    Files.createFile(locks.resolve("2.held"));

    assertThatThrownBy(() -> suspended.during(() -> told.add("works on")))
        .isInstanceOf(JobException.class)
        .hasMessageContaining("another has taken over the warehouse. Nothing more was written");
    assertThatThrownBy(() -> suspended.during(() -> told.add("works on")))
        .isInstanceOf(JobException.class);
    suspended.close();

    assertThat(told).containsExactly("works", "lost");
    assertThat(lockFiles()).contains("1.held", "2.held").doesNotContain("1.free");
  }

  @Test
  void isLostToTheLatestOfManyThatHaveCleanedUp() throws IOException {
    RunLock suspended = take("suspended", Duration.ZERO);
    Path locks = warehouse.resolve("ops/lock");
    Files.delete(locks.resolve("1.held"));
    Files.delete(locks.resolve("1.beat"));
    Files.createFile(locks.resolve("12.held"));
    Files.createFile(locks.resolve("13.held"));
    assertThatThrownBy(() -> suspended.during(() -> told.add("works on")))
        .hasMessageContaining("another has taken over");
    suspended.close();
    assertThat(lockFiles()).containsExactlyInAnyOrder("12.held", "13.held");

    // Nor does one that somebody freed by hand go on, whoever has come since.
    Files.delete(locks.resolve("12.held"));
    Files.delete(locks.resolve("13.held"));
    RunLock freed = take("freed", Duration.ZERO);
    Files.delete(locks.resolve("1.held"));
    assertThatThrownBy(() -> freed.during(() -> told.add("works on")))
        .hasMessageContaining("another has taken over");
    freed.close();
    assertThat(told).containsExactly("lost", "lost");
  }

  @Test
  void whatFailsSinceTheLockWasLostMeanwhileIsToldAsThat() {
    RunLock suspended = take("suspended", Duration.ZERO);
    assertThatThrownBy(
            () ->
                suspended.during(
                    () -> {
                      create(warehouse.resolve("ops/lock/5.held"));
                      throw new IllegalStateException("cancelled");
                    }))
        .isInstanceOf(JobException.class)
        .hasMessageContaining("another has taken over");
    suspended.close();
    assertThat(told).containsExactly("lost");
  }

  private static void create(Path file) {
    try {
      Files.createFile(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static FileTime ago(Duration time) {
    return FileTime.from(Instant.now().minus(time));
  }

  private List<String> lockFiles() {
    return List.of(warehouse.resolve("ops/lock").toFile().list()).stream()
        .filter(name -> !name.startsWith("."))
        .toList();
  }

  private RunLock take(String runId, Duration patience) {
    return RunLock.take(
        new Configuration(),
        warehouse.toString(),
        new Holder(runId, "run"),
        patience,
        told::add,
        () -> told.add("lost"));
  }
}
