package io.identities.gateway.http;

import java.time.Duration;

/** The range of a time-out setting. */
public final class TimeoutRange {

    /** For time-outs in nanoseconds, which overflow a long after 292 years. */
    public static final Duration LONGEST = Duration.ofDays(365);

    /** For connecting: Netty's setting is an int of milliseconds. */
    public static final Duration LONGEST_CONNECT = Duration.ofDays(24);

    /** Zero means "no limit" to some libraries and "at once" to others. */
    private static final Duration SHORTEST = Duration.ofMillis(1);

    private TimeoutRange() {}

    /**
     * @param longest in whole days
     * @throws IllegalArgumentException that names {@code property}, for less than 1 ms or more than {@code longest}
     */
    public static void require(String property, Duration found, Duration longest) {
        if (found.compareTo(SHORTEST) < 0 || found.compareTo(longest) > 0) {
            throw new IllegalArgumentException(
                    property + ": found " + found + ", expected 1 ms to " + longest.toDays() + " days");
        }
    }
}
