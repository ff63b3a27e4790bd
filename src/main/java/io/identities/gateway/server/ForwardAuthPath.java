package io.identities.gateway.server;

import io.identities.gateway.http.ProblemCode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The path that another proxy asks at. Below it every method is heard, and what is malformed is denied instead of
 * called so: that proxy reads 400 and 405 as failures of its own.
 */
final class ForwardAuthPath {

    private final byte @Nullable [] path;

    /** @param path with the base path; null when forward-auth is off */
    ForwardAuthPath(@Nullable String path) {
        this.path = path == null ? null : path.getBytes(StandardCharsets.UTF_8);
    }

    /** What the other proxy is told instead of {@code problem}. */
    static ProblemCode denial(ProblemCode problem) {
        return switch (problem) {
            case AMBIGUOUS_REQUEST, METHOD_NOT_ALLOWED, EXPECTATION_FAILED -> ProblemCode.INSUFFICIENT_SCOPE;
            default -> problem;
        };
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
