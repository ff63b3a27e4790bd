package io.identities.gateway.token;

import io.identities.gateway.keys.VerificationKey;
import io.identities.gateway.keys.VerificationKeys;
import io.identities.gateway.token.TokenVerification.Rejected;
import io.identities.gateway.token.TokenVerification.Undecidable;
import io.identities.gateway.token.TokenVerification.Undecided;
import io.identities.gateway.token.TokenVerification.Verified;
import io.identities.gateway.token.VerifiedTokens.Remembered;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Genuine? current? ours, or of an issuer we trust? not revoked? Thread-safe; never blocks, never throws for any input. */
public final class TokenVerifier {

    /** What one remembered verdict takes beside its claims: objects, table, texts made from them. */
    private static final int BASE_WEIGHT = 600;

    private static final TokenVerification OVER = new Rejected(TokenProblem.EXPIRED);

    private final Map<String, TokenOrigin> origins;
    private final RevocationStore revocations;
    private final VerifiedTokens remembered;
    private final int maxLength;
    private final Duration skew;
    private final Clock clock;
    private final LongAdder checkedInFull = new LongAdder();

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
        return known == null ? verdict(new FirstUse(compact, digest, true)) : asOfNow(digest, known);
    }

    /** The verdict; exactly one value, never an error. Waits for one key fetch of a trusted issuer at the most. */
    public Mono<TokenVerification> verify(BearerToken token) {
        return Mono.defer(() -> {
            TokenVerification atOnce = verifyAtOnce(token);
            return atOnce == null ? afterAsking(token.compact()) : Mono.just(atOnce);
        });
    }

    /**
     * Checks again, without parsing, what may have changed since {@code token} was verified: expiry and revocation.
     * Being superseded by a renewal does not count, and neither does a store that is out of reach: neither ends what
     * has begun.
     */
    public boolean stillHolds(AccessToken token) {
        return !IssuerRules.isOver(token.expiresAt(), clock.instant(), skew)
                && revocations.verdict(token) != RevocationStore.Verdict.REVOKED;
    }

    /**
     * The verdict without a trace: nobody is asked for keys, nothing is remembered or forgotten. Where an issuer would
     * have to be asked first, the verdict is that of its keys as they are.
     */
    public TokenVerification inspect(BearerToken token) {
        if (token.compact().length() > maxLength) {
            return new Rejected(TokenProblem.TOO_LARGE);
        }
        Digest digest = Digest.of(token.compact());
        FirstUse first = new FirstUse(token.compact(), digest, false);
        Remembered found = first.verify();
        return found == null ? Objects.requireNonNull(first.refusal) : asOfNow(found);
    }

    /** How many tokens have been checked in full, because nothing was remembered of them. */
    public long checkedInFull() {
        return checkedInFull.sum();
    }

    /** How many verdicts are remembered, about. */
    public long remembered() {
        return remembered.count();
    }

    private Mono<TokenVerification> afterAsking(String compact) {
        Digest digest = Digest.of(compact);
        FirstUse first = new FirstUse(compact, digest, true);
        TokenVerification verdict = verdict(first);
        if (verdict != null) {
            return Mono.just(verdict);
        }
        return Objects.requireNonNull(first.toAsk)
                .ask()
                .then(Mono.fromSupplier(() -> Objects.requireNonNull(verdict(new FirstUse(compact, digest, false)))));
    }

    private @Nullable TokenVerification verdict(FirstUse first) {
        Remembered known = remembered.find(first.digest, first::verifyCounted);
        return known == null ? first.refusal : asOfNow(first.digest, known);
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

    /** The full check of one token; leaves behind either a good verdict, a refusal, or whom to ask first. */
    private final class FirstUse {

        private final String compact;
        private final Digest digest;
        private final boolean mayAsk;
        private @Nullable TokenVerification refusal;
        private @Nullable TokenOrigin toAsk;

        FirstUse(String compact, Digest digest, boolean mayAsk) {
            this.compact = compact;
            this.digest = digest;
            this.mayAsk = mayAsk;
        }

        @Nullable Remembered verifyCounted() {
            checkedInFull.increment();
            return verify();
        }

        @Nullable Remembered verify() {
            CompactJws jws = CompactJws.parse(compact);
            if (jws == null) {
                return refused(TokenProblem.MALFORMED);
            }
            JoseHeader header = JoseHeader.parse(jws.header());
            if (header.problem() != null) {
                return refused(header.problem());
            }
            Map<String, @Nullable Object> claims = StrictJson.readObject(jws.payload());
            if (claims == null) {
                return refused(TokenProblem.MALFORMED_CLAIMS);
            }
            TokenOrigin origin = claims.get("iss") instanceof String issuer ? origins.get(issuer) : null;
            if (origin == null) {
                return refused(TokenProblem.UNKNOWN_ISSUER);
            }
            TokenProblem problem = origin.rules().problem(header, claims, clock.instant(), skew);
            return problem == null ? verify(jws, header, claims, origin) : refused(problem);
        }

        private @Nullable Remembered verify(
                CompactJws jws, JoseHeader header, Map<String, @Nullable Object> claims, TokenOrigin origin) {
            VerificationKeys keys = origin.keys();
            if (keys == null) {
                return mayAsk ? ask(origin) : undecided();
            }
            List<VerificationKey> candidates =
                    keys.candidates(header.keyId(), Objects.requireNonNull(header.algorithm()));
            if (candidates.isEmpty()) {
                return withoutKey(header, keys, origin);
            }
            if (candidates.stream().noneMatch(jws::isSignedBy)) {
                return refused(TokenProblem.BAD_SIGNATURE);
            }
            IssuerRules rules = origin.rules();
            AccessToken token = rules.read(claims, jws::fingerprint);
            return token == null
                    ? refused(TokenProblem.UNUSABLE_NAME)
                    : new Remembered(new Verified(token), origin, keys, BASE_WEIGHT + 4 * jws.payload().length);
        }

        private @Nullable Remembered withoutKey(JoseHeader header, VerificationKeys keys, TokenOrigin origin) {
            String keyId = header.keyId();
            if (keyId == null || keys.knows(keyId)) {
                return refused(TokenProblem.WRONG_ALGORITHM);
            }
            return mayAsk && origin.mayBeAsked() ? ask(origin) : refused(TokenProblem.UNKNOWN_KEY);
        }

        private @Nullable Remembered refused(TokenProblem problem) {
            refusal = new Rejected(problem);
            return null;
        }

        private @Nullable Remembered undecided() {
            refusal = new Undecided(Undecidable.NO_KEYS);
            return null;
        }

        private @Nullable Remembered ask(TokenOrigin origin) {
            toAsk = origin;
            return null;
        }
    }
}
