package io.identities.gateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggerContextListener;
import io.identities.gateway.audit.SecurityEvent;
import io.identities.gateway.audit.SecurityEvents;
import io.identities.gateway.testing.RawConnection;
import io.identities.gateway.testing.RecordingBackend;
import io.identities.gateway.testing.RunningGateway;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.Timer;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.LoggerFactory;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** The warm-up leaves no trace but one line. */
@ExtendWith(OutputCaptureExtension.class)
class WarmUpIT {

    @Test
    void warmUpServesAndLeavesNoTrace(CapturedOutput output) throws Exception {
        List<SecurityEvent> events = new CopyOnWriteArrayList<>();
        try (RecordingBackend backend = new RecordingBackend();
                RunningGateway gateway = RunningGateway.with("identities.backend.uri=" + backend.uri())
                        .settings(
                                "identities.endpoints.authenticate.enabled=false",
                                "identities.warm-up.enabled=true",
                                "identities.warm-up.requests=200")
                        .bean(SecurityEvents.Listener.class, () -> events::add)
                        .start()) {
            assertThat(output).containsPattern("Warmed up: a gateway of its own served [1-9][0-9]* requests");
            assertThat(backend.acceptedConnections()).isZero();
            assertThat(events).isEmpty();
            assertThat(counted(gateway.bean(MeterRegistry.class))).isEmpty();
            assertThat(Metrics.globalRegistry.getRegistries()).hasSizeLessThanOrEqualTo(1);
            assertThat(meterListeners())
                    .as("one for each gateway, which it keeps in memory")
                    .hasSize(1);
            assertThat(threads()).noneMatch(name -> name.startsWith("warm-up"));
            assertThat(output.getOut().lines().filter(line -> line.contains("Netty started")))
                    .hasSize(2);
            assertThat(output).doesNotContain("[warm-up");
            assertThat(RawConnection.exchange(
                                    gateway.managementPort(),
                                    "GET /actuator/health/readiness HTTP/1.1\r\nHost: gw\r\n\r\n")
                            .status())
                    .isEqualTo(200);
        }
    }

    @Test
    void settingsOfTheProcessReachNoPortOfTheWarmUpAndComeAfterArguments(CapturedOutput output) throws Exception {
        try (RecordingBackend backend = new RecordingBackend()) {
            String taken = Integer.toString(backend.port());
            System.setProperty("management.server.port", taken);
            System.setProperty("server.port", taken);
            try (RunningGateway gateway = RunningGateway.inFrontOf(
                    backend.uri(),
                    "identities.endpoints.authenticate.enabled=false",
                    "identities.warm-up.enabled=true",
                    "identities.warm-up.requests=20")) {
                assertThat(gateway.managementPort()).isPositive();
                assertThat(output).contains("Warmed up:");
            } finally {
                System.clearProperty("management.server.port");
                System.clearProperty("server.port");
            }
        }
    }

    private static Set<String> counted(MeterRegistry registry) {
        return registry.getMeters().stream()
                .filter(meter -> meter.getId().getName().startsWith("identities."))
                .filter(meter -> meter instanceof Counter counter && counter.count() > 0
                        || meter instanceof Timer timer && timer.count() > 0)
                .map(meter -> meter.getId().getName())
                .collect(Collectors.toSet());
    }

    private static List<LoggerContextListener> meterListeners() {
        LoggerContext logging = (LoggerContext) LoggerFactory.getILoggerFactory();
        return logging.getCopyOfListenerList().stream()
                .filter(listener -> listener.getClass().getName().contains("LogbackMetrics"))
                .toList();
    }

    private static Set<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(Thread::isAlive)
                .map(Thread::getName)
                .collect(Collectors.toSet());
    }
}
