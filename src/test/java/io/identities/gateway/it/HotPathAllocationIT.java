package io.identities.gateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.identities.gateway.access.AccessDecision.Granted;
import io.identities.gateway.access.AccessRequest;
import io.identities.gateway.access.Gatekeeper;
import io.identities.gateway.access.RequestTarget;
import io.identities.gateway.testing.RawConnection;
import io.identities.gateway.testing.RecordingBackend;
import io.identities.gateway.testing.RunningGateway;
import io.identities.gateway.testing.TestTokens;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetector.Level;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What the hot path allocates, in bytes that the JVM itself counts per thread: no clock takes part, so a noisy machine
 * changes nothing. Tests run with the first compiler tier alone, which removes no allocation; in production the second
 * tier leaves less. The bounds are that figure and a third to a half: 1.1 KB a decision, 34 KB a proxied request,
 * 12 KB a forward-auth answer.
 */
class HotPathAllocationIT {

    private static final int WARM_UP = 500;
    private static final int MEASURED = 500;
    private static final long MOST_PER_DECISION = 2_000;
    private static final long MOST_PER_PROXIED_REQUEST = 17_000;
    private static final long MOST_PER_FORWARD_AUTH_ANSWER = 11_000;

    private static final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static final String TOKEN =
            TestTokens.sessionToken(Instant.now(), "session-1").mint();

    private static Level leakDetection;
    private static RecordingBackend backend;
    private static RunningGateway gateway;

    @BeforeAll
    static void start() {
        leakDetection = ResourceLeakDetector.getLevel();
        backend = new RecordingBackend();
        backend.respond((request, out) -> out.write(RecordingBackend.ok("{\"pad\":\"" + "x".repeat(1000) + "\"}")));
        gateway = RunningGateway.inFrontOf(
                backend.uri(),
                "identities.endpoints.authenticate.enabled=false",
                "identities.access.rules[0].path=/admin/**",
                "identities.access.rules[0].allow.any-role=admin",
                "identities.forward-auth.trusted-proxies=127.0.0.1/32",
                // As in production; its records would count as the gateway's.
                "spring.netty.leak-detection=disabled");
    }

    @AfterAll
    static void stop() {
        gateway.close();
        backend.close();
        ResourceLeakDetector.setLevel(leakDetection);
    }

    @Test
    void aDecisionAllocatesLittle() {
        Gatekeeper gatekeeper = gateway.bean(Gatekeeper.class);
        long self = Thread.currentThread().getId();
        decide(gatekeeper, WARM_UP);
        long before = threads.getThreadAllocatedBytes(self);
        decide(gatekeeper, MEASURED);
        long perDecision = (threads.getThreadAllocatedBytes(self) - before) / MEASURED;

        assertThat(perDecision).as("bytes per decision").isBetween(1L, MOST_PER_DECISION);
    }

    @Test
    void aProxiedRequestAllocatesLittle() throws IOException {
        long perRequest = perRequest("GET /api/data?x=1 HTTP/1.1\r\nHost: gateway.local\r\nAuthorization: Bearer "
                + TOKEN + "\r\nUser-Agent: guard\r\nAccept: application/json\r\n\r\n");

        assertThat(perRequest).as("bytes per proxied request").isBetween(1L, MOST_PER_PROXIED_REQUEST);
    }

    @Test
    void aForwardAuthAnswerAllocatesLittle() throws IOException {
        long perRequest =
                perRequest("GET /forward-auth HTTP/1.1\r\nHost: gateway.local\r\nAuthorization: Bearer " + TOKEN
                        + "\r\nX-Forwarded-Method: GET\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: app.local"
                        + "\r\nX-Forwarded-Uri: /api/data\r\nX-Forwarded-For: 192.0.2.7\r\n\r\n");

        assertThat(perRequest).as("bytes per forward-auth answer").isBetween(1L, MOST_PER_FORWARD_AUTH_ANSWER);
    }

    private static void decide(Gatekeeper gatekeeper, int times) {
        List<String> authorization = List.of("Bearer " + TOKEN);
        for (int i = 0; i < times; i++) {
            AccessRequest request = new AccessRequest("GET", RequestTarget.of("/api/data?x=1"), authorization, null);
            if (!(gatekeeper.decideAtOnce(request) instanceof Granted)) {
                throw new AssertionError("A good token was not taken");
            }
        }
    }

    /** Over one connection, so that it is one event loop's work; all event loops are counted. */
    private static long perRequest(String request) throws IOException {
        try (RawConnection connection = new RawConnection(gateway.port())) {
            exchange(connection, request, WARM_UP);
            long before = allocatedByEventLoops();
            exchange(connection, request, MEASURED);
            return (allocatedByEventLoops() - before) / MEASURED;
        }
    }

    private static void exchange(RawConnection connection, String request, int times) throws IOException {
        for (int i = 0; i < times; i++) {
            assertThat(connection.send(request).readAnswer().status()).isEqualTo(200);
        }
    }

    private static long allocatedByEventLoops() {
        long sum = 0;
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().startsWith("identities-gateway-")) {
                sum += threads.getThreadAllocatedBytes(thread.getId());
            }
        }
        return sum;
    }
}
