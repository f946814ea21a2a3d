package io.portrait.jobs.generate.shop;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/** A text file in UTF-8 being written, compressed if its name ends in {@code .gz}. */
final class TextFile implements AutoCloseable {

  private static final int BUFFER = 1 << 16;

  private final Writer writer;

  private TextFile(Writer writer) {
    this.writer = writer;
  }

  static TextFile over(OutputStream file, String name) throws IOException {
    OutputStream stream = new BufferedOutputStream(file, BUFFER);
    if (name.endsWith(".gz")) {
      stream = new FastGzip(stream);
    }
    return new TextFile(new OutputStreamWriter(stream, StandardCharsets.UTF_8));
  }

  /** Writes a line and its end. */
  void line(String text) throws IOException {
    writer.write(text);
    writer.write('\n');
  }

  @Override
  public void close() throws IOException {
    writer.close();
  }

  /** Packs less tightly than usual, in a third of the time. */
  private static final class FastGzip extends GZIPOutputStream {
    FastGzip(OutputStream out) throws IOException {
      super(out, BUFFER);
      def.setLevel(Deflater.BEST_SPEED);
    }
  }
}
