package io.identities.gateway.server;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.util.ClassUtils;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.NonBlocking;
import reactor.netty.resources.LoopResources;

/**
 * Event loops on epoll that skip system calls which cancel out ({@link DeferringIoHandler}). A call from one of the
 * loops stays on it.
 */
final class EpollLoopResources implements LoopResources {

    private final EventLoopGroup loops;
    private final EventLoopGroup colocated;

    private EpollLoopResources(String name, int count) {
        this.loops = new MultiThreadIoEventLoopGroup(
                count, threads(name), DeferringIoHandler.over(EpollIoHandler.newFactory()));
        this.colocated = LoopResources.colocate(loops);
    }

    /**
     * Epoll loops where available, otherwise the platform's default.
     *
     * @param name prefix of the thread names
     */
    static LoopResources orOthers(String name, int count) {
        return isWanted() ? new EpollLoopResources(name, count) : LoopResources.create(name, count, true);
    }

    private static boolean isWanted() {
        return DEFAULT_NATIVE
                && !ClassUtils.isPresent("io.netty.channel.uring.IoUring", EpollLoopResources.class.getClassLoader())
                && ClassUtils.isPresent("io.netty.channel.epoll.Epoll", EpollLoopResources.class.getClassLoader())
                && Epoll.isAvailable();
    }

    private static ThreadFactory threads(String name) {
        AtomicInteger number = new AtomicInteger();
        return work -> new LoopThread(work, name + "-epoll-" + number.incrementAndGet());
    }

    @Override
    public EventLoopGroup onServer(boolean useNative) {
        return loops;
    }

    @Override
    public EventLoopGroup onClient(boolean useNative) {
        return colocated;
    }

    @Override
    public boolean daemon() {
        return true;
    }

    @Override
    public boolean isDisposed() {
        return loops.isShuttingDown();
    }

    @Override
    public Mono<Void> disposeLater(Duration quietPeriod, Duration timeout) {
        return Mono.create(
                end -> loops.shutdownGracefully(quietPeriod.toMillis(), timeout.toMillis(), TimeUnit.MILLISECONDS)
                        .addListener(ended -> end.success()));
    }

    /** Reactor refuses to block on such a thread. */
    private static final class LoopThread extends FastThreadLocalThread implements NonBlocking {

        private LoopThread(Runnable work, String name) {
            super(work, name);
            setDaemon(true);
        }
    }
}
