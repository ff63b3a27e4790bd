package io.identities.gateway.token;

import io.identities.gateway.keys.VerificationKey;
import io.identities.gateway.keys.VerificationKeys;
import io.identities.gateway.token.TokenVerification.Rejected;
import io.identities.gateway.token.TokenVerification.Undecidable;
import io.identities.gateway.token.TokenVerification.Undecided;
import io.identities.gateway.token.TokenVerification.Verified;
import io.identities.gateway.token.VerifiedTokens.Remembered;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The full check of one token, used once; ends with a good verdict, a refusal, or the issuer to ask first. */
final class FullCheck {

    /** Estimated bytes of one remembered verdict besides its claims: objects, table entry, derived texts. */
    private static final int BASE_WEIGHT = 600;

    private final String compact;
    private final boolean mayAsk;
    private final Map<String, TokenOrigin> origins;
    private final Instant now;
    private final Duration skew;
    private @Nullable TokenVerification refusal;
    private @Nullable TokenOrigin toAsk;

    /**
     * @param mayAsk whether an issuer may be asked for its keys first
     * @param origins by issuer
     */
    FullCheck(String compact, boolean mayAsk, Map<String, TokenOrigin> origins, Instant now, Duration skew) {
        this.compact = compact;
        this.mayAsk = mayAsk;
        this.origins = origins;
        this.now = now;
        this.skew = skew;
    }

    /** Why the token was refused; null if it is valid or an issuer has to be asked. */
    @Nullable TokenVerification refusal() {
        return refusal;
    }

    /** The issuer to ask for its keys; null if none has to be asked. */
    @Nullable TokenOrigin toAsk() {
        return toAsk;
    }

    /** The good verdict; null if there is a {@link #refusal} or an issuer {@link #toAsk}. */
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
        TokenProblem problem = origin.rules().problem(header, claims, now, skew);
        return problem == null ? verify(jws, header, claims, origin) : refused(problem);
    }

    private @Nullable Remembered verify(
            CompactJws jws, JoseHeader header, Map<String, @Nullable Object> claims, TokenOrigin origin) {
        VerificationKeys keys = origin.keys();
        if (keys == null) {
            return mayAsk ? ask(origin) : undecided();
        }
        List<VerificationKey> candidates = keys.candidates(header.keyId(), Objects.requireNonNull(header.algorithm()));
        VerificationKey signer =
                candidates.stream().filter(jws::isSignedBy).findFirst().orElse(null);
        if (signer == null) {
            return withoutKey(header.keyId(), candidates, keys, origin);
        }
        IssuerRules rules = origin.rules();
        AccessToken token = rules.read(claims, signer, jws::fingerprint);
        return token == null
                ? refused(TokenProblem.UNUSABLE_NAME)
                : new Remembered(new Verified(token), origin, keys, BASE_WEIGHT + 4 * jws.payload().length);
    }

    private @Nullable Remembered withoutKey(
            @Nullable String keyId, List<VerificationKey> candidates, VerificationKeys keys, TokenOrigin origin) {
        // An issuer may have a new key, under a new name or under one that it had before.
        if (keyId != null && mayAsk && origin.mayBeAsked()) {
            return ask(origin);
        }
        if (keyId != null && !keys.knows(keyId)) {
            return refused(TokenProblem.UNKNOWN_KEY);
        }
        return refused(candidates.isEmpty() ? TokenProblem.WRONG_ALGORITHM : TokenProblem.BAD_SIGNATURE);
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
