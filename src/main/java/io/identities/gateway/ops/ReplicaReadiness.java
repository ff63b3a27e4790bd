package io.identities.gateway.ops;

import io.identities.gateway.keys.KeyRotation;
import io.identities.gateway.token.RevocationStore;
import java.util.List;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.ReadinessState;

/** The status of the readiness health group for a gauge, without waiting. */
final class ReplicaReadiness {

    private final ApplicationAvailability availability;
    private final KeyRotation keys;
    private final RevocationStore revocations;
    private final List<Dependency> needed;

    /** @param needed the dependencies that this replica needs to take traffic: all or none */
    ReplicaReadiness(
            ApplicationAvailability availability,
            KeyRotation keys,
            RevocationStore revocations,
            List<Dependency> needed) {
        this.availability = availability;
        this.keys = keys;
        this.revocations = revocations;
        this.needed = List.copyOf(needed);
    }

    boolean isReady() {
        return availability.getReadinessState() == ReadinessState.ACCEPTING_TRAFFIC
                && !keys.current().verifiers().all().isEmpty()
                && revocations.status().ready()
                && needed.stream().noneMatch(Dependency::isKnownDegraded);
    }
}
