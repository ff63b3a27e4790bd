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
 * Commands to Redis that are waited for only so long. What was sent cannot be taken back: it runs to its end although
 * nobody waits any more.
 */
final class RedisCalls {

    /** As long as an attempt that nobody settles counts as under way. */
    private static final RetryBackoffSpec UNTIL_REACHED = Retry.fixedDelay(60, Duration.ofSeconds(1));

    private final RedisConnection redis;
    private final Duration timeout;

    /** @param timeout longest wait for one call, connecting included */
    RedisCalls(RedisConnection redis, Duration timeout) {
        this.redis = redis;
        this.timeout = timeout;
    }

    /**
     * Errs with a {@link TimeoutException} where no answer came in time.
     *
     * @param undo of an answer that came after that
     */
    <T> Mono<T> ask(Function<RedisConnection.Open, Mono<T>> question, Function<T, Mono<Void>> undo) {
        return inTime(Mono.defer(redis::open).flatMap(open -> sent(open, question)), undo);
    }

    /** As {@link #ask}; where Redis cannot be reached now, it is told later, although this ends with an error. */
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
