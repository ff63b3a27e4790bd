package io.identities.gateway.keys;

import io.identities.gateway.testing.RunningGateway;
import io.identities.gateway.testing.TestKeys;
import java.security.KeyPair;
import java.time.Clock;

/** One signing key and the key ring around it, for any algorithm. */
public final class BenchmarkKeys {

    private BenchmarkKeys() {}

    /** What signs tokens of {@code alg}: the secret's text, or a private key. */
    public static Object signer(String alg) {
        return alg.startsWith("HS") ? RunningGateway.SECRET : pair(alg).getPrivate();
    }

    public static KeyRotation ring(String alg, Clock clock) {
        return alg.startsWith("HS")
                ? KeyFixtures.secret(RunningGateway.SECRET, clock)
                : KeyFixtures.rotation(
                        () -> PemFormat.read("benchmark", TestKeys.pem(pair(alg).getPrivate()), SignatureAlgorithm.HS256),
                        clock);
    }

    private static KeyPair pair(String alg) {
        return TestKeys.forAlgorithm("benchmark", alg);
    }
}
