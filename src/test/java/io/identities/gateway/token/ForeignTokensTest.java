package io.identities.gateway.token;

import static org.assertj.core.api.Assertions.assertThat;

import io.identities.gateway.keys.KeyFixtures;
import io.identities.gateway.keys.RemoteKeys;
import io.identities.gateway.keys.TrustedIssuer;
import io.identities.gateway.testing.JwksEndpoint;
import io.identities.gateway.testing.MutableClock;
import io.identities.gateway.testing.TestKeys;
import io.identities.gateway.testing.TestTokens;
import io.identities.gateway.token.RevocationStore.Verdict;
import io.identities.gateway.token.TokenFixtures.Room;
import io.identities.gateway.token.TokenVerification.Rejected;
import io.identities.gateway.token.TokenVerification.Undecidable;
import io.identities.gateway.token.TokenVerification.Undecided;
import io.identities.gateway.token.TokenVerification.Verified;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** Tokens of a trusted issuer whose keys come from a real socket. */
@Timeout(60)
class ForeignTokensTest {

    private static final KeyPair KEY = TestKeys.rsa("issuer");
    private static final String ISSUER = "https://idp.example/realms/one";

    private final MutableClock clock = MutableClock.startingNow();
    private final JwksEndpoint endpoint = JwksEndpoint.start();
    private final RemoteKeys keys = KeyFixtures.remote("kc", endpoint.uri(), clock);
    private final TokenVerifier verifier = verifier(issuer("kc:", "/realm_access/roles"));

    @AfterEach
    void stop() {
        endpoint.close();
    }

    @Test
    void aForeignTokenWaitsForTheFirstKeysAndIsRememberedThen() {
        endpoint.answer(TestKeys.jwkSet(TestKeys.jwk("k1", "RS256", KEY.getPublic())));
        String token = foreign().mint();

        assertThat(verifier.verifyAtOnce(new BearerToken(token))).isNull();
        AccessToken verified = verified(token);

        assertThat(verifier.verifyAtOnce(new BearerToken(token))).isInstanceOf(Verified.class);
        assertThat(verified.own()).isFalse();
        assertThat(verified.issuer()).isEqualTo(ISSUER);
        assertThat(verified.subject().name()).isEqualTo("kc:alice");
        assertThat(verified.subject().roles()).containsExactly("admin", "user");
        assertThat(verified.subject().claims()).isEmpty();
        assertThat(verified.tokenId()).isEqualTo("kc:j1");
        assertThat(verified.sessionId()).isEqualTo("kc:s1");
        assertThat(TokenFixtures.issuer(clock).renew(verified, verified.subject()))
                .isEmpty();
        assertThat(TokenFixtures.terms().revocationOf(verified)).isInstanceOf(Revocation.OfToken.class);
    }

    @Test
    @DisplayName("CAC-05, CAC-09 without keys the answer is 'could not tell', and the first one after healing is yes")
    void cac05() {
        endpoint.status(500);
        String token = foreign().mint();

        assertThat(judge(token)).isEqualTo(new Undecided(Undecidable.NO_KEYS));
        assertThat(judge(token)).isEqualTo(new Undecided(Undecidable.NO_KEYS));
        endpoint.status(200).answer(TestKeys.jwkSet(TestKeys.jwk("k1", "RS256", KEY.getPublic())));

        assertThat(judge(token)).isInstanceOf(Verified.class);
    }

    @Test
    void whatIsWrongWithoutAnyKeyIsRefusedWithoutAskingForOne() {
        for (TestTokens bad : List.of(
                foreign().claim("exp", 1),
                foreign().claim("aud", "others"),
                foreign().withoutClaim("aud"),
                foreign().header("jku", "http://127.0.0.1:1/"),
                foreign().header("typ", "logout+jwt"),
                foreign().withoutClaim("tenant"),
                foreign().claim("iss", "https://idp.example/realms/two"))) {
            assertThat(judge(bad.mint())).isInstanceOf(Rejected.class);
        }
        assertThat(endpoint.count()).isZero();
    }

