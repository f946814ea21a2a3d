package io.portrait.jobs.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.portrait.common.io.Tables;
import io.portrait.common.testing.SparkExtension;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.JavascriptExecutor;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.openqa.selenium.support.ui.Select;

/** The page as a person meets it. */
@ExtendWith(SparkExtension.class)
class ReportBrowserTest {

  private static final Optional<Path> CHROMIUM =
      onPath("chromium", "chromium-browser", "google-chrome");
  private static final Optional<Path> CHROMEDRIVER = onPath("chromedriver");
  private static final List<String> PARTS =
      List.of(
          "overview",
          "explore",
          "changes",
          "customer",
          "scores",
          "worth",
          "churn",
          "groups",
          "segments",
          "values",
          "lifecycle",
          "spend",
          "clusters",
          "tags",
          "models",
          "quality",
          "run");

  @TempDir static Path folder;

  private static ChromeDriver browser;
  private static String page;

  @BeforeAll
  static void openBrowser(SparkSession spark) {
    boolean found = CHROMIUM.isPresent() && CHROMEDRIVER.isPresent();
    if (!found && "true".equals(System.getenv("CI"))) {
      throw new IllegalStateException("The page is not tested: Chromium or its driver is missing");
    }
    assumeTrue(found, "Chromium or its driver is missing: the page is not tested");

    Tables tables = new Tables(spark, folder.resolve("warehouse").toString());
    SampleWarehouse.write(spark, tables);
    new ReportJob().run(SampleWarehouse.context(spark, tables, SampleWarehouse.AS_OF));
    page = Path.of(ReportJob.location(tables)).toUri().toString();

    ChromeOptions options = new ChromeOptions();
    options.setBinary(CHROMIUM.orElseThrow().toFile());
    options.addArguments(
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--hide-scrollbars",
        "--lang=en-US",
        "--user-data-dir=" + folder.resolve("browser"));
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    options.setCapability("goog:loggingPrefs", logs);
    browser =
        new ChromeDriver(
            new ChromeDriverService.Builder()
                .usingDriverExecutable(CHROMEDRIVER.orElseThrow().toFile())
                .usingAnyFreePort()
                .build(),
            options);
    browser.manage().timeouts().pageLoadTimeout(Duration.ofSeconds(60));
  }

