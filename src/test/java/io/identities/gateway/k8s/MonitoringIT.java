package io.identities.gateway.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.identities.gateway.audit.SecurityEvent.Door;
import io.identities.gateway.audit.SecurityEvent.Outcome;
import io.identities.gateway.credentials.CredentialCheck;
import io.identities.gateway.credentials.LoginReason;
import io.identities.gateway.testing.JwksEndpoint;
import io.identities.gateway.testing.Management;
import io.identities.gateway.testing.RawConnection;
import io.identities.gateway.testing.RecordingBackend;
import io.identities.gateway.testing.RunningGateway;
import io.identities.gateway.token.Subject;
import io.identities.gateway.token.TokenProblem;
import io.identities.gateway.token.TokenVerification.Undecidable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;

/** The dashboard and the alerts read nothing that the running gateway does not show. */
class MonitoringIT {

    private static final Pattern SAMPLE = Pattern.compile("(?m)^([a-z_]\\w*)(?:\\{(.*)})? \\S+$");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\"");

    /** What Prometheus adds to every sample on Kubernetes, by the ServiceMonitor. */
    private static final Set<String> OF_THE_SCRAPE = Set.of("namespace", "job", "instance");

    private static final String LOGIN = "{\"username\":\"alice\",\"password\":\"wonderland\"}";

    @TempDir
    private static Path folder;

    @Test
    void everyMetricLabelAndValueInRulesAndDashboardIsOneOfTheGateway() throws IOException {
        Map<String, Map<String, Set<String>>> shown = samples(scrapeOfABusyGateway());
        shown.put("up", Map.of());

        assertThat(Monitoring.expressions().toList()).hasSizeGreaterThan(60).allSatisfy(expression -> {
            PromQl parsed = PromQl.parse(expression);
            assertThat(parsed.selectors()).isNotEmpty().allSatisfy(selector -> {
                assertThat(shown).containsKey(selector.metric());
                selector.labels().forEach((label, values) -> {
                    if (!OF_THE_SCRAPE.contains(label)) {
                        assertThat(shown.get(selector.metric())).containsKey(label);
                        assertThat(known(label, shown.get(selector.metric()).get(label)))
                                .containsAll(values);
                    }
                });
            });
            assertThat(parsed.groupings())
                    .allSatisfy(label -> assertThat(parsed.selectors())
                            .anySatisfy(selector -> assertThat(Stream.concat(
                                            OF_THE_SCRAPE.stream(), shown.get(selector.metric()).keySet().stream()))
                                    .contains(label)));
        });
    }

    /** The closed set of a label where there is one, since not every value can be provoked at once. */
    private static Set<String> known(String label, Set<String> seen) {
        Set<String> known = new HashSet<>(seen);
        switch (label) {
            case "outcome" -> codes(Outcome.values()).forEach(known::add);
            case "door" -> codes(Door.values()).forEach(known::add);
            case "reason" ->
                Stream.of(codes(LoginReason.values()), codes(TokenProblem.values()), codes(Undecidable.values()))
                        .flatMap(codes -> codes)
                        .forEach(known::add);
            // The pools of another collector have other names.
            case "pool" -> known.add("long-lived");
            default -> {
                // What was seen.
            }
        }
        return known;
    }

    private static Stream<String> codes(Enum<?>[] values) {
        return Stream.of(values).map(value -> value.name().toLowerCase(Locale.ROOT));
    }

    /** One of everything that is counted. */
    private static String scrapeOfABusyGateway() throws IOException {
        Path keys = Files.createDirectories(folder.resolve("keys"));
        Path key = Files.writeString(keys.resolve("first.secret"), RunningGateway.SECRET);
        try (RecordingBackend backend = new RecordingBackend();
                JwksEndpoint jwks = JwksEndpoint.start();
                RunningGateway gateway = RunningGateway.with("identities.backend.uri=" + backend.uri())
                        .without("identities.keys.secret")
                        .settings(
                                "identities.keys.directory=" + keys,
                                "identities.keys.reload-interval=1s",
                                "identities.trusted-issuers[0].issuer=https://issuer.example",
                                "identities.trusted-issuers[0].name=partner",
                                "identities.trusted-issuers[0].jwks-uri=" + jwks.uri(),
                                "identities.management.token-file=" + Management.tokenFile(folder))
                        .bean(
                                CredentialCheck.class,
                                () -> credentials -> Mono.just(Optional.of(Subject.named(credentials.username()))))
                        .start()) {
            Management management = new Management(gateway);
            String token = login(gateway.port());
            for (String path : List.of("GET /x", "GET /api/v1/renewToken", "GET /forward-auth")) {
                call(gateway.port(), path, "Authorization: Bearer " + token + "\r\n");
                call(gateway.port(), path, "");
            }
            call(
                    gateway.port(),
                    "POST /api/v1/revokeToken",
                    "Content-Length: 0\r\nAuthorization: Bearer " + token + "\r\n");
            management.send("POST", "/actuator/revocations", "{}", "Content-Type", "application/json");
            Files.delete(key);
            System.gc();
            return await().atMost(Duration.ofSeconds(30))
                    .until(
                            management::scrape,
                            text -> Stream.of("identities_key_reloads", "identities_jwks_fetches", "jvm_gc_pause")
                                    .allMatch(text::contains));
        }
    }

    private static String login(int port) throws IOException {
        String answer = RawConnection.exchange(
                        port,
                        "POST /api/v1/authenticate HTTP/1.1\r\nHost: gw\r\nContent-Type: application/json\r\n"
                                + "Content-Length: " + LOGIN.length() + "\r\n\r\n" + LOGIN)
                .text();
        return answer.replaceAll("(?s).*\"token\"\\s*:\\s*\"([^\"]+)\".*", "$1");
    }

    private static void call(int port, String line, String headers) throws IOException {
        RawConnection.exchange(port, line + " HTTP/1.1\r\nHost: gw\r\n" + headers + "\r\n");
    }

    /** Metric to label to values. */
    private static Map<String, Map<String, Set<String>>> samples(String scrape) {
        Map<String, Map<String, Set<String>>> samples = new HashMap<>();
        Matcher sample = SAMPLE.matcher(scrape);
        while (sample.find()) {
            Map<String, Set<String>> labels = samples.computeIfAbsent(sample.group(1), any -> new HashMap<>());
            if (sample.group(2) != null) {
                LABEL.matcher(sample.group(2))
                        .results()
                        .forEach(label -> labels.computeIfAbsent(label.group(1), any -> new HashSet<>())
                                .add(label.group(2)));
            }
        }
        return samples;
    }
}
