package io.identities.gateway.token;

import io.identities.gateway.audit.FailureText;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** What goes wrong with Redis in a row: said once, and answered by a new connection now and then. For one thread at a time. */
final class RedisReconnection {

    private static final Logger log = LoggerFactory.getLogger(RedisRevocationStore.class);

    /**
     * So many failures in a row, and the connection itself is suspected: it may have fallen silent, lead to a server that has
     * become a replica, or wait ever longer until it is made anew.
     */
    private static final int FAILURES = 5;

    private final Runnable reconnect;
    private final Duration patience;
    private int failures;
    private boolean takes = true;

    /**
     * @param reconnect drops the connection, so that a new one is made; may block
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
     * Redis does not answer, or not what it was asked; completes when it may be asked again.
     *
     * @param news whether it did up to now
     * @param consequence for the log
     */
    Mono<Void> unreachable(Throwable failure, boolean news, String consequence) {
        if (news || failures == 0) {
            log.warn("Redis cannot be asked for revocations ({}); {}", FailureText.of(failure), consequence);
        }
        return failed();
    }

    /** Redis is full, or has become a replica: it can be read all the same. Completes when it may be asked again. */
    Mono<Void> notTaken(Throwable failure) {
        if (takes) {
            takes = false;
            log.warn("Redis takes no revocations ({}); they hold where they were made", FailureText.of(failure));
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
