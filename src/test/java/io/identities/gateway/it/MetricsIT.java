package io.identities.gateway.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.identities.gateway.testing.JwksEndpoint;
import io.identities.gateway.testing.Management;
import io.identities.gateway.testing.RawConnection;
import io.identities.gateway.testing.RawConnection.Answer;
import io.identities.gateway.testing.RecordingBackend;
import io.identities.gateway.testing.RequiredServers;
import io.identities.gateway.testing.RunningGateway;
import io.identities.gateway.testing.TestKeys;
import io.identities.gateway.testing.TestTokens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a scrape of a gateway with traffic holds, and what it never holds. */
class MetricsIT {

    private static final Pattern NAME = Pattern.compile("`(identities\\.[a-z.]+)`");

    private static RecordingBackend backend;
    private static RecordingBackend check;
    private static JwksEndpoint jwks;
    private static RunningGateway gateway;
    private static Management management;

    @BeforeAll
    static void start() throws IOException {
        backend = new RecordingBackend();
        check = new RecordingBackend();
        jwks = JwksEndpoint.start()
                .answer(TestKeys.jwkSet(
                        TestKeys.jwk("f1", "RS256", TestKeys.rsa("issuer").getPublic())));
        gateway = RunningGateway.inFrontOf(
                backend.uri(),
                "identities.credentials.check=http",
                "identities.credentials.http.uri=" + check.uri() + "/login",
                "identities.credentials.throttle.user-and-network.failures=2",
                "identities.trusted-issuers[0].issuer=https://idp.example",
                "identities.trusted-issuers[0].name=kc",
                "identities.trusted-issuers[0].jwks-uri=" + jwks.uri());
        management = new Management(gateway);
        everythingOnce();
    }

    @AfterAll
    static void stop() {
        gateway.close();
        jwks.close();
        check.close();
        backend.close();
    }

    @Test
    void everyOutcomeIsCountedByItsReason() {
        assertThat(management.scrape())
                .contains(
                        "identities_logins_total{outcome=\"accepted\",reason=\"accepted\"} 1.0",
                        "identities_logins_total{outcome=\"refused\",reason=\"wrong_credentials\"} 2.0",
                        "identities_logins_total{outcome=\"throttled\",reason=\"throttled_user_and_network\"} 1.0",
                        "identities_renewals_total{outcome=\"accepted\",reason=\"renewed\"} 1.0",
                        "identities_revocations_total{outcome=\"accepted\",reason=\"revoked\"} 1.0",
                        "identities_decisions_total{door=\"proxy\",outcome=\"refused\",reason=\"no_token\"}",
                        "identities_jwks_fetches_total{issuer=\"kc\",outcome=\"accepted\",",
                        "identities_keys_age_seconds{kid=\"default\"}",
                        "identities_keys_activation_seconds{kid=\"default\"} 0.0",
                        "identities_jwks_age_seconds{issuer=\"kc\"}",
                        "identities_shared_state_lag_seconds 0.0",
                        "identities_backend_requests_seconds_count{outcome=\"answered\",status=\"2xx\"}",
                        "identities_streams_open 0.0",
                        "identities_eventloop_lag_seconds");
        assertThat(value("identities_tokens_recalled_total")).isPositive();
        assertThat(value("identities_tokens_checked_total")).isPositive();
        assertThat(value("identities_tokens_remembered")).isPositive();
    }

    @Test
    void theReadmeListsEveryMetricAndNoOther() throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        String table = readme.substring(readme.indexOf("| metric |"), readme.indexOf("Every label comes from"));
        Set<String> written =
                NAME.matcher(table).results().map(name -> name.group(1)).collect(Collectors.toCollection(TreeSet::new));
        Set<String> there = Pattern.compile("\"(identities\\.[a-z.]+)\"")
                .matcher(management.get("/actuator/metrics").body())
                .results()
                .map(name -> name.group(1))
                .collect(Collectors.toCollection(TreeSet::new));

