package io.identities.gateway.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.identities.gateway.credentials.CredentialCheckHealth;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.health.contributor.Status;
import org.springframework.mock.env.MockEnvironment;

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
}
