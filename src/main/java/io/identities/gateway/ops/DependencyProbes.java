package io.identities.gateway.ops;

import io.identities.gateway.credentials.CredentialCheckHealth;
import io.identities.gateway.credentials.CredentialCheckHealth.Report;
import io.identities.gateway.credentials.CredentialCheckHealth.State;
import io.identities.gateway.keys.TrustedIssuer;
import io.identities.gateway.keys.TrustedIssuers;
import io.identities.gateway.token.RevocationStore;
import io.netty.channel.ChannelOption;
import io.netty.handler.proxy.ProxyHandler;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.Health;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.tcp.TcpClient;

/** One probe for each dependency. Probes only open a connection and send no request. */
final class DependencyProbes {

    /** After this time a failure is out of date, and the address is probed again. */
    private static final Duration FRESH = Duration.ofSeconds(30);

    private final Duration timeout;
    private final Clock clock;

    DependencyProbes(Duration timeout, Clock clock) {
        this.timeout = timeout;
        this.clock = clock;
    }

    /** @param addresses one of which must accept a connection; empty if there is nothing to reach */
    Mono<Health> reachable(List<URI> addresses) {
        return reachable(addresses, client());
    }

    private Mono<Health> reachable(List<URI> addresses, TcpClient client) {
        if (addresses.isEmpty()) {
            return Mono.just(
                    Health.unknown().withDetail("why", "nothing to reach").build());
        }
        return Flux.fromIterable(addresses)
                .flatMapDelayError(address -> connect(client, address), addresses.size(), 1)
                .next()
                .map(address -> Health.up().withDetail("address", address).build());
    }

    /** A check over HTTP is reached in the way that it is asked: by the proxies of the JVM. */
    Mono<Health> credentialCheck(@Nullable CredentialCheckHealth check, List<URI> addresses) {
        return Mono.defer(() -> {
            Report report = check == null ? null : check.report();
            if (report != null && report.state() == State.UNAVAILABLE && isFresh(report.since())) {
                return Mono.just(Dependency.degraded(String.valueOf(report.cause())));
            }
            boolean http = addresses.stream().anyMatch(address -> isHttp(address));
            return reachable(addresses, http ? client().proxyWithSystemProperties() : client());
        });
    }

    Mono<Health> jwks(TrustedIssuers issuers) {
        return Mono.fromSupplier(() -> {
            Map<String, Object> details = new LinkedHashMap<>();
            boolean all = true;
            for (TrustedIssuer issuer : issuers.all()) {
                boolean usable = issuer.keys().current() != null;
                all &= usable;
                details.put(issuer.name(), usable ? issuer.keys().isFailing() ? "stale" : "usable" : "no keys");
            }
            Health.Builder health = all ? Health.up() : Health.status(Dependency.DEGRADED);
            return health.withDetails(details).build();
        });
    }

    Mono<Health> sharedState(RevocationStore store) {
        return Mono.fromSupplier(() -> store.status().connected()
                ? Health.up().build()
                : Dependency.degraded("the shared store does not answer"));
    }

    private static TcpClient client() {
        return TcpClient.create(ConnectionProvider.newConnection());
    }

    private static boolean isHttp(URI address) {
        String scheme = address.getScheme();
        return "http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme);
    }

    private Mono<String> connect(TcpClient client, URI address) {
        int port = address.getPort() > 0 ? address.getPort() : defaultPort(String.valueOf(address.getScheme()));
        String host = address.getHost();
        String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        return client.host(bare)
                .port(port)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, Math.toIntExact(timeout.toMillis()))
                .connect()
                .flatMap(connection -> throughProxy(connection).doFinally(end -> connection.dispose()))
                .thenReturn(host + ":" + port);
    }

    /** The client is content with the connection to the proxy. */
    private static Mono<Void> throughProxy(Connection connection) {
        ProxyHandler proxy = connection.channel().pipeline().get(ProxyHandler.class);
        return proxy == null
                ? Mono.empty()
                : Mono.create(sink -> proxy.connectFuture().addListener(connected -> {
                    if (connected.isSuccess()) {
                        sink.success();
                    } else {
                        sink.error(connected.cause());
                    }
                }));
    }

    private boolean isFresh(@Nullable Instant since) {
        Instant now = clock.instant();
        return since != null && !now.isBefore(since) && now.isBefore(since.plus(FRESH));
    }

    private static int defaultPort(String scheme) {
        return switch (scheme) {
            case "https" -> 443;
            case "ldap" -> 389;
            case "ldaps" -> 636;
            default -> 80;
        };
    }
}
