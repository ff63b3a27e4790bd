package io.identities.gateway.token;

import io.identities.gateway.keys.VerificationKeys;
import io.identities.gateway.token.TokenVerification.Rejected;
import io.identities.gateway.token.TokenVerification.Undecidable;
import io.identities.gateway.token.TokenVerification.Undecided;
import io.identities.gateway.token.VerifiedTokens.Remembered;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Verifies tokens: signature, validity period, issuer, audience and revocation. Thread-safe; never blocks, never throws
 * for any input.
 */
public final class TokenVerifier {

    private static final TokenVerification OVER = new Rejected(TokenProblem.EXPIRED);

    private final Map<String, TokenOrigin> origins;
    private final RevocationStore revocations;
    private final VerifiedTokens remembered;
    private final int maxLength;
    private final Duration skew;
    private final Clock clock;
    private final LongAdder checkedInFull = new LongAdder();
    private final LongAdder recalled = new LongAdder();

    /**
     * @param origins the issuers whose tokens are accepted, including this gateway
     * @param maxLength of a compact form, in characters
     * @param maxRemembered bytes for remembered verdicts
     */
    TokenVerifier(
            List<TokenOrigin> origins,
            RevocationStore revocations,
            int maxLength,
            long maxRemembered,
            Duration skew,
            Clock clock) {
        this.origins = origins.stream()
                .collect(Collectors.toUnmodifiableMap(origin -> origin.rules().issuer(), Function.identity()));
        this.revocations = revocations;
        this.remembered = new VerifiedTokens(maxRemembered);
        this.maxLength = maxLength;
        this.skew = skew;
        this.clock = clock;
    }

    /**
     * The verdict, if it is possible without waiting: by far the usual case.
     *
     * @return null when a trusted issuer must first be asked for its keys; then call {@link #verify}
     */
    public @Nullable TokenVerification verifyAtOnce(BearerToken token) {
        String compact = token.compact();
        if (compact.length() > maxLength) {
            return new Rejected(TokenProblem.TOO_LARGE);
        }
        Digest digest = Digest.of(compact);
        Remembered known = remembered.find(digest);
        if (known == null) {
            return verdict(digest, fullCheck(compact, true));
        }
        recalled.increment();
        return asOfNow(digest, known);
    }

    /** The verdict; exactly one value, never an error. Waits for at most one key fetch of a trusted issuer. */
    public Mono<TokenVerification> verify(BearerToken token) {
        return Mono.defer(() -> {
            TokenVerification atOnce = verifyAtOnce(token);
            return atOnce == null ? afterAsking(token.compact()) : Mono.just(atOnce);
        });
    }

    /**
     * Checks again, without parsing, what may have changed since {@code token} was verified: expiry, revocation and its
     * key. Ignores that a renewal has superseded it, and an unreachable store or issuer: these do not end open streams.
     */
    public boolean stillHolds(AccessToken token) {
        return !IssuerRules.isOver(token.expiresAt(), clock.instant(), skew)
                && revocations.verdict(token) != RevocationStore.Verdict.REVOKED
                && isKeyInForce(token);
    }

    /** The keys of every issuer: unequal to an earlier result if any issuer's keys have changed since. */
    public List<?> keysInForce() {
        return origins.values().stream()
                .map(origin -> Optional.ofNullable(origin.keys()))
                .toList();
    }

    /**
     * The verdict without side effects: fetches no keys, remembers and forgets nothing. If an issuer would have to be
     * asked first, the verdict is based on its current keys.
     */
    public TokenVerification inspect(BearerToken token) {
        if (token.compact().length() > maxLength) {
            return new Rejected(TokenProblem.TOO_LARGE);
        }
        FullCheck check = fullCheck(token.compact(), false);
        Remembered found = check.verify();
        return found == null ? Objects.requireNonNull(check.refusal()) : asOfNow(found);
    }

    /** How many tokens have been checked in full because no verdict was remembered. */
    public long checkedInFull() {
        return checkedInFull.sum();
    }

    /** How many tokens had a remembered verdict. */
    public long recalled() {
        return recalled.sum();
    }

    /** The approximate number of remembered verdicts. */
    public long remembered() {
        return remembered.count();
    }

    private Mono<TokenVerification> afterAsking(String compact) {
        Digest digest = Digest.of(compact);
        FullCheck check = fullCheck(compact, true);
        TokenVerification verdict = verdict(digest, check);
        if (verdict != null) {
            return Mono.just(verdict);
        }
        return Objects.requireNonNull(check.toAsk())
                .ask()
                .then(Mono.fromSupplier(() -> Objects.requireNonNull(verdict(digest, fullCheck(compact, false)))));
    }

    private boolean isKeyInForce(AccessToken token) {
        TokenOrigin origin = origins.get(token.issuer());
        VerificationKeys keys = origin == null ? null : origin.keys();
        return keys == null || token.isOf(keys);
    }

    private FullCheck fullCheck(String compact, boolean mayAsk) {
        return new FullCheck(compact, mayAsk, origins, clock.instant(), skew);
    }

    private @Nullable TokenVerification verdict(Digest digest, FullCheck check) {
        Remembered known = remembered.find(digest, () -> counted(check));
        return known == null ? check.refusal() : asOfNow(digest, known);
    }

    private @Nullable Remembered counted(FullCheck check) {
        checkedInFull.increment();
        return check.verify();
    }

    private TokenVerification asOfNow(Digest digest, Remembered known) {
        TokenVerification verdict = asOfNow(known);
        if (verdict == OVER) {
            remembered.forget(digest);
        }
        return verdict;
    }

    private TokenVerification asOfNow(Remembered known) {
        if (IssuerRules.isOver(known.expiresAt(), clock.instant(), skew)) {
            return OVER;
        }
        return switch (revocations.verdict(known.verdict().token())) {
            case GOOD -> known.verdict();
            case REVOKED, SUPERSEDED -> new Rejected(TokenProblem.REVOKED);
            case UNKNOWN -> new Undecided(Undecidable.REVOCATIONS_UNKNOWN);
        };
    }
}
