package io.identities.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.identities.gateway.access.AccessRule.Allow;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class AccessRulesTest {

    @ParameterizedTest
    @CsvSource({
        "/public/**, /public, ANONYMOUS",
        "/public/**, /public/, ANONYMOUS",
        "/public/**, /public/a/b, ANONYMOUS",
        "/public/**, /publicity, AUTHENTICATED",
        "/public/**, /Public/a, AUTHENTICATED",
        "/public, /public, ANONYMOUS",
        "/public, /public/, AUTHENTICATED",
        "/public, /publicity, AUTHENTICATED",
        "/public, /, AUTHENTICATED",
        "/public/, /public/, ANONYMOUS",
        "/public/, /public, AUTHENTICATED",
        "/, /, ANONYMOUS",
        "/, /a, AUTHENTICATED",
        "/a/*, /a/b, ANONYMOUS",
        "/a/*, /a/, AUTHENTICATED",
        "/a/*, /a/b/c, AUTHENTICATED",
        "/a/*/c, /a/b/c, ANONYMOUS",
        "/*.png, /logo.png, ANONYMOUS",
        "/*.png, /logo.pngx, AUTHENTICATED",
        "/*.png, /logo.jpg, AUTHENTICATED",
        "/*.png, /my%20logo.png, ANONYMOUS",
        "/*.png, /secret%3f.png, AUTHENTICATED",
        "/*.png, /secret%23.png, AUTHENTICATED",
        "/public/**, /public/what%3f, ANONYMOUS",
        "/a*b*c, /aXbYc, ANONYMOUS",
        "/a*b*c, /abc, ANONYMOUS",
        "/a*b*c, /abcb, AUTHENTICATED",
        "/a*, /a, ANONYMOUS",
        "/a*, /b, AUTHENTICATED",
        "/ab, /ac, AUTHENTICATED"
    })
    @DisplayName("CFG-06 a pattern opens what it says and no more")
    void cfg06_anonymousPatterns(String pattern, String path, Allow expected) {
        AccessRules rules = rules("path=" + pattern, "allow=anonymous");
        assertThat(rules.ruleFor("GET", RequestTarget.of(path)).allow()).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "//public/a",
                "/public//a",
                "/public;x/a",
                "/public/a;x",
                "/public/%2fa",
                "/public/a%5cb",
                "/public/%252f",
                "/%70ublic/a",
                "/public/%ff",
                "/PUBLIC/a"
            })
    @DisplayName("PATH-09 an open rule speaks for plain paths only")
    void path09_anonymousRuleNeedsAPlainPath(String path) {
        AccessRules rules = rules("path=/public/**", "allow=anonymous");
        assertThat(rules.ruleFor("GET", RequestTarget.of(path)).allow()).isEqualTo(Allow.AUTHENTICATED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/admin",
                "/admin/",
                "/admin/x",
                "/ADMIN/x",
                "//admin/x",
                "/admin//x",
                "/admin;a=b/x",
                "/admin%2fx",
                "/admin%5Cx",
                "/%61dmin/x",
                "/%2561dmin/x",
                "/admin%20",
                "/admin.",
                "/;x/%2fadmin",
                "/;x%2fadmin",
                "/;%2Fadmin/x",
                "/%3bx%2fadmin",
                "/admin%3fx",
                "/admin%3F",
                "/admin%23/x",
                "/admin%253fx",
                "/%61dmin/x%3f",
                "/admin%00/x",
                "/admin%2500x",
                "/%3bx%5ci/admin/x",
                "//x/admin/a",
                "///x.example:80/admin",
                "//x;a/%61dmin",
                "//x%2fy/admin",
                "/%2fx%2fadmin",
                "/%5cx/admin",
                "/%255c%255cx/admin",
                "//x/admin%3fb"
            })
    @DisplayName("PATH-12 a role or denied rule speaks for every spelling of its path")
    void path12_restrictingRuleSpeaksForTheLooseReading(String path) {
        assertThat(rules("path=/admin/**", "allow=denied")
                        .ruleFor("GET", RequestTarget.of(path))
                        .allow())
                .isEqualTo(Allow.DENIED);
        assertThat(rules("path=/Admin/**", "allow.any-role=admin")
                        .ruleFor("GET", RequestTarget.of(path))
                        .allow())
                .isEqualTo(Allow.ANY_ROLE);
    }

    @ParameterizedTest
    @CsvSource({
        "/*/admin, /;x%2fadmin",
        "/a/*/secret, /a%2fb%252fc/secret",
        "/a/b/c/secret, /a%2fb%252fc/secret",
        "/a/*, /a/b%253b%252fc"
    })
    @DisplayName("PATH-12 a role or denied rule speaks for readers that decode once, and for those that cut nothing")
    void path12_restrictingRuleSpeaksForEveryReader(String pattern, String path) {
        assertThat(rules("path=" + pattern, "allow=denied")
                        .ruleFor("GET", RequestTarget.of(path))
                        .allow())
                .isEqualTo(Allow.DENIED);
    }

    @Test
    void restrictingRuleSpeaksForThePathAsWrittenToo() {
        AccessRules rules = rules("path=/a/*.x/", "allow=denied");
        assertThat(rules.ruleFor("GET", RequestTarget.of("/a/b.x/")).allow()).isEqualTo(Allow.DENIED);
        assertThat(rules.ruleFor("GET", RequestTarget.of("/a/b.x")).allow()).isEqualTo(Allow.DENIED);
        assertThat(rules.ruleFor("GET", RequestTarget.of("/a/b.y")).allow()).isEqualTo(Allow.AUTHENTICATED);
        assertThat(rules("path=/", "allow=denied")
                        .ruleFor("GET", RequestTarget.of("//"))
                        .allow())
                .isEqualTo(Allow.DENIED);
    }

    @ParameterizedTest
    @CsvSource({
        "/a/secret%2fx/public, DENIED",
        "/a/x/public, AUTHENTICATED",
        "/a/x;y/public, AUTHENTICATED",
        "/a/x%20y/public, AUTHENTICATED",
        "/a/x%3fy/public, DENIED",
        "/a/x%253fy/public, DENIED",
        "/a%2fx/public, DENIED"
    })
    @DisplayName("An authenticated rule lifts a later denied one only where every reading agrees")
    void authenticatedRuleNeedsBothReadings(String path, Allow expected) {
        AccessRules rules = rules(Map.of(
                "rules[0].path", "/a/*/public",
                "rules[0].allow", "authenticated",
                "rules[1].path", "/a/**",
                "rules[1].allow", "denied"));
        assertThat(rules.ruleFor("GET", RequestTarget.of(path)).allow()).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/docs/members",
                "/docs/members/x",
                "/docs/%6Dembers/x",
                "/docs/Members/x",
                "/docs/members%20",
                "/docs/members.",
                "/%64ocs/members/x",
                "/docs/MEMBER%53/a/b",
                "/docs/members%3fx",
                "/docs/members%23"
            })
    @DisplayName("PATH-12 no spelling of a path that is kept to good tokens is opened by a later anonymous rule")
    void path12_anonymousRuleDoesNotOpenWhatAnEarlierRuleKeeps(String path) {
        AccessRules rules = openButForMembers();
        assertThat(rules.ruleFor("GET", RequestTarget.of(path)).allow()).isEqualTo(Allow.AUTHENTICATED);
        assertThat(rules.ruleFor("get", RequestTarget.of(path)).allow()).isEqualTo(Allow.AUTHENTICATED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/docs", "/docs/x", "/docs/membership", "/docs/x/members", "/docs/%C3%A9"})
    void anonymousRuleOpensTheRest(String path) {
        AccessRules rules = openButForMembers();
        assertThat(rules.ruleFor("GET", RequestTarget.of(path)).allow()).isEqualTo(Allow.ANONYMOUS);
        assertThat(rules.ruleFor("POST", RequestTarget.of("/docs/Members")).allow())
                .isEqualTo(Allow.ANONYMOUS);
    }

    private static AccessRules openButForMembers() {
        return rules(Map.of(
                "rules[0].path", "/docs/members/**",
                "rules[0].methods", "GET",
                "rules[0].allow", "authenticated",
                "rules[1].path", "/docs/**",
                "rules[1].allow", "anonymous"));
    }

    @ParameterizedTest
    @CsvSource({
        "GET, ANONYMOUS",
        "HEAD, ANONYMOUS",
        "POST, AUTHENTICATED",
        "get, AUTHENTICATED",
        "DELETE, AUTHENTICATED"
    })
    void openRuleNamesItsMethods(String method, Allow expected) {
        AccessRules rules = rules("path=/p", "methods=get", "allow=anonymous");
        assertThat(rules.ruleFor(method, RequestTarget.of("/p")).allow()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"DELETE, DENIED", "delete, DENIED", "GET, DENIED", "head, DENIED", "HEAD, DENIED", "POST, AUTHENTICATED"
    })
    void restrictingRuleMeansItsMethodsInAnyCase(String method, Allow expected) {
        AccessRules rules = rules("path=/p", "methods=DELETE,GET", "allow=denied");
        assertThat(rules.ruleFor(method, RequestTarget.of("/p")).allow()).isEqualTo(expected);
    }

    @Test
    void restrictingRuleWithoutGetDoesNotMeanHead() {
        AccessRules rules = rules("path=/p", "methods=DELETE", "allow=denied");
        assertThat(rules.ruleFor("HEAD", RequestTarget.of("/p")).allow()).isEqualTo(Allow.AUTHENTICATED);
    }

    @Test
    void firstRuleThatSpeaksDecidesAndTheDefaultGoesForTheRest() {
        AccessRules rules = rules(Map.of(
                "rules[0].path", "/a/b",
                "rules[0].allow", "authenticated",
                "rules[1].path", "/a/**",
                "rules[1].allow.any-role[0]", "x",
                "rules[2].path", "/a/b/c",
                "rules[2].allow", "anonymous",
                "default", "denied"));
        assertThat(rules.ruleFor("GET", RequestTarget.of("/a/b")).allow()).isEqualTo(Allow.AUTHENTICATED);
        assertThat(rules.ruleFor("GET", RequestTarget.of("/a/b/c")).allow()).isEqualTo(Allow.ANY_ROLE);
        assertThat(rules.ruleFor("GET", RequestTarget.of("/b")).allow()).isEqualTo(Allow.DENIED);
        assertThat(rules.restrictive()).isTrue();
        assertThat(rules.describe())
                .containsExactly(
                        "any method /a/b -> authenticated",
                        "any method /a/** -> any-role [x]",
                        "any method /a/b/c -> anonymous",
                        "any method /** -> denied");
    }

    @Test
    void rulesThatOnlyOpenDoNotRestrict() {
        assertThat(AccessRules.authenticated().restrictive()).isFalse();
        assertThat(rules("path=/a", "methods=GET,POST", "allow=anonymous").restrictive())
                .isFalse();
        assertThat(rules("path=/a", "methods=POST,GET", "allow=anonymous").describe())
                .contains("GET,POST /a -> anonymous");
        assertThat(rules("path=/a", "allow=denied").restrictive()).isTrue();
        assertThat(rules("path=/a", "allow.any-role=x").restrictive()).isTrue();
        assertThat(rules(Map.of("default", "denied")).restrictive()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "any-role: [admin, ops]",
                "any-role:admin,ops",
                "any-role=[admin,ops]",
                "any-role[admin,ops]",
                "any-role admin , ops",
                "any-role: [\"admin\", 'ops']"
            })
    void rolesMayStandInOneLine(String allow) {
        AccessRules rules = rules("path=/a", "allow=" + allow);
        assertThat(rules.ruleFor("GET", RequestTarget.of("/a")).roles()).containsExactly("admin", "ops");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "**",
                "public/**",
                "*",
                "",
                "/api/**/x",
                "^/foo/.*/bar$",
                "/a;b",
                "/a%20b",
                "/a/../b",
                "/a/./b",
                "/..",
                "/a//b",
                "//",
                "/a?b",
                "/a b",
                "/a{x}",
                "/a\\b",
                "/a**",
                "/a***",
                "/ä",
                "/a#b"
            })
    @DisplayName("CFG-06 a pattern that matchers read differently stops the start")
    void cfg06_patternsThatAreRefused(String pattern) {
        for (String allow : List.of("anonymous", "authenticated", "denied")) {
            assertThatThrownBy(() -> rules("path=" + pattern, "allow=" + allow))
                    .hasStackTraceContaining("identities.access.rules[0].path: found '" + pattern + "', expected");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/**", "/*/**", "/*/*/**"})
    @DisplayName("CFG-06 an anonymous rule never opens everything")
    void cfg06_anonymousNeverOpensEverything(String pattern) {
        assertThatThrownBy(() -> rules("path=" + pattern, "allow=anonymous"))
                .hasStackTraceContaining("identities.access.rules[0].path: found '" + pattern + "'")
                .hasStackTraceContaining("must not open everything");
        assertThat(rules("path=" + pattern, "allow.any-role=x").restrictive()).isTrue();
    }

    private static Arguments notOneLine(String allow) {
        return Arguments.of(
                Map.of("rules[0].path", "/a", "rules[0].allow", allow),
                "rules[0].allow: found '" + allow + "', expected");
    }

    private static Arguments notARole(String name, String value, String role) {
        return Arguments.of(
                Map.of("rules[0].path", "/a", "rules[0]." + name, value),
                "rules[0].allow.any-role: found '" + role + "', expected names");
    }

    static Stream<Arguments> wrongRules() {
        return Stream.of(
                Arguments.of(Map.of("rules[0].path", "/a"), "rules[0].allow: found nothing"),
                Arguments.of(
                        Map.of("rules[0].path", "/a", "rules[0].allow", "everyone"),
                        "rules[0].allow: found 'everyone', expected anonymous, authenticated, denied or any-role"),
                Arguments.of(
                        Map.of("rules[0].path", "/a", "rules[0].allow", "any-role:"),
                        "rules[0].allow.any-role: found an empty role"),
                notOneLine("any-roles: [admin, ops]"),
                notOneLine("any-rolefoo"),
                notOneLine("any-role: [admin"),
                notOneLine("any-role: [[admin]]"),
                notARole("allow", "any-role: \"admin", "\"admin"),
                notARole("allow.any-role", "[admin,ops]", "[admin"),
                notARole("allow.any-role", "\"admin\"", "\"admin\""),
                Arguments.of(Map.of("rules[0].path", "/a", "rules[0].allow.word", ""), "rules[0].allow: found ''"),
                Arguments.of(
                        Map.of("rules[0].path", "/a", "rules[0].allow", "denied", "rules[0].methods", "GE T"),
                        "rules[0].methods: found 'GE T'"),
                Arguments.of(
                        Map.of("rules[0].path", "/a", "rules[0].allow", "denied", "rules[0].methods", "G1,[T"),
                        "rules[0].methods: found 'G1'"),
                Arguments.of(
                        Map.of("rules[0].path", "/a", "rules[0].allow", "denied", "rules[0].methods[0]", " "),
                        "rules[0].methods: found ' '"),
                Arguments.of(
                        Map.of("default", "anonymous"),
                        "default: found 'anonymous', expected authenticated or denied"));
    }

    @ParameterizedTest
    @MethodSource("wrongRules")
    @DisplayName("CFG-06 a wrong rule is named with what was found")
    void cfg06_wrongRules(Map<String, String> settings, String message) {
        assertThatThrownBy(() -> rules(settings)).hasStackTraceContaining("identities.access." + message);
    }

    @Test
    void methodsMayHoldAHyphen() {
        AccessRules rules = rules("path=/a", "methods=VERSION-CONTROL", "allow=denied");
        assertThat(rules.ruleFor("VERSION-CONTROL", RequestTarget.of("/a")).allow())
                .isEqualTo(Allow.DENIED);
    }

    private static AccessRules rules(String... rule) {
        Map<String, String> settings = new LinkedHashMap<>();
        for (String setting : rule) {
            int equals = setting.indexOf('=');
            settings.put("rules[0]." + setting.substring(0, equals), setting.substring(equals + 1));
        }
        return rules(settings);
    }

    static AccessRules rules(Map<String, String> settings) {
        MapConfigurationPropertySource source = new MapConfigurationPropertySource();
        settings.forEach((name, value) -> source.put("identities.access." + name, value));
        return new Binder(source)
                .bindOrCreate("identities.access", AccessSettings.class)
                .toRules();
    }
}
