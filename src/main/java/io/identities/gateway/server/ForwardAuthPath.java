package io.identities.gateway.server;

import io.identities.gateway.http.ProblemCode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The path of forward-auth. Below it every method is served, and a malformed request is denied rather than answered
 * with 400 or 405, which the calling proxy would treat as failures of the service.
 */
final class ForwardAuthPath {

    private final byte @Nullable [] path;

    /** @param path with the base path; null when forward-auth is off */
    ForwardAuthPath(@Nullable String path) {
        this.path = path == null ? null : path.getBytes(StandardCharsets.UTF_8);
    }

    /** What the calling proxy gets instead of {@code problem}. */
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
