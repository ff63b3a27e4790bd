package io.identities.gateway.http;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Makes request ids: a random part per gateway and a counter, cheap and unique across replicas. Thread-safe. */
public final class RequestIds {

    private static final int MAX_LENGTH = 64;

    private final String header;
    private final String prefix;
    private final AtomicLong counter = new AtomicLong();

    /** @param header the name of the header that carries them */
    public RequestIds(String header) {
        this.header = header;
        byte[] random = new byte[8];
        new SecureRandom().nextBytes(random);
        this.prefix = HexFormat.of().formatHex(random) + "-";
    }

    public String header() {
        return header;
    }

    public String next() {
        return prefix + Long.toString(counter.incrementAndGet(), Character.MAX_RADIX);
    }

    /** Whether an id that was received may be kept: {@code [A-Za-z0-9._-]{1,64}}. */
    static boolean isUsable(@Nullable String id) {
        if (id == null || id.isEmpty() || id.length() > MAX_LENGTH) {
            return false;
        }
        for (int i = 0; i < id.length(); i++) {
            char c = id.charAt(i);
            boolean letterOrDigit = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
            if (!letterOrDigit && c != '.' && c != '_' && c != '-') {
                return false;
            }
        }
        return true;
    }
}
