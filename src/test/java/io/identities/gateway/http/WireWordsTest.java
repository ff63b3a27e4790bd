package io.identities.gateway.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.identities.gateway.access.Denial;
import io.identities.gateway.token.TokenFixtures;
import io.identities.gateway.token.TokenVerification.Undecidable;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class WireWordsTest {

    private final IdentityHeaders headers = new IdentityHeaders("X-Auth-Username", "X-Auth-Roles", "X-Auth-Issuer");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-Auth-Username",
                "x-auth-username",
                "X_Auth_Username",
                "X.Auth.Username",
                "X-AUTH_ROLES",
                "x~auth~issuer",
                "X Auth Issuer"
            })
    @DisplayName("HDR-01 an identity header is known in every spelling")
    void hdr01_everySpelling(String name) {
        assertThat(headers.isIdentityHeader(name)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"X-Auth-User", "X-Auth-Usernames", "XAuthUsername", "X-Auth-Usernamf", "Authorization", ""})
    void otherHeadersAreNone(String name) {
        assertThat(headers.isIdentityHeader(name)).isFalse();
    }

    @Test
    void assertsWhatIsKnown() {
        Map<String, String> seen = new LinkedHashMap<>();
        headers.forEach(TokenFixtures.accessToken("søren", "a,b", "c"), seen::put);
        assertThat(seen)
                .containsEntry("X-Auth-Username", "s%C3%B8ren")
                .containsEntry("X-Auth-Roles", "a%2Cb,c")
                .containsKey("X-Auth-Issuer");
        seen.clear();
        headers.forEach(TokenFixtures.accessToken("alice"), seen::put);
        assertThat(seen).doesNotContainKey("X-Auth-Roles");
        seen.clear();
        headers.forEach(null, seen::put);
        assertThat(seen).isEmpty();
        headers.forEachOrEmpty(null, seen::put);
        assertThat(seen.values()).containsExactly("", "", "");
        headers.forEachOrEmpty(TokenFixtures.accessToken("alice"), seen::put);
        assertThat(seen).containsEntry("X-Auth-Username", "alice").containsEntry("X-Auth-Roles", "");
    }

    @ParameterizedTest
    @CsvSource({
        "Host, X-R, X-I, X-Q, identities.headers.username: found 'Host'",
        "X-U, content-length, X-I, X-Q, identities.headers.roles: found 'content-length'",
        "X-U, X-R, X I, X-Q, identities.headers.issuer: found 'X I'",
        "X-U, X-R, X-I, '', identities.headers.request-id: found ''",
        "X-U, X_U, X-I, X-Q, found 'X_U' in two of username",
        "X-U, X-R, X-Ü, X-Q, identities.headers.issuer: found 'X-Ü'"
    })
    void wrongHeaderNamesStopTheStart(String username, String roles, String issuer, String requestId, String message) {
        assertThatThrownBy(() -> new HeaderSettings(username, roles, issuer, requestId))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "A.b_c-9", "0123456789012345678901234567890123456789012345678901234567890123"})
    void requestIdOfOthersMayGoOn(String id) {
        assertThat(RequestIds.isUsable(id)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a b",
                "ä",
                "a\"",
                "a,b",
                "a/b",
                "01234567890123456789012345678901234567890123456789012345678901234"
            })
    void requestIdOfOthersIsReplaced(String id) {
        assertThat(RequestIds.isUsable(id)).isFalse();
        assertThat(RequestIds.isUsable(null)).isFalse();
    }

    @Test
    void madeRequestIdsAreUsableAndDiffer() {
        RequestIds ids = new RequestIds("X-Request-Id");
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            String id = ids.next();
            assertThat(RequestIds.isUsable(id)).isTrue();
            assertThat(seen.add(id)).isTrue();
        }
        assertThat(new RequestIds("X-Request-Id").next()).isNotIn(seen);
    }

    @ParameterizedTest
    @EnumSource(ProblemCode.class)
    @DisplayName("LOG-17 every refusal is a generic problem with a stable code")
    void log17_everyRefusal(ProblemCode code) {
        JsonNode body = JsonMapper.shared().readTree(Refusal.of(code).body("id-1"));
        assertThat(body.path("type").stringValue()).isEqualTo("about:blank");
        assertThat(body.path("status").intValue()).isEqualTo(code.status());
        assertThat(body.path("code").stringValue()).isEqualTo(code.code()).matches("[a-z_]+");
        assertThat(body.path("title").stringValue()).isNotEmpty();
    }

    @Test
    void challengeFollowsRfc6750() {
        assertThat(Refusal.of(Denial.NO_TOKEN).headers())
                .containsEntry("WWW-Authenticate", "Bearer realm=\"identities\"");
        assertThat(Refusal.of(Denial.MALFORMED_CREDENTIAL).headers().get("WWW-Authenticate"))
                .startsWith("Bearer realm=\"identities\", error=\"invalid_token\", error_description=\"");
        assertThat(Refusal.of(Denial.WRONG_ROLE).headers().get("WWW-Authenticate"))
                .contains("error=\"insufficient_scope\"");
        assertThat(Refusal.of(ProblemCode.NOT_FOUND).headers()).doesNotContainKey("WWW-Authenticate");
    }

    @Test
    void retryAfterIsWholeSecondsAtLeastOne() {
        Refusal refusal = Refusal.of(ProblemCode.TOO_MANY_ATTEMPTS);
        assertThat(refusal.retryAfter(Duration.ZERO).headers()).containsEntry("Retry-After", "1");
        assertThat(refusal.retryAfter(Duration.ofMillis(1001)).headers()).containsEntry("Retry-After", "2");
        assertThat(Refusal.of(Undecidable.NO_KEYS).headers()).containsKey("Retry-After");
        assertThat(Refusal.of(Undecidable.REVOCATIONS_UNKNOWN).code()).isEqualTo(ProblemCode.REVOCATIONS_UNAVAILABLE);
        assertThat(Refusal.of(ProblemCode.METHOD_NOT_ALLOWED).allow("GET").headers())
                .containsEntry("Allow", "GET");
    }

    @Test
    @DisplayName("LOG-01 what a login is refused with is the same for every request; other problems name theirs")
    void log01_loginRefusalsNameNoRequest() {
        for (ProblemCode code : Set.of(ProblemCode.INVALID_CREDENTIALS, ProblemCode.TOO_MANY_ATTEMPTS)) {
            assertThat(Refusal.of(code).body("a")).isEqualTo(Refusal.of(code).body("b"));
        }
        assertThat(new String(Refusal.of(ProblemCode.INVALID_TOKEN).body("id-1"), UTF_8))
                .contains("\"requestId\":\"id-1\"");
    }
}
