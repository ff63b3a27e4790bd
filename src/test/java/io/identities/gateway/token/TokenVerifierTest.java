package io.identities.gateway.token;

import static org.assertj.core.api.Assertions.assertThat;

import io.identities.gateway.testing.MutableClock;
import io.identities.gateway.testing.TestTokens;
import io.identities.gateway.token.TokenFixtures.Room;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TokenVerifierTest {

    private final MutableClock clock = MutableClock.startingNow();
    private final TokenVerifier verifier = TokenFixtures.verifier(clock);

    @Test
    void anIssuedTokenHoldsAtTheVeryMomentItIsIssued() {
        clock.advance(Duration.ofMillis(999));
        IssuedToken issued = TokenFixtures.issuer(clock).issue(Subject.named("alice"));

        AccessToken verified = verified(issued.bearer().compact());

        assertThat(verified.subject().name()).isEqualTo("alice");
        assertThat(verified.own()).isTrue();
        assertThat(verified.sessionId()).isEqualTo(issued.token().sessionId());
        assertThat(verified.authTime()).isEqualTo(issued.token().authTime()).isEqualTo(clock.instant());
        assertThat(verified.tokenId()).isEqualTo(issued.token().tokenId());
        assertThat(verified.expiresAt()).isEqualTo(issued.token().expiresAt());
    }

    @Test
    void aTokenOfAnotherProducerUnderTheSameSecretHolds() {
        TokenVerifier withAudience =
                new Room(clock).issuer("bench").audience("api").verifier();
        String token = TestTokens.tokenAt(clock.instant())
                .header("typ", "JWT")
                .claim("unique_name", "user00001")
                .claim("sub", "user00001")
                .claim("jti", "12345678-90ab-cdef-1234-567890abcdef")
                .claim("nbf", clock.instant().getEpochSecond() - 1)
                .claim("exp", clock.instant().plus(Duration.ofDays(30)).getEpochSecond())
                .claim("iss", "bench")
                .claim("aud", "api")
                .mint();

        assertThat(withAudience.verifyAtOnce(new BearerToken(token)))
                .isInstanceOfSatisfying(TokenVerification.Verified.class, good -> {
                    assertThat(good.token().subject().name()).isEqualTo("user00001");
                    assertThat(good.token().sessionId()).isNull();
                });
    }

    private AccessToken verified(String compact) {
        @Nullable TokenVerification verdict = verifier.verifyAtOnce(new BearerToken(compact));
        assertThat(verdict).isInstanceOf(TokenVerification.Verified.class);
        return ((TokenVerification.Verified) Objects.requireNonNull(verdict)).token();
    }
}
