package io.identities.gateway.credentials;

import static org.assertj.core.api.Assertions.assertThat;

import io.identities.gateway.credentials.LoginThrottle.Admitted;
import io.identities.gateway.credentials.LoginThrottle.Denied;
import io.identities.gateway.credentials.LoginThrottle.Rule;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

class ThrottledNetworksTest {

    private final AtomicLong nanos = new AtomicLong();
    private final ThrottleRules.Network rules =
            new ThrottleRules.Network(100, Duration.ofMinutes(1), Duration.ofSeconds(30), 32, 64);
    private final ThrottledNetworks networks = new ThrottledNetworks(rules, 3, nanos::get);

    @Test
    void networkCountsOnceUntilItsLatestWaitIsOver() throws UnknownHostException {
        LoginThrottle throttle = networks.noting((username, client) ->
                Mono.just(new Denied(Rule.USER_AND_NETWORK, Duration.ofSeconds(username.length()))));

        throttle.admit("a", address("203.0.113.1")).subscribe();
        throttle.admit("abcd", address("203.0.113.1")).subscribe();
        throttle.admit("ab", address("2001:db8::1")).subscribe();
        throttle.admit("ab", address("2001:db8::2")).subscribe();

        assertThat(networks.count()).isEqualTo(2);
        nanos.addAndGet(Duration.ofSeconds(3).toNanos());
        assertThat(networks.count()).isOne();
        nanos.addAndGet(Duration.ofSeconds(3).toNanos());
        assertThat(networks.count()).isZero();
    }

    @Test
    void whoIsAdmittedIsNotCountedAndTheNumberIsBounded() throws UnknownHostException {
        networks.noting((username, client) -> Mono.just(new Admitted(verdict -> Mono.empty())))
                .admit("a", address("203.0.113.1"))
                .subscribe();
        assertThat(networks.count()).isZero();

        LoginThrottle denying =
                networks.noting((username, client) -> Mono.just(new Denied(Rule.NETWORK, Duration.ofSeconds(9))));
        for (int i = 0; i < 50; i++) {
            denying.admit("a", address("203.0.113." + i)).subscribe();
        }
        assertThat(networks.count()).isEqualTo(3);
    }

    private static InetAddress address(String text) throws UnknownHostException {
        return InetAddress.getByName(text);
    }
}
