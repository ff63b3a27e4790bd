package io.identities.gateway.ops;

import java.util.Optional;
import org.springframework.core.env.Environment;

/**
 * Detects the framework's own base path. It would be removed before the gateway sees the path, and the gateway would
 * forward requests for its own login endpoint.
 */
final class FrameworkBasePath {

    private static final String PROPERTY = "spring.webflux.base-path";

    private FrameworkBasePath() {}

    /** @return the problem, if one is set */
    static Optional<String> problem(Environment environment) {
        String path = environment.getProperty(PROPERTY, "").strip();
        return path.isEmpty() || path.equals("/")
                ? Optional.empty()
                : Optional.of(PROPERTY + ": found '" + path + "', expected nothing; the gateway's own setting is"
                        + " identities.base-path");
    }
}
