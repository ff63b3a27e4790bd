package io.identities.gateway.token;

import static org.assertj.core.api.Assertions.assertThat;

import io.identities.gateway.keys.KeyFixtures;
import io.identities.gateway.keys.KeyRotation;
import io.identities.gateway.keys.KeySource;
import io.identities.gateway.keys.SignatureAlgorithm;
import io.identities.gateway.keys.SigningKey;
import io.identities.gateway.testing.MutableClock;
import io.identities.gateway.testing.TestKeys;
import io.identities.gateway.testing.TestTokens;
import io.identities.gateway.token.TokenFixtures.Room;
import io.identities.gateway.token.TokenVerification.Rejected;
import io.identities.gateway.token.TokenVerification.Verified;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The bug reports about tokens, at the verifier that every door asks. */
class TokenCasesTest {

    private final MutableClock clock = MutableClock.startingNow();
    private final TokenVerifier verifier = TokenFixtures.verifier(clock);

    @ParameterizedTest
    @ValueSource(strings = {"\"none\"", "\"None\"", "\"NONE\"", "\"nOnE\"", "\"\"", "null"})
    @DisplayName("TOK-01 no spelling of none is an algorithm, with or without a signature")
    void tok01(String alg) {
        String input = TestTokens.base64("{\"alg\":" + alg + "}") + "."
                + TestTokens.base64("{\"sub\":\"alice\",\"iss\":\"identities-gateway\",\"exp\":"
                        + (clock.instant().getEpochSecond() + 300) + "}");
        String signature = good().mint().split("\\.")[2];

        assertRefused(input + ".");
        assertRefused(input + "." + signature);
        assertRefused(good().headerJson("alg", alg).mint());
    }

    @ParameterizedTest
    @ValueSource(strings = {"HS384", "HS512"})
    @DisplayName("TOK-03 only the configured algorithm of the family is accepted")
    void tok03(String alg) {
        String secret = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+-";
        TokenVerifier hs256 =
                new Room(clock).keys(KeyFixtures.secret(secret, clock)).verifier();

        assertThat(judge(hs256, good().signedWith(secret).mint())).isInstanceOf(Verified.class);
        assertThat(judge(hs256, good().signedWith(secret).header("alg", alg).mint()))
                .isEqualTo(new Rejected(TokenProblem.WRONG_ALGORITHM));
    }

