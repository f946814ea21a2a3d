package io.portrait.jobs.report;

import io.portrait.common.error.JobException;
import io.portrait.common.io.Tables;
import io.portrait.common.io.WholeFile;
import io.portrait.common.job.Job;
import io.portrait.common.job.JobContext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Arrays;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Writes the report: one self-contained HTML page per as-of date, and {@code index.html}, which is
 * the page of the latest as-of date.
 *
 * <p>Reads aggregates of gold and ops tables; a table that is not there yet leaves its part of the
 * page empty. It reads the run log, which every run adds to, so it is never skipped as unchanged: a
 * page that was removed comes back. Unchanged tables give the same page.
 */
public final class ReportJob implements Job {

  static final String NAME = "report";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void run(JobContext context) {
    Tables tables = context.tables();
    ReportData data = new ReportReader(tables, context.asOf()).read(context.catalogue());
    byte[] page = ReportPage.render(data).getBytes(StandardCharsets.UTF_8);
    write(context.spark().sparkContext().hadoopConfiguration(), tables, context.asOf(), page);
    if (data.headline().customers() != null) {
      context.counts().addIn(data.headline().customers());
    }
  }

  /** Where the page of the latest as-of date is. */
  public static String location(Tables tables) {
    return tables.root() + "/report/index.html";
  }

  /** Where the page of one as-of date is. */
  public static String location(Tables tables, LocalDate asOf) {
    return tables.root() + "/report/as_of=" + asOf + ".html";
  }

  private static void write(Configuration hadoop, Tables tables, LocalDate asOf, byte[] page) {
    Path own = new Path(location(tables, asOf));
    try {
      FileSystem files = own.getFileSystem(hadoop);
      WholeFile.write(hadoop, own, page);
      if (isLatest(files, own)) {
        WholeFile.write(hadoop, new Path(location(tables)), page);
      }
    } catch (IOException e) {
      throw JobException.infrastructure(
          e,
          "The report %s cannot be written: %s. Correct the permissions of the folder, or free"
              + " space, and run the step again.",
          own,
          e.getMessage());
    }
  }

  /** A run for a past date must not hide the latest page; names of pages sort by date. */
  private static boolean isLatest(FileSystem files, Path own) throws IOException {
    return Arrays.stream(files.listStatus(own.getParent()))
        .map(file -> file.getPath().getName())
        .filter(name -> name.startsWith("as_of="))
        .allMatch(name -> name.compareTo(own.getName()) <= 0);
  }
}
