package io.identities.gateway.token;

import io.identities.gateway.token.RevocationIndex.Replacement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.ReactiveRedisConnection;
import org.springframework.data.redis.core.ReactiveStringRedisTemplate;
import org.springframework.data.redis.core.script.RedisScript;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * The revocations of all replicas in Redis: numbered in the order of arrival, without duplicates, removed soon after
 * they expire. An epoch that is generated with each empty store distinguishes stores.
 */
final class RevocationJournal {

    private static final int PAGE = 1000;
    private static final int BATCH = 200;

    /** So many times as long as an answer may a connection take: one that never comes must not keep others from trying. */
    private static final int PATIENCE = 10;

    /** One hash slot, so that a script can use all keys in a cluster. */
    private static final String PREFIX = "{identities-revocations}:";

    // Writes only what is missing, so that a full Redis, or a replica, can be read. With eviction the sequence alone
    // may be lost: the numbers then continue after the highest that is left.
    private static final RedisScript<String> READ = RedisScript.of("""
            local epoch = redis.call('GET', KEYS[1])
            if not epoch then
              epoch = ARGV[1]
              redis.call('SET', KEYS[1], epoch)
            end
            local sequence = redis.call('GET', KEYS[2])
            local latest = redis.call('ZREVRANGE', KEYS[3], 0, 0, 'WITHSCORES')[2]
            if latest and not sequence then
              sequence = latest
              redis.call('SET', KEYS[2], sequence)
            end
            if latest and tonumber(sequence) < tonumber(latest) then
              sequence = latest
            end
            local page = redis.call('ZRANGEBYSCORE', KEYS[3], '(' .. ARGV[2], '+inf', 'WITHSCORES', 'LIMIT', 0, ARGV[3])
            return cjson.encode({epoch = epoch, sequence = tostring(sequence or '0'), page = page})
            """, String.class);

    // Redis' own clock decides what has expired, a minute late. Both sets are checked, because either may lack the
    // entry. So may the sequence: a number that was given away before would be read by nobody.
    private static final RedisScript<String> WRITE = RedisScript.of("""
            local now = redis.call('TIME')[1] * 1000 - 60000
            local latest = redis.call('ZREVRANGE', KEYS[2], 0, 0, 'WITHSCORES')[2]
            if latest and tonumber(redis.call('GET', KEYS[1]) or '0') < tonumber(latest) then
              redis.call('SET', KEYS[1], latest)
            end
            local over = redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', now, 'LIMIT', 0, 1000)
            for _, line in ipairs(over) do
              redis.call('ZREM', KEYS[3], line)
              redis.call('ZREM', KEYS[2], line)
            end
            local pairs = 2 * ARGV[1]
            for i = 2, pairs, 2 do
              if not redis.call('ZSCORE', KEYS[3], ARGV[i + 1]) then
                redis.call('ZADD', KEYS[3], ARGV[i], ARGV[i + 1])
              end
              if not redis.call('ZSCORE', KEYS[2], ARGV[i + 1]) then
                redis.call('ZADD', KEYS[2], redis.call('INCR', KEYS[1]), ARGV[i + 1])
              end
            end
            for i = pairs + 2, #ARGV do
              redis.call('ZREM', KEYS[3], ARGV[i])
              redis.call('ZREM', KEYS[2], ARGV[i])
            end
            return 'OK'
            """, String.class);

    private final ReactiveStringRedisTemplate redis;
    private final List<String> readKeys;
    private final List<String> writeKeys;
    private final Duration answer;
    private final Mono<Void> connection;

    /**
     * @param place prefix of the key names
     * @param answer time-out for a page, once connected, and for a batch, including connecting
     */
    RevocationJournal(ReactiveStringRedisTemplate redis, SharedState place, Duration answer) {
        this.redis = redis;
        String prefix = place.key(PREFIX);
        this.readKeys = List.of(prefix + "epoch", prefix + "sequence", prefix + "order");
        this.writeKeys = List.of(prefix + "sequence", prefix + "order", prefix + "until");
        this.answer = answer;
        // Connecting blocks, and the caller may be an event loop. All callers share one attempt, which continues when
        // they time out.
        this.connection = Mono.fromSupplier(redis.getConnectionFactory()::getReactiveConnection)
                .flatMap(ReactiveRedisConnection::closeLater)
                .subscribeOn(Schedulers.boundedElastic())
                .timeout(answer.multipliedBy(PATIENCE))
                .cache(nothing -> Duration.ZERO, failure -> Duration.ZERO, () -> Duration.ZERO);
    }

    /** A page of the entries after number {@code after}, oldest first. */
    Mono<Page> read(long after) {
        List<String> arguments = List.of(UUID.randomUUID().toString(), Long.toString(after), Integer.toString(PAGE));
        return ask(READ, readKeys, arguments).map(page -> page(page, after));
    }

    /** Adds the missing entries; completes when Redis has confirmed. */
    Mono<Void> write(List<Revocation> revocations) {
        return Flux.fromIterable(revocations)
                .buffer(BATCH)
                .concatMap(batch -> write(batch, List.of()))
                .then();
    }

    /** Adds what is not in yet, and takes away what that covers, at once. */
    Mono<Void> replace(Replacement replacement) {
        return write(replacement.current(), replacement.outdated()).then();
    }

    private Mono<String> write(List<Revocation> added, List<Revocation> outdated) {
        List<String> arguments = arguments(added);
        outdated.forEach(revocation -> arguments.add(RevocationText.write(revocation)));
        return ask(WRITE, writeKeys, arguments).timeout(answer);
    }

    private Mono<String> ask(RedisScript<String> script, List<String> keys, List<String> arguments) {
        return connection.then(
                Mono.defer(() -> redis.execute(script, keys, arguments).single().timeout(answer)));
    }

    private static List<String> arguments(List<Revocation> batch) {
        List<String> arguments = new ArrayList<>(2 * batch.size() + 1);
        arguments.add(Integer.toString(batch.size()));
        for (Revocation revocation : batch) {
            arguments.add(Long.toString(revocation.until().toEpochMilli()));
            arguments.add(RevocationText.write(revocation));
        }
        return arguments;
    }

    private static Page page(String answer, long after) {
        Map<String, @Nullable Object> members = StrictJson.readObject(answer);
        if (members == null || !(members.get("epoch") instanceof String epoch)) {
            throw new IllegalStateException("Redis answered something else than the page that was asked for");
        }
        long sequence = Long.parseLong(String.valueOf(members.get("sequence")));
        List<Revocation> entries = new ArrayList<>();
        long last = after;
        // An empty page is encoded as an object, because Lua has one table type for both.
        List<?> lines = members.get("page") instanceof List<?> list ? list : List.of();
        for (int i = 0; i + 1 < lines.size(); i += 2) {
            Revocation entry = RevocationText.read(String.valueOf(lines.get(i)));
            if (entry != null) {
                entries.add(entry);
            }
            last = Long.parseLong(Objects.requireNonNull(lines.get(i + 1)).toString());
        }
        return new Page(epoch, sequence, entries, last, lines.size() >= 2 * PAGE);
    }

    /**
     * @param epoch the id of the store since it was last empty
     * @param sequence the number of the latest entry
     * @param last the number up to which this page reads
     * @param more whether another page follows
     */
    record Page(String epoch, long sequence, List<Revocation> entries, long last, boolean more) {}
}
