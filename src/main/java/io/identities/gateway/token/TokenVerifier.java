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

/** Genuine? current? ours, or of an issuer we trust? not revoked? Thread-safe; never blocks, never throws for any input. */
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
     * @param origins the issuers whose tokens count, this gateway among them
     * @param maxLength of a compact form, in characters
     * @param maxRemembered bytes that remembered verdicts may take
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
     * The verdict without waiting for anybody: by far the usual case.
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

    /** The verdict; exactly one value, never an error. Waits for one key fetch of a trusted issuer at the most. */
    public Mono<TokenVerification> verify(BearerToken token) {
        return Mono.defer(() -> {
            TokenVerification atOnce = verifyAtOnce(token);
            return atOnce == null ? afterAsking(token.compact()) : Mono.just(atOnce);
        });
    }

    /**
     * Checks again, without parsing, what may have changed since {@code token} was verified: expiry, revocation and whether
     * its key still counts. Being superseded by a renewal does not count, and neither does a store or an issuer that is out
     * of reach: neither ends what has begun.
     */
    public boolean stillHolds(AccessToken token) {
        return !IssuerRules.isOver(token.expiresAt(), clock.instant(), skew)
                && revocations.verdict(token) != RevocationStore.Verdict.REVOKED
                && isKeyInForce(token);
    }

    /** The keys of every issuer: unequal to an earlier answer where an issuer has other keys since. */
    public List<?> keysInForce() {
        return origins.values().stream()
                .map(origin -> Optional.ofNullable(origin.keys()))
                .toList();
    }

    /**
     * The verdict without a trace: nobody is asked for keys, nothing is remembered or forgotten. Where an issuer would
     * have to be asked first, the verdict is that of its keys as they are.
     */
    public TokenVerification inspect(BearerToken token) {
        if (token.compact().length() > maxLength) {
            return new Rejected(TokenProblem.TOO_LARGE);
        }
        FullCheck check = fullCheck(token.compact(), false);
        Remembered found = check.verify();
        return found == null ? Objects.requireNonNull(check.refusal()) : asOfNow(found);
    }

    /** How many tokens have been checked in full, because nothing was remembered of them. */
    public long checkedInFull() {
        return checkedInFull.sum();
    }

    /** How many tokens were judged by what was remembered of them. */
    public long recalled() {
        return recalled.sum();
    }

    /** How many verdicts are remembered, about. */
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
