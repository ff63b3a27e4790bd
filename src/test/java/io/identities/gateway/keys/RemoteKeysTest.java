package io.identities.gateway.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.identities.gateway.audit.SecurityEvent;
import io.identities.gateway.audit.SecurityEvent.Outcome;
import io.identities.gateway.audit.SecurityEvents;
import io.identities.gateway.testing.JwksEndpoint;
import io.identities.gateway.testing.MutableClock;
import io.identities.gateway.testing.TestKeys;
import java.net.URI;
import java.security.KeyPair;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.transport.NameResolverProvider;
import reactor.netty.transport.ProxyProvider;
import reactor.test.StepVerifier;

@Timeout(60)
class RemoteKeysTest {

    private static final String ONE =
            TestKeys.jwk("k1", "RS256", TestKeys.rsa("issuer").getPublic());
    private static final String TWO =
            TestKeys.jwk("k2", "ES256", TestKeys.ec("issuer", "secp256r1").getPublic());

    private final MutableClock clock = MutableClock.startingNow();
    private final List<SecurityEvent> events = new CopyOnWriteArrayList<>();
    private final JwksEndpoint endpoint = JwksEndpoint.start();
    private final RemoteKeys keys = keys(endpoint.uri());

    @AfterEach
    void stop() {
        endpoint.close();
    }

    @Test
    void nameOfAnIssuerIsBelievedForTenSecondsAtMostAndLeftToAProxy() {
        HttpClient client = HttpClient.newConnection();
        HttpClient behindProxy = client.proxy(
                proxy -> proxy.type(ProxyProvider.Proxy.HTTP).host("proxy.test").port(3128));

        assertThat(HttpJwksFetch.following(client).configuration().getNameResolverProvider())
                .returns(Duration.ofSeconds(10), NameResolverProvider::cacheMaxTimeToLive);
        assertThat(HttpJwksFetch.following(behindProxy)).isSameAs(behindProxy);
    }

    @Test
    void askedWithoutKeysItFetchesOnceForAllWhoAsk() {
        endpoint.answer(TestKeys.jwkSet(ONE)).delay(Duration.ofMillis(300));

        StepVerifier.create(Flux.range(0, 500).flatMap(i -> keys.ask(), 500).then())
                .expectComplete()
                .verify(Duration.ofSeconds(10));

        assertThat(endpoint.count()).isEqualTo(1);
        assertThat(kids()).containsExactly("k1");
        assertThat(keys.confirmedAt()).isEqualTo(clock.instant());
        assertThat(events).containsExactly(new SecurityEvent.JwksFetch(Outcome.ACCEPTED, "changed", "idp"));
    }

    @Test
    void itFetchesAnewLongBeforeTheKeysAreTooOldAndKeepsTheObjectWhereNothingChanges() {
        endpoint.answer(TestKeys.jwkSet(ONE));
        tick(1);
        VerificationKeys first = keys.current();

        keys.tick();
        clock.advance(Duration.ofMinutes(5).minusMillis(1));
        keys.tick();
        assertThat(endpoint.count()).isEqualTo(1);
        clock.advance(Duration.ofMillis(1));
        tick(2);
        assertThat(keys.current()).isSameAs(first);
        assertThat(events).last().isEqualTo(new SecurityEvent.JwksFetch(Outcome.ACCEPTED, "unchanged", "idp"));
    }

    @Test
    void aStaleLimitAsShortAsTheIntervalLeavesNobodyWithoutKeys() {
        Duration limit = Duration.ofMinutes(5);

        assertThat(new FetchLimits(limit, limit, limit).refreshPause()).isEqualTo(limit.dividedBy(2));
        assertThat(new FetchLimits(limit, limit.multipliedBy(2), limit).refreshPause())
                .isEqualTo(limit);
        assertThat(new FetchLimits(limit, limit.multipliedBy(144), limit).refreshPause())
                .isEqualTo(limit);
    }

