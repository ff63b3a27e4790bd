package io.identities.gateway.proxy;

import io.identities.gateway.http.OpenStreams;
import io.identities.gateway.token.AccessToken;
import io.identities.gateway.token.Revocation;
import io.identities.gateway.token.TokenVerifier;
import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The open WebSockets and event streams, ordered by the expiry of their tokens. An idle stream costs nothing: a sweep
 * only looks at the first ones. Thread-safe.
 */
final class StreamRegistry implements OpenStreams {

    private final Clock clock;
    private final TokenVerifier verifier;
    private final boolean endsWithToken;
    private List<?> keys;
    private final AtomicLong ids = new AtomicLong();
    private final Set<Stream> open = ConcurrentHashMap.newKeySet();
    private final ConcurrentSkipListSet<Stream> byExpiry = new ConcurrentSkipListSet<>(
            Comparator.comparing((Stream stream) -> stream.expiresAt).thenComparingLong(stream -> stream.id));

    StreamRegistry(Clock clock, TokenVerifier verifier, boolean endsWithToken) {
        this.clock = clock;
        this.verifier = verifier;
        this.endsWithToken = endsWithToken;
        this.keys = verifier.keysInForce();
    }

    /**
     * Registers a stream.
     *
     * @param token whose end ends the stream; null for an anonymous one
     * @param end called at most once, in any thread
     */
    Stream register(@Nullable AccessToken token, Consumer<CloseReason> end) {
        Stream stream = new Stream(ids.incrementAndGet(), token, end);
        open.add(stream);
        if (token != null && endsWithToken) {
            byExpiry.add(stream);
            if (isRevoked(token)) {
                stream.end(CloseReason.TOKEN_REVOKED);
            }
        }
        return stream;
    }

    @Override
    public int count() {
        return open.size();
    }

    @Override
    public void closeAll(CloseReason reason) {
        open.forEach(stream -> stream.end(reason));
    }

    /**
     * Ends streams whose token, or its key, is no longer valid. A stream that was opened within the clock skew lasts
     * until the skew is over. Called by one thread at a time.
     */
    void sweep() {
        endWhatHasLostItsKey();
        Instant now = clock.instant();
        for (Stream stream : byExpiry) {
            if (stream.expiresAt.isAfter(now)) {
                return;
            }
            if (!stream.openedInSkew || !holds(stream)) {
                stream.end(CloseReason.TOKEN_EXPIRED);
            }
        }
    }

    /** A renewal of the token does not end a stream. */
    void onRevocation(Revocation revocation) {
        if (revocation instanceof Revocation.Superseded || !endsWithToken) {
            return;
        }
        for (Stream stream : byExpiry) {
            AccessToken token = stream.token;
            if (token != null && revocation.covers(token)) {
                stream.end(CloseReason.TOKEN_REVOKED);
            }
        }
    }

    private void endWhatHasLostItsKey() {
        List<?> inForce = verifier.keysInForce();
        if (inForce.equals(keys)) {
            return;
        }
        keys = inForce;
        for (Stream stream : byExpiry) {
            if (stream.token != null && isRevoked(stream.token)) {
                stream.end(CloseReason.TOKEN_REVOKED);
            }
        }
    }

    private boolean isRevoked(AccessToken token) {
        return token.expiresAt().isAfter(clock.instant()) && !verifier.stillHolds(token);
    }

    private boolean holds(Stream stream) {
        AccessToken token = stream.token;
        return token != null && verifier.stillHolds(token);
    }

    /** One open stream. */
    final class Stream {

        private final long id;
        private final @Nullable AccessToken token;
        private final Consumer<CloseReason> end;
        private final Instant expiresAt;
        private final boolean openedInSkew;

        private Stream(long id, @Nullable AccessToken token, Consumer<CloseReason> end) {
            this.id = id;
            this.token = token;
            this.end = end;
            this.expiresAt = token == null ? Instant.MAX : token.expiresAt();
            this.openedInSkew = !expiresAt.isAfter(clock.instant());
        }

        /** The stream has ended, for any reason. */
        void forget() {
            open.remove(this);
            byExpiry.remove(this);
        }

        private void end(CloseReason reason) {
            if (open.remove(this)) {
                byExpiry.remove(this);
                end.accept(reason);
            }
        }
    }
}
