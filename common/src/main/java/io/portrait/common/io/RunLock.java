package io.portrait.common.io;

import io.portrait.common.error.JobException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.util.ShutdownHookManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The right to change a warehouse, which one run has at a time.
 *
 * <p>Files below {@code ops/lock}: {@code 7.held} says who has it, {@code 7.beat} is written again
 * every few seconds as a sign of life, {@code 7.free} says that it was given back. Whoever finds
 * the latest number free, or its holder dead, takes the next number by creating its file, which
 * succeeds for one alone; the files of the last few holders stay, so that nobody finds an empty
 * folder in between.
 *
 * <p>A holder is dead at once if its process ran on this machine and is gone, else when it has
 * given no sign of life for {@link #SILENCE}. Creating a file is exclusive on local disks, HDFS,
 * Azure and Google storage, and on S3 where the connector does it by conditional requests (Hadoop
 * 3.4.2); elsewhere two runs that start within the same second may both get it.
 */
public final class RunLock implements AutoCloseable {

  /** After so long without a sign of life a holder counts as dead. */
  static final Duration SILENCE = Duration.ofMinutes(5);

  private static final Logger LOG = LoggerFactory.getLogger(RunLock.class);
  private static final String FOLDER = "ops/lock";
  private static final Duration BEAT = Duration.ofSeconds(15);
  private static final Duration LOOK = Duration.ofSeconds(1);

  /** A listing is not of one moment: what it does not find must have gone long before. */
  private static final int KEPT = 10;

  private static final Pattern HELD = Pattern.compile("(\\d+)\\.held");

  /** The operating system tells a process's start with an error of about a second. */
  private static final Duration START_ERROR = Duration.ofSeconds(30);

  /** After Spark's own hook, which has priority 50, and before Hadoop closes file systems. */
  private static final int HOOK_PRIORITY = FileSystem.SHUTDOWN_HOOK_PRIORITY + 10;

  private final FileSystem fs;
  private final Path folder;
  private final long number;
  private final ScheduledExecutorService heart;
  private final Runnable whenLost;
  private final Runnable hook = this::release;
  private volatile boolean isLost;

  private RunLock(FileSystem fs, Path folder, long number, Runnable whenLost) {
    this.fs = fs;
    this.folder = folder;
    this.number = number;
    this.whenLost = whenLost;
    this.heart =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "run-lock");
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Who takes the lock.
   *
   * @param runId the run
   * @param command what it does, as {@code run} or {@code conform}
   */
  public record Holder(String runId, String command) {}

  /** How to find out about others. */
  private record Held(long number, Properties told, Instant lastSign) {

    private String told(String key) {
      return told.getProperty(key, "unknown");
    }

    private String text() {
      return String.format(
          "run %s (portrait %s) on host %s, process %s, since %s, last sign of life %s",
          told("run_id"), told("command"), told("host"), told("process"), told("since"), lastSign);
    }

    /** Whether its process ran on this machine and is no more. */
    private boolean isGone() {
      if (!told("machine").equals(machine())) {
        return false;
      }
      Optional<ProcessHandle> process = ProcessHandle.of(Long.parseLong(told("process")));
      return process.isEmpty()
          || !process.get().isAlive()
          || process
              .flatMap(p -> p.info().startInstant())
              .filter(start -> told.getProperty("process_start") != null)
              .map(start -> Duration.between(Instant.parse(told("process_start")), start).abs())
              .filter(difference -> difference.compareTo(START_ERROR) > 0)
              .isPresent();
    }
  }

  /**
   * Takes the lock of a warehouse, waiting for it if need be.
   *
   * @param patience how long to wait at most; zero to try once
   * @param tell told once that and for whom it waits
   * @param whenLost called once, from any thread, if the lock was taken over, since this process
   *     had given no sign of life for too long
   * @throws JobException if another run still has it after {@code patience}
   */
  public static RunLock take(
      Configuration hadoop,
      String warehouse,
      Holder holder,
      Duration patience,
      Consumer<String> tell,
      Runnable whenLost) {
    Path folder = new Path(warehouse, FOLDER);
    Instant deadline = Instant.now().plus(patience);
    boolean isTold = false;
    try {
      FileSystem fs = folder.getFileSystem(hadoop);
      fs.mkdirs(folder);
      while (true) {
        Optional<Held> latest;
        boolean isOver;
        try {
          latest = latest(fs, folder);
          isOver = latest.isEmpty() || isOver(fs, folder, latest.get(), holder);
        } catch (FileNotFoundException e) {
          // Another took it this moment, and has cleaned up.
          continue;
        }
        if (isOver) {
          long next = latest.map(Held::number).orElse(0L) + 1;
          if (create(fs, new Path(folder, next + ".held"), text(holder))) {
            return new RunLock(fs, folder, next, whenLost).start();
          }
        } else if (!Instant.now().isBefore(deadline)) {
          throw JobException.unavailable(
              "The warehouse %s is in use by %s. Nothing was changed. Wait for its end, or pass"
                  + " --wait MINUTES. If it is dead, it loses its place by itself: at once on its"
                  + " own machine, elsewhere %d minutes after its last sign of life. To free the"
                  + " warehouse by hand, once no run uses it, delete %s.",
              warehouse, latest.get().text(), SILENCE.toMinutes(), folder);
        } else {
          if (!isTold) {
            tell.accept("waiting for " + latest.get().text());
            isTold = true;
          }
          TimeUnit.MILLISECONDS.sleep(LOOK.toMillis());
        }
      }
    } catch (IOException e) {
      if (String.valueOf(e.getMessage()).contains("No space left on device")) {
        throw new UncheckedIOException(e);
      }
      throw JobException.invalidConfig(
          "The lock %s cannot be taken: %s. Correct --warehouse, or the folder's permissions.",
          folder, e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while waiting for " + folder, e);
    }
  }

  /**
   * Does a part of the run's work while the lock is held. Looks itself, before and after: a process
   * that stood still goes on at once, and its next sign of life may be seconds away.
   *
   * @throws JobException if the lock was taken over before or meanwhile
   */
  public void during(Runnable work) {
    check();
    try {
      work.run();
    } catch (RuntimeException e) {
      check();
      throw e;
    }
    check();
  }

  private void check() {
    watch();
    if (isLost) {
      throw JobException.unavailable(
          "This run gave no sign of life for more than %d minutes, and another has taken over the"
              + " warehouse. Nothing more was written. Run again when the other has ended.",
          SILENCE.toMinutes());
    }
  }

  /** Gives the lock back. */
  @Override
  public void close() {
    if (!ShutdownHookManager.get().isShutdownInProgress()) {
      ShutdownHookManager.get().removeShutdownHook(hook);
      release();
    }
  }

  private RunLock start() throws IOException {
    clean();
    beat();
    // What fails is logged there.
    var unused =
        heart.scheduleAtFixedRate(
            this::watch, BEAT.toMillis(), BEAT.toMillis(), TimeUnit.MILLISECONDS);
    ShutdownHookManager.get().addShutdownHook(hook, HOOK_PRIORITY);
    return this;
  }

  private synchronized void release() {
    heart.shutdownNow();
    try {
      if (!isLost && fs.exists(folder)) {
        write(fs, file("free"), "");
        fs.delete(file("beat"), false);
      }
    } catch (IOException e) {
      LOG.warn("lock={} outcome=not_freed", file("held"), e);
    }
  }

  /** Gives a sign of life, unless another has taken over. */
  private synchronized void watch() {
    if (isLost || heart.isShutdown()) {
      return;
    }
    try {
      if (isTakenOver()) {
        isLost = true;
        heart.shutdown();
        LOG.error("lock={} outcome=lost", file("held"));
        whenLost.run();
      } else {
        beat();
      }
    } catch (IOException | RuntimeException e) {
      LOG.warn("lock={} outcome=no_sign_of_life", file("held"), e);
    }
  }

  /** Whether a later number is there, or the own one no more: later holders remove what is old. */
  private boolean isTakenOver() throws IOException {
    try {
      return highest(fs, folder).filter(latest -> latest > number).isPresent()
          || !fs.exists(file("held"));
    } catch (FileNotFoundException e) {
      return true;
    }
  }

  private synchronized void beat() throws IOException {
    if (!heart.isShutdown()) {
      write(fs, file("beat"), Instant.now().toString());
    }
  }

  /** Removes what holders long before left. */
  private void clean() throws IOException {
    for (FileStatus file : fs.listStatus(folder)) {
      String name = file.getPath().getName();
      int dot = name.indexOf('.');
      if (dot > 0 && name.substring(0, dot).matches("\\d+")) {
        if (Long.parseLong(name.substring(0, dot)) <= number - KEPT) {
          fs.delete(file.getPath(), false);
        }
      }
    }
  }

  private Path file(String kind) {
    return new Path(folder, number + "." + kind);
  }

  /** The greatest number that was taken. */
  private static Optional<Long> highest(FileSystem fs, Path folder) throws IOException {
    return Stream.of(fs.listStatus(folder))
        .map(file -> HELD.matcher(file.getPath().getName()))
        .filter(Matcher::matches)
        .map(name -> Long.valueOf(name.group(1)))
        .max(Comparator.naturalOrder());
  }

  private static Optional<Held> latest(FileSystem fs, Path folder) throws IOException {
    Optional<Long> number = highest(fs, folder);
    if (number.isEmpty()) {
      return Optional.empty();
    }
    Path held = new Path(folder, number.get() + ".held");
    Properties told = new Properties();
    try (InputStream in = fs.open(held)) {
      told.load(in);
    }
    Instant lastSign = time(fs, held);
    Path beat = new Path(folder, number.get() + ".beat");
    if (fs.exists(beat)) {
      Instant beaten = time(fs, beat);
      lastSign = beaten.isAfter(lastSign) ? beaten : lastSign;
    }
    return Optional.of(new Held(number.get(), told, lastSign));
  }

  private static boolean isOver(FileSystem fs, Path folder, Held held, Holder self)
      throws IOException {
    if (fs.exists(new Path(folder, held.number() + ".free")) || held.isGone()) {
      return true;
    }
    // Times of one file system are compared, since the clocks of two machines may differ.
    Path clock = new Path(folder, "clock-" + self.runId());
    write(fs, clock, "");
    Instant now = time(fs, clock);
    fs.delete(clock, false);
    return Duration.between(held.lastSign(), now).compareTo(SILENCE) > 0;
  }

  private static Instant time(FileSystem fs, Path file) throws IOException {
    return Instant.ofEpochMilli(fs.getFileStatus(file).getModificationTime());
  }

  /** Creates a file unless it is there; of several who try, one succeeds. */
  private static boolean create(FileSystem fs, Path file, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (fs.getUri().getScheme().equals("file")) {
      // Hadoop looks first and creates then, on a local disk.
      try {
        Files.write(
            java.nio.file.Path.of(file.toUri().getPath()), bytes, StandardOpenOption.CREATE_NEW);
        return true;
      } catch (FileAlreadyExistsException e) {
        return false;
      }
    }
    try (OutputStream out = fs.create(file, false)) {
      out.write(bytes);
      return true;
    } catch (org.apache.hadoop.fs.FileAlreadyExistsException e) {
      return false;
    }
  }

  private static void write(FileSystem fs, Path file, String text) throws IOException {
    try (OutputStream out = fs.create(file, true)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
  }

  private static String text(Holder holder) {
    ProcessHandle process = ProcessHandle.current();
    StringBuilder text = new StringBuilder("# The run that may change this warehouse.\n");
    text.append("run_id=").append(holder.runId()).append('\n');
    text.append("command=").append(holder.command()).append('\n');
    text.append("host=").append(host()).append('\n');
    text.append("machine=").append(machine()).append('\n');
    text.append("process=").append(process.pid()).append('\n');
    process
        .info()
        .startInstant()
        .ifPresent(start -> text.append("process_start=").append(start).append('\n'));
    text.append("since=").append(Instant.now().truncatedTo(ChronoUnit.SECONDS)).append('\n');
    return text.toString();
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "unknown";
    }
  }

  /**
   * Where a process number means one process: on Linux this start of the machine and this
   * container, since containers share a host's name or a machine's start.
   */
  private static String machine() {
    try {
      String start =
          Files.readString(java.nio.file.Path.of("/proc/sys/kernel/random/boot_id")).strip();
      return start + "/" + Files.readSymbolicLink(java.nio.file.Path.of("/proc/self/ns/pid"));
    } catch (IOException | UncheckedIOException e) {
      return host();
    }
  }
}
