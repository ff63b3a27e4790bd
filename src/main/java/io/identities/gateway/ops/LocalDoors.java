package io.identities.gateway.ops;

import io.identities.gateway.access.RequestTarget;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.core.env.Environment;

/** The configured paths of the gateway's own endpoints, below the base path. */
record LocalDoors(String basePath, List<Door> doors) {

    private static final String FORWARD_AUTH = "identities.forward-auth";

    LocalDoors {
        doors = List.copyOf(doors);
    }

    /**
     * @param method the allowed method; {@code *} for all
     * @param below whether everything below the path belongs to it
     * @param property the setting that holds the path
     */
    record Door(String method, String path, boolean below, String property) {

        boolean isAt(String rawPath) {
            return rawPath.equals(path) || below && rawPath.startsWith(path + "/");
        }

        private boolean swallows(Door other) {
            String mine = RequestTarget.of(path).looseReading();
            String theirs = RequestTarget.of(other.path).looseReading();
            return theirs.equals(mine) || theirs.startsWith(mine + "/");
        }

        @Override
        public String toString() {
            return (method.equals("*") ? "any method" : method) + " " + path + (below ? " and below" : "");
        }
    }

    static LocalDoors of(Environment environment) {
        EffectiveSettings settings = new EffectiveSettings(environment);
        List<Door> doors = new ArrayList<>();
        addDoor(doors, settings, "identities.endpoints.authenticate", "POST", false);
        addDoor(doors, settings, "identities.endpoints.renew-token", "GET", false);
        addDoor(doors, settings, "identities.endpoints.revoke-token", "POST", false);
        addDoor(doors, settings, "identities.endpoints.jwks", "GET", false);
        addDoor(doors, settings, FORWARD_AUTH, "*", true);
        return new LocalDoors(settings.text("identities.base-path"), doors);
    }

    /** One sentence for each endpoint that is unreachable because another one handles every path below its own. */
    List<String> unreachable() {
        return doors.stream()
                .filter(door -> !door.below())
                .flatMap(door -> doors.stream()
                        .filter(other -> other.below() && other.swallows(door))
                        .map(other -> door.property() + ": found '" + door.path() + "', which belongs to "
                                + other.property() + " (" + other.path()
                                + " and everything below), expected a path outside of it"))
                .toList();
    }

    /** The endpoint of a target, if any. */
    Optional<Door> at(RequestTarget target) {
        return doors.stream().filter(door -> door.isAt(target.rawPath())).findFirst();
    }

    /** Whether a target is a near miss of an endpoint, which is a 404. */
    boolean isNearMiss(RequestTarget target) {
        return doors.stream()
                .anyMatch(door ->
                        target.readsLoosely(RequestTarget.of(door.path()).looseReading()));
    }

    boolean hasForwardAuth() {
        return doors.stream().anyMatch(door -> door.property().equals(FORWARD_AUTH + ".path"));
    }

    private static void addDoor(
            List<Door> doors, EffectiveSettings settings, String section, String method, boolean below) {
        if (settings.isOn(section + ".enabled")) {
            String property = section + ".path";
            doors.add(new Door(method, settings.text(property), below, property));
        }
    }
}
