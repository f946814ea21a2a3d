package io.portrait.common.config;

/**
 * What personal data are used for; an element of {@code purposes.yaml}.
 *
 * @param code snake_case name, unique; what decisions, tags, scores and segments name
 * @param title titles
 * @param description what is done for it, in a sentence that a customer understands
 * @param basis what makes it lawful
 * @param place where it stands
 */
public record Purpose(String code, Title title, String description, Basis basis, Place place) {

  /**
   * Evaluation of customers: habits, RFM, lifecycle, value, predictions, clusters, and every score
   * that names no purpose.
   */
  public static final String PROFILING = "profiling";

  /** Purpose of a segment that names none. */
  public static final String MARKETING = "marketing";

  /** Checks the code. */
  public Purpose {
    if (!code.matches("[a-z][a-z0-9_]*")) {
      throw new IllegalArgumentException("code '" + code + "' is not snake_case");
    }
  }

  /** What makes a purpose lawful (GDPR article 6), and so what counts where nobody decided. */
  public enum Basis {
    /** Only who has granted it. */
    CONSENT,
    /** Everybody but who has refused it. */
    LEGITIMATE_INTEREST,
    /** Everybody: the contract cannot be kept without. */
    CONTRACT,
    /** Everybody: a law demands it. */
    LEGAL_OBLIGATION;

    /** Whether a customer who has decided nothing is used for it. */
    public boolean isAllowedUndecided() {
      return this != CONSENT;
    }

    /** Whether a customer's decision counts. */
    public boolean canBeRefused() {
      return this == CONSENT || this == LEGITIMATE_INTEREST;
    }
  }
}
