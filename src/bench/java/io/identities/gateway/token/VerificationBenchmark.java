package io.identities.gateway.token;

import io.identities.gateway.keys.BenchmarkKeys;
import io.identities.gateway.testing.TestTokens;
import java.security.PrivateKey;
import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
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

/** What one token costs: seen for the first time, remembered, and refused for its signature. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class VerificationBenchmark {

    @Param({"HS256", "RS256", "ES256", "EdDSA"})
    public String algorithm;

    private TokenVerifier remembering;
    private TokenVerifier forgetful;
    private BearerToken good;
    private BearerToken forged;

    @Setup
    public void mint() {
        Clock clock = Clock.systemUTC();
        remembering = verifier(clock, 1 << 20);
        forgetful = verifier(clock, 0);
        String compact = signed().mint();
        good = new BearerToken(compact);
        forged = new BearerToken(unsigned(signed().claim("jti", "other").mint()) + signature(compact));
        require(remembering, good, true);
        require(forgetful, good, true);
        require(forgetful, forged, false);
    }

    @Benchmark
    public TokenVerification firstUse() {
        return forgetful.verifyAtOnce(good);
    }

    @Benchmark
    public TokenVerification remembered() {
        return remembering.verifyAtOnce(good);
    }

    @Benchmark
    public TokenVerification forged() {
        return remembering.verifyAtOnce(forged);
    }

    private TokenVerifier verifier(Clock clock, long remembered) {
        return new TokenFixtures.Room(clock)
                .keys(BenchmarkKeys.ring(algorithm, clock))
                .maxRemembered(remembered)
                .verifier();
    }

    private TestTokens signed() {
        TestTokens token = TestTokens.sessionToken(Instant.now(), "session-1").claim("exp", 4_000_000_000L);
        Object key = BenchmarkKeys.signer(algorithm);
        return key instanceof PrivateKey privateKey
                ? token.signedWith(algorithm, privateKey)
                : token.signedWith((String) key);
    }

    private static String unsigned(String compact) {
        return compact.substring(0, compact.lastIndexOf('.'));
    }

    private static String signature(String compact) {
        return compact.substring(compact.lastIndexOf('.'));
    }

    private static void require(TokenVerifier verifier, BearerToken token, boolean good) {
        TokenVerification verification = verifier.verifyAtOnce(token);
        if (verification instanceof TokenVerification.Verified != good) {
            throw new IllegalStateException("Not what is measured here: " + verification);
        }
    }
}
