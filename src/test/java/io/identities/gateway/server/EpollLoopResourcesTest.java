package io.identities.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.ByteBufFlux;
import reactor.netty.DisposableServer;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;

class EpollLoopResourcesTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final LoopResources loops = EpollLoopResources.orOthers("loops-test", 2);

    @AfterEach
    void end() {
        loops.disposeLater(Duration.ZERO, PATIENCE).block(PATIENCE);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void onLinuxTheLoopsAreOnEpoll() {
        assertThat(Epoll.isAvailable()).isTrue();
        assertThat(loops).isInstanceOf(EpollLoopResources.class);
        assertThat(loops.onServer(true))
                .isInstanceOfSatisfying(
                        IoEventLoopGroup.class,
                        group -> assertThat(group.isCompatible(EpollIoHandle.class))
                                .isTrue());
    }

    @Test
    void aCallFromALoopStaysOnIt() throws Exception {
        EventExecutor loop = loops.onServer(true).next();

        EventExecutor called =
                loop.submit(() -> (EventExecutor) loops.onClient(true).next()).get();

        assertThat(called).isSameAs(loop);
    }

    @Test
    void noThreadOfTheirsMayBlock() throws Exception {
        EventExecutor loop = loops.onServer(true).next();

        assertThat(loop.submit(Schedulers::isInNonBlockingThread).get()).isTrue();
        assertThat(loop.submit(() -> Thread.currentThread().isDaemon()).get()).isTrue();
        assertThat(loop.submit(() -> Thread.currentThread().getName()).get()).startsWith("loops-test-");
    }

    @Test
    void theyServeAndCallAndEnd() {
        DisposableServer server = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .runOn(loops)
                .handle((request, response) -> response.send(request.receive().retain()))
                .bindNow();
        ConnectionProvider pool = ConnectionProvider.create("loops-test", 1);
        String body = "x".repeat(3_000_000);
        try {
            for (int call = 0; call < 3; call++) {
                assertThat(HttpClient.create(pool)
                                .runOn(loops)
                                .port(server.port())
                                .host("127.0.0.1")
                                .post()
                                .uri("/")
                                .send(ByteBufFlux.fromString(Mono.just(body)))
                                .responseSingle((head, content) -> content.asString())
                                .block(PATIENCE))
                        .isEqualTo(body);
            }
        } finally {
            pool.dispose();
            server.disposeNow();
        }

        loops.disposeLater(Duration.ZERO, PATIENCE).block(PATIENCE);

        assertThat(loops.isDisposed()).isTrue();
        assertThat(loops.onServer(true).isTerminated()).isTrue();
    }
}
