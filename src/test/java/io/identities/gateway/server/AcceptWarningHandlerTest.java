package io.identities.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.identities.gateway.testing.LogCapture;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AcceptWarningHandlerTest {

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
    private final EmbeddedChannel server = new EmbeddedChannel(new AcceptWarningHandler(nanos::get));

    @Test
    void connectionsThatCannotBeAcceptedAreToldOnceAMinuteAndHandedOn() {
        try (LogCapture logs = LogCapture.ofEverything()) {
            for (int second = 0; second < 61; second++) {
                server.pipeline().fireExceptionCaught(new IOException("accept(..) failed: Too many open files"));
                assertThat(catchThrowable(server::checkException)).isInstanceOf(IOException.class);
                nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
            }

            assertThat(logs.lines())
                    .filteredOn(line -> line.contains("Cannot accept connections"))
                    .hasSize(2)
                    .allMatch(line -> line.contains("Too many open files"));
        }
    }
}
