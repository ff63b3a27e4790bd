package io.identities.gateway.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.identities.gateway.testing.RawConnection;
import io.identities.gateway.testing.RawConnection.Answer;
import io.identities.gateway.testing.RecordingBackend;
import io.identities.gateway.testing.RunningGateway;
import io.identities.gateway.testing.TestTokens;
import java.io.EOFException;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Which targets pass, which rule judges them, and what of them the backend sees; on real sockets. */
class PathIT {

    private static RecordingBackend backend;
    private static RunningGateway gateway;

    @BeforeAll
    static void start() {
        backend = new RecordingBackend();
        gateway = RunningGateway.inFrontOf(
                backend.uri(),
                "identities.credentials.check=http",
                "identities.credentials.http.uri=http://127.0.0.1:9/",
                "identities.access.rules[0].path=/public/members/**",
                "identities.access.rules[0].allow=authenticated",
                "identities.access.rules[1].path=/public/**",
                "identities.access.rules[1].allow=anonymous",
                "identities.access.rules[2].path=/admin/**",
                "identities.access.rules[2].allow.any-role=admin",
                "identities.access.rules[3].path=/never",
                "identities.access.rules[3].allow=denied");
    }

    @AfterAll
    static void stop() {
        gateway.close();
        backend.close();
    }

