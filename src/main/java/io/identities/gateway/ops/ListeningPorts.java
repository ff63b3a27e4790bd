package io.identities.gateway.ops;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;
import org.springframework.util.NumberUtils;

/**
 * Checks the two ports: each must be valid, and they must differ, because management endpoints on the public port would
 * be open to every client.
 */
final class ListeningPorts {

    private static final int MAX = 65_535;
    private static final int NONE = Integer.MIN_VALUE;

    /** The server's default. */
    private static final int UNSET = 8080;

    private ListeningPorts() {}

    /** One sentence for each mistake. */
    static List<String> problems(Environment environment) {
        String publicly = environment.getProperty("server.port");
        String privately = environment.getProperty("management.server.port");
        int port = number(publicly, UNSET);
        int management = number(privately, NONE);
        List<String> problems = new ArrayList<>();
        if (port < 0 || port > MAX) {
            problems.add("server.port: found " + publicly + ", expected 1 to " + MAX + ", or 0 for any free port");
        }
        if (management < -1 || management > MAX) {
            problems.add("management.server.port: found " + shown(privately) + ", expected 1 to " + MAX
                    + ", 0 for any free port, or -1 for none");
        } else if (port != 0 && port == management) {
            problems.add("management.server.port: found " + management
                    + ", the same as server.port, expected a port of its own that is not open to the public");
        }
        return problems;
    }

    private static String shown(@Nullable String written) {
        return written == null || written.isBlank() ? "nothing" : written;
    }

    private static int number(@Nullable String written, int ifAbsent) {
        if (written == null || written.isBlank()) {
            return ifAbsent;
        }
        try {
            return NumberUtils.parseNumber(written, Integer.class);
        } catch (IllegalArgumentException e) {
            return NONE;
        }
    }
}
