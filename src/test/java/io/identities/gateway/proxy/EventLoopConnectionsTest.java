package io.identities.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.netty.DisposableServer;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.ConnectionProvider.AllocationStrategy;
import reactor.netty.resources.LoopResources;

class EventLoopConnectionsTest {

    private final AtomicInteger arrived = new AtomicInteger();
    private volatile Sinks.Empty<Void> released = Sinks.empty();
    private final LoopResources loops = LoopResources.create("loop-connections-test", 2, true);
    private final EventLoopGroup group = loops.onClient(LoopResources.DEFAULT_NATIVE);
    private final List<EventLoop> each = new ArrayList<>();
    private DisposableServer backend;

    @BeforeEach
    void start() {
        group.forEach(loop -> each.add((EventLoop) loop));
        backend = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .handle((request, response) -> {
                    arrived.incrementAndGet();
                    return released.asMono().then(response.send());
                })
                .bindNow();
    }

    @AfterEach
    void stop() {
        released.tryEmitEmpty();
        loops.disposeLater(Duration.ZERO, Duration.ofSeconds(5)).block();
        backend.disposeNow();
    }

    @Test
    void aRequestStaysOnTheLoopThatSendsItAlsoOnAConnectionThatWasKept() {
        released.tryEmitEmpty();
        HttpClient client = client(64);
        for (int i = 0; i < 6; i++) {
            EventLoop loop = each.get(i % 2);
            assertThat(send(client, loop).join()).isSameAs(loop);
        }
    }

    @Test
    void oneLoopMayTakeMoreThanItsShareAndAllTogetherNoMoreThanTheLimit() {
        HttpClient client = client(64);
        List<CompletableFuture<EventLoop>> all = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            all.add(send(client, each.get(0)));
        }
        await().until(() -> arrived.get() == 60);
        for (int i = 0; i < 60; i++) {
            all.add(send(client, each.get(1)));
        }
        await().until(() -> arrived.get() == 64);
        // One that needs no permit has overtaken any that would have had one too many.
        CompletableFuture<EventLoop> other = send(client(64), each.get(1));
        await().until(() -> arrived.get() >= 65);
        assertThat(arrived).hasValue(65);
        released.tryEmitEmpty();
        all.forEach(CompletableFuture::join);
        other.join();
        assertThat(arrived).hasValue(121);
    }

    @Test
    void aLoopWithoutAConnectionIsServedByAnotherThatHasTakenAll() {
        HttpClient client = client(64);
        List<CompletableFuture<EventLoop>> all = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            all.add(send(client, each.get(0)));
        }
        await().until(() -> arrived.get() == 64);
        CompletableFuture<EventLoop> late = send(client, each.get(1));
        released.tryEmitEmpty();
        all.forEach(CompletableFuture::join);
        assertThat(late.join()).isSameAs(each.get(0));
    }

    @Test
    void aLoopWhoseConnectionsAreBusyIsServedByAnotherThatHasLeftAllOthersIdle() {
        HttpClient client = client(64);
        List<CompletableFuture<EventLoop>> burst = new ArrayList<>();
        for (int i = 0; i < 63; i++) {
            burst.add(send(client, each.get(0)));
        }
        burst.add(send(client, each.get(1)));
        await().until(() -> arrived.get() == 64);
        Sinks.Empty<Void> first = released;
        released = Sinks.empty();
        first.tryEmitEmpty();
        burst.forEach(CompletableFuture::join);

        CompletableFuture<EventLoop> busy = send(client, each.get(1));
        await().until(() -> arrived.get() == 65);
        CompletableFuture<EventLoop> late = send(client, each.get(1));
        await().until(() -> arrived.get() == 66);

        released.tryEmitEmpty();
        assertThat(List.of(busy.join(), late.join())).contains(each.get(0));
    }

    @Test
    void aFewConnectionsAreSharedByAllLoops() {
        HttpClient client = client(1);
        CompletableFuture<EventLoop> first = send(client, each.get(1));
        await().until(() -> arrived.get() == 1);
        CompletableFuture<EventLoop> second = send(client, each.get(0));
        released.tryEmitEmpty();
        assertThat(second.join()).isSameAs(first.join());
    }

    @Test
    void aRequestWhosePermitAnotherLoopTakesFirstWaitsNoLongerThanItMay() {
        List<AllocationStrategy<?>> strategies = new ArrayList<>();
        HttpClient client = client(64, Duration.ofMillis(50), permits -> {
            strategies.add(permits);
            return new Overtaken(permits, () -> strategies.get(1).getPermits(64));
        });
        assertThat(send(client, each.get(0)))
                .failsWithin(Duration.ofSeconds(10))
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(TimeoutException.class);
    }

    private HttpClient client(int limit) {
        return client(limit, Duration.ofSeconds(45), permits -> permits);
    }

    private HttpClient client(int limit, Duration wait, UnaryOperator<AllocationStrategy<?>> strategy) {
        ConnectionProvider connections = new EventLoopConnections(
                group,
                limit,
                (permits, figures) -> ConnectionProvider.builder("test")
                        .pendingAcquireMaxCount(-1)
                        .pendingAcquireTimeout(wait)
                        .lifo()
                        .allocationStrategy(strategy.apply(permits))
                        .metrics(true, () -> figures)
                        .build());
        return HttpClient.create(connections).runOn(loops).host("127.0.0.1").port(backend.port());
    }

    /** The loop of the connection that carried the request, once the answer is there. */
    private static CompletableFuture<EventLoop> send(HttpClient client, EventLoop loop) {
        return Mono.defer(() -> client.get()
                        .uri("/")
                        .responseConnection((answer, connection) -> connection
                                .inbound()
                                .receive()
                                .then(Mono.just(connection.channel().eventLoop())))
                        .next())
                .subscribeOn(Schedulers.fromExecutor(loop))
                .toFuture();
    }

    /**
     * The permits of one loop, which another has taken when they are asked for.
     *
     * @param others takes them
     */
    private record Overtaken(AllocationStrategy<?> own, Runnable others) implements AllocationStrategy<Overtaken> {

        @Override
        public Overtaken copy() {
            return this;
        }

        @Override
        public int getPermits(int desired) {
            others.run();
            return own.getPermits(desired);
        }

        @Override
        public void returnPermits(int returned) {
            own.returnPermits(returned);
        }

        @Override
        public int estimatePermitCount() {
            return own.estimatePermitCount();
        }

        @Override
        public int permitGranted() {
            return own.permitGranted();
        }

        @Override
        public int permitMinimum() {
            return own.permitMinimum();
        }

        @Override
        public int permitMaximum() {
            return own.permitMaximum();
        }
    }
}
