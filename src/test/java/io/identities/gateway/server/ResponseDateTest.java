package io.identities.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.identities.gateway.testing.MutableClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ResponseDateTest {

    private final MutableClock clock = new MutableClock(Instant.parse("2026-01-02T03:04:05.999Z"));
    private final ResponseDate date = new ResponseDate(clock);

    @Test
    void isOfTheSecond() {
        assertThat(date.now()).hasToString("Fri, 02 Jan 2026 03:04:05 GMT");
        clock.advance(Duration.ofMillis(1));
        assertThat(date.now()).hasToString("Fri, 02 Jan 2026 03:04:06 GMT");
    }

    @Test
    void isMadeOnceASecond() {
        assertThat(date.now()).isSameAs(date.now());
    }
}
