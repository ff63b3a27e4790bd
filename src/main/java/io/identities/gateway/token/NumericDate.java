package io.identities.gateway.token;

import java.math.BigDecimal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Seconds since 1970 in exactly the forms that RFC 7519 section 2 allows, including fractions. */
final class NumericDate {

    /** The end of the year 9999; a date in milliseconds is beyond it. */
    private static final long MAX_SECONDS = 253_402_300_799L;

    private static final int MAX_INTEGER_DIGITS = 12;
    private static final int MAX_FRACTION_DIGITS = 40;
    private static final BigDecimal NANOS = BigDecimal.valueOf(1_000_000_000L);

    private NumericDate() {}

    /** @return null if {@code value} is not a date */
    static @Nullable Instant read(@Nullable Object value) {
        if (value instanceof Long seconds) {
            return seconds < 0 || seconds > MAX_SECONDS ? null : Instant.ofEpochSecond(seconds);
        }
        return value instanceof BigDecimal seconds ? read(seconds) : null;
    }

    // Counts the digits first, so that 1e999999999 is never expanded.
    private static @Nullable Instant read(BigDecimal value) {
        if (value.signum() < 0
                || value.scale() > MAX_FRACTION_DIGITS
                || value.precision() - (long) value.scale() > MAX_INTEGER_DIGITS) {
            return null;
        }
        long seconds = value.longValue();
        if (seconds > MAX_SECONDS) {
            return null;
        }
        long nanos = value.remainder(BigDecimal.ONE).multiply(NANOS).longValue();
        return Instant.ofEpochSecond(seconds, nanos);
    }
}
