package io.identities.gateway.credentials;

import io.github.bucket4j.TimeMeter;
import io.github.bucket4j.distributed.ExpirationAfterWriteStrategy;
import io.github.bucket4j.distributed.proxy.AsyncProxyManager;
import io.github.bucket4j.redis.lettuce.Bucket4jLettuce;
import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * The connection to Redis for the counters, opened on first use and kept until {@link #leave}; Lettuce reconnects it.
 */
final class RedisConnection implements AutoCloseable {

    private final AtomicReference<@Nullable Open> opened = new AtomicReference<>();
    private final Callable<Open> connect;
    private final boolean ofFactory;
    private volatile Mono<Open> opening;

    /**
     * @param ofFactory whether to use the factory's shared connection: only the factory knows the servers of a static
     *     master/replica set-up; it may replace the connection at any time
     */
    RedisConnection(Supplier<LettuceConnectionFactory> factory, boolean ofFactory, TimeMeter meter) {
        this.connect = () -> ofFactory ? connectionOf(factory.get(), meter) : connect(factory.get(), meter);
        this.ofFactory = ofFactory;
        this.opening = connecting();
    }

    /** @param buckets those of bucket4j over the same connection */
    record Open(
            StatefulConnection<byte[], byte[]> connection,
            RedisClusterAsyncCommands<byte[], byte[]> commands,
            AsyncProxyManager<byte[]> buckets) {}

    Mono<Open> open() {
        Open open = opened.get();
        if (open == null) {
            return opening;
        }
        if (open.connection().isOpen()) {
            return Mono.just(open);
        }
        if (ofFactory) {
            forget(open);
        }
        // Lettuce would keep the command until it has reconnected.
        return Mono.error(new RedisException("not connected"));
    }

    /** Drops a connection whose server has become a replica; the next caller opens another one. */
    void leave(Open open) {
        if (forget(open) && !ofFactory) {
            Mono.fromCompletionStage(open.connection().closeAsync())
                    .onErrorComplete()
                    .subscribe();
        }
    }

    private boolean forget(Open open) {
        if (!opened.compareAndSet(open, null)) {
            return false;
        }
        opening = connecting();
        return true;
    }

    @Override
    public void close() {
        Open open = opened.get();
        // The factory may already have closed it with its client.
        if (open != null && !ofFactory && open.connection().isOpen()) {
            open.connection().close();
        }
    }

    // Connecting blocks. Neither a failure nor the time-out of a caller is cached.
    private Mono<Open> connecting() {
        return Mono.fromCallable(connect)
                .doOnNext(opened::set)
                .subscribeOn(Schedulers.boundedElastic())
                .cache(open -> Duration.ofNanos(Long.MAX_VALUE), failure -> Duration.ZERO, () -> Duration.ZERO);
    }

    @SuppressWarnings({"unchecked", "deprecation"}) // Spring offers this only as Object, by the old name.
    private static Open connectionOf(LettuceConnectionFactory factory, TimeMeter meter) {
        RedisAsyncCommands<byte[], byte[]> commands =
                (RedisAsyncCommands<byte[], byte[]>) factory.getConnection().getNativeConnection();
        StatefulRedisConnection<byte[], byte[]> connection = commands.getStatefulConnection();
        return new Open(connection, commands, buckets(Bucket4jLettuce.casBasedBuilder(connection), meter));
    }

    private static Open connect(LettuceConnectionFactory factory, TimeMeter meter) {
        AbstractRedisClient client = factory.getRequiredNativeClient();
        if (client instanceof RedisClusterClient cluster) {
            StatefulRedisClusterConnection<byte[], byte[]> connection = cluster.connect(ByteArrayCodec.INSTANCE);
            return new Open(
                    connection, connection.async(), buckets(Bucket4jLettuce.casBasedBuilder(connection), meter));
        }
        StatefulRedisConnection<byte[], byte[]> connection = ((RedisClient) client).connect(ByteArrayCodec.INSTANCE);
        if (factory.getDatabase() != 0) {
            connection.sync().select(factory.getDatabase());
        }
        return new Open(connection, connection.async(), buckets(Bucket4jLettuce.casBasedBuilder(connection), meter));
    }

    private static AsyncProxyManager<byte[]> buckets(
            Bucket4jLettuce.LettuceBasedProxyManagerBuilder<byte[]> builder, TimeMeter meter) {
        return builder.clientClock(meter)
                .expirationAfterWrite(
                        ExpirationAfterWriteStrategy.basedOnTimeForRefillingBucketUpToMax(Duration.ofMinutes(1)))
                .build()
                .asAsync();
    }
}
