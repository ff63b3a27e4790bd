package io.identities.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.identities.gateway.access.AccessDecision.Anonymous;
import io.identities.gateway.access.AccessDecision.Denied;
import io.identities.gateway.access.AccessDecision.Granted;
import io.identities.gateway.access.AccessDecision.Undecided;
import io.identities.gateway.testing.LogCapture;
import io.identities.gateway.testing.MutableClock;
import io.identities.gateway.testing.TestTokens;
import io.identities.gateway.token.AccessToken;
import io.identities.gateway.token.Revocation;
import io.identities.gateway.token.RevocationStore;
import io.identities.gateway.token.TokenFixtures;
import io.identities.gateway.token.TokenVerification.Undecidable;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class GatekeeperTest {

    private static final AccessRules RULES = AccessRulesTest.rules(Map.of(
            "rules[0].path", "/public/**",
            "rules[0].allow", "anonymous",
            "rules[1].path", "/admin/**",
            "rules[1].allow.any-role", "admin,ops",
            "rules[2].path", "/never/**",
            "rules[2].allow", "denied"));

    private final MutableClock clock = MutableClock.startingNow();
    private final AtomicLong nanos = new AtomicLong();
    private final Gatekeeper gatekeeper = new Gatekeeper(RULES, TokenFixtures.verifier(clock), nanos::get);

    @ParameterizedTest
    @ValueSource(strings = {"Bearer ", "bearer ", "BEARER ", "BeArEr ", "Bearer  ", " Bearer ", "\tBearer   "})
    @DisplayName("BEA-01, BEA-02 the scheme has no case, and white space around the value is not part of it")
    void bea01_bea02_goodSpellings(String before) {
        assertThat(decide("/x", before + good())).isInstanceOf(Granted.class);
        assertThat(decide("/x", before + good() + " \t")).isInstanceOf(Granted.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Bearer\t%s",
                "Bearer%s",
                "Bearer: %s",
                "Bearer \"%s\"",
                "Token %s",
                "JWT %s",
                "Basic %s",
                "%s",
                "Bearer %s x",
                "Bearer %s###",
                "Bearer %s\tx",
                "Bearer %s, y",
                "Bearer %s;v=1",
                "Bearer x %s",
                "Bearer,Bearer %s",
                "Bearer \u00fc%s",
                "Bear",
                "Bearer",
                "Bearer ",
                "",
                " ",
                "Bearer \t"
            })
    @DisplayName("BEA-02, BEA-07, TOK-15 every other spelling is refused")
    void bea02_bea07_tok15_badSpellings(String header) {
        assertThat(decide("/x", header.formatted(good()))).isInstanceOf(Denied.class);
    }

    @ParameterizedTest
    @CsvSource({
        "'', no_token",
        "Basic eDp5, no_token",
        "Token x, no_token",
        "Bearer, malformed_credential",
        "'Bearer ', malformed_credential",
        "Bearer a b, malformed_credential",
        "Bearer a.b.c, malformed"
    })
    void denialSaysWhetherATokenWasGiven(String header, String reason) {
        assertThat(decide("/x", header).reason()).isEqualTo(reason);
    }

    @Test
    @DisplayName("BEA a doubled credential is refused, even twice the same")
    void bea_doubledCredential() {
        String bearer = "Bearer " + good();
        assertThat(decide("/x", bearer, bearer).reason()).isEqualTo("ambiguous_credential");
        assertThat(decide("/x", "Basic x", bearer).reason()).isEqualTo("ambiguous_credential");
        AccessRequest both = new AccessRequest("GET", RequestTarget.of("/x"), List.of(bearer), good());
        assertThat(gatekeeper.decideAtOnce(both)).isEqualTo(new Denied(Denial.AMBIGUOUS_CREDENTIAL));
    }

    @Test
    void subprotocolTokenCountsWhereNoHeaderIs() {
        assertThat(gatekeeper.decideAtOnce(new AccessRequest("GET", RequestTarget.of("/x"), List.of(), good())))
                .isInstanceOf(Granted.class);
        assertThat(gatekeeper.decideAtOnce(new AccessRequest("GET", RequestTarget.of("/x"), List.of(), "")))
                .isEqualTo(new Denied(Denial.MALFORMED_CREDENTIAL));
        assertThat(gatekeeper.decideAtOnce(new AccessRequest("GET", RequestTarget.of("/x"), List.of(), "a b")))
                .isEqualTo(new Denied(Denial.MALFORMED_CREDENTIAL));
    }

    @Test
    void openPathStaysOpenWhateverTheCredentialAndKnowsAGoodOne() {
        assertThat(decide("/public/x")).isInstanceOf(Anonymous.class);
        assertThat(decide("/public/x", "Bearer a.b.c")).isInstanceOf(Anonymous.class);
        assertThat(decide("/public/x", "Bearer")).isInstanceOf(Anonymous.class);
        assertThat(decide("/public/x", "Basic x", "Basic y")).isInstanceOf(Anonymous.class);
        assertThat(decide("/public/x", "Bearer " + expired())).isInstanceOf(Anonymous.class);
        assertThat(decide(
                        "/public/x",
                        "Bearer " + TestTokens.token().roles("r".repeat(2049)).mint()))
                .isInstanceOf(Anonymous.class);
        assertThat(decide("/public/x", "Bearer " + good())).isInstanceOf(Granted.class);
    }

    @Test
    void withoutATokenEveryOtherPathIs401EvenADeniedOne() {
        for (String path : List.of("/x", "/admin/x", "/never", "/public//x")) {
            assertThat(decide(path)).isEqualTo(new Denied(Denial.NO_TOKEN));
        }
    }

    @Test
    void rolesDecideWhereARuleAsksForThem() {
        assertThat(decide("/admin/x", bearer("user")).reason()).isEqualTo("wrong_role");
        assertThat(decide("/admin/x", bearer()).reason()).isEqualTo("wrong_role");
        assertThat(decide("/ADMIN;x/y", bearer("user")).reason()).isEqualTo("wrong_role");
        assertThat(decide("/admin/x", bearer("user", "ops"))).isInstanceOf(Granted.class);
        assertThat(decide("/never/x", bearer("admin")).reason()).isEqualTo("denied_by_rule");
        assertThat(decide("/other", bearer("user"))).isInstanceOf(Granted.class);
    }

    @Test
    void badTokensAreDeniedByTheirProblem() {
        assertThat(decide("/x", "Bearer " + expired()).reason()).isEqualTo("expired");
        assertThat(decide(
                                "/x",
                                "Bearer "
                                        + TestTokens.token()
                                                .signedWith("0".repeat(32))
                                                .mint())
                        .reason())
                .isEqualTo("bad_signature");
    }

    @Test
    void identityLooksAtNoRule() {
        assertThat(identify("/public/x")).isEqualTo(new Denied(Denial.NO_TOKEN));
        assertThat(identify("/public/x", "Bearer a.b.c").reason()).isEqualTo("malformed");
        assertThat(identify("/never/x", bearer())).isInstanceOf(Granted.class);
    }

    @Test
    void whoseTokenItIsLooksAtNoRule() {
        assertThat(authenticate("/public/x")).isEqualTo(new Denied(Denial.NO_TOKEN));
        assertThat(authenticate("/public/x", "Bearer a.b.c").reason()).isEqualTo("malformed");
        assertThat(authenticate("/never/x", bearer())).isInstanceOf(Granted.class);
    }

    @Test
    void outageIsUndecidedButLeavesOpenPathsOpen() {
        Gatekeeper blind = new Gatekeeper(RULES, TokenFixtures.verifier(clock, new UnknownRevocations()), nanos::get);
        AccessRequest question = request("/x", "Bearer " + good());
        assertThat(blind.decideAtOnce(question)).isEqualTo(new Undecided(Undecidable.REVOCATIONS_UNKNOWN));
        assertThat(blind.decideAtOnce(request("/public/x", "Bearer " + good()))).isInstanceOf(Anonymous.class);
        assertThat(blind.restrictsByTarget()).isTrue();
    }

    @Test
    @DisplayName("An identity that does not fit into headers is 403 and one warning a minute")
    void oversizedIdentity() {
        String longName = "Bearer "
                + TestTokens.token().claim("unique_name", "n".repeat(513)).mint();
        String longRoles =
                "Bearer " + TestTokens.token().roles("r".repeat(2049)).mint();
        try (LogCapture log = LogCapture.of(Gatekeeper.class)) {
            assertThat(decide("/x", longName)).isEqualTo(new Denied(Denial.IDENTITY_TOO_LARGE));
            assertThat(decide("/x", longRoles)).isEqualTo(new Denied(Denial.IDENTITY_TOO_LARGE));
            assertThat(log.warnings())
                    .hasSize(1)
                    .first()
                    .asString()
                    .contains("513", "512")
                    .doesNotContain("nnn");
            nanos.addAndGet(Duration.ofMinutes(1).toNanos());
            assertThat(identify("/x", longRoles)).isEqualTo(new Denied(Denial.IDENTITY_TOO_LARGE));
            assertThat(log.warnings()).hasSize(2);
            for (String large : List.of(longName, longRoles)) {
                assertThat(authenticate("/x", large)).isInstanceOf(Granted.class);
            }
            assertThat(log.warnings()).hasSize(2);
        }
        String fits = "Bearer "
                + TestTokens.token()
                        .claim("unique_name", "n".repeat(512))
                        .roles("r".repeat(2048))
                        .mint();
        assertThat(decide("/x", fits)).isInstanceOf(Granted.class);
    }

    @Test
    void decisionsFoldToTheirCase() {
        AccessToken token = TokenFixtures.accessToken("alice");
        for (AccessDecision decision : List.of(
                new Granted(token), new Anonymous(), new Denied(Denial.NO_TOKEN), new Undecided(Undecidable.NO_KEYS))) {
            String which = decision.fold(t -> "authenticated", () -> "anonymous", Denial::reason, Undecidable::reason);
            assertThat(which).isEqualTo(decision.reason());
        }
    }

    @Test
    void questionPrintsWithoutItsCredential() {
        assertThat(request("/secret", "Bearer " + good()).toString()).doesNotContain("ey", "secret");
    }

    private AccessDecision decide(String target, String... authorization) {
        AccessRequest question = request(target, authorization);
        AccessDecision[] late = new AccessDecision[1];
        StepVerifier.create(gatekeeper.decide(question))
                .consumeNextWith(decision -> late[0] = decision)
                .expectComplete()
                .verify(Duration.ofSeconds(5));
        AccessDecision atOnce = gatekeeper.decideAtOnce(question);
        assertThat(atOnce).isNotNull();
        assertThat(atOnce.reason()).isEqualTo(late[0].reason());
        return atOnce;
    }

    private AccessDecision identify(String target, String... authorization) {
        AccessDecision[] found = new AccessDecision[1];
        StepVerifier.create(gatekeeper.identify(request(target, authorization)))
                .consumeNextWith(decision -> found[0] = decision)
                .expectComplete()
                .verify(Duration.ofSeconds(5));
        return found[0];
    }

    private AccessDecision authenticate(String target, String... authorization) {
        return gatekeeper
                .authenticate(request(target, authorization))
                .toFuture()
                .join();
    }

    private static AccessRequest request(String target, String... authorization) {
        return new AccessRequest("GET", RequestTarget.of(target), List.of(authorization), null);
    }

    private String good() {
        return TestTokens.tokenAt(clock.instant()).mint();
    }

    private String expired() {
        return TestTokens.tokenAt(clock.instant())
                .claim("exp", clock.instant().getEpochSecond() - 600)
                .mint();
    }

    private String bearer(String... roles) {
        return TestTokens.tokenAt(clock.instant()).roles(roles).bearer();
    }

    /** Out of reach, in mode {@code refuse}. */
    private static final class UnknownRevocations implements RevocationStore {
        @Override
        public Verdict verdict(AccessToken token) {
            return Verdict.UNKNOWN;
        }

        @Override
        public Mono<Void> revoke(Revocation revocation) {
            return Mono.empty();
        }

        @Override
        public AutoCloseable onRevocation(Consumer<Revocation> listener) {
            return () -> {};
        }

        @Override
        public Status status() {
            return new Status(true, false, 0, 0, 0);
        }
    }
}
