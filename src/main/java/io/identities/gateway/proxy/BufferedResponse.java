package io.identities.gateway.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufHolder;
import io.netty.buffer.CompositeByteBuf;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;

/**
 * Buffers a short body, commits the response, and writes head and body at once. Most responses are sent this way, in
 * one operator instead of the fifteen of {@code ServerHttpResponse.writeWith}; a failure before the end of the body
 * leaves the response uncommitted.
 */
final class BufferedResponse extends Mono<Void> {

    private final Publisher<?> parts;
    private final Supplier<Mono<Void>> commit;
    private final Function<ByteBuf, Mono<Void>> write;

    /**
     * @param parts one or more buffers or buffer holders, owned by the publisher
     * @param commit prepares the head when the body is complete
     * @param write takes ownership of the body when it is subscribed to
     */
    BufferedResponse(Publisher<?> parts, Supplier<Mono<Void>> commit, Function<ByteBuf, Mono<Void>> write) {
        this.parts = parts;
        this.commit = commit;
        this.write = write;
    }

    @Override
    public void subscribe(CoreSubscriber<? super Void> actual) {
        parts.subscribe(new Transfer(actual));
    }

    private enum Step {
        READ,
        COMMIT,
        WRITE
    }

    /** Subscribes to one step after the other. Whoever takes the buffered body out of {@code body} releases it. */
    private final class Transfer implements CoreSubscriber<Object>, Subscription {

        private final CoreSubscriber<? super Void> actual;
        private final AtomicReference<@Nullable ByteBuf> held = new AtomicReference<>();
        private Step step = Step.READ;
        private volatile @Nullable Subscription current;
        private volatile boolean cancelled;

        Transfer(CoreSubscriber<? super Void> actual) {
            this.actual = actual;
        }

        @Override
        public Context currentContext() {
            return actual.currentContext();
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            current = subscription;
            if (step == Step.READ) {
                actual.onSubscribe(this);
            } else if (cancelled) {
                subscription.cancel();
            } else {
                subscription.request(Long.MAX_VALUE);
            }
        }

        @Override
        public void request(long signals) {
            Subscription reading = current;
            if (step == Step.READ && reading != null) {
                reading.request(Long.MAX_VALUE);
            }
        }

        @Override
        public void cancel() {
            cancelled = true;
            Subscription running = current;
            if (running != null) {
                running.cancel();
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
            if (cancelled) {
                return;
            }
            switch (step) {
                case READ -> {
                    step = Step.COMMIT;
                    commit.get().subscribe(this);
                }
                case COMMIT -> write();
                case WRITE -> actual.onComplete();
            }
        }

        private void write() {
            step = Step.WRITE;
            ByteBuf body = held.getAndSet(null);
            if (body != null) {
                write.apply(body).subscribe(this);
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