    @Test
    @DisplayName("TOK-04 a token without exp is refused")
    void tok04() {
        assertThat(judge(good().withoutClaim("exp").mint())).isEqualTo(new Rejected(TokenProblem.NO_EXPIRY));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"1999999999\"",
                "\"never\"",
                "0",
                "-1",
                "null",
                "true",
                "[1999999999]",
                "{}",
                "1e400",
                "99999999999999999999999",
                "1e999999999",
                "1e-999999999",
                "1999999999000"
            })
    @DisplayName("TOK-05 exp in any other shape than a date to come is refused")
    void tok05(String exp) {
        assertRefused(good().claimJson("exp", exp).mint());
    }

    @Test
    @DisplayName("TOK-05 exp a second ago is refused with skew 0")
    void tok05_justOver() {
        assertThat(judge(withSkew(0), good().claim("exp", now() - 1).mint()))
                .isEqualTo(new Rejected(TokenProblem.EXPIRED));
    }

    @Test
    @DisplayName("TOK-06 fractional dates are dates")
    void tok06() {
        assertAccepted(good().claimJson("exp", (now() + 300) + ".75")
                .claimJson("iat", now() + ".25")
                .mint());
        assertAccepted(
                good().claimJson("exp", "2.0e9").claimJson("auth_time", "1.5").mint());
        assertThat(judge(
                        withSkew(0), good().claimJson("exp", (now() - 1) + ".5").mint()))
                .isEqualTo(new Rejected(TokenProblem.EXPIRED));
    }

    @ParameterizedTest
    @ValueSource(strings = {"[\"x-mfa\"]", "[]", "\"x-mfa\"", "[\"exp\"]", "[\"alg\"]", "null"})
    @DisplayName("TOK-07 crit is refused, whatever it lists")
    void tok07(String crit) {
        assertThat(judge(good().headerJson("crit", crit).header("x-mfa", true).mint()))
                .isEqualTo(new Rejected(TokenProblem.UNSUPPORTED_HEADER));
    }

    @Test
    @DisplayName("TOK-09 deep nesting is refused, in parallel too, and the threads live on")
    void tok09() throws Exception {
        String deep = good().claimJson("x", "[".repeat(4000)).mint();
        String closed =
                good().claimJson("x", "[".repeat(4000) + "]".repeat(4000)).mint();
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Callable<Void>> attacks = IntStream.range(0, 50)
                    .mapToObj(i -> (Callable<Void>) () -> {
                        assertRefused(i % 2 == 0 ? deep : closed);
                        return null;
                    })
                    .toList();
            for (var attack : threads.invokeAll(attacks)) {
                attack.get();
            }
        } finally {
            threads.shutdown();
        }
        assertAccepted(good().mint());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"alg\":\"PBES2-HS256+A128KW\",\"enc\":\"A128GCM\",\"p2s\":\"AAAA\",\"p2c\":2147483647}",
                "{\"alg\":\"dir\",\"enc\":\"A256GCM\",\"zip\":\"DEF\"}"
            })
    @DisplayName("TOK-11, TOK-12 an encrypted token is no token")
    void tok11_tok12_encrypted(String header) {
        assertThat(judge(TestTokens.base64(header) + ".AA.AA.AA.AA")).isEqualTo(new Rejected(TokenProblem.MALFORMED));
    }

    @ParameterizedTest
    @ValueSource(strings = {"zip", "b64", "enc", "epk", "p2c", "p2s"})
    @DisplayName("TOK-12 a signed token that asks for more than a signature is refused")
    void tok12_signed(String member) {
        assertThat(judge(good().header(member, "DEF").mint())).isEqualTo(new Rejected(TokenProblem.UNSUPPORTED_HEADER));
    }

    @Test
    @DisplayName("TOK-13 thousands of dots are refused without being split")
    void tok13() {
        assertThat(judge(".".repeat(7000))).isEqualTo(new Rejected(TokenProblem.MALFORMED));
        assertThat(judge("a" + ".".repeat(7000) + "b")).isEqualTo(new Rejected(TokenProblem.MALFORMED));
        assertThat(judge("a.b" + ".".repeat(7000) + "b")).isEqualTo(new Rejected(TokenProblem.MALFORMED));
    }

    static Stream<String> tok14() {
        String good = good().mint();
        Stream<String> shapes =
                Stream.of("", "a.b.c", "..", ".", "eyJ.eyJ.", good + ".", "." + good, "a", "a.b", "AA.AA.AA");
        Stream<String> headers = Stream.of(
                        "null",
                        "[]",
                        "\"x\"",
                        "{}",
                        "{\"alg\":5}",
                        "{\"alg\":[\"HS256\"]}",
                        "{\"alg\":\"HS256\",\"typ\":{}}",
                        "{\"alg\":\"HS256\",\"kid\":7}",
                        "{\"alg\":\"HS256\",\"alg\":\"HS256\"}",
                        "{\"alg\":\"HS256\"}x",
                        "{\"alg\":\"HS256\",\"x\":\"" + "y".repeat(3000) + "\"}",
                        "{\"alg\":\"HS256\",\"kid\":\"" + "y".repeat(300) + "\"}")
                .map(header -> good().rawHeader(header).mint());
        Stream<String> payloads = Stream.of("null", "[]", "\"alice\"", "5", "", "\uFEFF{}", "{} {}", "{\"sub\":\"a\",}")
                .map(payload -> good().rawClaims(payload).mint());
        Stream<String> bytes = Stream.of(
                        new byte[] {(byte) 0xff, (byte) 0xfe}, new byte[] {'{', (byte) 0xc0, (byte) 0x80, '}'})
                .map(payload -> good().mintWithPayload(payload));
        return Stream.of(shapes, headers, payloads, bytes).flatMap(all -> all);
    }

    @ParameterizedTest
    @MethodSource
    @DisplayName("TOK-14 malformed tokens are refused and throw nothing")
    void tok14(String token) {
        assertRefused(token);
    }

    @ParameterizedTest
    @ValueSource(strings = {" x", "###", "\t", ", y", ";v=1", "=", "==", "~", "?", "\u00e9", "\u4e2d", "\n", "\0", "."})
    @DisplayName("TOK-15 a good token with anything behind it is not that token")
    void tok15(String tail) {
        String good = good().mint();

        assertRefused(good + tail);
        assertRefused(tail + good);
        assertAccepted(good);
    }

    @Test
    @DisplayName("TOK-15 only one text stands for a token")
    void tok15_onlyOneText() {
        String good = good().mint();
        char last = good.charAt(good.length() - 1);
        String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        int index = alphabet.indexOf(last);

        assertAccepted(good);
        for (int other = index & ~3; other < (index & ~3) + 4; other++) {
            if (other != index) {
                assertThat(judge(good.substring(0, good.length() - 1) + alphabet.charAt(other)))
                        .isEqualTo(new Rejected(TokenProblem.MALFORMED));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"jwk", "x5c", "jku", "x5u"})
    @DisplayName("TOK-17 a key in the token or behind a link in it is refused before anything is verified")
    void tok17(String member) {
        KeyPair attacker = TestKeys.rsa("attacker");
        String value = member.equals("jwk")
                ? TestKeys.jwk("a", "RS256", attacker.getPublic())
                : member.equals("x5c") ? "[\"MIIB\"]" : "\"http://127.0.0.1:1/x\"";

        assertThat(judge(good().signedWith("RS256", attacker.getPrivate())
                        .headerJson(member, value)
                        .mint()))
                .isEqualTo(new Rejected(TokenProblem.UNSUPPORTED_HEADER));
    }

    @Test
    @DisplayName("TOK-19 zero signatures verify nothing")
    void tok19() {
        KeyRotation ec = KeyFixtures.rotation(
                () -> {
                    KeyPair pair = TestKeys.ec("own", "secp256r1");
                    return new KeySource.KeySet(
                            List.of(SigningKey.of("e1", SignatureAlgorithm.ES256, pair.getPrivate(), pair.getPublic())),
                            List.of());
                },
                clock);
        TokenVerifier es256 = new Room(clock).keys(ec).verifier();
        String input = input(good().header("alg", "ES256").mint());

        assertThat(judge(es256, input + "." + TestTokens.base64(new byte[64])))
                .isEqualTo(new Rejected(TokenProblem.BAD_SIGNATURE));
        assertThat(judge(es256, input + ".MAYCAQACAQA")).isInstanceOf(Rejected.class);
        assertThat(judge(
                        es256,
                        good().signedWith(
                                        "ES256", TestKeys.ec("own", "secp256r1").getPrivate())
                                .mint()))
                .isInstanceOf(Verified.class);
        assertRefused(input(good().mint()) + ".");
        assertRefused(input(good().mint()) + "." + TestTokens.base64(new byte[32]));
    }

    @Test
    @DisplayName("TOK-21 typ is optional; JWT in any case is good; at+jwt only from trusted issuers")
    void tok21() {
        assertAccepted(good().mint());
        assertAccepted(good().header("typ", "JWT").mint());
        assertAccepted(good().header("typ", "jwt").mint());
        assertAccepted(good().header("typ", "application/jwt").mint());
        assertThat(judge(good().header("typ", "at+jwt").mint())).isEqualTo(new Rejected(TokenProblem.WRONG_TYPE));
        assertThat(judge(good().header("typ", "logout+jwt").mint())).isEqualTo(new Rejected(TokenProblem.WRONG_TYPE));
    }

    @Test
    @DisplayName("TOK-24 7.5 KB pass, more than the bound does not")
    void tok24() {
        assertAccepted(good().claim("pad", "x".repeat(5400)).mint());
        assertThat(judge(good().claim("pad", "x".repeat(13000)).mint()))
                .isEqualTo(new Rejected(TokenProblem.TOO_LARGE));
    }

    @Test
    @DisplayName("LOG-11 one skew, applied once, in the right direction")
    void log11() {
        TokenVerifier none = withSkew(0);
        TokenVerifier thirty = withSkew(30);

        assertThat(judge(none, good().claim("exp", now() - 1).mint())).isInstanceOf(Rejected.class);
        assertThat(judge(none, good().claim("exp", now()).mint())).isInstanceOf(Rejected.class);
        assertThat(judge(none, good().claim("nbf", now() + 2).mint()))
                .isEqualTo(new Rejected(TokenProblem.NOT_YET_VALID));
        assertThat(judge(none, good().claim("nbf", now()).mint())).isInstanceOf(Verified.class);
        assertThat(judge(thirty, good().claim("exp", now() - 29).mint())).isInstanceOf(Verified.class);
        assertThat(judge(thirty, good().claim("exp", now() - 31).mint())).isInstanceOf(Rejected.class);
        assertThat(judge(thirty, good().claim("nbf", now() + 29).mint())).isInstanceOf(Verified.class);
        assertThat(judge(thirty, good().claim("nbf", now() + 31).mint())).isInstanceOf(Rejected.class);
    }

    @Test
    @DisplayName("LOG-11 a fresh token is good in the millisecond of its login, skew 0")
    void log11_fresh() {
        TokenVerifier none = withSkew(0);
        TokenIssuer issuer = new Room(clock).skew(Duration.ZERO).issuer();
        for (int i = 0; i < 20; i++) {
            clock.advance(Duration.ofMillis(137));
            assertThat(judge(none, issuer.issue(Subject.named("alice")).bearer().compact()))
                    .isInstanceOf(Verified.class);
        }
    }

    @Test
    @DisplayName("CAC-01 a remembered token ends with its exp, without flapping")
    void cac01() {
        TokenVerifier verifier = withSkew(2);
        String token = good().claim("exp", now() + 3).mint();
        Instant end = Instant.ofEpochSecond(now() + 5);

        while (clock.instant().isBefore(end)) {
            assertThat(judge(verifier, token)).isInstanceOf(Verified.class);
            clock.advance(Duration.ofMillis(200));
        }
        for (int i = 0; i < 20; i++) {
            assertThat(judge(verifier, token)).isEqualTo(new Rejected(TokenProblem.EXPIRED));
            clock.advance(Duration.ofMillis(200));
        }
    }

    @Test
    @DisplayName("LOG-09 (a) an expired token does not reach renewal")
    void log09_expired() {
        assertThat(judge(withSkew(0), session().claim("exp", now() - 1).mint()))
                .isEqualTo(new Rejected(TokenProblem.EXPIRED));
        assertThat(judge(withSkew(0), session().claim("exp", now() - 3600).mint()))
                .isEqualTo(new Rejected(TokenProblem.EXPIRED));
    }

    @ParameterizedTest
    @ValueSource(strings = {"sub", "exp", "iss", "x"})
    @DisplayName("Duplicate members are refused at any level")
    void duplicates(String name) {
        String claims = "{\"sub\":\"alice\",\"iss\":\"identities-gateway\",\"exp\":" + (now() + 300) + ",\"x\":1,\""
                + name + "\":\"identities-gateway\"}";

        assertThat(judge(good().rawClaims(claims).mint())).isEqualTo(new Rejected(TokenProblem.MALFORMED_CLAIMS));
        assertThat(judge(good().claimJson("y", "[{\"a\":1,\"\\u0061\":2}]").mint()))
                .isEqualTo(new Rejected(TokenProblem.MALFORMED_CLAIMS));
    }

    @Test
    @DisplayName("An own token must be of our issuer and meant for us")
    void issuerAndAudience() {
        TokenVerifier api = new Room(clock).audience("api").verifier();

        assertThat(judge(good().claim("iss", "somebody").mint())).isEqualTo(new Rejected(TokenProblem.UNKNOWN_ISSUER));
        assertThat(judge(good().withoutClaim("iss").mint())).isEqualTo(new Rejected(TokenProblem.UNKNOWN_ISSUER));
        assertThat(judge(good().claimJson("iss", "[\"identities-gateway\"]").mint()))
                .isEqualTo(new Rejected(TokenProblem.UNKNOWN_ISSUER));
        assertThat(judge(good().claim("aud", "other").mint())).isEqualTo(new Rejected(TokenProblem.WRONG_AUDIENCE));
        assertThat(judge(api, good().claim("aud", "api").mint())).isInstanceOf(Verified.class);
        assertThat(judge(api, good().claimJson("aud", "[\"x\",\"api\"]").mint()))
                .isInstanceOf(Verified.class);
        assertThat(judge(api, good().claimJson("aud", "[\"x\"]").mint()))
                .isEqualTo(new Rejected(TokenProblem.WRONG_AUDIENCE));
        assertThat(judge(api, good().mint())).isEqualTo(new Rejected(TokenProblem.WRONG_AUDIENCE));
        assertThat(judge(api, good().claimJson("aud", "[5]").mint()))
                .isEqualTo(new Rejected(TokenProblem.MALFORMED_CLAIMS));
        assertThat(judge(api, good().claimJson("aud", "{}").mint()))
                .isEqualTo(new Rejected(TokenProblem.MALFORMED_CLAIMS));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " alice",
                "alice ",
                "al\nice",
                "al\u0000ice",
                "al\u0085ice",
                "\u2003alice",
                "\u00a0alice",
                "alice\u202f"
            })
    @DisplayName("Names that cannot be a name make the token invalid")
    void unusableNames(String name) {
        assertThat(judge(good().subject(name).mint())).isEqualTo(new Rejected(TokenProblem.UNUSABLE_NAME));
    }

    @Test
    @DisplayName("The name is unique_name, else sub; a wrong kind of it is not skipped")
    void nameClaims() {
        assertThat(name(good().claim("unique_name", "bob").mint())).isEqualTo("bob");
        assertThat(name(good().mint())).isEqualTo("alice");
        assertThat(judge(good().claim("unique_name", 5).mint())).isEqualTo(new Rejected(TokenProblem.UNUSABLE_NAME));
        assertThat(judge(good().withoutClaim("sub").mint())).isEqualTo(new Rejected(TokenProblem.UNUSABLE_NAME));
        assertThat(judge(good().claim("sub", 5).mint())).isEqualTo(new Rejected(TokenProblem.MALFORMED_CLAIMS));
    }

    @Test
    @DisplayName("Roles are an array or a blank-separated text; control characters in one make the token invalid")
    void roles() {
        assertThat(accepted(good().roles("admin", "a b").mint()).subject().roles())
                .containsExactly("admin", "a b");
        assertThat(accepted(good().claim("roles", " admin  user ").mint())
                        .subject()
                        .roles())
                .containsExactly("admin", "user");
        assertThat(accepted(good().claim("roles", " ").mint()).subject().roles())
                .isEmpty();
        assertThat(accepted(good().claimJson("roles", "[1,\"\",\"x\"]").mint())
                        .subject()
                        .roles())
                .containsExactly("x");
        assertThat(accepted(good().claim("roles", 5).mint()).subject().roles()).isEmpty();
        assertThat(judge(good().roles("ad\nmin").mint())).isEqualTo(new Rejected(TokenProblem.UNUSABLE_NAME));
    }

    @ParameterizedTest
    @ValueSource(strings = {"jti", "sid"})
    @DisplayName("jti and sid are texts of 1 to 128 bytes")
    void ids(String claim) {
        assertAccepted(good().claim(claim, "x".repeat(128)).mint());
        for (Object value : Arrays.asList("x".repeat(129), "\u00e9".repeat(65), "", 5, true)) {
            assertThat(judge(good().claim(claim, value).mint())).isEqualTo(new Rejected(TokenProblem.MALFORMED_CLAIMS));
        }
        assertThat(judge(good().claim(claim, null).mint())).isEqualTo(new Rejected(TokenProblem.MALFORMED_CLAIMS));
    }

    @Test
    @DisplayName("A null claim is no claim, and no mapped one")
    void nullClaims() {
        assertThat(accepted(good().claim("tenant", null).claim("dept", "x").mint())
                        .subject()
                        .claims())
                .containsExactly(Map.entry("dept", "x"));
    }

    @Test
    @DisplayName("Required claims must be there")
    void requiredClaims() {
        TokenVerifier strict = new Room(clock).requiredClaims("tenant").verifier();

        assertThat(judge(strict, good().mint())).isEqualTo(new Rejected(TokenProblem.MISSING_CLAIM));
        assertThat(judge(strict, good().claim("tenant", null).mint()))
                .isEqualTo(new Rejected(TokenProblem.MISSING_CLAIM));
        assertThat(judge(strict, good().claim("tenant", "t1").mint())).isInstanceOf(Verified.class);
    }

    @Test
    @DisplayName("A kid that is not ours is an unknown key; ours, or none, is tried")
    void kid() {
        assertThat(judge(good().header("kid", "x").mint())).isEqualTo(new Rejected(TokenProblem.UNKNOWN_KEY));
        assertAccepted(good().header("kid", "default").mint());
    }

    @Test
    @DisplayName("A token without jti is known by the digest of its signing input and issuer")
    void tokenId() {
        String id = accepted(good().mint()).tokenId();

        assertThat(id).hasSize(43).isEqualTo(accepted(good().mint()).tokenId());
        assertThat(accepted(good().subject("bob").mint()).tokenId()).isNotEqualTo(id);
        assertThat(accepted(good().claim("jti", "j1").mint()).tokenId()).isEqualTo("j1");
    }

    @Test
    @DisplayName("A remembered token is refused as soon as it is revoked, and good again for nobody")
    void revokedWhileRemembered() {
        RevocationStore revocations = TokenFixtures.revocations(clock);
        TokenVerifier verifier = TokenFixtures.verifier(clock, revocations);
        String token = session().mint();
        AccessToken access = ((Verified) judge(verifier, token)).token();

        revocations.revoke(TokenFixtures.terms().revocationOf(access)).subscribe();

        assertThat(judge(verifier, token)).isEqualTo(new Rejected(TokenProblem.REVOKED));
        assertThat(verifier.stillHolds(access)).isFalse();
    }

    @Test
    @DisplayName("Concurrent first uses of one token verify it once, and a bad token is verified anew each time")
    void verifiedOnce() throws Exception {
        CountingRevocations counting = new CountingRevocations();
        CountingOrigin origin = new CountingOrigin(clock);
        TokenVerifier verifier = new TokenVerifier(List.of(origin), counting, 16384, 1 << 20, Duration.ZERO, clock);
        String token = good().mint();
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            var uses = IntStream.range(0, 64)
                    .mapToObj(i -> (Callable<TokenVerification>) () -> judge(verifier, token))
                    .toList();
            for (var use : threads.invokeAll(uses)) {
                assertThat(use.get()).isInstanceOf(Verified.class);
            }
        } finally {
            threads.shutdown();
        }
        assertThat(origin.rulesAsked.get()).isEqualTo(2);
        assertThat(counting.asked.get()).isEqualTo(64);
        assertThat(verifier.remembered()).isEqualTo(1);

        String bad = token.substring(0, token.length() - 6) + "AAAAAA";
        judge(verifier, bad);
        judge(verifier, bad);
        assertThat(origin.rulesAsked.get()).isEqualTo(4);
        assertThat(verifier.remembered()).isEqualTo(1);
    }

    @Test
    @DisplayName("What is remembered is bounded, and zero remembers nothing")
    void bounded() {
        TokenVerifier small = new Room(clock).maxRemembered(10_000).verifier();
        TokenVerifier none = new Room(clock).maxRemembered(0).verifier();
        for (int i = 0; i < 500; i++) {
            String token = good().subject("user" + i).mint();
            assertThat(judge(small, token)).isInstanceOf(Verified.class);
            assertThat(judge(none, token)).isInstanceOf(Verified.class);
        }
        assertThat(small.remembered()).isBetween(1L, 20L);
        assertThat(none.remembered()).isZero();
    }

    private TokenVerifier withSkew(long seconds) {
        return new Room(clock).skew(Duration.ofSeconds(seconds)).verifier();
    }

    private static TestTokens good() {
        return TestTokens.token();
    }

    private TestTokens session() {
        return TestTokens.sessionToken(clock.instant(), "0199-sid");
    }

    private long now() {
        return clock.instant().getEpochSecond();
    }

    private void assertRefused(String token) {
        assertThat(judge(token)).isInstanceOf(Rejected.class);
    }

    private void assertAccepted(String token) {
        assertThat(judge(token)).isInstanceOf(Verified.class);
    }

    private AccessToken accepted(String token) {
        return ((Verified) judge(token)).token();
    }

    private String name(String token) {
        return accepted(token).subject().name();
    }

    private TokenVerification judge(String token) {
        return judge(verifier, token);
    }

    private static TokenVerification judge(TokenVerifier verifier, String token) {
        @Nullable TokenVerification verdict = verifier.verifyAtOnce(new BearerToken(token));
        return Objects.requireNonNull(verdict);
    }

    private static String input(String token) {
        return token.substring(0, token.lastIndexOf('.'));
    }
}
