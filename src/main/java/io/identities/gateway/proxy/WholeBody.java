package io.identities.gateway.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufHolder;
import io.netty.buffer.CompositeByteBuf;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;

/** A short body in one piece: most of what is proxied is read this way, in one step instead of six operators. */
final class WholeBody extends Mono<DataBuffer> {

    private final Publisher<?> parts;
    private final NettyDataBufferFactory buffers;

    /** @param parts buffers or holders of such, which belong to the publisher */
    WholeBody(Publisher<?> parts, NettyDataBufferFactory buffers) {
        this.parts = parts;
        this.buffers = buffers;
    }

    @Override
    public void subscribe(CoreSubscriber<? super DataBuffer> actual) {
        parts.subscribe(new Collector(actual, buffers));
    }

    /** Holds what has come so far, which is released once: by the client, or here when nobody waits for it any more. */
    private static final class Collector implements CoreSubscriber<Object>, Subscription {

        private final CoreSubscriber<? super DataBuffer> actual;
        private final NettyDataBufferFactory buffers;
        private final AtomicReference<@Nullable ByteBuf> held = new AtomicReference<>();
        private @Nullable Subscription upstream;
        private volatile boolean cancelled;

        Collector(CoreSubscriber<? super DataBuffer> actual, NettyDataBufferFactory buffers) {
            this.actual = actual;
            this.buffers = buffers;
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            upstream = subscription;
            actual.onSubscribe(this);
        }

        @Override
        public void request(long parts) {
            if (upstream != null) {
                upstream.request(Long.MAX_VALUE);
            }
        }

        @Override
        public void cancel() {
            cancelled = true;
            if (upstream != null) {
                upstream.cancel();
            }
            release();
        }

        @Override
        public void onNext(Object part) {
            ByteBuf bytes = part instanceof ByteBufHolder holder ? holder.content() : (ByteBuf) part;
            held.set(joined(held.getAndSet(null), bytes.retain()));
            if (cancelled) {
                release();
            }
        }

        @Override
        public void onError(Throwable failure) {
            release();
            actual.onError(failure);
        }

        @Override
        public void onComplete() {
            ByteBuf whole = held.getAndSet(null);
            if (whole != null) {
                actual.onNext(buffers.wrap(whole));
            }
            if (!cancelled || whole != null) {
                actual.onComplete();
            }
        }

        private void release() {
            ReferenceCountUtil.release(held.getAndSet(null));
        }

        private static ByteBuf joined(@Nullable ByteBuf first, ByteBuf second) {
            if (first == null) {
                return second;
            }
            CompositeByteBuf whole = first instanceof CompositeByteBuf begun
                    ? begun
                    : first.alloc().compositeBuffer().addComponent(true, first);
            return whole.addComponent(true, second);
        }
    }
}
