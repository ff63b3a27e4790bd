package io.identities.gateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.identities.gateway.testing.RawConnection;
import io.identities.gateway.testing.RecordingBackend;
import io.identities.gateway.testing.RunningGateway;
import io.identities.gateway.testing.StubNameServer;
import io.netty.resolver.dns.DnsServerAddressStreamProvider;
import io.netty.resolver.dns.SingletonDnsServerAddressStreamProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A backend behind a name that moves. */
class BackendNameIT {

    private static final String NAME = "backend.names.test";
    private static final String NOBODY = "127.0.0.9";

    private static StubNameServer names;
    private static RecordingBackend first;
    private static RecordingBackend second;
    private static RunningGateway gateway;
    private static String token;

    @BeforeAll
    static void start() throws IOException {
        names = new StubNameServer();
        first = new RecordingBackend();
        second = new RecordingBackend(InetAddress.getByName("127.0.0.2"), first.port());
        gateway = gateway("identities.backend.max-connection-age=500ms");
        token = gateway.tokenFor("alice");
    }

    @AfterAll
    static void stop() {
        gateway.close();
        first.close();
        second.close();
        names.close();
    }

    @Test
    @DisplayName("K8S-07 traffic follows the name although the old address still answers, and survives its end")
    void k8s07_backendMoves() throws IOException {
        names.answer(1, "127.0.0.1");
        try (RawConnection steady = new RawConnection(gateway.port())) {
            int begun = first.count();
            assertThat(status(steady)).isEqualTo(200);
            assertThat(first.count()).isEqualTo(begun + 1);

            names.answer(1, "127.0.0.2");
            int there = second.count();
            await().atMost(Duration.ofSeconds(20)).until(() -> status(steady) == 200 && second.count() > there);
            int before = first.count();
            await().until(() -> status(steady) == 200 && second.count() > there + 10);
            assertThat(first.count()).as("nothing goes back").isEqualTo(before);

            names.answer(1, NOBODY, "127.0.0.1");
            int moved = first.count();
            await().atMost(Duration.ofSeconds(20)).until(() -> status(steady) == 200 && first.count() > moved);
        }
    }

    @Test
    @Tag("cases-full")
    @DisplayName("K8S-07 with the default age and a time to live of 5 s the move is complete within 65 s")
    void k8s07_literally() throws IOException {
        names.answer(5, "127.0.0.1");
        try (RunningGateway literal = gateway("identities.backend.max-connection-age=60s");
                RawConnection steady = new RawConnection(literal.port())) {
            assertThat(status(steady)).isEqualTo(200);
            names.answer(5, "127.0.0.2");
            int before = second.count();
            await().pollInterval(Duration.ofMillis(100))
                    .atMost(Duration.ofSeconds(65))
                    .until(() -> status(steady) == 200 && second.count() > before);
        }
    }

    @Test
    @Tag("cases-full")
    @DisplayName("K8S-07 what a name server says is believed for ten seconds, whatever it says")
    void k8s07_longTimeToLiveIsCut() {
        int before = names.questions();
        names.answer(86_400, "127.0.0.1");
        await().pollInterval(Duration.ofMillis(200))
                .atMost(Duration.ofSeconds(30))
                .until(() -> {
                    assertThat(status()).isEqualTo(200);
                    return names.questions() > before + 1;
                });
    }

    private static RunningGateway gateway(String age) {
        return RunningGateway.with("identities.backend.uri=http://" + NAME + ":" + first.port())
                .settings("identities.endpoints.authenticate.enabled=false", age)
                .bean(
                        DnsServerAddressStreamProvider.class,
                        () -> new SingletonDnsServerAddressStreamProvider(names.address()))
                .start();
    }

    private static int status(RawConnection connection) {
        try {
            return connection
                    .send("GET /identities HTTP/1.1\r\nHost: gw\r\nAuthorization: Bearer " + token + "\r\n\r\n")
                    .readAnswer()
                    .status();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int status() {
        try (RawConnection connection = new RawConnection(gateway.port())) {
            return status(connection);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
