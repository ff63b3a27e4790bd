package io.identities.gateway.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every recipe for a proxy must do. nginx and Caddy show it running (NginxCompanionIT, CaddyCompanionIT); here it is
 * read from the files of those that cannot run in a build, and from theirs as well where the words are the same.
 */
class RecipesTest {

    private static final Path RECIPES = Path.of("k8s", "recipes");
    private static final List<String> IDENTITY = List.of("X-Auth-Username", "X-Auth-Roles", "X-Auth-Issuer");
    /** Other methods, paths and hosts than the judged ones (PATH-14, PATH-15), as the recipe for nginx names them. */
    private static final List<String> OVERRIDES = overrides();

    private static final List<String> LOCAL =
            List.of("/api/v1/authenticate", "/api/v1/renewToken", "/api/v1/revokeToken");

    private static List<String> overrides() {
        String application = read(RECIPES.resolve("nginx/identities.conf")).split("location / \\{")[1];
        return Pattern.compile("proxy_set_header (\\S+) \"\";")
                .matcher(application)
                .results()
                .map(deleted -> deleted.group(1))
                .toList();
    }

    @Test
    void caddyDeletesThemToo() {
        List<Pattern> deleted = Pattern.compile("request_header -(\\S+)")
                .matcher(read(RECIPES.resolve("caddy/Caddyfile")))
                .results()
                .map(name -> name.group(1).replace(".", "\\.").replace("*", ".*"))
                .map(name -> Pattern.compile(name, Pattern.CASE_INSENSITIVE))
                .toList();

        assertThat(Stream.concat(IDENTITY.stream(), OVERRIDES.stream()).flatMap(name -> spellings(name, "-", "_", ".")))
                .allSatisfy(name -> assertThat(deleted)
                        .anyMatch(pattern -> pattern.matcher(name).matches()));
    }

    @Test
    void traefikDeletesEverySpellingBeforeItAsksAndCopiesTheAnswer() {
        List<Manifest> rendered = render("traefik");
        Manifest deletion = named(rendered, "Middleware", "identities-delete-client-headers");
        Manifest question = named(rendered, "Middleware", "identities-forward-auth");

        Map<String, Object> deleted = deletion.mapAt("spec.headers.customRequestHeaders");
        assertThat(deleted.keySet())
                .containsAll(Stream.concat(IDENTITY.stream(), OVERRIDES.stream())
                        .flatMap(name -> spellings(name, "-", "_", "."))
                        .toList());
        assertThat(deleted.values()).containsOnly("");
        assertThat(named(rendered, "Middleware", "identities").texts("spec.chain.middlewares[].name"))
                .containsExactly(deletion.name(), question.name());
        assertThat(question.texts("spec.forwardAuth.authResponseHeaders[]")).isEqualTo(IDENTITY);
        assertThat(question.texts("spec.forwardAuth.authRequestHeaders[]")).containsExactly("Authorization");
        assertThat(question.texts("spec.forwardAuth.trustForwardHeader")).containsExactly("false");
        assertThat(dialect(rendered)).isEqualTo("x-forwarded");
    }

    @Test
    void traefikAsksAboutEverythingButTheLocalPaths() {
        List<Manifest> routes = render("traefik").stream()
                .filter(manifest -> manifest.is("IngressRoute"))
                .toList();

        assertThat(routes).singleElement().satisfies(only -> {
            for (Object route : only.find("spec.routes[]")) {
                boolean toTheGateway = Manifest.find(route, "services[].name").contains("identities-gateway");
                assertThat(Manifest.find(route, "middlewares[].name"))
                        .isEqualTo(toTheGateway ? List.of() : List.of("identities"));
            }
            assertThat(only.texts("spec.routes[].match").get(0)).contains("PathRegexp(`");
            unasked(
                    only.texts("spec.routes[].match").get(0).replaceFirst(".*PathRegexp\\(`(.*)`\\)", "$1"),
                    " ",
                    "%3F",
                    "%23x");
        });
    }

    @Test
    void envoyDeletesEverySpellingEarlyAsksAndCopiesTheAnswer() {
        List<Manifest> rendered = render("envoy-gateway");
        Manifest client = named(rendered, "ClientTrafficPolicy", "identities");
        Manifest security = named(rendered, "SecurityPolicy", "identities");

        assertThat(client.texts("spec.headers.withUnderscoresAction")).containsExactly("DropHeader");
        assertThat(client.texts("spec.headers.earlyRequestHeaders.remove[]"))
                .containsAll(IDENTITY.stream()
                        .flatMap(name -> spellings(name, "-", "."))
                        .map(name -> name.toLowerCase(Locale.ROOT))
                        .toList())
                .contains("x-http-method-override", "x-method-override", "x-original-url", "x-rewrite-url")
                // What the Gateway API takes.
                .hasSizeLessThanOrEqualTo(16);
        assertThat(security.texts("spec.extAuth.http.headersToBackend[]"))
                .containsExactly(IDENTITY.stream()
                        .map(name -> name.toLowerCase(Locale.ROOT))
                        .toArray(String[]::new));
        assertThat(security.texts("spec.extAuth.failOpen")).containsExactly("false");
        assertThat(security.texts("spec.extAuth.headersToExtAuth[]")).containsExactly("authorization");
        assertThat(security.texts("spec.targetRefs[].name")).containsExactly("identities");
        assertThat(dialect(rendered)).isEqualTo("path");
        unasked(onlyRegularExpression(rendered), "%20", "%3f", "%23x", "%3Bx");
    }

