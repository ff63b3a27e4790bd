package io.identities.gateway.token;

import static org.assertj.core.api.Assertions.assertThat;

import io.identities.gateway.keys.KeyFixtures;
import io.identities.gateway.keys.TrustedIssuer;
import io.identities.gateway.testing.MutableClock;
import io.identities.gateway.token.TokenFixtures.Room;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class IssuanceCheckTest {

    private static final int HEAD = 16_128;

    private final MutableClock clock = MutableClock.startingNow();
    private final Room room = new Room(clock);

    @Test
    void subjectWhoseTokenIsGoodHasNoProblem() {
        IssuanceCheck check = room.requiredClaims("tenant", "roles").issuanceCheck(HEAD);

        assertThat(check.problem(new Subject("alice", List.of("admin"), Map.of("tenant", "one"))))
                .isNull();
    }

    @Test
    void requiredClaimThatIsMissingIsNamed() {
        IssuanceCheck check = room.requiredClaims("tenant", "roles", "unit").issuanceCheck(HEAD);

        assertThat(check.problem(new Subject("alice", List.of(), Map.of("tenant", "one"))))
                .isEqualTo("no value for [roles, unit], which identities.token.required-claims asks for");
    }

    @Test
    void tokenThatNoRequestCouldBringBackIsAProblem() {
        Subject large = new Subject("alice", List.of(), Map.of("photo", "x".repeat(5_000)));

        assertThat(room.issuanceCheck(HEAD).problem(large)).isNull();
        assertThat(room.issuanceCheck(5_000).problem(large)).contains("identities.headers.max-size");
        assertThat(room.maxLength(5_000).issuanceCheck(HEAD).problem(large)).contains("identities.token.max-size");
    }

    @Test
    void whateverTheVerifierWouldRefuseIsAProblem() {
        Object deep = "leaf";
        for (int i = 0; i < 33; i++) {
            deep = List.of(deep);
        }
        TrustedIssuer trusted = new TrustedIssuer(
                "https://idp.example",
                "idp",
                List.of(),
                "sub",
                "idp:",
                null,
                Set.of(),
                KeyFixtures.remote("idp", URI.create("http://127.0.0.1:1/"), clock));
        IssuanceCheck check = room.trusted(trusted).issuanceCheck(HEAD);

        assertThat(check.problem(new Subject("alice", List.of(), Map.of("deep", deep))))
                .contains("malformed_claims")
                .doesNotContain("leaf");
        assertThat(check.problem(Subject.named("idp:alice"))).contains("belongs to a trusted issuer");
        assertThat(check.problem(new Subject("alice", List.of("a\u0007b"), Map.of())))
                .contains("a role that no token can carry");
    }

    @Test
    void userWhoWasRevokedThisVeryMomentIsNoProblemOfTheSubject() {
        RevocationStore revocations = TokenFixtures.revocations(clock);
        revocations
                .revoke(room.terms().userRevocation("alice", clock.instant()))
                .block(Duration.ofSeconds(1));

        assertThat(room.revocations(revocations).issuanceCheck(HEAD).problem(Subject.named("alice")))
                .isNull();
    }
}
