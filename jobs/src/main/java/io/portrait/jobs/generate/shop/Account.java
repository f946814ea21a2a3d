package io.portrait.jobs.generate.shop;

/**
 * An account of a person in one of the two customer systems.
 *
 * @param realm {@code crm} or {@code club}
 * @param id id in its system; C and M tell the systems apart
 * @param since day from which it is there
 * @param email address, or null if the system has none or no valid one
 * @param phone national mobile number, ten digits, or null if the system has none
 * @param link what ties it to the person's first account
 */
record Account(String realm, String id, int since, String email, String phone, Link link) {

  static final String CRM = "crm";
  static final String CLUB = "club";

  /** What two accounts of one person have in common. */
  enum Link {
    /** It is the first one. */
    FIRST,
    /** E-mail address and phone number. */
    BOTH,
    /** The address alone. */
    EMAIL,
    /** The number alone. */
    PHONE,
    /** Nothing that files show: nobody can know that it is the same person. */
    NONE
  }

  boolean isCrm() {
    return realm.equals(CRM);
  }
}