    @Test
    @DisplayName("CAC-06 unknown kids cause one fetch and are refused; known ones are judged at once meanwhile")
    void cac06() {
        endpoint.answer(TestKeys.jwkSet(TestKeys.jwk("k1", "RS256", KEY.getPublic())));
        verified(foreign().mint());
        endpoint.delay(Duration.ofMillis(300));

        StepVerifier.create(Flux.range(0, 500)
                        .map(i -> new BearerToken(
                                foreign().header("kid", "random" + i).mint()))
                        .flatMap(verifier::verify, 50)
                        .distinct())
                .then(() -> assertThat(verifier.verifyAtOnce(
                                new BearerToken(foreign().claim("jti", "j2").mint())))
                        .isInstanceOf(Verified.class))
                .expectNext(new Rejected(TokenProblem.UNKNOWN_KEY))
                .expectComplete()
                .verify(Duration.ofSeconds(20));
        assertThat(endpoint.count()).isEqualTo(2);
    }

    @Test
    @DisplayName("CAC-08 a token of a new key is good at once, one of a withdrawn key is refused, remembered or not")
    void cac08() {
        KeyPair next = TestKeys.ec("issuer", "secp256r1");
        endpoint.answer(TestKeys.jwkSet(TestKeys.jwk("k1", "RS256", KEY.getPublic())));
        String old = foreign().mint();
        String young = foreign()
                .signedWith("ES256", next.getPrivate())
                .header("kid", "k2")
                .mint();
        verified(old);
        endpoint.answer(TestKeys.jwkSet(
                TestKeys.jwk("k1", "RS256", KEY.getPublic()), TestKeys.jwk("k2", "ES256", next.getPublic())));
        verified(young);
        verified(old);

        endpoint.answer(TestKeys.jwkSet(TestKeys.jwk("k2", "ES256", next.getPublic())));
        clock.advance(Duration.ofSeconds(31));
        keys.ask().block(Duration.ofSeconds(10));

        assertThat(judge(old)).isEqualTo(new Rejected(TokenProblem.UNKNOWN_KEY));
        verified(young);
    }

    @Test
    @DisplayName("CAC-08 keys that an issuer publishes without a kid count for the kids that its tokens name")
    void cac08_unnamed() {
        KeyPair next = TestKeys.rsa("next");
        endpoint.answer(TestKeys.jwkSet("{" + TestKeys.jwkMembers(KEY.getPublic()) + "}"));
        verified(foreign().mint());
        endpoint.answer(TestKeys.jwkSet(
                "{" + TestKeys.jwkMembers(next.getPublic()) + "}",
                TestKeys.jwk("k3", "RS256", TestKeys.rsa("own").getPublic())));

        verified(foreign()
                .signedWith("RS256", next.getPrivate())
                .header("kid", "k2")
                .mint());

        assertThat(judge(foreign().mint())).isEqualTo(new Rejected(TokenProblem.UNKNOWN_KEY));
        assertThat(judge(foreign()
                        .signedWith("RS256", next.getPrivate())
                        .header("kid", "k3")
                        .mint()))
                .as("a name that is published means its key and no other")
                .isEqualTo(new Rejected(TokenProblem.BAD_SIGNATURE));
    }

    @ParameterizedTest
    @ValueSource(strings = {"RS256", "ES256"})
    @DisplayName(
            "CAC-08 a new key under a name that its issuer had before is good at once; a flood of forgeries is not")
    void cac08_sameName(String alg) {
        KeyPair next = TestKeys.forAlgorithm("next", alg);
        endpoint.answer(TestKeys.jwkSet(TestKeys.jwk("k1", "RS256", KEY.getPublic())));
        String old = foreign().mint();
        verified(old);
        endpoint.answer(TestKeys.jwkSet(TestKeys.jwk("k1", alg, next.getPublic())));

        verified(foreign().signedWith(alg, next.getPrivate()).mint());

        int fetches = endpoint.count();
        assertThat(judge(old)).isInstanceOf(Rejected.class);
        for (int i = 0; i < 20; i++) {
            assertThat(judge(foreign()
                            .signedWith(
                                    alg, TestKeys.forAlgorithm("attacker", alg).getPrivate())
                            .mint()))
                    .isEqualTo(new Rejected(TokenProblem.BAD_SIGNATURE));
        }
        assertThat(endpoint.count()).isEqualTo(fetches);
    }

