package io.portrait.jobs;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** Runs the command line as a user would, and keeps what it printed. */
final class Cli {

  private static final Capture OUT = new Capture(System.out);
  private static final Capture ERR = new Capture(System.err);

  static {
    System.setOut(new PrintStream(OUT, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(ERR, true, StandardCharsets.UTF_8));
  }

  /**
   * What a command left.
   *
   * @param code exit code
   * @param out standard output
   * @param err standard error
   */
  record Result(int code, String out, String err) {}

  private Cli() {}

  static Result run(String... args) {
    OUT.begin();
    ERR.begin();
    int code = Portrait.execute(args);
    return new Result(code, OUT.end(), ERR.end());
  }

  /** Keeps what a thread, or one that it started, prints between begin and end. */
  private static final class Capture extends OutputStream {
    private final PrintStream original;

    @SuppressWarnings("ThreadLocalUsage") // One for each of the two streams, which live for ever.
    private final InheritableThreadLocal<ByteArrayOutputStream> kept =
        new InheritableThreadLocal<>();

    Capture(PrintStream original) {
      this.original = original;
    }

    void begin() {
      kept.set(new ByteArrayOutputStream());
    }

    String end() {
      String text = kept.get().toString(StandardCharsets.UTF_8);
      kept.remove();
      return text;
    }

    @Override
    public void write(int one) throws IOException {
      stream().write(one);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      stream().write(bytes, from, length);
    }

    @Override
    public void flush() throws IOException {
      stream().flush();
    }

    private OutputStream stream() {
      ByteArrayOutputStream bytes = kept.get();
      return bytes == null ? original : bytes;
    }
  }
}
