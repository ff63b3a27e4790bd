package io.identities.gateway.ops;

import io.identities.gateway.access.AccessDecision;
import io.identities.gateway.access.AccessRequest;
import io.identities.gateway.access.BasePath;
import io.identities.gateway.access.Denial;
import io.identities.gateway.access.Gatekeeper;
import io.identities.gateway.access.Gatekeeper.Explanation;
import io.identities.gateway.access.RequestTarget;
import io.identities.gateway.http.GatewayMode;
import io.identities.gateway.server.Methods;
import io.identities.gateway.token.AccessToken;
import io.identities.gateway.token.BearerToken;
import io.identities.gateway.token.TokenVerification;
import io.identities.gateway.token.TokenVerification.Undecidable;
import io.identities.gateway.token.TokenVerifier;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Describes what the gateway would decide. Has no side effects. */
final class Explainer {

    private final Gatekeeper gatekeeper;
    private final TokenVerifier verifier;
    private final BasePath basePath;
    private final GatewayMode mode;
    private final LocalDoors doors;
    private final Methods methods;
    private final ReasonText reasons;
    private final Clock clock;

    Explainer(
            Gatekeeper gatekeeper,
            TokenVerifier verifier,
            BasePath basePath,
            GatewayMode mode,
            LocalDoors doors,
            Methods methods,
            ReasonText reasons,
            Clock clock) {
        this.gatekeeper = gatekeeper;
        this.verifier = verifier;
        this.basePath = basePath;
        this.mode = mode;
        this.doors = doors;
        this.methods = methods;
        this.reasons = reasons;
        this.clock = clock;
    }

    /** The verdict on a token by itself, without a request. */
    Answer ofToken(String compact) {
        ClaimedToken claimed = ClaimedToken.read(compact);
        return verifier.inspect(new BearerToken(compact))
                .fold(
                        token -> new Answer(
                                "accepted",
                                null,
                                "authenticated",
                                accepted(token),
                                null,
                                claimed,
                                TokenHolder.of(token)),
                        problem -> new Answer(
                                "refused",
                                401,
                                problem.reason(),
                                reasons.of(problem, claimed, clock.instant()),
                                null,
                                claimed,
                                null),
                        cause -> new Answer("undecided", 503, cause.reason(), outage(cause), null, claimed, null));
    }

    /** In companion mode of a request to the outer proxy, which asks about it; the base path is not part of that. */
    Answer ofRequest(RequestText request) {
        boolean asked = mode == GatewayMode.COMPANION && doors.hasForwardAuth();
        RequestTarget target = RequestTarget.of(request.target(), basePath);
        if (target.ambiguity() != null) {
            return asked
                    ? plain("refused", 403, "ambiguous_target", reasons.of(target.ambiguity()))
                    : plain("refused", 400, "ambiguous_request", reasons.of(target.ambiguity()));
        }
        if (!target.isBelowBasePath() && !asked) {
            return plain("refused", 404, "outside_base_path", "The path is not below " + basePath.value() + ".");
        }
        Optional<LocalDoors.Door> door = doors.at(target);
        if (door.isPresent()) {
            return plain("local", null, "local_endpoint", "The gateway answers this path itself: " + door.get() + ".");
        }
        if (!methods.allows(request.method()) && !asked) {
            return plain("refused", 405, "method_not_allowed", reasons.ofUnservedMethod());
        }
        if (doors.isNearMiss(target)) {
            return plain(
                    "refused",
                    404,
                    "near_miss",
                    "The path is a near miss of one of the gateway's own endpoints, and never reaches the backend.");
        }
        if (asked) {
            return judged(request, RequestTarget.of(request.target()));
        }
        if (mode == GatewayMode.COMPANION) {
            return plain("refused", 404, "companion", "In mode companion there is no backend.");
        }
        return judged(request, target);
    }

    private Answer judged(RequestText request, RequestTarget target) {
        Explanation explanation =
                gatekeeper.explain(new AccessRequest(request.method(), target, request.authorization(), null));
        ClaimedToken claimed = request.authorization().size() == 1
                ? ClaimedToken.read(request.authorization().get(0).replaceFirst("(?i)^bearer +", ""))
                : null;
        AccessDecision decision = explanation.decision();
        String why = why(explanation, claimed);
        return decision.fold(
                token -> new Answer(
                        "accepted", null, decision.reason(), why, explanation.rule(), claimed, TokenHolder.of(token)),
                () -> new Answer("anonymous", null, decision.reason(), why, explanation.rule(), claimed, null),
                denial ->
                        new Answer("refused", status(denial), denial.reason(), why, explanation.rule(), claimed, null),
                cause -> new Answer("undecided", 503, cause.reason(), why, explanation.rule(), claimed, null));
    }

    private String why(Explanation explanation, @Nullable ClaimedToken claimed) {
        TokenVerification verification = explanation.verification();
        String ofToken = verification == null
                ? reasons.of(Objects.requireNonNull(explanation.fault()))
                : verification.fold(
                        this::accepted, problem -> reasons.of(problem, claimed, clock.instant()), this::outage);
        return explanation
                .decision()
                .fold(
                        token -> ofToken,
                        () -> "The rule allows anonymous access. " + ofToken,
                        denial -> denial.kind() == Denial.Kind.FORBIDDEN ? ofToken + " " + reasons.of(denial) : ofToken,
                        cause -> ofToken);
    }

    private String accepted(AccessToken token) {
        Duration left = Duration.between(clock.instant(), token.expiresAt());
        return "The token is valid; "
                + (left.isNegative()
                        ? "it has expired, but within the clock skew."
                        : "it expires in " + left.toSeconds() + " s.");
    }

    private String outage(Undecidable cause) {
        return switch (cause) {
            case NO_KEYS -> "The keys of the token's issuer are currently unavailable.";
            case REVOCATIONS_UNKNOWN -> "The shared store is unreachable and identities.shared-state-outage is refuse.";
        };
    }

    private static int status(Denial denial) {
        return denial.kind() == Denial.Kind.FORBIDDEN ? 403 : 401;
    }

    private static Answer plain(String decision, @Nullable Integer status, String reason, String why) {
        return new Answer(decision, status, reason, why, null, null, null);
    }

    /**
     * @param decision accepted, anonymous, refused, undecided or local
     * @param status the client's response status; null where the backend or a local endpoint responds
     * @param rule the access rule that matches the request; null if none was consulted
     * @param claimed the token's unverified claims
     * @param holder the subject of a valid token
     */
    record Answer(
            String decision,
            @Nullable Integer status,
            String reason,
            String why,
            @Nullable String rule,
            @Nullable ClaimedToken claimed,
            @Nullable TokenHolder holder) {}
}
