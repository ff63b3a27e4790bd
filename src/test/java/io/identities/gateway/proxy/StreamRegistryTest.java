package io.identities.gateway.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.identities.gateway.http.OpenStreams.CloseReason;
import io.identities.gateway.keys.KeyFixtures;
import io.identities.gateway.keys.KeyRotation;
import io.identities.gateway.keys.KeySource.KeySet;
import io.identities.gateway.keys.SignatureAlgorithm;
import io.identities.gateway.keys.SigningKey;
import io.identities.gateway.testing.MutableClock;
import io.identities.gateway.testing.TestTokens;
import io.identities.gateway.token.AccessToken;
import io.identities.gateway.token.BearerToken;
import io.identities.gateway.token.TokenFixtures.Room;
import io.identities.gateway.token.TokenVerification.Verified;
import io.identities.gateway.token.TokenVerifier;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class StreamRegistryTest {

    private static final String STAYS = "stays-q7Zr-0fK_w3Jm9xTbLc2.VhYd5Ns8Ag41";
    private static final String GOES = "goes-q7Zr-0fK_w3Jm9xTbLc2.VhYd5Ns8Ag41";

    private final MutableClock clock = MutableClock.startingNow();
    private final List<CloseReason> stayed = new ArrayList<>();
    private final List<CloseReason> ended = new ArrayList<>();
    private KeySet keys = new KeySet(List.of(secret("stays", STAYS), secret("goes", GOES)), List.of());
    private final KeyRotation rotation = KeyFixtures.rotation(() -> keys, clock);
    private final TokenVerifier verifier = new Room(clock).keys(rotation).verifier();
    private final StreamRegistry streams = new StreamRegistry(clock, verifier, true);

    @Test
    @DisplayName("WSS-04 a stream ends when the key of its token is taken away, others go on")
    void wss04_keyTakenAway() {
        streams.register(token("stays", STAYS), stayed::add);
        streams.register(token("goes", GOES), ended::add);
        streams.register(null, stayed::add);
        streams.sweep();
        assertThat(ended).isEmpty();

        takeAway();
        streams.sweep();

        assertThat(ended).containsExactly(CloseReason.TOKEN_REVOKED);
        assertThat(stayed).isEmpty();
        assertThat(streams.count()).isEqualTo(2);
    }

    @Test
    @DisplayName("WSS-04 a stream whose key was taken away while it was being opened ends at once")
    void wss04_keyTakenAwayMeanwhile() {
        AccessToken token = token("goes", GOES);
        takeAway();
        streams.sweep();

        streams.register(token, ended::add);

        assertThat(ended).containsExactly(CloseReason.TOKEN_REVOKED);
    }

    private void takeAway() {
        keys = new KeySet(List.of(secret("stays", STAYS)), List.of());
        KeyFixtures.reload(rotation);
    }

    private AccessToken token(String kid, String secret) {
        String compact = TestTokens.sessionToken(clock.instant(), "s-" + kid)
                .header("kid", kid)
                .signedWith(secret)
                .mint();
        return ((Verified) verifier.verifyAtOnce(new BearerToken(compact))).token();
    }

    private static SigningKey secret(String kid, String secret) {
        return SigningKey.hmac(kid, SignatureAlgorithm.HS256, secret.getBytes(UTF_8));
    }
}
