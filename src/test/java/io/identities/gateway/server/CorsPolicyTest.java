package io.identities.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CorsPolicyTest {

    private static final String APP = "https://app.example";
    private static final List<String> METHODS = List.of("GET", "POST");

    private final CorsPolicy policy =
            new CorsPolicy(settings(List.of(APP, "http://localhost:3000"), false), "X-Request-Id");

    @Test
    @DisplayName("PATH-17 a preflight of an allowed origin is granted, with the headers it asked for")
    void path17_allowedPreflight() {
        Map<String, String> headers = new LinkedHashMap<>();
        assertThat(policy.onPreflight(APP, "POST", "Authorization, content-type", headers::put))
                .isTrue();
        assertThat(headers)
                .containsEntry("Access-Control-Allow-Origin", APP)
                .containsEntry("Access-Control-Allow-Methods", "GET, POST")
                .containsEntry("Access-Control-Allow-Headers", "authorization, content-type")
                .containsEntry("Access-Control-Max-Age", "1800")
                .doesNotContainKey("Access-Control-Allow-Credentials");
        assertThat(headers.get("Vary")).contains("Origin");
    }

    @Test
    @DisplayName("PATH-17 a preflight from elsewhere is refused without an allow header")
    void path17_otherPreflight() {
        assertRefused("https://evil.example", "POST", null);
        assertRefused("null", "POST", null);
        assertRefused(APP + ".evil.example", "POST", null);
        assertRefused("http://app.example", "POST", null);
        assertRefused(APP, "DELETE", null);
        assertRefused(APP, "POST", "x\u0000y");
    }

    @Test
    void onlyListedHeadersMayBeAnnounced() {
        CorsPolicy strict = new CorsPolicy(
                new CorsSettings(
                        List.of(APP), METHODS, List.of("Authorization"), List.of(), false, Duration.ofMinutes(1)),
                "X-Request-Id");
        assertThat(strict.onPreflight(APP, "GET", "authorization", (name, value) -> {}))
                .isTrue();
        assertThat(strict.onPreflight(APP, "GET", "authorization, x-other", (name, value) -> {}))
                .isFalse();
    }

    @Test
    @DisplayName("PATH-19 other requests get the headers when the origin is allowed, and pass in any case")
    void path19_actualRequests() {
        assertThat(actual(APP))
                .containsEntry("Access-Control-Allow-Origin", APP)
                .containsEntry("Access-Control-Expose-Headers", "WWW-Authenticate, Retry-After, X-Request-Id")
                .containsEntry("Vary", "Origin");
        assertThat(actual("HTTP://LOCALHOST:3000"))
                .containsEntry("Access-Control-Allow-Origin", "HTTP://LOCALHOST:3000");
        for (String origin : new String[] {"https://evil.example", "null", "", "::::", "https://app.example,", null}) {
            assertThat(actual(origin)).as("origin %s", origin).containsOnly(Map.entry("Vary", "Origin"));
        }
    }

    @Test
    void credentialsAreOfferedOnlyWhenAskedFor() {
        CorsPolicy open = new CorsPolicy(settings(List.of(APP), true), "X-Request-Id");
        Map<String, String> headers = new LinkedHashMap<>();
        open.onActualRequest(APP, headers::put);
        assertThat(headers).containsEntry("Access-Control-Allow-Credentials", "true");
    }

    @Test
    void starAllowsEverybodyWithoutEchoing() {
        CorsPolicy open = new CorsPolicy(settings(List.of("*"), false), "X-Request-Id");
        Map<String, String> headers = new LinkedHashMap<>();
        open.onActualRequest("https://anybody.example", headers::put);
        assertThat(headers).containsEntry("Access-Control-Allow-Origin", "*");
    }

    @Test
    void starAmongOthersStopsTheStart() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings(List.of("*", APP), false))
                .withMessageStartingWith("identities.cors.allowed-origins: found [*, ");
    }

    @Test
    void starLetsAnyMethodBeAnnounced() {
        CorsPolicy any = new CorsPolicy(
                new CorsSettings(List.of(APP), List.of("*"), List.of("*"), List.of(), false, Duration.ofMinutes(1)),
                "X-Request-Id");
        Map<String, String> headers = new LinkedHashMap<>();

        assertThat(any.onPreflight(APP, "DELETE", null, headers::put)).isTrue();
        assertThat(headers).containsEntry("Access-Control-Allow-Methods", "DELETE");
        assertThat(any.onPreflight(APP, "DEL ETE", null, (name, value) -> {})).isFalse();
    }

    @Test
    void originsAndMethodsMayBeWrittenAsPeopleDo() {
        CorsPolicy loose = new CorsPolicy(
                new CorsSettings(
                        List.of("https://App.example:443", "http://localhost:80"),
                        List.of("get"),
                        List.of("*"),
                        List.of(),
                        false,
                        Duration.ofMinutes(1)),
                "X-Request-Id");

        assertThat(loose.onPreflight("https://app.example", "GET", null, (name, value) -> {}))
                .isTrue();
        assertThat(loose.onPreflight("http://localhost", "GET", null, (name, value) -> {}))
                .isTrue();
        assertThat(loose.onPreflight("https://app.example:8443", "GET", null, (name, value) -> {}))
                .isFalse();
    }

    @Test
    void withoutOriginsThereIsNoCors() {
        CorsPolicy off = new CorsPolicy(settings(List.of(), false), "X-Request-Id");
        Map<String, String> headers = new LinkedHashMap<>();
        off.onActualRequest(APP, headers::put);
        assertThat(off.isConfigured()).isFalse();
        assertThat(headers).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"app.example", "https://app.example/", "https://*.example", "ftp://a", "https://u@a", "null", ""
            })
    void whatIsNoOriginStopsTheStart(String origin) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings(List.of(origin), false))
                .withMessageStartingWith("identities.cors.allowed-origins: found \"" + origin + "\", expected ");
    }

    @Test
    void credentialsForEverybodyStopTheStart() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings(List.of("*"), true))
                .withMessageStartingWith("identities.cors.allow-credentials: found true");
    }

    private Map<String, String> actual(@Nullable String origin) {
        Map<String, String> headers = new LinkedHashMap<>();
        policy.onActualRequest(origin, headers::put);
        return headers;
    }

    private void assertRefused(String origin, String method, @Nullable String requested) {
        Map<String, String> headers = new LinkedHashMap<>();
        assertThat(policy.onPreflight(origin, method, requested, headers::put)).isFalse();
        assertThat(headers).containsOnlyKeys("Vary");
    }

    private static CorsSettings settings(List<String> origins, boolean credentials) {
        return new CorsSettings(origins, METHODS, List.of("*"), List.of(), credentials, Duration.ofMinutes(30));
    }
}