    @Test
    @DisplayName("A token without iat counts from its nbf where a revocation of its user is concerned")
    void withoutIssueTime() {
        endpoint.answer(TestKeys.jwkSet(TestKeys.jwk("k1", "RS256", KEY.getPublic())));
        Instant now = clock.instant();
        Revocation revocation = TokenFixtures.terms().userRevocation("kc:alice", now.minusSeconds(60));

        AccessToken before = verified(foreign()
                .withoutClaim("iat")
                .claim("nbf", now.getEpochSecond() - 61)
                .mint());
        AccessToken after = verified(foreign()
                .withoutClaim("iat")
                .claim("nbf", now.getEpochSecond() - 59)
                .mint());

        assertThat(revocation.covers(before)).isTrue();
        assertThat(revocation.covers(after)).isFalse();
    }

    @Test
    void theAlgorithmIsTheKeysNotTheTokens() {
        endpoint.answer(TestKeys.jwkSet(TestKeys.jwk("k1", "RS256", KEY.getPublic())));
        verified(foreign().mint());

        assertThat(judge(foreign().signedWith("PS256", KEY.getPrivate()).mint()))
                .isEqualTo(new Rejected(TokenProblem.WRONG_ALGORITHM));
        assertThat(judge(foreign()
                        .signedWith(KEY.getPublic().getEncoded())
                        .header("alg", "HS256")
                        .mint()))
                .isEqualTo(new Rejected(TokenProblem.WRONG_ALGORITHM));
        assertThat(judge(foreign()
                        .signedWith("RS256", TestKeys.rsa("attacker").getPrivate())
                        .mint()))
                .isEqualTo(new Rejected(TokenProblem.BAD_SIGNATURE));
        assertThat(judge(foreign()
                        .signedWith("RS256", KEY.getPrivate())
                        .claim("iss", TestTokens.ISSUER)
                        .withoutClaim("aud")
                        .mint()))
                .as("a foreign key signs no own token")
                .isEqualTo(new Rejected(TokenProblem.UNKNOWN_KEY));
        assertThat(judge(TestTokens.tokenAt(clock.instant())
                        .claim("iss", ISSUER)
                        .claim("aud", "api")
                        .claim("tenant", "t")
                        .mint()))
                .as("an own key signs no foreign token")
                .isEqualTo(new Rejected(TokenProblem.WRONG_ALGORITHM));
    }

    @Test
    @DisplayName("TOK-21 at+jwt is accepted from trusted issuers")
    void tok21() {
        endpoint.answer(TestKeys.jwkSet(TestKeys.jwk("k1", "RS256", KEY.getPublic())));

        verified(foreign().header("typ", "at+jwt").mint());
        verified(
                foreign().header("typ", "application/at+JWT").claim("jti", "j2").mint());
        verified(foreign().withoutHeader("kid").claim("jti", "j3").mint());
    }

    @Test
    @DisplayName("An auth_time that is no date, as AD FS writes it, counts as absent; in an own token it is malformed")
    void authTimeInWords() {
        endpoint.answer(TestKeys.jwkSet(TestKeys.jwk("k1", "RS256", KEY.getPublic())));
        String inWords = "2026-03-14T18:52:01.180Z";

        AccessToken token =
                verified(foreign().claim("auth_time", inWords).claim("iat", 5).mint());

        assertThat(token.authTime()).isNull();
        assertThat(new Revocation.OfUser("kc:alice", Instant.ofEpochSecond(5), Instant.MAX).covers(token))
                .isTrue();
        assertThat(judge(TestTokens.tokenAt(clock.instant())
                        .claim("auth_time", inWords)
                        .mint()))
                .isEqualTo(new Rejected(TokenProblem.MALFORMED_CLAIMS));
    }

