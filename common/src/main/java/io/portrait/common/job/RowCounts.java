package io.portrait.common.job;

/** Rows that a job took in, gave out, rejected and removed as duplicates. */
public final class RowCounts {

  private long in;
  private long out;
  private long rejected;
  private long duplicate;

  /** Adds rows taken in. */
  public void addIn(long rows) {
    in += rows;
  }

  /** Adds rows given out. */
  public void addOut(long rows) {
    out += rows;
  }

  /** Adds rows rejected. */
  public void addRejected(long rows) {
    rejected += rows;
  }

  /** Adds rows removed as duplicates. */
  public void addDuplicate(long rows) {
    duplicate += rows;
  }

  public long in() {
    return in;
  }

  public long out() {
    return out;
  }

  public long rejected() {
    return rejected;
  }

  public long duplicate() {
    return duplicate;
  }
}
