package io.identities.gateway.ops;

import io.identities.gateway.http.OpenStreams;
import io.identities.gateway.token.TokenVerifier;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

/**
 * {@code sessions}: event counts since the start of this replica, by outcome and reason. Sessions exist only in their
 * tokens, so there is no list of them.
 */
@Endpoint(id = "sessions")
final class SessionsEndpoint {

    private final MeterRegistry registry;
    private final TokenVerifier verifier;
    private final ObjectProvider<OpenStreams> streams;

    SessionsEndpoint(MeterRegistry registry, TokenVerifier verifier, ObjectProvider<OpenStreams> streams) {
        this.registry = registry;
        this.verifier = verifier;
        this.streams = streams;
    }

    @ReadOperation
    Sessions sessions() {
        return new Sessions(
                counts("identities.logins"),
                counts("identities.renewals"),
                counts("identities.revocations"),
                counts("identities.decisions"),
                verifier.remembered(),
                streams.stream().mapToInt(OpenStreams::count).sum());
    }

    /** Counts by outcome and reason. */
    private Map<String, Map<String, Long>> counts(String name) {
        Map<String, Map<String, Long>> counts = new TreeMap<>();
        for (Counter counter : registry.find(name).counters()) {
            String outcome = String.valueOf(counter.getId().getTag("outcome"));
            String reason = String.valueOf(counter.getId().getTag("reason"));
            counts.computeIfAbsent(outcome, key -> new TreeMap<>()).merge(reason, (long) counter.count(), Long::sum);
        }
        return counts;
    }

    /**
     * @param decisions of all entry points
     * @param rememberedTokens the approximate number of remembered verdicts
     */
    record Sessions(
            Map<String, Map<String, Long>> logins,
            Map<String, Map<String, Long>> renewals,
            Map<String, Map<String, Long>> revocations,
            Map<String, Map<String, Long>> decisions,
            long rememberedTokens,
            int openStreams) {}
}