    @Test
    @DisplayName("A revoked token without jti stays revoked behind the other signature that fits it")
    void theOtherSignatureOfTheSameCurve() {
        KeyPair pair = TestKeys.ec("issuer", "secp256r1");
        endpoint.answer(TestKeys.jwkSet(TestKeys.jwk("k1", "ES256", pair.getPublic())));
        RevocationStore revocations = TokenFixtures.revocations(clock);
        TokenVerifier revoking = new Room(clock)
                .trusted(issuer("kc:", null))
                .revocations(revocations)
                .verifier();
        String token = foreign()
                .signedWith("ES256", pair.getPrivate())
                .withoutClaim("jti")
                .mint();
        String twin = otherSignature(
                token, ((ECPublicKey) pair.getPublic()).getParams().getOrder());

        assertThat(twin).isNotEqualTo(token);
        assertThat(verified(revoking, twin).tokenId())
                .isEqualTo(verified(revoking, token).tokenId());
        revocations
                .revoke(TokenFixtures.terms().revocationOf(verified(revoking, token)))
                .block(Duration.ofSeconds(1));
        assertThat(judge(revoking, twin)).isEqualTo(new Rejected(TokenProblem.REVOKED));
    }

    @Test
    void noIssuerCanNameAnothersUsersTokensOrSessions() {
        endpoint.answer(TestKeys.jwkSet(TestKeys.jwk("k1", "RS256", KEY.getPublic())));
        AccessToken foreign = verified(foreign().mint());
        RevocationStore revocations = TokenFixtures.revocations(clock);
        revocations.revoke(TokenFixtures.terms().revocationOf(foreign)).block(Duration.ofSeconds(1));

        assertThat(revocations.verdict(foreign)).isEqualTo(Verdict.REVOKED);
        assertThat(revocations.verdict(
                        TokenFixtures.accessToken("alice", true, "j1", "s1", clock.instant(), clock.instant())))
                .isEqualTo(Verdict.GOOD);
        assertThat(judge(TestTokens.tokenAt(clock.instant()).subject("kc:alice").mint()))
                .as("a local user whose name looks foreign")
                .isEqualTo(new Rejected(TokenProblem.UNUSABLE_NAME));
    }

    @Test
    void anEmptyPrefixIsPossibleOnPurposeAndRolesNeedAClaim() {
        endpoint.answer(TestKeys.jwkSet(TestKeys.jwk("k1", "RS256", KEY.getPublic())));
        TokenVerifier bare = verifier(issuer("", null));
        TokenVerifier scoped = verifier(issuer("", "scope"));
        TokenVerifier lost = verifier(issuer("", "/realm_access/roles/x/y"));

        AccessToken token = verified(bare, foreign().mint());
        assertThat(token.subject()).isEqualTo(Subject.named("alice"));
        assertThat(verified(scoped, foreign().claim("scope", "read write").mint())
                        .subject()
                        .roles())
                .containsExactly("read", "write");
        assertThat(verified(lost, foreign().mint()).subject().roles()).isEmpty();
    }

    @Test
    void anIssuerWhosePrefixAnotherOnesBeginsWithNamesNoUserOfThatOne() {
        endpoint.answer(TestKeys.jwkSet(TestKeys.jwk("k1", "RS256", KEY.getPublic())));
        TrustedIssuer bare = issuer("", null);
        TrustedIssuer other =
                new TrustedIssuer("https://other.example", "other", List.of("api"), "sub", "kc:", null, Set.of(), keys);
        TrustedIssuer longer = new TrustedIssuer(
                "https://longer.example", "longer", List.of("api"), "sub", "kc:x:", null, Set.of(), keys);
        TokenVerifier several =
                new Room(clock).trusted(bare).trusted(other).trusted(longer).verifier();

        assertThat(judge(several, foreign().subject("kc:bob").mint()))
                .isEqualTo(new Rejected(TokenProblem.UNUSABLE_NAME));
        assertThat(judge(
                        several,
                        foreign().claim("iss", other.issuer()).subject("x:bob").mint()))
                .isEqualTo(new Rejected(TokenProblem.UNUSABLE_NAME));
        assertThat(named(several, foreign().subject("bob"))).isEqualTo("bob");
        assertThat(named(several, foreign().claim("iss", other.issuer()).subject("bob")))
                .isEqualTo("kc:bob");
        assertThat(named(several, foreign().claim("iss", longer.issuer()).subject("bob")))
                .isEqualTo("kc:x:bob");
    }

