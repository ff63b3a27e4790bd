package io.identities.gateway.server;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Submits the interest operations of a loop's channels once per iteration, right before the loop waits: in between the
 * difference cannot be observed. A proxied request switches reading off and on again on both of its connections within
 * one iteration, which would be four system calls. For handlers whose operations state an interest, such as epoll's,
 * not for those whose operations are the work itself. Event-loop bound.
 */
final class DeferringIoHandler implements IoHandler {

    private static final Logger LOG = LoggerFactory.getLogger(DeferringIoHandler.class);

    private final IoHandler handler;
    private final Queue<Registration> changed = new ArrayDeque<>();

    DeferringIoHandler(IoHandler handler) {
        this.handler = handler;
    }

    static IoHandlerFactory over(IoHandlerFactory handlers) {
        return executor -> new DeferringIoHandler(handlers.newHandler(executor));
    }

    @Override
    public void initialize() {
        handler.initialize();
    }

    @Override
    public int run(IoHandlerContext context) {
        submitChanges();
        return handler.run(context);
    }

    @Override
    public void prepareToDestroy() {
        handler.prepareToDestroy();
    }

    @Override
    public void destroy() {
        handler.destroy();
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
        return new Registration(handler.register(handle));
    }

    @Override
    public void wakeup() {
        handler.wakeup();
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> handleType) {
        return handler.isCompatible(handleType);
    }

    private void submitChanges() {
        for (Registration next = changed.poll(); next != null; next = changed.poll()) {
            next.submitChange();
        }
    }

    private final class Registration implements IoRegistration {

        private final IoRegistration registration;

        private @Nullable IoOps submitted;
        private @Nullable IoOps wanted;

        private Registration(IoRegistration registration) {
            this.registration = registration;
        }

        @Override
        @SuppressWarnings("TypeParameterUnusedInFormals") // the signature is the interface's
        public <T> T attachment() {
            return registration.attachment();
        }

        /** The first submission registers the channel, so it is not deferred: a failure must be reported at once. */
        @Override
        public long submit(IoOps ops) {
            if (submitted == null) {
                submitted = ops;
                return registration.submit(ops);
            }
            if (wanted == null) {
                changed.add(this);
            }
            wanted = ops;
            return 0;
        }

        @Override
        public boolean isValid() {
            return registration.isValid();
        }

        @Override
        public boolean cancel() {
            return registration.cancel();
        }

        private void submitChange() {
            IoOps ops = wanted;
            wanted = null;
            if (ops == null || ops.equals(submitted) || !registration.isValid()) {
                return;
            }
            submitted = ops;
            try {
                registration.submit(ops);
            } catch (RuntimeException e) {
                // An exception from here would end the loop and every connection on it.
                LOG.warn("A connection no longer hears from the kernel", e);
            }
        }
    }
}
