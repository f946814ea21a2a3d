package io.portrait.jobs.erase;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Pages of the report, which may show some customers one by one. */
final class ReportPages {

  private static final Pattern PSEUDONYM = Pattern.compile("\\b[0-9a-f]{32}\\b");

  private ReportPages() {}

  /**
   * Deletes the pages that show one of these customers; the step report makes them again. A page is
   * in memory at a time.
   *
   * @return how many
   */
  static long delete(Configuration hadoop, String root, Set<String> customers) {
    Path folder = new Path(root, "report");
    long deleted = 0;
    try {
      FileSystem files = folder.getFileSystem(hadoop);
      for (FileStatus page : files.listStatus(folder)) {
        if (page.isFile() && shows(files, page.getPath(), customers)) {
          files.delete(page.getPath(), false);
          deleted++;
        }
      }
    } catch (FileNotFoundException e) {
      return 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return deleted;
  }

  private static boolean shows(FileSystem files, Path page, Set<String> customers)
      throws IOException {
    try (InputStream in = files.open(page)) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return PSEUDONYM.matcher(text).results().anyMatch(id -> customers.contains(id.group()));
    }
  }
}