    @Test
    @DisplayName(
            "CAC-08 what has begun under a key ends when its issuer withdraws it, and not while it is out of reach")
    void cac08_begun() {
        KeyPair next = TestKeys.ec("issuer", "secp256r1");
        endpoint.answer(TestKeys.jwkSet(TestKeys.jwk("k1", "RS256", KEY.getPublic())));
        AccessToken token = verified(foreign()
                .claim("exp", clock.instant().getEpochSecond() + 100_000)
                .mint());
        List<?> before = verifier.keysInForce();
        assertThat(verifier.stillHolds(token)).isTrue();
        assertThat(verifier.keysInForce()).isEqualTo(before);

        clock.advance(Duration.ofHours(13));
        assertThat(verifier.stillHolds(token)).as("keys too old to count").isTrue();
        endpoint.answer(TestKeys.jwkSet(TestKeys.jwk("k2", "ES256", next.getPublic())));
        keys.ask().block(Duration.ofSeconds(10));

        assertThat(verifier.stillHolds(token)).isFalse();
        assertThat(verifier.keysInForce()).isNotEqualTo(before);
    }

    @Test
    void aStoreThatIsOutOfReachMakesUndecidedWhatWouldBeGood() {
        CountingRevocations store = new CountingRevocations();
        TokenVerifier own = new Room(clock).revocations(store).verifier();
        String token = TestTokens.tokenAt(clock.instant()).mint();
        store.answer = Verdict.UNKNOWN;

        assertThat(own.verifyAtOnce(new BearerToken(token))).isEqualTo(new Undecided(Undecidable.REVOCATIONS_UNKNOWN));
        store.answer = Verdict.GOOD;
        TokenVerification good = own.verifyAtOnce(new BearerToken(token));
        AccessToken access = ((Verified) Objects.requireNonNull(good)).token();
        store.answer = Verdict.UNKNOWN;
        assertThat(own.stillHolds(access)).isTrue();
        clock.advance(Duration.ofSeconds(331));
        assertThat(own.stillHolds(access)).isFalse();
    }

    /** (r, n - s) in place of (r, s): it verifies as well, and whoever sees a token can make it. */
    private static String otherSignature(String token, BigInteger order) {
        int start = token.lastIndexOf('.') + 1;
        byte[] signature = Base64.getUrlDecoder().decode(token.substring(start));
        byte[] other = order.subtract(new BigInteger(1, Arrays.copyOfRange(signature, 32, 64)))
                .toByteArray();
        Arrays.fill(signature, 32, 64, (byte) 0);
        int length = Math.min(32, other.length);
        System.arraycopy(other, other.length - length, signature, 64 - length, length);
        return token.substring(0, start) + TestTokens.base64(signature);
    }

    private TestTokens foreign() {
        return TestTokens.tokenAt(clock.instant())
                .signedWith("RS256", KEY.getPrivate())
                .header("kid", "k1")
                .claim("iss", ISSUER)
                .claim("aud", "api")
                .claim("jti", "j1")
                .claim("sid", "s1")
                .claim("tenant", "t")
                .claimJson("realm_access", "{\"roles\":[\"admin\",\"user\"]}");
    }

    private TrustedIssuer issuer(String prefix, @Nullable String rolesClaim) {
        return new TrustedIssuer(
                ISSUER, "kc", List.of("api", "web"), "sub", prefix, rolesClaim, Set.of("tenant"), keys);
    }

    private TokenVerifier verifier(TrustedIssuer trusted) {
        return new Room(clock).trusted(trusted).verifier();
    }

    private AccessToken verified(String token) {
        return verified(verifier, token);
    }

    private static AccessToken verified(TokenVerifier verifier, String token) {
        TokenVerification verdict = judge(verifier, token);
        assertThat(verdict).isInstanceOf(Verified.class);
        return ((Verified) verdict).token();
    }

    private static String named(TokenVerifier verifier, TestTokens token) {
        return verified(verifier, token.mint()).subject().name();
    }

    private TokenVerification judge(String token) {
        return judge(verifier, token);
    }

    private static TokenVerification judge(TokenVerifier verifier, String token) {
        return Objects.requireNonNull(verifier.verify(new BearerToken(token)).block(Duration.ofSeconds(10)));
    }
}
