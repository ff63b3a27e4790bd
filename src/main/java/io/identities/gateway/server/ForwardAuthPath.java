package io.identities.gateway.server;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The path that another proxy asks at. Below it every method is heard, and a target that is none is denied instead of
 * called malformed: that proxy reads 400 and 405 as failures of its own.
 */
final class ForwardAuthPath {

    private final byte @Nullable [] path;

    /** @param path with the base path; null when forward-auth is off */
    ForwardAuthPath(@Nullable String path) {
        this.path = path == null ? null : path.getBytes(StandardCharsets.UTF_8);
    }

    boolean covers(byte[] line, int from, int to) {
        byte[] wanted = path;
        if (wanted == null || to - from < wanted.length) {
            return false;
        }
        int end = from + wanted.length;
        boolean edge = end == to || line[end] == '/' || line[end] == '?';
        return edge && Arrays.equals(line, from, end, wanted, 0, wanted.length);
    }
}
