package io.identities.gateway.credentials;

import io.lettuce.core.RedisReadOnlyException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;
import reactor.util.retry.RetryBackoffSpec;

/**
 * Commands to Redis with a time limit on the wait. A command that was sent cannot be recalled: it runs to its end after
 * the wait is over.
 */
final class RedisCalls {

    /** As long as an unsettled attempt counts as in progress. */
    private static final RetryBackoffSpec UNTIL_REACHED = Retry.fixedDelay(60, Duration.ofSeconds(1));

    private final RedisConnection redis;
    private final Duration timeout;

    /** @param timeout longest wait for one call, connecting included */
    RedisCalls(RedisConnection redis, Duration timeout) {
        this.redis = redis;
        this.timeout = timeout;
    }

    /**
     * Fails with a {@link TimeoutException} if there is no response in time.
     *
     * @param undo what to do about a response that comes later
     */
    <T> Mono<T> ask(Function<RedisConnection.Open, Mono<T>> question, Function<T, Mono<Void>> undo) {
        return inTime(Mono.defer(redis::open).flatMap(open -> sent(open, question)), undo);
    }

    /** As {@link #ask}; while Redis is unreachable, retries in the background, although this fails in time. */
    Mono<Void> tell(Function<RedisConnection.Open, Mono<?>> message) {
        return inTime(
                Mono.defer(redis::open)
                        .retryWhen(UNTIL_REACHED)
                        .flatMap(open ->
                                sent(open, opened -> message.apply(opened).then()))
                        .retryWhen(UNTIL_REACHED.filter(RedisReadOnlyException.class::isInstance)),
                told -> Mono.empty());
    }

    private <T> Mono<T> sent(RedisConnection.Open open, Function<RedisConnection.Open, Mono<T>> question) {
        return question.apply(open).doOnError(RedisReadOnlyException.class, isReplica -> redis.leave(open));
    }

    private <T> Mono<T> inTime(Mono<T> operation, Function<T, Mono<Void>> undo) {
        return Mono.defer(() -> {
            CompletableFuture<T> answer = operation.toFuture();
            return Mono.fromFuture(answer, true)
                    .timeout(timeout)
                    .doOnError(TimeoutException.class, tooLate -> undoLater(answer, undo));
        });
    }

    private static <T> void undoLater(CompletableFuture<T> answer, Function<T, Mono<Void>> undo) {
        Mono.fromFuture(answer, true).flatMap(undo).onErrorComplete().subscribe();
    }
}
