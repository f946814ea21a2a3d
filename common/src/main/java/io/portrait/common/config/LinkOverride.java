package io.portrait.common.config;

import java.time.LocalDate;

/**
 * A person's decision that two accounts are one person, or are not.
 *
 * @param decision what was decided
 * @param one an account
 * @param other another account
 * @param decidedOn the day; it counts for as-of dates after it
 * @param decidedBy who
 * @param reason why
 * @param place where it stands
 */
public record LinkOverride(
    Decision decision,
    AccountName one,
    AccountName other,
    LocalDate decidedOn,
    String decidedBy,
    String reason,
    Place place) {

  /** What was decided. */
  public enum Decision {
    /** They are one person, whatever else is known. */
    MUST_LINK,
    /** They never end up as one customer. */
    MUST_NOT_LINK
  }

  /**
   * An account as its source knows it.
   *
   * @param realm realm in {@code sources.yaml}
   * @param accountId raw id within it
   */
  public record AccountName(String realm, String accountId) {
    /** Shows no id. */
    @Override
    public String toString() {
      return "AccountName[realm=" + realm + "]";
    }
  }
}