    @Test
    @DisplayName("CAC-06 a flood of unknown names causes one fetch per cool-down and blocks nobody with known ones")
    void cac06() {
        endpoint.answer(TestKeys.jwkSet(ONE));
        tick(1);
        endpoint.delay(Duration.ofMillis(300));

        assertThat(keys.mayBeAsked()).isTrue();
        Mono<Void> flood = Flux.range(0, 500).flatMap(i -> keys.ask(), 500).then();
        StepVerifier.create(flood)
                .then(() -> assertThat(keys.current()).as("known meanwhile").isNotNull())
                .expectComplete()
                .verify(Duration.ofSeconds(10));
        assertThat(keys.mayBeAsked()).isFalse();
        StepVerifier.create(keys.ask()).expectComplete().verify(Duration.ofMillis(250));
        assertThat(endpoint.count()).isEqualTo(2);

        clock.advance(Duration.ofSeconds(30));
        assertThat(keys.mayBeAsked()).isTrue();
        keys.ask().subscribe();
        await().pollInterval(Duration.ofMillis(5)).until(() -> endpoint.count() == 3);
    }

    @Test
    @DisplayName("CAC-08 a new key is found as soon as it is asked for, an old one is good until it is withdrawn")
    void cac08() {
        endpoint.answer(TestKeys.jwkSet(ONE));
        tick(1);
        endpoint.answer(TestKeys.jwkSet(ONE, TWO));
        // Whoever asks a moment too early joins the first fetch, which costs nobody the cool-down.
        await().pollInterval(Duration.ofMillis(5)).untilAsserted(() -> {
            StepVerifier.create(keys.ask()).expectComplete().verify(Duration.ofSeconds(10));
            assertThat(kids()).containsExactly("k1", "k2");
        });

        endpoint.answer(TestKeys.jwkSet(TWO));
        clock.advance(Duration.ofMinutes(5));
        tick(3);
        await().pollInterval(Duration.ofMillis(5))
                .untilAsserted(() -> assertThat(kids()).containsExactly("k2"));
    }

    @Test
    @DisplayName("CAC-08 a new key is found though a fetch is under way that was sent before the issuer had it")
    void cac08_underWay() {
        endpoint.answer(TestKeys.jwkSet(ONE));
        tick(1);
        clock.advance(Duration.ofMinutes(5));
        endpoint.delay(Duration.ofMillis(300));
        tickUntil(() -> endpoint.count() == 2);
        endpoint.delay(Duration.ZERO).answer(TestKeys.jwkSet(ONE, TWO));

        StepVerifier.create(keys.ask()).expectComplete().verify(Duration.ofSeconds(10));

        assertThat(kids()).containsExactly("k1", "k2");
        assertThat(endpoint.count()).isEqualTo(3);
    }

