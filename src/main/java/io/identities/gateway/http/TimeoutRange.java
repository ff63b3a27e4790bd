package io.identities.gateway.http;

import java.time.Duration;

/** What a time-out may be set to. */
public final class TimeoutRange {

    /** For what counts in nanoseconds, of which a long holds 292 years. */
    public static final Duration LONGEST = Duration.ofDays(365);

    /** For the making of a connection, which Netty counts in an int of milliseconds. */
    public static final Duration LONGEST_CONNECT = Duration.ofDays(24);

    /** None would be no limit to some, and none at all to others. */
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