    @BeforeEach
    void reset() {
        backend.reset();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /identities/1?x=/api/v1/authenticate",
                "POST /identities?/api/v1/authenticate",
                "GET /identities;/api/v1/authenticate",
                "GET /identities/1?/public/x",
                "GET /identities/1?x=/public/",
                "GET /?/public/x"
            })
    @DisplayName("PATH-01 a query opens nothing")
    void path01_queryOpensNothing(String line) throws IOException {
        assertThat(ask(line).status()).isEqualTo(401);
        assertThat(backend.count()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/v1/authenticate/../../../identities/1",
                "/api/v1/authenticate/..%2f..%2f..%2fidentities",
                "/%2e%2e/%2e%2e/identities",
                "/actuator/health/../../identities",
                "/api/v1/authenticate/..;/..;/identities",
                "/..%5cidentities",
                "/%252e%252e/identities",
                "/public/../identities/1",
                "/public/%2e%2e%2fidentities",
                "/identities/%2e%2e/admin",
                "/public/./x",
                "/public/%c0%ae%c0%ae/identities"
            })
    @DisplayName("PATH-03, PATH-04 a dot segment in any spelling is 400 for everyone")
    void path03_path04_dotSegments(String target) throws IOException {
        for (String credential : List.of("X-None: 1", bearer())) {
            for (String method : List.of("GET", "POST")) {
                Answer refused = ask(method + " " + target, credential);
                assertThat(refused.status()).isEqualTo(400);
                assertThat(refused.text())
                        .contains("\"code\":\"ambiguous_request\"")
                        .doesNotContain("identities/");
                assertThat(refused.header("x-request-id")).isNotNull();
            }
        }
        assertThat(backend.count()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/public/members/1", "/public/%6Dembers/1", "/public/MEMBERS/1", "/public/members%20"})
    @DisplayName("PATH-12 no spelling of a path that is kept to good tokens is open")
    void path12_anotherSpellingOpensNothing(String target) throws IOException {
        assertThat(ask("GET " + target).status()).isEqualTo(401);
        assertThat(backend.count()).isZero();
        assertThat(ask("GET " + target, bearer()).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/identities/na%20me?q=a%2Bb+c%25&q=&e",
                "/identities///7//x?u=http://h/p?q",
                "/identities?f=%7B%22a%22%3A1%7D",
                "/identities?",
                "/identities?a[]=1",
                "/identities/a%2Fb/photo",
                "/identities/a%2fb",
                "/identities/%E2%82%AC",
                "/identities/a%5Cb",
                "/identities/100%25",
                "/identities/1;jsessionid=ABC?x=1",
                "/identities/1%0d%0aX-Role:%20admin",
                "/identities/?a=%0d%0aX-Role:%20admin",
                "/identities/%00",
                "//evil.example/identities",
                "//identities/1",
                "/actuator/health",
                "/api/v1/authenticate/sso",
                "/"
            })
    @DisplayName("PATH-06, PATH-07, PATH-08, PATH-09, PATH-20 with a good token the target arrives byte for byte")
    void path06_path07_path08_path09_path20_byteForByte(String target) throws IOException {
        assertThat(ask("GET " + target, bearer()).status()).isEqualTo(200);
        assertThat(backend.last().target()).isEqualTo(target);
        assertThat(backend.last().header("x-role")).isNull();
        backend.reset();
        assertThat(ask("GET " + target).status()).isEqualTo(401);
        assertThat(backend.count()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/index.html",
                "/favicon.ico",
                "/static/",
                "/webjars/x.js",
                "/META-INF/MANIFEST.MF",
                "//favicon.ico",
                "/actuator",
                "/actuator/gateway/routes",
                "/error",
                "/login",
                "/logout",
                "/swagger-ui.html",
                "/v3/api-docs",
                "/graphiql"
            })
    @DisplayName("PATH-10, PATH-11 the gateway serves nothing of its own")
    void path10_path11_nothingOfItsOwn(String target) throws IOException {
        assertThat(ask("GET " + target).status()).isEqualTo(401);
        assertThat(backend.count()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "/public/x, false, 200",
        "/public, false, 200",
        "/publicity, false, 401",
        "/PUBLIC/x, false, 401",
        "/public//x, false, 401",
        "//public/x, false, 401",
        "/public;a/x, false, 401",
        "/public/x%2fy, false, 401",
        "/public/x%5cy, false, 401",
        "/public/x%252fy, false, 401",
        "/admin/x, false, 401",
        "/admin/x, true, 403",
        "/ADMIN/x, true, 403",
        "/admin;a/x, true, 403",
        "/%61dmin/x, true, 403",
        "/%2561dmin/x, true, 403",
        "/admin%2fx, true, 403",
        "/admin%3fx, true, 403",
        "/;x%2fadmin, true, 403",
        "//admin/x, true, 403",
        "/never, false, 401",
        "/never, true, 403",
        "/never%20, true, 403",
        "/never/below, true, 200"
    })
    void rulesJudgeThePathThatIsProxied(String target, boolean token, int status) throws IOException {
        Answer answer = token ? ask("GET " + target, bearer()) : ask("GET " + target);
        assertThat(answer.status()).isEqualTo(status);
        assertThat(backend.count()).isEqualTo(status == 200 ? 1 : 0);
        if (status == 403) {
            assertThat(answer.header("www-authenticate")).contains("error=\"insufficient_scope\"");
        }
    }

    @Test
    void roleOpensItsPath() throws IOException {
        String admin = "Authorization: " + TestTokens.token().roles("admin").bearer();
        assertThat(ask("GET /admin/x", admin).status()).isEqualTo(200);
        assertThat(backend.last().header("x-auth-roles")).isEqualTo("admin");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "^", "{", "}", "\"", "\\", "|", "`", "<", ">", "#", "%", "%zz", "%u002e", "\u00ff", "\u0001", "\t"
            })
    @DisplayName("PATH-20, PATH-23 a target with what a URI forbids is a real 400")
    void path20_path23_forbiddenCharacters(String character) throws IOException {
        for (String target : List.of("/identities/a" + character + "b", "/identities?a" + character + "b")) {
            for (String credential : List.of("X-None: 1", bearer())) {
                Answer refused = ask("GET " + target, credential);
                assertThat(refused.status()).as(target).isEqualTo(400);
                assertThat(refused.header("content-type")).isEqualTo("application/problem+json");
            }
        }
        assertThat(backend.count()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET http://169.254.169.254/latest",
                "GET @evil.example/",
                "GET *",
                "OPTIONS *",
                "GET identities",
                "GET http://gw/identities",
                "GET http://gw.evil.example/identities",
                "GET http://gw@evil.example/identities",
                "CONNECT evil.example:443",
                "CONNECT /identities",
                "TRACE /identities"
            })
    @DisplayName("PATH-23 no authority in the request line chooses a target")
    void path23_authorityInTheRequestLine(String line) throws IOException {
        for (String credential : List.of("X-None: 1", bearer())) {
            assertThat(ask(line, credential).status()).isIn(400, 405, 501);
        }
        assertThat(backend.count()).isZero();
    }

    @Test
    @DisplayName("PATH-14, PATH-15 headers that override method or path do nothing and do not travel on")
    void path14_path15_overrides() throws IOException {
        String overrides = "X-HTTP-Method-Override: DELETE\r\nX-HTTP-Method: DELETE\r\nX-Method-Override: DELETE\r\n"
                + "X-Original-URL: /secret\r\nX-Rewrite-URL: /secret\r\nX-Forwarded-Uri: /secret\r\n"
                + "X-Forwarded-Path: /secret\r\nX-Envoy-Original-Path: /secret";
        assertThat(ask("GET /identities/1?_method=DELETE", bearer() + "\r\n" + overrides)
                        .status())
                .isEqualTo(200);
        assertThat(backend.last().requestLine()).isEqualTo("GET /identities/1?_method=DELETE HTTP/1.1");
        assertThat(backend.last().head()).doesNotContain("/secret", ": DELETE");
        for (String header : List.of("X-Original-URL", "X-Rewrite-URL", "X-Forwarded-Uri")) {
            assertThat(ask("GET /identities/1", header + ": /public/x").status())
                    .isEqualTo(401);
        }
    }

    @Test
    void basePathIsRemovedRawOnASegmentEdge() throws IOException {
        try (RunningGateway below = RunningGateway.inFrontOf(
                backend.uri(), "identities.base-path=/identities", "identities.endpoints.authenticate.enabled=false")) {
            for (String[] pair : new String[][] {
                {"/identities/a%2Fb?x", "/a%2Fb?x"},
                {"/identities", "/"},
                {"/identities?x", "/?x"},
                {"/identities//evil.example/x", "//evil.example/x"}
            }) {
                assertThat(RawConnection.exchange(below.port(), request("GET " + pair[0], bearer()))
                                .status())
                        .isEqualTo(200);
                assertThat(backend.last().target()).isEqualTo(pair[1]);
            }
            int count = backend.count();
            for (String outside :
                    List.of("/", "/other", "/identitiesx", "/IDENTITIES/a", "//identities/a", "/api/v1/renewToken")) {
                Answer missed = RawConnection.exchange(below.port(), request("GET " + outside, bearer()));
                assertThat(missed.status()).as(outside).isEqualTo(404);
                assertThat(missed.text()).contains("\"code\":\"not_found\"");
            }
            assertThat(backend.count()).isEqualTo(count);
            assertThat(RawConnection.exchange(below.port(), request("GET /identities/api/v1/renewToken"))
                            .status())
                    .isEqualTo(401);
        }
    }

    @Test
    void requestIdOfATrustedProxyGoesOnAndAnyOtherIsReplaced() throws IOException {
        String sent = "X-Request-Id: from-the-client_1.2";
        Answer replaced = ask("GET /identities/1", bearer(), sent);
        assertThat(replaced.headers("x-request-id")).hasSize(1).doesNotContain("from-the-client_1.2");
        assertThat(backend.last().headers("x-request-id")).isEqualTo(replaced.headers("x-request-id"));
        try (RunningGateway behind = RunningGateway.inFrontOf(
                backend.uri(),
                "identities.endpoints.authenticate.enabled=false",
                "identities.proxy.trusted-proxies=127.0.0.0/8")) {
            Answer kept = RawConnection.exchange(behind.port(), request("GET /identities/1", bearer(), sent));
            assertThat(kept.headers("x-request-id")).containsExactly("from-the-client_1.2");
            assertThat(backend.last().headers("x-request-id")).containsExactly("from-the-client_1.2");
            Answer bad = RawConnection.exchange(
                    behind.port(), request("GET /identities/1", bearer(), "X-Request-Id: not good"));
            assertThat(bad.header("x-request-id")).doesNotContain(" ");
        }
    }

    @Test
    @EnabledIfSystemProperty(named = "test.vectors", matches = ".+")
    @DisplayName("No known path trick opens a denied path or reaches the backend without a token")
    void nomore403() throws IOException {
        Path folder = vectors("nomore403");
        String admin = bearer();
        for (String trick : lines(folder.resolve("endpaths.txt"))) {
            assertClosed("/never" + trick, admin);
        }
        for (String trick : lines(folder.resolve("midpaths.txt"))) {
            assertClosed("/" + trick + "never", admin);
            assertClosed("/" + trick + "/never", admin);
        }
        assertThat(backend.received())
                .allSatisfy(request -> assertThat(request.target()).isNotIn("/never", "/never/"));
    }

    @Test
    @EnabledIfSystemProperty(named = "test.vectors", matches = ".+")
    @DisplayName("No traversal payload leaves an open path")
    void payloadsAllTheThings() throws IOException {
        try (Stream<Path> files = Files.walk(vectors("payloadsallthethings").resolve("directory-traversal"))) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".txt")).toList()) {
                for (String payload : lines(file)) {
                    String target = "/public/" + payload;
                    int before = backend.count();
                    int status = status(target, "X-None: 1");
                    assertThat(status).as(target).isIn(200, 400, 401, 431);
                    if (status == 200) {
                        assertThat(backend.count()).isEqualTo(before + 1);
                        assertThat(backend.last().target())
                                .as(target)
                                .startsWith("/public/")
                                .doesNotContain("..", ";", "\\")
                                .doesNotContainIgnoringCase("%2e", "%2f", "%5c", "%25", "%c0");
                    }
                }
            }
        }
    }

    @Test
    @EnabledIfSystemProperty(named = "test.vectors", matches = ".+")
    @DisplayName("What browsers would normalise is refused, the rest arrives as it was sent")
    void wptUrl() throws IOException {
        JsonNode tests = JsonMapper.shared()
                .readTree(vectors("wpt-url").resolve("urltestdata.json").toFile());
        int tried = 0;
        for (JsonNode test : tests) {
            String input = test.path("input").stringValue("");
            int path = input.startsWith("http://") ? input.indexOf('/', 7) : input.startsWith("/") ? 0 : -1;
            if (path < 0 || input.chars().anyMatch(c -> c > 0xff || c == '\n' || c == '\r')) {
                continue;
            }
            tried++;
            String target = input.substring(path);
            int before = backend.count();
            int status = status(target, bearer());
            assertThat(status).as(target).isIn(200, 400, 404);
            if (status == 200) {
                assertThat(backend.count()).isEqualTo(before + 1);
                assertThat(backend.last().target()).isEqualTo(target);
            }
        }
        assertThat(tried).isGreaterThan(50);
    }

    /** Neither opened nor sent on as a spelling of the denied path. */
    private static void assertClosed(String target, String credential) throws IOException {
        assertThat(status(target, "X-None: 1")).as(target).isIn(400, 401, 404, 431);
        int before = backend.count();
        int status = status(target, credential);
        if (status == 200 && backend.count() > before) {
            String seen = backend.last().target();
            String path = seen.replaceAll("[?].*", "");
            assertThat(path).as(target).isNotEqualToIgnoringCase("/never");
            assertThat(URLDecoder.decode(path.replace("+", "%2B"), UTF_8).replaceAll("/+", "/"))
                    .as(target)
                    .isNotEqualToIgnoringCase("/never");
        }
    }

    private static int status(String target, String credential) throws IOException {
        try {
            return ask("GET " + target, credential).status();
        } catch (EOFException e) {
            throw new AssertionError("No answer to " + target, e);
        }
    }

    private static List<String> lines(Path file) throws IOException {
        return Files.readAllLines(file, ISO_8859_1).stream()
                .filter(line -> !line.isEmpty())
                .toList();
    }

    private static Path vectors(String folder) {
        return Path.of(System.getProperty("test.vectors"), folder);
    }

    private static Answer ask(String line, String... headers) throws IOException {
        return RawConnection.exchange(gateway.port(), request(line, headers));
    }

    private static String request(String line, String... headers) {
        StringBuilder request = new StringBuilder(line + " HTTP/1.1\r\nHost: gw\r\n");
        for (String header : headers) {
            request.append(header).append("\r\n");
        }
        return request.append("\r\n").toString();
    }

    private static String bearer() {
        return "Authorization: " + TestTokens.token().bearer();
    }
}