    @Test
    void nobodyWhoKnowsKeysWaitsTwiceForAnIssuerThatIsDown() {
        endpoint.answer(TestKeys.jwkSet(ONE));
        tick(1);
        clock.advance(Duration.ofMinutes(5));
        endpoint.delay(Duration.ofSeconds(1)).status(500);
        tickUntil(() -> endpoint.count() == 2);

        StepVerifier.create(keys.ask()).expectComplete().verify(Duration.ofSeconds(10));

        assertThat(endpoint.count()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"keys\":[]}",
                "{\"keys\":null}",
                "{\"keys\":5}",
                "{\"keys\":[null]}",
                "{\"keys\":[\"x\"]}",
                "{}",
                "",
                "null",
                "<html><body>Login</body></html>",
                "{\"keys\":[{\"kty\":\"oct\",\"kid\":\"k1\",\"k\":\"AAAA\"}]}",
                "{\"keys\":[{\"kty\":\"XYZ\",\"kid\":\"k1\"}]}",
                "{\"keys\":[{\"kty\":5}]}",
                "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AAAA\",\"y\":\"AAAA\"}]}"
            })
    @DisplayName("CAC-09 an odd set leaves the last good one")
    void cac09_oddSets(String body) {
        endpoint.answer(TestKeys.jwkSet(ONE));
        tick(1);
        endpoint.answer(body);
        clock.advance(Duration.ofMinutes(5));
        tick(2);

        assertThat(kids()).containsExactly("k1");
        assertThat(keys.isFailing()).isTrue();
        assertThat(events).last().isEqualTo(new SecurityEvent.JwksFetch(Outcome.REFUSED, "unusable_set", "idp"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "\"x\"", "5", "true", "[]", "[{}]", "{}", "{\"kty\":\"EC\",\"kid\":5}"})
    @DisplayName("CAC-09 an entry that is no key takes no other with it")
    void cac09_oddEntries(String entry) {
        RemoteKeySet set = RemoteKeySet.parse(
                TestKeys.jwkSet(entry, ONE, entry), Set.of(SignatureAlgorithm.RS256, SignatureAlgorithm.ES256));

        assertThat(set.keys()).extracting(VerificationKey::id).containsExactly("k1");
        assertThat(set.passedOver()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"key_ops\":[\"verify\",\"connect\"]",
                "\"use\":\"sig\",\"key_ops\":[\"verify\",\"wrapKey\"]",
                "\"x5c\":[\"AAAA\"]",
                "\"x5c\":[\"not base64\"]",
                "\"x5c\":[]",
                "\"x5c\":5",
                "\"x5t\":5",
                "\"x5t#S256\":\"?\"",
                "\"x5u\":\"not an address\"",
                "\"exp\":\"never\"",
                "\"revoked\":\"no\"",
                "\"d\":null",
                "\"name\":[null]"
            })
    void whatElseIsSaidOfAKeyMakesItNoWorse(String more) {
        String key = "{\"kid\":\"k1\",\"alg\":\"RS256\"," + more + ","
                + TestKeys.jwkMembers(TestKeys.rsa("issuer").getPublic()) + "}";

        RemoteKeySet set = RemoteKeySet.parse(TestKeys.jwkSet(key), Set.of(SignatureAlgorithm.RS256));

        assertThat(set.keys()).extracting(VerificationKey::id).containsExactly("k1");
        assertThat(set.passedOver()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"use\":\"enc\",\"key_ops\":[\"verify\"]",
                "\"use\":5",
                "\"key_ops\":[]",
                "\"key_ops\":[\"sign\"]",
                "\"key_ops\":\"verify\"",
                "\"d\":5",
                "\"k\":\"AAAA\"",
                "\"oth\":[]"
            })
    void keyForAnotherPurposeOrWithSomethingPrivateIsPassedOver(String more) {
        String key = "{\"kid\":\"k0\",\"alg\":\"RS256\"," + more + ","
                + TestKeys.jwkMembers(TestKeys.rsa("issuer").getPublic()) + "}";

        RemoteKeySet set = RemoteKeySet.parse(TestKeys.jwkSet(key, ONE), Set.of(SignatureAlgorithm.RS256));

        assertThat(set.keys()).extracting(VerificationKey::id).containsExactly("k1");
        assertThat(set.passedOver()).isEqualTo(1);
    }

    @Test
    @DisplayName("CAC-09 nesting without end is an odd set like any other")
    void cac09_nesting() {
        cac09_oddSets("{\"keys\":" + "[".repeat(400_000));
    }

    @Test
    @DisplayName("CAC-09 none, secrets beside keys, a name twice and crowds make a set odd")
    void cac09_refusedWhole() {
        String none = "{\"kty\":\"RSA\",\"alg\":\"none\",\"kid\":\"n\","
                + TestKeys.jwkMembers(TestKeys.rsa("issuer").getPublic()).substring(12) + "}";
        String oct = "{\"kty\":\"oct\",\"kid\":\"s\",\"k\":\"AAAA\"}";
        String twice = TestKeys.jwk("k1", "RS256", TestKeys.rsa("other").getPublic());
        String[] crowd = new String[101];
        Arrays.fill(crowd, "{\"kty\":\"XYZ\"}");
        for (String set : List.of(
                TestKeys.jwkSet(ONE, none),
                TestKeys.jwkSet(ONE, oct),
                TestKeys.jwkSet(ONE, twice),
                TestKeys.jwkSet(crowd))) {
            endpoint.answer(set);
            int before = endpoint.count();
            clock.advance(Duration.ofMinutes(5));
            tick(before + 1);
            assertThat(keys.current()).as(set).isNull();
        }
    }

    @Test
    void keysForOtherPurposesOfOtherKindsDamagedOrTooWeakArePassedOver() {
        String members = TestKeys.jwkMembers(TestKeys.rsa("issuer").getPublic());
        String weak = TestKeys.jwk("weak", "RS256", TestKeys.rsa("weak", 1024).getPublic());
        String encryption = "{\"kid\":\"enc\",\"use\":\"enc\",\"alg\":\"RSA-OAEP\"," + members + "}";
        String otherAlg = "{\"kid\":\"ps\",\"alg\":\"PS256\"," + members + "}";
        String operations = "{\"kid\":\"ops\",\"key_ops\":[\"encrypt\"]," + members + "}";
        String unnamed = "{" + TestKeys.jwkMembers(TestKeys.ed25519("issuer").getPublic()) + "}";
        String noAlg = "{\"kid\":\"plain\"," + members + "}";
        String p384 = "{\"kid\":\"p384\","
                + TestKeys.jwkMembers(TestKeys.ec("issuer", "secp384r1").getPublic()) + "}";
        String p256 = "{\"kid\":\"p256\","
                + TestKeys.jwkMembers(TestKeys.ec("issuer", "secp256r1").getPublic()) + "}";
        String published = "{\"kid\":\"published\",\"alg\":\"RS256\",\"d\":\"AQAB\"," + members + "}";
        String odd = "{\"kid\":\"odd\",\"oth\":[{}]," + members + "}";
        String empty = "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"empty\",\"x\":\"\"}";
        String future = "{\"kty\":\"AKP\",\"alg\":\"ML-DSA-44\",\"kid\":\"pq\",\"pub\":\"AAAA\"}";
        endpoint.answer(TestKeys.jwkSet(
                weak, encryption, otherAlg, operations, unnamed, noAlg, p384, p256, published, odd, empty, future));
        tick(1);

        assertThat(keys.current().all())
                .extracting(VerificationKey::toString)
                .containsExactly(
                        "VerificationKey[null, Ed25519]",
                        "VerificationKey[plain, RS256]",
                        "VerificationKey[p256, ES256]");
    }

    @Test
    void aKeyWithoutAlgorithmStandsForEveryConfiguredOneThatFits() {
        String noAlg = "{\"kid\":\"plain\","
                + TestKeys.jwkMembers(TestKeys.rsa("issuer").getPublic()) + "}";

        List<VerificationKey> both = RemoteKeySet.parse(
                        TestKeys.jwkSet(noAlg), Set.of(SignatureAlgorithm.PS256, SignatureAlgorithm.RS256))
                .keys();

        VerificationKeys set = new VerificationKeys(both);
        assertThat(set.candidates("plain", SignatureAlgorithm.RS256)).hasSize(1);
        assertThat(set.candidates("plain", SignatureAlgorithm.PS256)).hasSize(1);
        assertThat(set.candidates("plain", SignatureAlgorithm.RS512)).isEmpty();
        assertThat(set.candidates(null, SignatureAlgorithm.RS256)).hasSize(1);
    }

    @Test
    @DisplayName("One key may stand under its name once for each algorithm, as ForgeRock AM publishes it")
    void oneKeyForSeveralAlgorithms() {
        KeyPair pair = TestKeys.rsa("issuer");
        String rs256 = TestKeys.jwk("k1", "RS256", pair.getPublic());
        String rs512 = TestKeys.jwk("k1", "RS512", pair.getPublic());

        List<VerificationKey> both = RemoteKeySet.parse(
                        TestKeys.jwkSet(rs256, rs512, rs256),
                        Set.of(SignatureAlgorithm.RS256, SignatureAlgorithm.RS512))
                .keys();

        VerificationKeys set = new VerificationKeys(both);
        assertThat(set.all()).hasSize(2);
        assertThat(set.candidates("k1", SignatureAlgorithm.RS256)).hasSize(1);
        assertThat(set.candidates("k1", SignatureAlgorithm.RS512)).hasSize(1);
    }

    @Test
    void keysInAnotherOrderAreTheSameKeys() {
        endpoint.answer(TestKeys.jwkSet(ONE, TWO));
        tick(1);
        VerificationKeys first = keys.current();
        endpoint.answer(TestKeys.jwkSet(TWO, ONE));
        clock.advance(Duration.ofMinutes(5));
        tick(2);

        assertThat(keys.current()).isSameAs(first);
        assertThat(events).last().isEqualTo(new SecurityEvent.JwksFetch(Outcome.ACCEPTED, "unchanged", "idp"));
    }

    @Test
    void aTokenWithoutNameIsTriedWithAtMostEightKeys() {
        KeyPair pair = TestKeys.ec("issuer", "secp256r1");
        VerificationKeys set = new VerificationKeys(IntStream.range(0, 20)
                .mapToObj(i -> VerificationKey.of("k" + i, SignatureAlgorithm.ES256, pair.getPublic()))
                .toList());

        assertThat(set.candidates(null, SignatureAlgorithm.ES256)).hasSize(8);
        assertThat(set.candidates("k19", SignatureAlgorithm.ES256)).hasSize(1);
        assertThat(set.candidates("k19", SignatureAlgorithm.ES384)).isEmpty();
        assertThat(set.candidates("x", SignatureAlgorithm.ES256)).isEmpty();
    }

    @Test
    @DisplayName("CAC-09 errors, silence, floods and redirects leave the last good set")
    void cac09_badAnswers() {
        endpoint.answer(TestKeys.jwkSet(ONE));
        tick(1);

        endpoint.status(500);
        assertRefused("bad_status");
        endpoint.status(302).header("Location", "file:///etc/passwd");
        assertRefused("bad_status");
        endpoint.status(302).header("Location", endpoint.uri().toString());
        int before = endpoint.count();
        assertRefused("bad_status");
        assertThat(endpoint.count()).as("not followed").isEqualTo(before + 1);
        endpoint.status(200).answer("{\"keys\":[" + " ".repeat(5_000_000));
        assertRefused("too_large");
        endpoint.answer(TestKeys.jwkSet(ONE)).delay(Duration.ofSeconds(30));
        assertRefused("timeout");
        endpoint.close();
        assertRefused("unreachable");
        assertThat(kids()).containsExactly("k1");
    }

    @Test
    void aSetMayComeInGzipButCountsByItsWholeSize() {
        endpoint.answerInGzip(TestKeys.jwkSet(ONE));
        tick(1);
        assertThat(kids()).containsExactly("k1");

        endpoint.answerInGzip("{\"keys\":[" + " ".repeat(5_000_000));
        assertRefused("too_large");
    }

    @Test
    void nothingThatComesFromAnIssuerMovesTheCursorOrEndsALine() {
        endpoint.answer(TestKeys.jwkSet(
                TestKeys.jwk("a\\nb", "RS256", TestKeys.rsa("issuer").getPublic())));
        tick(1);

        assertThat(String.valueOf(keys.current().all())).isEqualTo("[VerificationKey[a\\u000ab, RS256]]");
        assertThat(JwksFetchFailure.describe(new IllegalArgumentException("invalid version: \u001b[31m")))
                .isEqualTo("java.lang.IllegalArgumentException: invalid version: \\u001b[31m");
    }

    @Test
    void keysThatCannotBeConfirmedForTooLongCountNoMore() {
        endpoint.answer(TestKeys.jwkSet(ONE));
        tick(1);
        endpoint.status(500);
        clock.advance(Duration.ofHours(12));
        assertThat(keys.current()).isNotNull();
        clock.advance(Duration.ofMillis(1));
        assertThat(keys.current()).isNull();
        assertThat(keys.confirmedAt()).isNotNull();
        assertThat(keys(endpoint.uri()).confirmedAt()).isNull();
    }

    @Test
    @DisplayName("CAC-05 whoever asks first after an outage gets keys; nobody has to wait for a back-off")
    void cac05() {
        endpoint.status(500);
        for (int i = 0; i < 4; i++) {
            int before = endpoint.count();
            StepVerifier.create(keys.ask()).expectComplete().verify(Duration.ofSeconds(10));
            assertThat(endpoint.count()).isEqualTo(before + 1);
            assertThat(keys.current()).isNull();
        }
        endpoint.status(200).answer(TestKeys.jwkSet(ONE));
        StepVerifier.create(keys.ask()).expectComplete().verify(Duration.ofSeconds(10));

        assertThat(kids()).containsExactly("k1");
        assertThat(keys.isFailing()).isFalse();
    }

    @Test
    @DisplayName(
            "CAC-05 whoever asks first after an issuer was silent gets keys, though a fetch of before is still waiting")
    void cac05_silence() {
        endpoint.delay(Duration.ofSeconds(30));
        keys.ask().subscribe();
        await().pollInterval(Duration.ofMillis(5)).until(() -> endpoint.count() == 1);
        endpoint.delay(Duration.ZERO).answer(TestKeys.jwkSet(ONE));

        StepVerifier.create(keys.ask()).expectComplete().verify(Duration.ofSeconds(10));

        assertThat(kids()).containsExactly("k1");
        assertThat(endpoint.count()).isEqualTo(2);
    }

    @Test
    void failuresAreTriedAgainEverMoreSlowly() {
        endpoint.status(500);
        tick(1);
        clock.advance(Duration.ofMillis(999));
        keys.tick();
        assertThat(endpoint.count()).isEqualTo(1);
        int expected = 1;
        for (long pause : new long[] {1, 2, 4, 8, 16, 30, 30, 30, 30, 30, 30, 30}) {
            clock.advance(Duration.ofSeconds(pause));
            tick(++expected);
        }
        assertThat(events).hasSize(expected);
    }

    @Test
    void aClockThatIsSetBackPutsOffNoFetch() {
        endpoint.answer(TestKeys.jwkSet(ONE));
        tick(1);
        // The first one may still be in the way.
        await().until(() -> {
            StepVerifier.create(keys.ask()).expectComplete().verify(Duration.ofSeconds(10));
            return !keys.mayBeAsked();
        });
        clock.advance(Duration.ofDays(-1));

        assertThat(keys.mayBeAsked()).as("for an unknown name").isTrue();
        tick(3);
        clock.advance(Duration.ofMinutes(5));
        tick(4);
    }

    @Test
    void aClockThatIsSetBackLetsNobodyWaitForKeys() {
        endpoint.status(500);
        tick(1);
        clock.advance(Duration.ofDays(-1));
        endpoint.status(200).answer(TestKeys.jwkSet(ONE));

        await().untilAsserted(() -> {
            StepVerifier.create(keys.ask()).expectComplete().verify(Duration.ofSeconds(5));
            assertThat(keys.current()).isNotNull();
        });
    }

    private void assertRefused(String reason) {
        int before = events.size();
        clock.advance(Duration.ofMinutes(5));
        tickUntil(() -> events.size() == before + 1);
        assertThat(events).last().isEqualTo(new SecurityEvent.JwksFetch(Outcome.REFUSED, reason, "idp"));
    }

    private void tick(int expectedFetches) {
        tickUntil(() -> endpoint.count() == expectedFetches && events.size() == expectedFetches);
    }

    /** More than once: the event of a fetch comes a moment before it makes way for the next one. */
    private void tickUntil(BooleanSupplier done) {
        await().pollInterval(Duration.ofMillis(5)).until(() -> {
            keys.tick();
            return done.getAsBoolean();
        });
    }

    private List<String> kids() {
        return keys.current().all().stream().map(VerificationKey::id).toList();
    }

    private RemoteKeys keys(URI uri) {
        return new RemoteKeys(
                "idp",
                new HttpJwksFetch(uri, Duration.ofSeconds(2), 512 * 1024),
                Set.of(SignatureAlgorithm.RS256, SignatureAlgorithm.ES256, SignatureAlgorithm.ED25519),
                new FetchLimits(Duration.ofMinutes(5), Duration.ofHours(12), Duration.ofSeconds(30)),
                clock,
                new SecurityEvents(List.of(events::add)));
    }
}
