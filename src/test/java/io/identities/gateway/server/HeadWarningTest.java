package io.identities.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.identities.gateway.testing.LogCapture;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class HeadWarningTest {

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
    private final HeadWarning warning = new HeadWarning(nanos::get);

    @Test
    void whoeverSendsManyLargeHeadsFillsNoLog() {
        try (LogCapture logs = LogCapture.of(HeadWarning.class)) {
            for (int second = 0; second < 61; second++) {
                warning.warn(16_384, new InetSocketAddress("192.0.2.7", 5), "id-" + second);
                nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
            }

            assertThat(logs.warnings())
                    .hasSize(2)
                    .allMatch(line -> line.contains("16384 bytes (identities.headers.max-size) from /192.0.2.7:5"))
                    .satisfiesExactly(
                            first -> assertThat(first).endsWith(" as id-0"),
                            second -> assertThat(second).endsWith(" as id-60; 59 more like this since the last line"));
        }
    }
}
