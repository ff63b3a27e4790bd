package io.identities.gateway.ops;

import io.identities.gateway.access.RequestTarget;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.core.env.Environment;

/** The paths that the gateway answers itself, as the settings say; all below the base path. */
record LocalDoors(String basePath, List<Door> doors) {

    LocalDoors {
        doors = List.copyOf(doors);
    }

    /**
     * @param method the method that is served; {@code *} for every one
     * @param below whether everything below the path belongs to it
     */
    record Door(String method, String path, boolean below) {

        boolean isAt(String rawPath) {
            return rawPath.equals(path) || below && rawPath.startsWith(path + "/");
        }

        @Override
        public String toString() {
            return (method.equals("*") ? "any method" : method) + " " + path + (below ? " and below" : "");
        }
    }

    static LocalDoors of(Environment environment) {
        List<Door> doors = new ArrayList<>();
        endpoint(environment, "authenticate", "POST", "/api/v1/authenticate", doors);
        endpoint(environment, "renew-token", "GET", "/api/v1/renewToken", doors);
        endpoint(environment, "revoke-token", "POST", "/api/v1/revokeToken", doors);
        endpoint(environment, "jwks", "GET", "/.well-known/jwks.json", doors);
        if (environment.getProperty("identities.forward-auth.enabled", Boolean.class, true)) {
            doors.add(new Door("*", environment.getProperty("identities.forward-auth.path", "/forward-auth"), true));
        }
        return new LocalDoors(environment.getProperty("identities.base-path", ""), doors);
    }

    /** The door that a target leads to, if any. */
    Optional<Door> at(RequestTarget target) {
        return doors.stream().filter(door -> door.isAt(target.rawPath())).findFirst();
    }

    /** Whether a target reads like a door without being one; such a request is answered with 404. */
    boolean isNearMiss(RequestTarget target) {
        return doors.stream()
                .anyMatch(door ->
                        target.readsLoosely(RequestTarget.of(door.path()).looseReading()));
    }

    private static void endpoint(Environment environment, String name, String method, String path, List<Door> into) {
        String prefix = "identities.endpoints." + name;
        if (environment.getProperty(prefix + ".enabled", Boolean.class, true)) {
            into.add(new Door(method, environment.getProperty(prefix + ".path", path), false));
        }
    }
}