  /** The first of the commands that there is. */
  private static Optional<Path> onPath(String... names) {
    List<Path> folders =
        Stream.of(System.getenv("PATH").split(File.pathSeparator)).map(Path::of).toList();
    return Stream.of(names)
        .flatMap(name -> folders.stream().map(folder -> folder.resolve(name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  @AfterAll
  static void closeBrowser() {
    if (browser != null) {
      browser.quit();
    }
  }

  @BeforeEach
  void openPage() {
    emulate("light");
    open(1440, 900, "en");
  }

  @Test
  void showsTheFiguresOfTheTables() {
    assertThat(figure("customers")).isEqualTo("3,000");
    assertThat(figure("buyers")).isEqualTo("2,500");
    assertThat(figure("sales")).matches("\\$[0-9]{3},[0-9]{3}");
    assertThat(figure("average")).matches("\\$[0-9]+\\.[0-9]{2}");
    assertThat(figure("active")).isEqualTo("60.0%");
    assertThat(figure("asOf")).isEqualTo("Feb 28, 2026");
    assertThat(text("#changes")).contains("3,000", "2,900", "+100", "From segment to segment");
    assertThat(text("#churn"))
        .contains("Worth much and likely to leave", "together they are worth $");
    assertThat(text("#segments")).contains("What interests each segment", "Books");
    assertThat(text("#segments")).contains("Champions", "Reward them, ask for reviews");
    assertThat(text("#scores"))
        .contains("Mean 43.9; 95.0% of customers have this score", "Fast track", "Basket index");
    assertThat(text("#worth")).contains("the most valuable hundredth makes up");
    assertThat(text("#churn")).contains("of the sales of the last 365 days is at risk");
    assertThat(text("#groups")).contains("High value", "value_percentile > 80", "Entered");
    assertThat(text("#models"))
        .contains(
            "AUC 0.831 against 0.711 of the rule: No purchase for 75 days",
            "No model: the history is too short to learn from.",
            "Not better than a rule: mean error 24.3 days against 21.5 of Median of all before.",
            "Hit rate 41.3% against 35.2% of the rule: Category bought last.",
            "0.2430",
            "Rank correlation 0.612 against 0.544 of the rule: As much as in as many days before.",
            "Gamma-Gamma (how much each time): No model: too few customers have bought twice.");
    assertThat(text("#quality"))
        .contains(
            "1 of 6 checks failed",
            "occurred_at: is not a time",
            "1 of 4 expectations met; 2 failed, 1 could not be checked.",
            "Product is known",
            "910 of 40610 rows fail",
            "amount_minor: not met: Amount is plausible");
    assertThat(text("#run")).contains("8 steps, 129.2 seconds", "Identify");
    assertThat(text("footer"))
        .startsWith("Aggregates, and a sample of 40 single customers by pseudonym (One customer)");
    for (String part : List.of("segments", "values", "groups")) {
      assertThat(text("#" + part)).contains("Amounts of fewer than five customers are not shown.");
    }
    assertThat(text("body")).doesNotContain("777.77", "undefined", "NaN", "null");
    assertThat(logged()).isEmpty();
  }

  @Test
  void filtersAndSplitsCustomersWithoutAConnection() {
    String everybody = explored("customers");
    choose("age", "18-24");
    String young = explored("customers");
    choose("split", "Region");

    assertThat(whole(young)).isBetween(100L, whole(everybody) - 1);
    assertThat(text("#explore")).contains("Region 0", "Other regions", "Not known");
    assertThat(
            number(
                """
                return [...document.querySelectorAll('#explore tbody tr')]
                  .reduce((sum, row) => sum + Number(row.cells[1].textContent.replace(/,/g, '')), 0)
                """))
        .isEqualTo(whole(young));
    assertThat(number("return document.querySelectorAll('#explore .chart svg').length")).isOne();
    browser.findElement(By.id("language")).click();
    assertThat(explored("customers")).isEqualTo(young);
    assertThat(text("#explore")).contains("其他地區");
    choose("age", "全部");
    choose("split", "RFM 分群");
    browser.findElement(By.id("language")).click();
    assertThat(logged()).isEmpty();
  }

  @Test
  void findsACustomerOfTheSample() {
    WebElement search = browser.findElement(By.cssSelector("#customer input"));
    String id =
        (String) script("return document.querySelectorAll('#customer-ids option')[7].value");

    search.sendKeys(id);
    assertThat(text("#customer h3")).isEqualTo(id);
    assertThat(text("#customer"))
        .contains("Loyalty", "Orders +12")
        .doesNotContain("訂單 +12", "City");
    assertThat(text("[data-fact=churn_probability]")).matches("–|[0-9.]+%");
    assertThat(text("[data-fact=customer_value]")).matches("–|\\$[0-9,.]+");
    search.clear();
    search.sendKeys("nobody");
    assertThat(text("#customer")).contains("The sample has no such customer.");
    search.clear();
    search.sendKeys(Keys.BACK_SPACE);
    assertThat(logged()).isEmpty();
  }

  @Test
  void changesTheLanguageAndRemembersIt() {
    browser.findElement(By.id("language")).click();

    assertThat(attribute("html", "lang")).isEqualTo("zh-Hant");
    assertThat(text("h1")).isEqualTo("客戶畫像報告");
    assertThat(headings("h2"))
        .containsExactly(
            "總覽",
            "依地區、年齡與分群看客戶",
            "與前次比較",
            "單一客戶",
            "評分",
            "客戶終身價值",
            "流失",
            "具名客群",
            "RFM 分群",
            "客戶價值類型",
            "生命週期",
            "消費分布",
            "群集分析",
            "標籤",
            "模型",
            "資料品質",
            "執行紀錄");
    assertThat(text("#scores")).contains("購買能力", "信用等級與處理路徑", "快速核准");
    assertThat(text("#models")).contains("沒有模型：歷史資料太短，無從學習。");
    assertThat(text("#segments")).contains("冠軍客戶", "給予專屬獎勵");
    assertThat(text("#values")).contains("重要價值客戶", "一般挽留客戶");
    assertThat(text("#quality")).contains("amount：不是數字", "amount_minor：不符：金額合理", "資料完整度");
    assertThat(text("footer")).contains("40 位以假名表示的個別客戶抽樣");
    assertThat(figure("customers")).isEqualTo("3,000");
    assertThat(figure("sales")).startsWith("US$");
    assertThat(figure("asOf")).isEqualTo("2026年2月28日");
    assertThat(browser.getCurrentUrl()).endsWith("#zh");
    assertThat(text("body")).doesNotContain("undefined", "NaN", "null");

    browser.get("about:blank");
    browser.get(page);

    assertThat(attribute("html", "lang")).isEqualTo("zh-Hant");
    browser.findElement(By.id("language")).click();
    assertThat(attribute("html", "lang")).isEqualTo("en");
    assertThat(logged()).isEmpty();
  }

  @Test
  void hasATableAndWordsForEveryChart() {
    assertThat(number("return document.querySelectorAll('.chart svg').length"))
        .isEqualTo(number("return document.querySelectorAll('.chart').length"))
        .isGreaterThanOrEqualTo(10);
    assertThat(
            number(
                """
                return [...document.querySelectorAll('.chart')].filter(chart =>
                  !chart.closest('.pair').querySelector('table caption')
                  || chart.getAttribute('role') !== 'img'
                  || chart.getAttribute('aria-label').length < 30).length
                """))
        .isZero();
    assertThat(
            number(
                """
                return [...document.querySelectorAll('table')].filter(table =>
                  !table.caption || !table.caption.textContent
                  || table.querySelectorAll('tbody tr').length
                    !== table.querySelectorAll('tbody th[scope=row]').length).length
                """))
        .isZero();
  }

  @Test
  void hasOneMainHeadingAndNoneLeftOut() {
    List<Integer> levels = new ArrayList<>();
    for (WebElement heading : browser.findElements(By.cssSelector("h1, h2, h3, h4"))) {
      levels.add(Integer.parseInt(heading.getTagName().substring(1)));
      assertThat((String) script("return arguments[0].textContent", heading)).isNotBlank();
    }

    assertThat(levels.stream().filter(level -> level == 1)).hasSize(1);
    assertThat(levels.get(0)).isEqualTo(1);
    for (int i = 1; i < levels.size(); i++) {
      assertThat(levels.get(i)).isLessThanOrEqualTo(levels.get(i - 1) + 1);
    }
    assertThat(headings("h2")).hasSize(PARTS.size());
  }

  @Test
  void fitsAPhone() {
    for (int width : new int[] {320, 360, 400}) {
      for (String language : List.of("en", "zh")) {
        open(width, 800, language);
        assertThat(number("return document.documentElement.scrollWidth"))
            .as("%s at %d", language, width)
            .isLessThanOrEqualTo(number("return window.innerWidth"));
        assertThat(number("return window.innerWidth")).isEqualTo(width);
      }
    }
  }

  @Test
  void showsCustomerTextAsTextOnly() {
    assertThat(text("#tags")).contains("Tom & <b>Jerry</b>", SampleWarehouse.HOSTILE);
    assertThat(script("return window.broken")).isNull();
    assertThat(number("return document.querySelectorAll('main b').length")).isZero();
  }

  @Test
  void worksByKeyboardAlone() {
    browser.findElement(By.tagName("body")).sendKeys(Keys.TAB);
    assertThat(browser.switchTo().activeElement().getText()).isEqualTo("Skip to the content");
    browser.switchTo().activeElement().sendKeys(Keys.TAB);
    WebElement button = browser.switchTo().activeElement();
    assertThat(button.getDomAttribute("id")).isEqualTo("language");
    assertThat(button.getCssValue("outline-style")).isEqualTo("solid");

    button.sendKeys(Keys.ENTER);

    assertThat(attribute("html", "lang")).isEqualTo("zh-Hant");
    assertThat(browser.switchTo().activeElement().getDomAttribute("id")).isEqualTo("language");
    assertThat(
            number(
                """
                return [...document.querySelectorAll('.table')].filter(region =>
                  (region.scrollWidth > region.clientWidth + 1
                    || region.scrollHeight > region.clientHeight + 1)
                  !== (region.tabIndex === 0)).length
                """))
        .isZero();
  }

  @Test
  void isReadableInLightAndDark() {
    for (String scheme : List.of("light", "dark")) {
      emulate(scheme);
      open(1440, 900, "en");
      for (String pair :
          List.of(
              "ink surface",
              "ink page",
              "muted surface",
              "muted page",
              "muted faint",
              "accent surface",
              "accent page",
              "good surface",
              "bad surface",
              "ink faint")) {
        assertThat(contrast(pair)).as(scheme + ": " + pair).isGreaterThanOrEqualTo(4.5);
      }
      assertThat(script("return getComputedStyle(document.body).backgroundColor"))
          .isEqualTo(scheme.equals("light") ? "rgb(246, 246, 243)" : "rgb(18, 23, 27)");
    }
    assertThat(logged()).isEmpty();
  }

  @Test
  void saysWhatIsMissingInAnEmptyWarehouse(SparkSession spark) {
    Tables tables = new Tables(spark, folder.resolve("empty").toString());
    new ReportJob().run(SampleWarehouse.context(spark, tables, SampleWarehouse.AS_OF));

    browser.get(Path.of(ReportJob.location(tables)).toUri() + "#en");

    assertThat(text("#changes")).contains("This is the first run");
    assertThat(text("#segments")).contains("the step Score has not written its table");
    assertThat(text("#scores")).contains("the step Score has not written its table");
    assertThat(text("#worth")).contains("the step Value has not written its table");
    assertThat(text("#churn")).contains("the step Predict has not written its table");
    assertThat(text("#groups")).contains("the step Segment has not written its table");
    assertThat(text("#models")).contains("the step Predict has not written its table");
    assertThat(figure("customers")).isEqualTo("–");
    assertThat(text("footer")).startsWith("Aggregates only: no row of this page is about one");
    assertThat(text("body")).doesNotContain("undefined", "NaN", "null");
    assertThat(logged()).isEmpty();
    browser.findElement(By.id("language")).click();
    assertThat(text("footer")).startsWith("僅含彙總數字，沒有任何一列屬於個人。");
    browser.findElement(By.id("language")).click();
  }

  private static void choose(String choice, String option) {
    new Select(browser.findElement(By.cssSelector("[data-choice=" + choice + "]")))
        .selectByVisibleText(option);
  }

  private static String explored(String figure) {
    return text("[data-explored=" + figure + "]");
  }

  private static long whole(String figure) {
    return Long.parseLong(figure.replace(",", ""));
  }

  private static void open(int width, int height, String language) {
    browser.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 600));
    browser.get("about:blank");
    browser.get(page + "#" + language);
  }

  private static void emulate(String scheme) {
    browser.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
  }

  private static Object script(String script, Object... arguments) {
    return ((JavascriptExecutor) browser).executeScript(script, arguments);
  }

  private static long number(String script) {
    return ((Number) script(script)).longValue();
  }

  private static double contrast(String pair) {
    return ((Number)
            script(
                """
                const light = name => {
                  const hex = getComputedStyle(document.documentElement)
                    .getPropertyValue('--' + name).trim();
                  return [1, 3, 5].map(i => parseInt(hex.slice(i, i + 2), 16) / 255)
                    .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
                    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
                };
                const [a, b] = arguments[0].split(' ').map(light);
                return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
                """,
                pair))
        .doubleValue();
  }

  private static String text(String selector) {
    return browser.findElement(By.cssSelector(selector)).getText();
  }

  private static String figure(String name) {
    return text("[data-figure=" + name + "]");
  }

  private static String attribute(String selector, String name) {
    return browser.findElement(By.cssSelector(selector)).getDomAttribute(name);
  }

  private static List<String> headings(String level) {
    return browser.findElements(By.tagName(level)).stream()
        .map(heading -> (String) script("return arguments[0].textContent", heading))
        .toList();
  }

  private static List<String> logged() {
    return browser.manage().logs().get(LogType.BROWSER).getAll().stream()
        .map(entry -> entry.getLevel() + " " + entry.getMessage())
        .toList();
  }
}
