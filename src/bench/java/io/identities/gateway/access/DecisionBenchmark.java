package io.identities.gateway.access;

import io.identities.gateway.testing.TestTokens;
import io.identities.gateway.token.TokenFixtures;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What one decision costs, from the raw request-target and the raw header to the verdict. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class DecisionBenchmark {

    private static final int KEPT_FOR_ONE = 400;
    private static final int BYTES_A_TOKEN = 2_000;

    @Param({"1", "10000"})
    public int tokens;

    private Gatekeeper gatekeeper;
    private List<List<String>> headers;
    private int next;

    @Setup
    public void mint() {
        Clock clock = Clock.systemUTC();
        AccessRules rules = AccessRulesTest.rules(Map.of(
                "rules[0].path", "/public/**",
                "rules[0].allow", "anonymous",
                "rules[1].path", "/admin/**",
                "rules[1].allow.any-role", "admin,ops"));
        gatekeeper = new Gatekeeper(
                rules,
                new TokenFixtures.Room(clock)
                        .maxRemembered((long) BYTES_A_TOKEN * (tokens + KEPT_FOR_ONE))
                        .verifier(),
                System::nanoTime);
        headers = IntStream.range(0, tokens)
                .mapToObj(i -> List.of(TestTokens.sessionToken(Instant.now(), "session-" + i)
                        .claim("exp", 4_000_000_000L)
                        .bearer()))
                .toList();
        for (int i = 0; i < tokens; i++) {
            if (!(granted() instanceof AccessDecision.Granted)) {
                throw new IllegalStateException("A good token was not taken");
            }
        }
    }

    @Benchmark
    public AccessDecision granted() {
        next = next + 1 == tokens ? 0 : next + 1;
        return gatekeeper.decideAtOnce(
                new AccessRequest("GET", RequestTarget.of("/api/v1/data?page=2&size=50"), headers.get(next), null));
    }

    @Benchmark
    public AccessDecision missingToken() {
        return gatekeeper.decideAtOnce(new AccessRequest("GET", RequestTarget.of("/api/v1/data"), List.of(), null));
    }

    @Benchmark
    public AccessDecision garbage() {
        return gatekeeper.decideAtOnce(
                new AccessRequest("GET", RequestTarget.of("/api/v1/data"), List.of("Bearer aaaa.bbbb.cccc"), null));
    }
}
