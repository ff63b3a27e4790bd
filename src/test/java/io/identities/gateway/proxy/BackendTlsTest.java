package io.identities.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslStoreBundle;
import reactor.netty.http.client.HttpClient;

class BackendTlsTest {

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = "backend")
    @DisplayName("UPS-12 a backend that takes the connection and says nothing of TLS is given up in time")
    void ups12_handshakeHasItsTimeout(@Nullable String bundle) throws IOException {
        DefaultSslBundleRegistry bundles =
                new DefaultSslBundleRegistry("backend", SslBundle.of(SslStoreBundle.of(null, null, null)));
        try (ServerSocket mute = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            HttpClient client =
                    new BackendTls(true, Duration.ofMillis(123), bundle, bundles).apply(HttpClient.newConnection());

            Throwable failure = catchThrowable(() -> client.get()
                    .uri("https://127.0.0.1:" + mute.getLocalPort() + "/")
                    .response()
                    .block(Duration.ofSeconds(30)));

            assertThat(failure)
                    .hasRootCauseInstanceOf(SslHandshakeTimeoutException.class)
                    .hasStackTraceContaining("after 123ms");
        }
    }
}
