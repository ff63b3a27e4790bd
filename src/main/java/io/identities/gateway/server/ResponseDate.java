package io.identities.gateway.server;

import io.netty.handler.codec.DateFormatter;
import io.netty.util.AsciiString;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;

/**
 * The {@code Date} of responses without one: the gateway's own, and a backend's, to which a recipient has to add it
 * (RFC 9110 section 6.6.1). Formatted once a second. Thread-safe.
 */
final class ResponseDate {

    static final AsciiString NAME = AsciiString.cached("Date");

    private final InstantSource clock;

    private volatile Second current = new Second(Long.MIN_VALUE, AsciiString.EMPTY_STRING);

    ResponseDate(InstantSource clock) {
        this.clock = clock;
    }

    private record Second(long epoch, AsciiString text) {}

    CharSequence now() {
        long second = Math.floorDiv(clock.millis(), 1000L);
        Second known = current;
        if (known.epoch != second) {
            known = new Second(second, format(second));
            current = known;
        }
        return known.text;
    }

    private static AsciiString format(long second) {
        return AsciiString.cached(DateFormatter.format(Date.from(Instant.ofEpochSecond(second))));
    }
}
