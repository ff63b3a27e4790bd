package io.identities.gateway.token;

import io.identities.gateway.audit.FailureText;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Handles consecutive failures of Redis: logs the first one, and reconnects after every {@value #FAILURES}. Used by one
 * thread at a time.
 */
final class RedisReconnection {

    private static final Logger log = LoggerFactory.getLogger(RedisRevocationStore.class);

    /**
     * After this many failures in a row the connection itself is suspect: it may be dead, lead to a server that has
     * become a replica, or be in a long reconnect back-off.
     */
    private static final int FAILURES = 5;

    private final Runnable reconnect;
    private final Duration patience;
    private int failures;
    private boolean takes = true;

    /**
     * @param reconnect drops the connection, so that a new one is opened; may block
     * @param patience how long that is waited for
     */
    RedisReconnection(Runnable reconnect, Duration patience) {
        this.reconnect = reconnect;
        this.patience = patience;
    }

    void over() {
        failures = 0;
        takes = true;
    }

    /**
     * Redis does not respond, or not as expected; completes when it may be called again.
     *
     * @param news whether it has responded up to now
     * @param consequence for the log
     */
    Mono<Void> unreachable(Throwable failure, boolean news, String consequence) {
        if (news || failures == 0) {
            log.warn("Redis is unavailable for revocations ({}); {}", FailureText.of(failure), consequence);
        }
        return failed();
    }

    /** Redis is full or has become a replica, but can still be read. Completes when it may be called again. */
    Mono<Void> notTaken(Throwable failure) {
        if (takes) {
            takes = false;
            log.warn(
                    "Redis rejects revocations ({}); they apply only at the replicas where they were made",
                    FailureText.of(failure));
        }
        return failed();
    }

    private Mono<Void> failed() {
        failures++;
        return failures % FAILURES == 0
                ? Mono.fromRunnable(reconnect)
                        .subscribeOn(Schedulers.boundedElastic())
                        .timeout(patience)
                        .onErrorComplete()
                        .then()
                : Mono.empty();
    }
}
