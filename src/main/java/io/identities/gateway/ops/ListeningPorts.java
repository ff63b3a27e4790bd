package io.identities.gateway.ops;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;

/** The two ports: each has to be one, and management endpoints on the public port would be open to everybody. */
final class ListeningPorts {

    private static final int MAX = 65_535;

    private ListeningPorts() {}

    /** One sentence for each mistake. */
    static List<String> problems(Environment environment) {
        Integer port = CheckMode.publicPort(environment);
        Integer management = CheckMode.managementPort(environment);
        List<String> problems = new ArrayList<>();
        if (port != null && (port < 0 || port > MAX)) {
            problems.add("server.port: found " + port + ", expected 1 to " + MAX + ", or 0 for any free port");
        }
        if (management == null || management < -1 || management > MAX) {
            problems.add("management.server.port: found " + shown(management) + ", expected 1 to " + MAX
                    + ", 0 for any free port, or -1 for none");
        } else if (port != null && port != 0 && port.equals(management)) {
            problems.add("management.server.port: found " + management
                    + ", the same as server.port, expected a port of its own that is not open to the public");
        }
        return problems;
    }

    private static String shown(@Nullable Integer port) {
        return port == null ? "nothing" : port.toString();
    }
}