        // Counted only once a key set has changed.
        there.add("identities.key.reloads");
        assertThat(there).isEqualTo(written);
    }

    @Test
    @DisplayName("OPS-08 promtool finds no fault in a live scrape")
    void ops08_promtool() throws Exception {
        Process promtool = new ProcessBuilder(RequiredServers.promtool().toString(), "check", "metrics")
                .redirectErrorStream(true)
                .start();
        promtool.getOutputStream().write(management.scrape().getBytes(UTF_8));
        promtool.getOutputStream().close();
        String complaints = new String(promtool.getInputStream().readAllBytes(), UTF_8);

        assertThat(promtool.waitFor()).as(complaints).isZero();
        assertThat(complaints).isEmpty();
    }

    @Test
    @DisplayName("OPS-08 what clients invent does not grow the number of series")
    void ops08_seriesDoNotGrow() throws IOException {
        seriesDoNotGrow(250, 250, 250);
    }

    @Test
    @Tag("cases-full")
    @DisplayName(
            "OPS-08 50,000 paths with and without a token, 5,000 methods, users and key ids, 1,000 hosts and queries")
    void ops08_literally() throws IOException {
        seriesDoNotGrow(50_000, 5_000, 1_000);
    }

    private static void seriesDoNotGrow(int paths, int names, int hosts) throws IOException {
        invent(0, 1, 1, 1);
        long before = management.scrape().lines().count();
        invent(1, paths, names, hosts);
        String scrape = management.scrape();

        assertThat(scrape.lines().count() - before).isLessThan(50);
        assertThat(scrape).doesNotContain("/p/", "invented", ".example", "\"M7\"");
    }

    private static void invent(int from, int paths, int names, int hosts) throws IOException {
        String token = authorization(TestTokens.token());
        try (Requests requests = new Requests()) {
            for (int i = from; i < paths; i++) {
                requests.send("GET", "/p/" + i, "a.example", token);
                requests.send("GET", "/p/" + i, "a.example", "");
            }
            for (int i = from; i < names; i++) {
                requests.send("M" + Integer.toString(i, 36).toUpperCase(Locale.ROOT), "/p", "a.example", token);
                requests.send(
                        "GET",
                        "/p",
                        "a.example",
                        authorization(TestTokens.token().subject("invented-" + i)));
                requests.send(
                        "GET",
                        "/p",
                        "a.example",
                        authorization(TestTokens.token().header("kid", "invented-" + i)));
                requests.send(
                        "GET",
                        "/p",
                        "a.example",
                        authorization(TestTokens.token().claim("iss", "invented-" + i)));
                requests.send(
                        "GET",
                        "/p",
                        "a.example",
                        authorization(TestTokens.token()
                                .claim("iss", "https://idp.example")
                                .header("alg", "RS256")
                                .header("kid", "invented-" + i)));
            }
            for (int i = from; i < hosts; i++) {
                requests.send("GET", "/p?invented-" + i + "=" + i, "a.example", token);
                requests.send("GET", "/p", "host-" + i + ".example", token);
            }
        }
    }

    /** Many requests on one connection, until the gateway closes it. */
    private static final class Requests implements AutoCloseable {

        private RawConnection connection = new RawConnection(gateway.port());

        private Requests() throws IOException {}

        void send(String method, String target, String host, String headers) throws IOException {
            Answer answer = connection
                    .send(method + " " + target + " HTTP/1.1\r\nHost: " + host + "\r\n" + headers + "\r\n")
                    .readAnswer();
            if ("close".equalsIgnoreCase(answer.header("Connection"))) {
                connection.close();
                connection = new RawConnection(gateway.port());
            }
        }

        @Override
        public void close() throws IOException {
            connection.close();
        }
    }

    private static void everythingOnce() throws IOException {
        check.respond((request, out) -> out.write(RecordingBackend.ok("{}")));
        logIn("alice");
        check.respond((request, out) -> out.write(RecordingBackend.answer("401 No", "X: y", "")));
        logIn("mallory");
        logIn("mallory");
        logIn("mallory");
        String session = authorization(TestTokens.sessionToken(Instant.now(), "m-1"));
        await().untilAsserted(
                        () -> assertThat(management.scrape()).contains("identities_jwks_usable{issuer=\"kc\"} 1.0"));
        try (Requests requests = new Requests()) {
            requests.send("GET", "/x", "a.example", session);
            requests.send("GET", "/x", "a.example", session);
            requests.send("GET", "/x", "a.example", "");
            requests.send("GET", "/api/v1/renewToken", "a.example", session);
            requests.send("GET", "/forward-auth", "a.example", session);
            requests.send("POST", "/api/v1/revokeToken", "a.example", session + "Content-Length: 0\r\n");
        }
    }

    private static void logIn(String name) throws IOException {
        String body = "{\"username\":\"" + name + "\",\"password\":\"wonderland\"}";
        RawConnection.exchange(
                gateway.port(),
                "POST /api/v1/authenticate HTTP/1.1\r\nHost: a.example\r\nContent-Type: application/json\r\n"
                        + "Content-Length: " + body.length() + "\r\n\r\n" + body);
    }

    private static double value(String name) {
        return management
                .scrape()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow();
    }

    private static String authorization(TestTokens token) {
        return "Authorization: " + token.bearer() + "\r\n";
    }
}
