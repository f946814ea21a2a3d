package io.portrait.common.config;

import io.portrait.common.table.Layer;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * {@code portrait.yaml}: what holds for a whole deployment.
 *
 * @param deployment name of the deployment; a warehouse belongs to one
 * @param warehouse root folder of all tables, any Hadoop file system; {@code --warehouse} overrides
 * @param timeZone business time zone: days are days there
 * @param currency the one currency of all amounts in silver and gold
 * @param country ISO 3166 alpha-2 code; phone numbers without a country prefix belong there
 * @param privacy keys of the pseudonyms and of the vault
 * @param asOf what {@code run} does without {@code --as-of}
 * @param identity guards of identity resolution; the shipped catalogue has defaults
 * @param quality limits on input; the shipped catalogue has defaults
 * @param publish the publish gate; the shipped catalogue has defaults
 * @param retention how long rows are kept; the shipped catalogue has defaults
 * @param report what the report shows beyond counts; nothing by default
 * @param place where it stands
 */
public record Deployment(
    String deployment,
    String warehouse,
    ZoneId timeZone,
    Currency currency,
    String country,
    Privacy privacy,
    Optional<AsOf> asOf,
    Optional<Identity> identity,
    Optional<Quality> quality,
    Optional<Publish> publish,
    Optional<Retention> retention,
    Optional<Report> report,
    Place place) {

  /** Checks the country code. */
  public Deployment {
    if (!List.of(Locale.getISOCountries()).contains(country)) {
      throw new IllegalArgumentException(
          "country '" + country + "' is not an ISO 3166 alpha-2 code as TW or US");
    }
  }

  /** What {@code run} does without {@code --as-of}. */
  public enum AsOf {
    /** It is required; the default. */
    REQUIRED,
    /** The day after the newest event in the data; for data of the past. */
    LATEST_EVENT
  }

  /**
   * The deployment's currency.
   *
   * @param code ISO 4217 code
   * @param decimals digits of the minor unit that amounts are kept in, 0 to 4
   * @param rates units of {@code code} for one unit of each other currency met in the data
   */
  public record Currency(String code, int decimals, Map<String, Double> rates) {
    /** Checks the range. */
    public Currency {
      if (decimals < 0 || decimals > 4) {
        throw new IllegalArgumentException("decimals must be 0 to 4, is " + decimals);
      }
    }
  }

  /**
   * Secrets, from the environment or a credential provider; never printed.
   *
   * @param key key of all pseudonyms, at least 16 characters
   * @param vaultKey key of the vault, at least 16 characters; absent or empty: one is derived from
   *     {@code key}
   * @param previousVaultKey key that the vault had before, for {@code rotate-key} alone
   */
  public record Privacy(String key, Optional<String> vaultKey, Optional<String> previousVaultKey) {

    private static final int FEWEST_CHARACTERS = 16;

    /** Refuses weak keys without showing them. */
    public Privacy {
      vaultKey = vaultKey.filter(given -> !given.isEmpty());
      previousVaultKey = previousVaultKey.filter(given -> !given.isEmpty());
      check("pseudonym key", key);
      vaultKey.ifPresent(given -> check("vault_key", given));
      previousVaultKey.ifPresent(given -> check("previous_vault_key", given));
    }

    /** One key for all. */
    public Privacy(String key) {
      this(key, Optional.empty(), Optional.empty());
    }

    private static void check(String name, String key) {
      if (key.length() < FEWEST_CHARACTERS) {
        throw new IllegalArgumentException(
            String.format(
                "the %s must have at least %d characters, has %d",
                name, FEWEST_CHARACTERS, key.length()));
      }
    }

    @Override
    public String toString() {
      return "Privacy[key=***]";
    }
  }

  /**
   * Guards of identity resolution.
   *
   * @param maxAccountsPerIdentifier an identifier shared by more accounts ties none of them
   * @param anonymousRealms realms of visitors that nobody has signed in to; alone they are no
   *     customer
   * @param overrides CSV file of decisions of people, see {@link LinkOverride}; a relative path
   *     starts at the deployment's folder
   * @param survivorship how fields of the golden record are chosen; a field that is not named takes
   *     the most recent value
   */
  public record Identity(
      int maxAccountsPerIdentifier,
      List<String> anonymousRealms,
      Optional<String> overrides,
      List<Survivorship> survivorship) {}

  /**
   * How one field of the golden record is chosen.
   *
   * @param field column of {@code silver/customer} that comes from one account
   * @param rule which value survives
   * @param sources for the most trusted source: in their order; others come after them
   * @param place where it stands
   */
  public record Survivorship(String field, Rule rule, List<String> sources, Place place) {

    /**
     * Which of the values that a customer's accounts have survives; the most recent breaks ties.
     */
    public enum Rule {
      /** That of the greatest row version, then source, then account. */
      MOST_RECENT,
      /** That of the first of some sources that has one. */
      MOST_TRUSTED_SOURCE,
      /** What most accounts say. */
      MOST_FREQUENT,
      /** The text of the most characters. */
      LONGEST
    }

    /** Checks that it has what its rule needs, and nothing else. */
    public Survivorship {
      if ((rule == Rule.MOST_TRUSTED_SOURCE) == sources.isEmpty()) {
        throw new IllegalArgumentException(
            sources.isEmpty()
                ? "most_trusted_source needs sources, the most trusted first"
                : rule.name().toLowerCase(Locale.ROOT) + " takes no sources");
      }
    }
  }

  /**
   * Limits on input.
   *
   * @param maxRejectedShare share of rejected rows, 0 to 1, above which conform stops; a mapping
   *     may set its own
   */
  public record Quality(double maxRejectedShare) {}

  /**
   * The publish gate.
   *
   * @param minRows fewest customers
   * @param maxRowChange greatest relative change of the number of customers against the last
   *     published run, for example 0.5
   * @param maxNullShareChange greatest rise of a column's share of nulls against the last run
   * @param maxStabilityIndex greatest population stability index of a column against the last run;
   *     a value that many customers share may move by a twentieth of the width between the deciles
   * @param maxClusterShareChange greatest change of a cluster's share of the clustered customers
   * @param maxCustomersGone greatest share of the last published customers that are there no more
   * @param maxCustomerIdChange greatest share of accounts whose customer_id changed since then
   */
  public record Publish(
      long minRows,
      double maxRowChange,
      double maxNullShareChange,
      double maxStabilityIndex,
      double maxClusterShareChange,
      double maxCustomersGone,
      double maxCustomerIdChange) {}

  /**
   * How long rows and files are kept; applied by {@code portrait maintain} and by nothing else.
   *
   * @param rules the first whose tables match counts; rows of other tables are kept for ever
   * @param unreferencedFileDays days for which files that no row needs any more are kept for
   *     readers of older versions, at least 7
   */
  public record Retention(List<Rule> rules, int unreferencedFileDays) {
    /** Checks the range. */
    public Retention {
      if (unreferencedFileDays < 7) {
        throw new IllegalArgumentException(
            "unreferenced_file_days must be 7 or more, is "
                + unreferencedFileDays
                + ": a running query may need older files");
      }
    }

    /** The rule for a table; none if its rows are kept for ever. */
    public Optional<Rule> of(String table) {
      return rules.stream().filter(rule -> rule.isOf(table)).findFirst();
    }

    /**
     * How long rows of some tables are kept.
     *
     * @param tables a table, as {@code silver/web_event}, or several by {@code *}, as {@code
     *     gold/*}
     * @param keepDays age in days, counted back from the as-of date, above which rows go
     * @param place where it stands
     */
    public record Rule(String tables, int keepDays, Place place) {

      private static final List<String> FOLDERS =
          Stream.concat(Arrays.stream(Layer.values()).map(Layer::folder), Stream.of("report"))
              .toList();

      /** Checks names and range. */
      public Rule {
        String folder = tables.replaceFirst("/.*", "");
        if (!FOLDERS.contains(folder)) {
          throw new IllegalArgumentException(
              "tables '" + tables + "' is in no layer. " + NearestName.hint(folder, FOLDERS));
        }
        if (!tables.matches("[a-z_]+/[a-z0-9_*]+")) {
          throw new IllegalArgumentException(
              "tables '" + tables + "' is no table as silver/web_event or gold/*");
        }
        if (keepDays < 1) {
          throw new IllegalArgumentException("keep_days must be 1 or more, is " + keepDays);
        }
      }

      boolean isOf(String table) {
        return table.matches(tables.replace("*", "[^/]*"));
      }
    }
  }

  /**
   * What the report shows beyond counts.
   *
   * @param sampleCustomers how many customers it shows one by one, under their pseudonyms: the same
   *     ones each time, with scores, states, value and habits; 0 to 1,000
   */
  public record Report(int sampleCustomers) {
    /** Checks the range. */
    public Report {
      if (sampleCustomers < 0 || sampleCustomers > 1000) {
        throw new IllegalArgumentException(
            "sample_customers must be 0 to 1000, is " + sampleCustomers);
      }
    }
  }
}
