package io.portrait.jobs.erase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.portrait.common.config.Source;
import io.portrait.common.error.JobException;
import io.portrait.common.privacy.KeyedHash;
import io.portrait.jobs.erase.Request.Kind;
import io.portrait.jobs.testing.TestCatalogue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RequestTest {

  private static final KeyedHash HASH = new KeyedHash("a-key-for-tests-only");

  /** One source with the realm crm. */
  private static final List<Source> SOURCES = TestCatalogue.shipped().sources();

  @TempDir private Path dir;

  @Test
  void readsEachWayOfNamingAPerson() throws IOException {
    Request request =
        read(
            "\uFEFFrequest_id, realm,account_id,email,phone,customer_id\n"
                + "R-1,crm,\"C,\"\"1\",,,\n"
                + "\n"
                + "R-2,,, AMY@Example.com,,\n"
                + "R-2,,,,0912-345-678,\n"
                + "R-3,,,,,0123456789abcdef0123456789abcdef\n");

    assertThat(request.ids()).containsExactly("R-1", "R-2", "R-3");
    assertThat(request.lines())
        .extracting(Request.Line::number, Request.Line::kind, Request.Line::key)
        .containsExactly(
            tuple(2, Kind.ACCOUNT, HASH.hash("crm", "C,\"1")),
            tuple(4, Kind.EMAIL, HASH.hash("email", "amy@example.com")),
            tuple(5, Kind.PHONE, HASH.hash("phone", "+886912345678")),
            tuple(6, Kind.CUSTOMER, "0123456789abcdef0123456789abcdef"));
    assertThat(request.toString()).doesNotContain("AMY", "0912");
  }

  @Test
  void tellsAllFaultsAtOnceAndNoValue() {
    assertThatThrownBy(
            () ->
                read(
                    "request_id,realm,account_id,email,phone,customer_id\n"
                        + "R-1,crn,C000001,,,\n"
                        + "R-2,crm,C000001,amy@example.com,,\n"
                        + "C000001,crm,C000001,,,\n"
                        + "R-4,,,amy,,\n"
                        + "R-5,crm,C000001\n"
                        + ",crm,C000001,,,\n"
                        + "R-7,,,,12,\n"
                        + "R-8,,,,,C000001\n"
                        + "R-9,crm,,,,\n"
                        + "R-c000001,crm,C000001,,,\n"))
        .isInstanceOf(JobException.class)
        .hasMessageContaining("10 faults, and nothing was erased")
        .hasMessageContaining("request.csv:2: no source has this realm; there are crm")
        .hasMessageContaining("request.csv:3: name the person in one way")
        .hasMessageContaining("request.csv:4: request_id has an identifier of the person")
        .hasMessageContaining("request.csv:5: email is no mail address")
        .hasMessageContaining("request.csv:6: 3 fields, but 6 columns")
        .hasMessageContaining("request.csv:7: request_id must be 1 to 64 letters")
        .hasMessageContaining("request.csv:8: phone is no phone number")
        .hasMessageContaining("request.csv:9: customer_id is not 32 hexadecimal digits")
        .hasMessageContaining("request.csv:10: account_id is missing")
        .hasMessageContaining("request.csv:11: request_id has an identifier of the person")
        .hasMessageNotContaining("C000001");
    assertThatThrownBy(() -> read("requestid,email\nR-1,amy@example.com\n"))
        .hasMessageContaining("request.csv:1: unknown column. Did you mean 'request_id'?")
        .hasMessageContaining("request.csv:1: the column request_id is missing");
    assertThatThrownBy(() -> read("")).hasMessageContaining("is empty");
    assertThatThrownBy(() -> read("request_id,email\n")).hasMessageContaining("nobody is named");
    assertThatThrownBy(
            () ->
                Request.read(
                    new Configuration(), dir.resolve("none").toString(), SOURCES, "TW", HASH))
        .hasMessageContaining("cannot be read. Correct --request");
  }

  private Request read(String text) throws IOException {
    Path file = Files.writeString(dir.resolve("request.csv"), text);
    return Request.read(new Configuration(), file.toString(), SOURCES, "TW", HASH);
  }
}
