package io.identities.gateway.ops;

import java.util.Optional;
import org.springframework.core.env.Environment;

/**
 * The framework's own base path. It would be taken off before the gateway looks, which would then hand on logins that it
 * is to answer.
 */
final class FrameworkBasePath {

    private static final String PROPERTY = "spring.webflux.base-path";

    private FrameworkBasePath() {}

    /** @return what to say where there is one */
    static Optional<String> problem(Environment environment) {
        String path = environment.getProperty(PROPERTY, "").strip();
        return path.isEmpty() || path.equals("/")
                ? Optional.empty()
                : Optional.of(PROPERTY + ": found '" + path + "', expected nothing; the gateway's own setting is"
                        + " identities.base-path");
    }
}