    @Test
    void nginxGatewayFabricAsksWithoutBodyAndReplacesTheClientsHeaders() {
        List<Manifest> rendered = render("nginx-gateway-fabric");
        List<String> snippets =
                named(rendered, "SnippetsFilter", "identities-forward-auth").texts("spec.snippets[].value");
        String question = snippets.get(0);
        String answer = snippets.get(1);

        assertThat(question).contains("internal;", "proxy_pass_request_body off;");
        assertThat(question + answer).doesNotContain("underscores_in_headers on", "ignore_invalid_headers off");
        for (String header : IDENTITY) {
            assertThat(question).contains("proxy_set_header " + header + " \"\";");
            assertThat(answer).containsPattern("proxy_set_header " + header + " \\$identities_\\w+;");
        }
        for (String header : OVERRIDES) {
            assertThat(answer).contains("proxy_set_header " + header + " \"\";");
        }
        assertThat(dialect(rendered)).isEqualTo("x-forwarded");
        unasked(onlyRegularExpression(rendered), "", "?", "#x");
        assertThat(named(rendered, "HTTPRoute", "identities").texts("spec.rules[].filters[].extensionRef.name"))
                .containsExactly("identities-forward-auth");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nginx/identities.conf", "caddy/Caddyfile"})
    void nginxAndCaddyLeaveTheSamePathsUnasked(String file) throws IOException {
        Matcher expression = Pattern.compile("\\(\\?i\\)(\\^/\\S+\\$)|~\\* \"(.*)\"")
                .matcher(Files.readString(RECIPES.resolve(file)));

        assertThat(expression.find()).isTrue();
        unasked("(?i)" + (expression.group(1) == null ? expression.group(2) : expression.group(1)), " ", "?", "#x");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nginx", "caddy", "traefik", "envoy-gateway", "nginx-gateway-fabric"})
    void everyRecipeSaysWhoKeepsStreamsOpen(String recipe) throws IOException {
        try (Stream<Path> files = Files.list(RECIPES.resolve(recipe))) {
            String text =
                    files.map(RecipesTest::read).reduce("", String::concat).replaceAll("\\s*\\n\\s*#\\s*", " ");
            assertThat(text).containsPattern("not the gateway, keeps it open afterwards.* past the token's expiry");
        }
    }

    /** What NGINX Gateway Fabric accepts as an expression; it drops the rule otherwise, and logins would be asked about. */
    @Test
    void nginxGatewayFabricTakesTheExpression() {
        List<Manifest> rendered = render("nginx-gateway-fabric");

        assertThat(onlyRegularExpression(rendered)).matches("/[^\\s{};$]*").doesNotContain("(?=", "(?!", "(?<");
        assertThat(named(rendered, "HTTPRoute", "identities-gateway").texts("spec.rules[].matches[].path.value"))
                .containsAll(LOCAL);
    }

    /** @param ends what may follow a path in a spelling of it, as it looks to this proxy */
    private static void unasked(String expression, String... ends) {
        Pattern pattern = Pattern.compile(expression);
        for (String path : LOCAL) {
            assertThat(Stream.of(ends).map(path::concat)).allMatch(pattern.asMatchPredicate());
            assertThat(List.of(
                            path,
                            path + "/",
                            path + ".",
                            path + ";a=b",
                            path.toUpperCase(Locale.ROOT),
                            path.replace("/v1", "//v1")))
                    .allMatch(pattern.asMatchPredicate());
            assertThat(List.of(path + "/sso", "/x" + path, path + "s", path.replace("/v1", "/v2")))
                    .noneMatch(pattern.asMatchPredicate());
        }
    }

    private static Stream<String> spellings(String name, String... separators) {
        int hyphen = name.indexOf('-');
        return hyphen < 0
                ? Stream.of(name)
                : Stream.of(separators)
                        .flatMap(separator -> spellings(name.substring(hyphen + 1), separators)
                                .map(rest -> name.substring(0, hyphen) + separator + rest));
    }

    private static List<Manifest> render(String recipe) {
        return Kustomization.render(RECIPES.resolve(recipe));
    }

    private static Manifest named(List<Manifest> rendered, String kind, String name) {
        return rendered.stream()
                .filter(manifest -> manifest.is(kind) && manifest.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static String onlyRegularExpression(List<Manifest> rendered) {
        List<String> expressions =
                named(rendered, "HTTPRoute", "identities-gateway").find("spec.rules[].matches[].path").stream()
                        .map(Manifest::map)
                        .filter(path -> "RegularExpression".equals(path.get("type")))
                        .map(path -> String.valueOf(path.get("value")))
                        .toList();
        assertThat(expressions).hasSize(1);
        return expressions.get(0);
    }

    /** From the file, or from the variable that a recipe puts over it. */
    private static String dialect(List<Manifest> rendered) {
        return named(rendered, "Deployment", "identities-gateway")
                .find("spec.template.spec.containers[].env[]")
                .stream()
                .map(Manifest::map)
                .filter(variable -> "IDENTITIES_FORWARDAUTH_DIALECT".equals(variable.get("name")))
                .map(variable -> String.valueOf(variable.get("value")))
                .findFirst()
                .orElseGet(() -> ApplicationFiles.settings(rendered)
                        .filter(setting -> setting.getKey().equals("identities.forward-auth.dialect"))
                        .map(setting -> String.valueOf(setting.getValue()))
                        .findFirst()
                        .orElseThrow());
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
