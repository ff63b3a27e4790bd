package io.identities.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.IoEvent;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeferringIoHandlerTest {

    private static final Wish READ = new Wish("read");
    private static final Wish NOTHING = new Wish("nothing");

    private final List<String> kernel = new ArrayList<>();
    private final DeferringIoHandler handler = new DeferringIoHandler(new RecordingHandler());

    @Test
    void whatRegistersIsSubmittedAtOnce() throws Exception {
        register("a").submit(READ);

        assertThat(kernel).containsExactly("a: read");
    }

    @Test
    void whatRegistersTellsAtOnceThatItFails() throws Exception {
        IoRegistration broken = register("broken");

        assertThatThrownBy(() -> broken.submit(READ)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void whatCancelsOutWithinATurnIsNeverSubmitted() throws Exception {
        IoRegistration a = registered("a");

        a.submit(NOTHING);
        a.submit(READ);
        turn();

        assertThat(kernel).containsExactly("wait");
    }

    @Test
    void theLastWishOfATurnIsSubmittedOnceAndBeforeTheLoopWaits() throws Exception {
        IoRegistration a = registered("a");

        a.submit(NOTHING);
        a.submit(READ);
        a.submit(NOTHING);
        turn();
        turn();

        assertThat(kernel).containsExactly("a: nothing", "wait", "wait");
    }

    @Test
    void aWishIsComparedWithWhatTheKernelWasToldLast() throws Exception {
        IoRegistration a = registered("a");

        a.submit(NOTHING);
        turn();
        a.submit(READ);
        turn();

        assertThat(kernel).containsExactly("a: nothing", "wait", "a: read", "wait");
    }

    @Test
    void aConnectionThatHasGoneIsLeftOut() throws Exception {
        IoRegistration a = registered("a");

        a.submit(NOTHING);
        a.cancel();
        turn();

        assertThat(a.isValid()).isFalse();
        assertThat(kernel).containsExactly("wait");
    }

    @Test
    void oneFailureNeitherEndsTheLoopNorHoldsUpTheOthers() throws Exception {
        IoRegistration fails = registered("fails later");
        IoRegistration a = registered("a");

        fails.submit(NOTHING);
        a.submit(NOTHING);
        turn();

        assertThat(kernel).containsExactly("a: nothing", "wait");
    }

    @Test
    void everythingElseIsTheHandlersOwn() throws Exception {
        handler.initialize();
        handler.wakeup();
        handler.prepareToDestroy();
        handler.destroy();

        assertThat(kernel).containsExactly("initialize", "wakeup", "prepareToDestroy", "destroy");
        assertThat(handler.isCompatible(Handle.class)).isTrue();
        assertThat(handler.isCompatible(IoHandle.class)).isFalse();
        assertThat(register("a").<String>attachment()).isEqualTo("attachment of a");
    }

    private IoRegistration register(String name) throws Exception {
        return handler.register(new Handle(name));
    }

    private IoRegistration registered(String name) throws Exception {
        IoRegistration registration = register(name);
        registration.submit(READ);
        kernel.clear();
        return registration;
    }

    private void turn() {
        handler.run(new IoHandlerContext() {
            @Override
            public boolean canBlock() {
                return false;
            }

            @Override
            public long delayNanos(long currentTimeNanos) {
                return 0;
            }

            @Override
            public long deadlineNanos() {
                return 0;
            }
        });
    }

    private record Wish(String events) implements IoOps {}

    private record Handle(String name) implements IoHandle {

        @Override
        public void handle(IoRegistration registration, IoEvent event) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }

    /** Writes down what a kernel would be told, and in which order. */
    private final class RecordingHandler implements IoHandler {

        @Override
        public void initialize() {
            kernel.add("initialize");
        }

        @Override
        public int run(IoHandlerContext context) {
            kernel.add("wait");
            return 0;
        }

        @Override
        public void prepareToDestroy() {
            kernel.add("prepareToDestroy");
        }

        @Override
        public void destroy() {
            kernel.add("destroy");
        }

        @Override
        public IoRegistration register(IoHandle handle) {
            return new RecordingRegistration(((Handle) handle).name());
        }

        @Override
        public void wakeup() {
            kernel.add("wakeup");
        }

        @Override
        public boolean isCompatible(Class<? extends IoHandle> handleType) {
            return handleType == Handle.class;
        }
    }

    private final class RecordingRegistration implements IoRegistration {

        private final String name;
        private boolean valid = true;

        private RecordingRegistration(String name) {
            this.name = name;
        }

        @Override
        @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // the interface has it so
        public <T> T attachment() {
            return (T) ("attachment of " + name);
        }

        @Override
        public long submit(IoOps ops) {
            if (name.equals("broken") || name.equals("fails later") && ops != READ) {
                throw new IllegalStateException(name);
            }
            kernel.add(name + ": " + ((Wish) ops).events());
            return 0;
        }

        @Override
        public boolean isValid() {
            return valid;
        }

        @Override
        public boolean cancel() {
            valid = false;
            return true;
        }
    }
}
