package io.identities.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.identities.gateway.testing.LogCapture;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AcceptWarningTest {

    private final EmbeddedChannel server = new EmbeddedChannel(new AcceptWarning());

    @Test
    void connectionsThatCannotBeAcceptedAreToldOnceAMinuteAndHandedOn() {
        server.freezeTime();
        try (LogCapture logs = LogCapture.ofEverything()) {
            for (int second = 0; second < 61; second++) {
                server.pipeline().fireExceptionCaught(new IOException("accept(..) failed: Too many open files"));
                assertThat(catchThrowable(server::checkException)).isInstanceOf(IOException.class);
                server.advanceTimeBy(1, TimeUnit.SECONDS);
            }

            assertThat(logs.lines())
                    .filteredOn(line -> line.contains("Cannot accept connections"))
                    .hasSize(2)
                    .allMatch(line -> line.contains("Too many open files"));
        }
    }
}
