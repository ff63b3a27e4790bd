package io.identities.gateway.ops;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.identities.gateway.credentials.CredentialCheckHealth;
import io.identities.gateway.testing.RecordingBackend;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.mock.env.MockEnvironment;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

class HealthConfigurationTest {

    private static final HealthSettings SETTINGS =
            new HealthSettings(Duration.ofSeconds(10), Duration.ofSeconds(10), false);

    @ParameterizedTest
    @ValueSource(strings = {"http", "HTTP", "Http "})
    void credentialCheckIsLookedAtInEverySpellingThatBinds(String check) throws IOException {
        try (ServerSocket service = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            MockEnvironment environment = new MockEnvironment()
                    .withProperty("identities.credentials.check", check)
                    .withProperty(
                            "identities.credentials.http.uri", "http://127.0.0.1:" + service.getLocalPort() + "/login");

            Dependency dependency = new HealthConfiguration()
                    .credentialCheckHealthIndicator(
                            SETTINGS,
                            new DependencyProbes(Duration.ofSeconds(10), Clock.systemUTC()),
                            new DefaultListableBeanFactory().getBeanProvider(CredentialCheckHealth.class),
                            environment);

            assertThat(dependency.health().block().getStatus()).isEqualTo(Status.UP);
        }
    }

    @Test
    void serverThatIsDeafBeforeOneThatAnswersKeepsNobodyFromFindingThatOne() throws IOException {
        try (ServerSocket deaf = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket first = new Socket(deaf.getInetAddress(), deaf.getLocalPort());
                Socket second = new Socket(deaf.getInetAddress(), deaf.getLocalPort());
                ServerSocket service = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(first.isConnected() && second.isConnected()).isTrue();
            DependencyProbes probes = new DependencyProbes(SETTINGS.timeout(), Clock.systemUTC());

            Health found = probes.credentialCheck(
                            null,
                            List.of(
                                    URI.create("ldap://127.0.0.1:" + deaf.getLocalPort()),
                                    URI.create("ldap://127.0.0.1:" + service.getLocalPort())))
                    .block();

            assertThat(found.getStatus()).isEqualTo(Status.UP);
            assertThat(found.getDetails()).containsEntry("address", "127.0.0.1:" + service.getLocalPort());
        }
    }

    @ParameterizedTest
    @CsvSource({"200 OK, UP", "502 Bad Gateway, DEGRADED"})
    void checkBehindAProxyOfTheJvmIsReachedThroughIt(String answer, String status) {
        try (RecordingBackend proxy = new RecordingBackend()) {
            List<String> asked = new CopyOnWriteArrayList<>();
            proxy.handleConnections(socket -> {
                BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
                asked.add(in.readLine());
                socket.getOutputStream().write(("HTTP/1.1 " + answer + "\r\n\r\n").getBytes(UTF_8));
                in.lines().forEach(line -> {});
            });
            DependencyProbes probes = new DependencyProbes(SETTINGS.timeout(), Clock.systemUTC());
            Mono<Health> probe = probes.credentialCheck(null, List.of(URI.create("https://idp.invalid/login")));
            System.setProperty("https.proxyHost", "127.0.0.1");
            System.setProperty("https.proxyPort", String.valueOf(proxy.port()));
            try {
                assertThat(dependency(probe).health().block().getStatus().getCode())
                        .isEqualTo(status);
            } finally {
                System.clearProperty("https.proxyHost");
                System.clearProperty("https.proxyPort");
            }
            assertThat(asked).startsWith("CONNECT idp.invalid:443 HTTP/1.1");
        }
    }

    private static Dependency dependency(Mono<Health> probe) {
        return new Dependency(probe, SETTINGS.timeout(), SETTINGS.cache(), Schedulers.parallel());
    }
}
