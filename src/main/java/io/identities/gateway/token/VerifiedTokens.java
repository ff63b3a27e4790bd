package io.identities.gateway.token;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.identities.gateway.keys.VerificationKeys;
import java.time.Instant;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A cache of good verdicts by the digest of the token; bad ones are never cached. Bounded by an estimate of their
 * memory. Callers still check expiry and revocation.
 */
final class VerifiedTokens {

    private final Cache<Digest, Remembered> cache;

    /** @param maxBytes zero remembers nothing */
    VerifiedTokens(long maxBytes) {
        this.cache = Caffeine.newBuilder()
                .maximumWeight(maxBytes)
                .weigher((Digest digest, Remembered remembered) -> remembered.weight())
                .executor(Runnable::run)
                .build();
    }

    /** Null for an unknown token, and for one whose issuer's keys have changed. */
    @Nullable Remembered find(Digest digest) {
        Remembered remembered = cache.getIfPresent(digest);
        return remembered != null && remembered.isCurrent() ? remembered : null;
    }

    /** The remembered verdict, else the result of {@code verification}; concurrent callers verify once. */
    @Nullable Remembered find(Digest digest, Supplier<@Nullable Remembered> verification) {
        return cache.asMap()
                .compute(digest, (key, known) -> known != null && known.isCurrent() ? known : verification.get());
    }

    void forget(Digest digest) {
        cache.invalidate(digest);
    }

    long count() {
        return cache.estimatedSize();
    }

    /**
     * A good verdict and the keys it is based on.
     *
     * @param weight an estimate of its memory, in bytes
     */
    record Remembered(TokenVerification.Verified verdict, TokenOrigin origin, VerificationKeys keys, int weight) {

        boolean isCurrent() {
            return origin.keys() == keys;
        }

        Instant expiresAt() {
            return verdict.token().expiresAt();
        }
    }
}
