package io.identities.gateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.identities.gateway.testing.Chromium;
import io.identities.gateway.testing.Management;
import io.identities.gateway.testing.RawConnection;
import io.identities.gateway.testing.RawConnection.Answer;
import io.identities.gateway.testing.RecordingBackend;
import io.identities.gateway.testing.RunningGateway;
import io.identities.gateway.testing.TestTokens;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.assertj.core.api.ThrowingConsumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** The operations page in a browser, before a gateway with traffic. One browser for all; each test leaves a usable page. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class OperationsPageIT {

    private static final Pattern COUNTER =
            Pattern.compile("(?m)^identities_(decisions|logins|renewals)_total\\{(.*)} (\\S+)$");
    private static final Pattern BACKEND = Pattern.compile(
            "(?m)^identities_backend_requests_seconds_count\\{outcome=\"(\\w+)\",status=\"(\\w+)\"} (\\S+)$");

    @TempDir
    private static Path folder;

    private static RecordingBackend backend;
    private static RunningGateway gateway;
    private static Management management;
    private static Chromium browser;

    @BeforeAll
    static void start() throws IOException {
        browser = Chromium.start(folder);
        backend = new RecordingBackend();
        backend.respond((request, out) -> out.write(
                request.target().equals("/check") ? checked(request.bodyStart()) : RecordingBackend.ok("{}")));
        gateway = RunningGateway.inFrontOf(
                backend.uri(),
                "identities.credentials.check=http",
                "identities.credentials.http.uri=" + backend.uri().resolve("/check"),
                "identities.credentials.throttle.user-and-network.failures=2",
                "identities.credentials.throttle.user-and-network.first-wait=10m",
                "identities.management.token-file=" + Management.tokenFile(folder));
        management = new Management(gateway);
        traffic();
        browser.open(gateway.managementUri("/operations"));
    }

    @AfterAll
    static void stop() throws Exception {
        for (AutoCloseable one : new AutoCloseable[] {browser, gateway, backend}) {
            if (one != null) {
                one.close();
            }
        }
    }

    @Test
    @Order(1)
    void figuresAreThoseOfTheMetricsEndpoint() {
        soon(page -> assertThat(browser.text("#overall")).isEqualTo("Ready"));
        soon(page -> {
            String scrape = management.scrape();
            assertThat(shown())
                    .containsExactlyInAnyOrderEntriesOf(counted(scrape))
                    .containsEntry("logins/accepted/accepted", 2L)
                    .containsEntry("logins/refused/wrong_credentials", 2L)
                    .containsEntry("logins/throttled/throttled_user_and_network", 1L)
                    .containsEntry("decisions/refused/no_token/proxy", 3L);
            assertThat(browser.text("#remembered")).isEqualTo(gauge(scrape, "identities_tokens_remembered"));
            assertThat(browser.text("#throttled"))
                    .isEqualTo(gauge(scrape, "identities_throttle_networks"))
                    .isEqualTo("1");
            assertThat(browser.text("#streams")).isEqualTo(gauge(scrape, "identities_streams_open"));
            assertThat(browser.text("#hit-ratio")).isEqualTo(hitRatio(scrape));
            assertThat(browser.text("#decisions-more")).contains("accepted", "refused");
            assertThat(browser.text("#keys")).contains("default", "HS256", "signs");
            assertThat(browser.text("#revocations")).contains("Sessions\n1\n", "Users\n0\n");
        });
    }

    @Test
    @Order(2)
    void ratesAreMadeOfTwoLooks() throws IOException {
        String rate = "[...document.querySelectorAll('[data-key=\"decisions/refused/no_token/proxy\"]')]"
                + ".map(cell => cell.nextElementSibling.textContent).join()";
        refresh();
        soon(page -> assertThat(browser.evaluate(rate).asString()).isEqualTo("0"));
        soon(page -> {
            publicly("GET", "/x", "");
            refresh();
            assertThat(browser.evaluate(rate).asString())
                    .matches("\\d+(\\.\\d+)?")
                    .isNotEqualTo("0");
        });

        assertThat(browser.evaluate("import('/operations/metrics.js').then(({ parse, sum, perSecond }) => ["
                                + "perSecond(10, 40, 5), perSecond(40, 10, 5), perSecond(null, 4, 5), perSecond(1, 2, 0),"
                                + "sum(parse('# x\\na_total{k=\"q\\\\\"}\",l=\"1\"} 2\\na_total{k=\"z\"} 3.5'), 'a_total'),"
                                + "parse('a{k=\"q\\\\\"}\"} 2').get('a')[0].labels.k].join(' '))")
                        .asString())
                .isEqualTo("6    5.5 q\"}");
    }

    @Test
    @Order(3)
    void explainsWithTheKeyboardAlone() throws IOException {
        focus("token");
        browser.type("wrong-wrong-wrong-wrong");
        browser.press("Enter");
        soon(page -> assertThat(browser.text("#token-state")).isEqualTo("The management token was not accepted."));
        browser.type(Management.TOKEN);
        browser.press("Enter");
        soon(page -> assertThat(browser.text("#token-state")).startsWith("In use"));
        soon(page -> assertThat(browser.text("#health")).contains("Backend", "127.0.0.1:" + backend.port()));

        String token = TestTokens.sessionToken(Instant.now(), "s-page").mint();
        tabTo("subject");
        browser.type("GET /<img/src=x/onerror=alert(1)> HTTP/1.1\nAuthorization: Bearer " + token);
        browser.press("Tab");
        browser.press("Enter");
        soon(page -> assertThat(browser.text("#answer")).contains("refused", "400"));

        browser.evaluate("document.getElementById('subject').value = ''");
        focus("subject");
        browser.type("GET /x HTTP/1.1\nAuthorization: Bearer " + token);
        browser.press("Tab");
        browser.press("Space");
        soon(page -> assertThat(browser.text("#answer"))
                .contains("accepted", "alice", "s-page", "any method /** -> authenticated")
                .doesNotContain(token.substring(token.lastIndexOf('.') + 1)));
    }

    @Test
    @Order(4)
    void whatIsExplainedIsTextWhateverItHolds() {
        String claims = "{\"iss\":\"<img id=planted src=x>\",\"exp\":1}";
        browser.evaluate("document.querySelector('[name=kind][value=token]').click();"
                + "document.getElementById('subject').value = '"
                + encoded("{\"alg\":\"HS256\",\"kid\":\"<script>planted()</script>\"}") + "." + encoded(claims)
                + ".AAAA'");
        browser.evaluate("document.getElementById('explain').click()");

        soon(page -> assertThat(browser.text("#answer")).contains("<img id=planted src=x>", "<script>planted()"));
        assertThat(browser.evaluate("document.querySelectorAll('#planted, #answer script, #answer img').length")
                        .asInt())
                .isZero();
    }

    @Test
    @Order(5)
    void managementTokenIsKeptNowhere() {
        assertThat(browser.evaluate("(async () => JSON.stringify([document.cookie, {...localStorage},"
                                + " {...sessionStorage}, await indexedDB.databases(), await caches.keys(),"
                                + " history.state, location.href]))()")
                        .asString())
                .isEqualTo("[\"\",{},{},[],[],null,\"" + gateway.managementUri("/operations") + "\"]");
        assertThat(browser.evaluate("document.documentElement.outerHTML"
                                + " + [...document.querySelectorAll('input')].map(input => input.value).join()")
                        .asString())
                .contains("In use until")
                .doesNotContain(Management.TOKEN);
        browser.evaluate("document.getElementById('forget').click()");
        soon(page -> assertThat(browser.text("#health")).doesNotContain("Backend"));
        assertThat(browser.evaluate(
                                "document.getElementById('subject').value + document.getElementById('answer').innerText")
                        .asString())
                .isEmpty();
    }

    @Test
    @Order(6)
    void fitsAPhoneAndNamesEverythingOnIt() {
        browser.resize(360, 740);
        assertThat(browser.evaluate("[...document.querySelectorAll('body *')]"
                                + ".filter(e => e.getBoundingClientRect().right > 360 && !e.closest('.visually-hidden'))"
                                + ".map(e => e.id || e.outerHTML.slice(0, 80)).join()")
                        .asString())
                .isEmpty();
        assertThat(browser.evaluate("document.documentElement.scrollWidth").asInt())
                .isEqualTo(360);
        assertThat(browser.evaluate("[...document.querySelectorAll('input, textarea')]"
                                + ".filter(e => e.labels.length === 0).length + '/'"
                                + " + [...document.querySelectorAll('button')].filter(e => !e.innerText && !e.hidden).length + '/'"
                                + " + [...document.querySelectorAll('section')]"
                                + ".filter(e => !document.getElementById(e.getAttribute('aria-labelledby'))).length + '/'"
                                + " + document.querySelectorAll('header, main, footer').length")
                        .asString())
                .isEqualTo("0/0/0/3");
        browser.resize(1280, 900);
    }

    @Test
    @Order(7)
    void nothingElseIsAskedAndNothingGoesWrong() {
        String origin = gateway.managementUri("/").toString();

        assertThat(browser.complaints())
                .as("but for the token that was typed wrongly")
                .filteredOn(complaint -> !complaint.contains("status of 401"))
                .isEmpty();
        assertThat(browser.requests())
                .contains(origin + "operations", origin + "actuator/prometheus", origin + "actuator/explain")
                .allMatch(address -> address.startsWith(origin) || address.equals("about:blank"));
    }

    @Test
    @Order(8)
    void whatIsOffOrGoneIsShownAsSuch() {
        try (RunningGateway bare = RunningGateway.inFrontOf(
                backend.uri(),
                "identities.endpoints.authenticate.enabled=false",
                "management.endpoints.web.exposure.include=health,keys")) {
            browser.open(bare.managementUri("/operations"));
            soon(page -> {
                assertThat(browser.text("#overall")).isEqualTo("Ready");
                assertThat(browser.text("#explain-off")).startsWith("Off: identities.management.token-file is not set");
                assertThat(browser.text("#decisions-off")).isEqualTo("No figures. Prometheus: Switched off.");
                assertThat(browser.text("#revocations-off")).isEqualTo("No revocations to show. Switched off.");
                assertThat(browser.text("#keys")).contains("default");
                assertThat(browser.text("#remembered")).isEqualTo("–");
            });
        }
        refresh();
        soon(page -> assertThat(browser.text("#notice")).startsWith("No answer from the gateway"));
        soon(page -> assertThat(browser.text("#overall")).isEqualTo("No answer"));
    }

    private static void traffic() throws IOException {
        String token = login("wonderland").text().replaceAll(".*\"token\":\"([^\"]+)\".*", "$1");
        for (int i = 0; i < 5; i++) {
            assertThat(publicly("GET", "/x", authorization(token)).status()).isEqualTo(200);
        }
        for (int i = 0; i < 3; i++) {
            assertThat(publicly("GET", "/x", "").status()).isEqualTo(401);
        }
        assertThat(publicly("GET", "/api/v1/renewToken", authorization(token)).status())
                .isEqualTo(200);
        assertThat(publicly("POST", "/api/v1/revokeToken", authorization(token)).status())
                .isEqualTo(204);
        assertThat(publicly("GET", "/x", authorization(token)).status()).isEqualTo(401);
        login("wonderland");
        assertThat(login("wrong").status()).isEqualTo(400);
        assertThat(login("wrong").status()).isEqualTo(400);
        assertThat(login("wrong").status()).isEqualTo(429);
    }

    private static byte[] checked(String credentials) {
        return credentials.contains("wonderland")
                ? RecordingBackend.ok("{}")
                : RecordingBackend.answer("401 Unauthorized", "X-A: b", "");
    }

    /** What the cells of the page say, by their keys. */
    private static Map<String, Long> shown() {
        Map<String, Long> shown = new TreeMap<>();
        browser.evaluate("[...document.querySelectorAll('td[data-key]')]"
                        + ".map(cell => cell.dataset.key + ' ' + cell.textContent.replaceAll(',', ''))")
                .forEach(cell -> {
                    String[] words = cell.asString().split(" ");
                    shown.put(words[0], Long.parseLong(words[1]));
                });
        return shown;
    }

    /** The same, as the metrics endpoint says. */
    private static Map<String, Long> counted(String scrape) {
        Map<String, Long> counted = new TreeMap<>();
        COUNTER.matcher(scrape).results().forEach(sample -> {
            String key = sample.group(1) + "/" + label(sample, "outcome") + "/" + label(sample, "reason");
            String door = label(sample, "door");
            counted.put(door.isEmpty() ? key : key + "/" + door, (long) Double.parseDouble(sample.group(3)));
        });
        BACKEND.matcher(scrape)
                .results()
                .filter(sample -> Double.parseDouble(sample.group(3)) > 0)
                .forEach(sample -> counted.put("backend/" + sample.group(1) + "/" + sample.group(2), (long)
                        Double.parseDouble(sample.group(3))));
        return counted;
    }

    private static String label(MatchResult sample, String name) {
        return Pattern.compile(name + "=\"(\\w+)\"")
                .matcher(sample.group(2))
                .results()
                .map(match -> match.group(1))
                .findFirst()
                .orElse("");
    }

    private static String gauge(String scrape, String name) {
        return scrape.lines()
                .filter(line -> line.startsWith(name + " "))
                .map(line -> Long.toString((long) Double.parseDouble(line.substring(name.length() + 1))))
                .findFirst()
                .orElseThrow();
    }

    private static String hitRatio(String scrape) {
        double checked = Double.parseDouble(gauge(scrape, "identities_tokens_checked_total"));
        if (!scrape.contains("\nidentities_tokens_recalled_total ")) {
            return Math.round(checked) + " checked in full";
        }
        double recalled = Double.parseDouble(gauge(scrape, "identities_tokens_recalled_total"));
        return String.format(Locale.ROOT, "%.1f %% of verdicts from memory", 100 * recalled / (recalled + checked));
    }

    private static void soon(ThrowingConsumer<Chromium> expectation) {
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> expectation.accept(browser));
    }

    private static void refresh() {
        browser.evaluate("document.getElementById('refresh').click()");
    }

    private static void focus(String id) {
        browser.evaluate("document.getElementById('" + id + "').focus()");
    }

    /** From where the focus is to the control with that id, as long as the order of the page leads there. */
    private static void tabTo(String id) {
        for (int i = 0;
                i < 5
                        && !browser.evaluate("document.activeElement.id")
                                .asString("")
                                .equals(id);
                i++) {
            browser.press("Tab");
        }
        assertThat(browser.evaluate("document.activeElement.id").asString("")).isEqualTo(id);
    }

    private static String encoded(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static Answer login(String password) throws IOException {
        String body = "{\"username\":\"alice\",\"password\":\"" + password + "\"}";
        return RawConnection.exchange(
                gateway.port(),
                "POST /api/v1/authenticate HTTP/1.1\r\nHost: a.example\r\nContent-Type: application/json\r\n"
                        + "Content-Length: " + body.length() + "\r\n\r\n" + body);
    }

    private static String authorization(String token) {
        return "Authorization: Bearer " + token + "\r\n";
    }

    private static Answer publicly(String method, String target, String headers) throws IOException {
        return RawConnection.exchange(
                gateway.port(), method + " " + target + " HTTP/1.1\r\nHost: a.example\r\n" + headers + "\r\n");
    }
}
