package io.identities.gateway.token;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.UUID;

/**
 * The {@code sid} of an own session: a UUID of version 7 (RFC 9562), whose time is that of the login to the
 * millisecond. {@code auth_time} has whole seconds only, too coarse to distinguish a login right after a revocation
 * from one right before it.
 */
final class SessionId {

    private static final SecureRandom RANDOM = new SecureRandom();

    private SessionId() {}

    static String begin(Instant login) {
        long high = login.toEpochMilli() << 16 | 0x7000L | RANDOM.nextInt(0x1000);
        long low = RANDOM.nextLong() & 0x3fff_ffff_ffff_ffffL | 0x8000_0000_0000_0000L;
        return new UUID(high, low).toString();
    }

    /** {@code authTime} to the millisecond, if {@code sid} is one of ours and agrees with it. */
    static Instant refine(String sid, Instant authTime) {
        if (sid.length() != 36 || sid.charAt(14) != '7') {
            return authTime;
        }
        long millis = hex(sid, 0, 8) << 16 | hex(sid, 9, 13);
        Instant login = Instant.ofEpochMilli(Math.max(0, millis));
        return login.getEpochSecond() == authTime.getEpochSecond() ? login : authTime;
    }

    private static long hex(String text, int from, int to) {
        long value = 0;
        for (int i = from; i < to; i++) {
            int digit = Character.digit(text.charAt(i), 16);
            if (digit < 0) {
                return -1;
            }
            value = value << 4 | digit;
        }
        return value;
    }
}
