package io.identities.gateway.token;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.identities.gateway.testing.MutableClock;
import io.identities.gateway.testing.TestTokens;
import io.identities.gateway.token.TokenVerification.Rejected;
import io.identities.gateway.token.TokenVerification.Verified;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;

/**
 * Nothing but a verdict ever comes out, and what is not the token is not taken for it. The number of tries can be raised
 * for a longer run: {@code -Djqwik.tries.default=1000000}.
 */
class TokenFuzzTest {

    private final MutableClock clock = MutableClock.startingNow();
    private final TokenVerifier verifier = TokenFixtures.verifier(clock);
    private final String good = TestTokens.sessionToken(clock.instant(), "0199-sid")
            .claimJson("x", "{\"a\":[1,2.5e3,\"\\u00e9\",null,true]}")
            .mint();

    @Property
    void anyTextIsRefused(@ForAll String text) {
        assertThat(judge(text)).isInstanceOf(Rejected.class);
    }

    @Property
    void anyThreePartsAreRefused(
            @ForAll("parts") String header, @ForAll("parts") String payload, @ForAll("parts") String end) {
        assertThat(judge(header + "." + payload + "." + end)).isInstanceOf(Rejected.class);
    }

    @Property
    void aChangedTokenIsRefused(@ForAll @IntRange(max = 100_000) int place, @ForAll char other) {
        int at = place % good.length();
        String changed = good.substring(0, at) + other + good.substring(at + 1);

        assertThat(judge(changed)).isInstanceOf(changed.equals(good) ? Verified.class : Rejected.class);
    }

    @Property
    void aTokenWithSomethingInsertedOrCutIsRefused(
            @ForAll @IntRange(max = 100_000) int place,
            @ForAll @Size(max = 3) List<Character> inserted,
            @ForAll @IntRange(max = 4) int cut) {
        int at = place % good.length();
        StringBuilder text = new StringBuilder(good.substring(0, at));
        inserted.forEach(text::append);
        String changed =
                text.append(good.substring(Math.min(good.length(), at + cut))).toString();

        assertThat(judge(changed)).isInstanceOf(changed.equals(good) ? Verified.class : Rejected.class);
    }

    @Property
    void signedBytesOfAnyKindGetAVerdict(@ForAll @Size(max = 200) byte[] payload) {
        assertThat(judge(TestTokens.token().mintWithPayload(payload))).isInstanceOf(Rejected.class);
    }

    @Property
    void signedClaimsOfAnyKindGetAVerdict(
            @ForAll("objects") Map<String, Object> claims, @ForAll("objects") Map<String, Object> header) {
        Map<String, Object> whole = new LinkedHashMap<>(header);
        whole.putIfAbsent("alg", "HS256");
        TokenVerification verdict = judge(TestTokens.token()
                .rawHeader(JsonText.of(whole))
                .rawClaims(JsonText.of(claims))
                .mint());

        assertThat(verdict).isInstanceOfAny(Rejected.class, Verified.class);
        if (verdict instanceof Verified verified) {
            assertThat(claims).containsEntry("iss", TestTokens.ISSUER).containsKey("exp");
            assertThat(verified.token().subject().name()).isNotBlank();
        }
    }

    @Property
    void jsonThatIsWrittenIsReadBack(@ForAll("objects") Map<String, Object> object) {
        assertThat(StrictJson.readObject(JsonText.of(object))).isEqualTo(object);
    }

    @Property
    void jsonWithAnyByteChangedIsReadOrRefused(@ForAll("objects") Map<String, Object> object, @ForAll long seed) {
        byte[] json = JsonText.of(object).getBytes(UTF_8);
        Random random = new Random(seed);
        for (int i = 0; i < 3; i++) {
            json[random.nextInt(json.length)] = (byte) random.nextInt(256);
        }
        Map<String, @Nullable Object> read = StrictJson.readObject(json);

        if (read != null) {
            assertThat(StrictJson.readObject(JsonText.of(read))).isEqualTo(read);
        }
    }

    @Property
    void base64urlIsReadExactlyAsItIsWritten(@ForAll @Size(max = 100) byte[] bytes) {
        byte[] text = Base64Url.encode(bytes).getBytes(UTF_8);

        assertThat(Base64Url.decode(text, 0, text.length)).isEqualTo(bytes);
    }

    @Property
    void base64urlTakesOneTextForAnyBytes(@ForAll("parts") String text) {
        byte[] ascii = text.getBytes(UTF_8);
        byte[] decoded = Base64Url.decode(ascii, 0, ascii.length);

        if (decoded != null) {
            assertThat(Base64.getUrlEncoder().withoutPadding().encodeToString(decoded))
                    .isEqualTo(text);
        }
    }

    @Provide
    Arbitrary<String> parts() {
        return Arbitraries.strings()
                .withChars("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
                .withChars("+/=~. ")
                .ofMaxLength(60);
    }

    @Provide
    Arbitrary<Map<String, Object>> objects() {
        Arbitrary<String> names = Arbitraries.of(
                        "iss",
                        "sub",
                        "aud",
                        "exp",
                        "nbf",
                        "iat",
                        "jti",
                        "sid",
                        "auth_time",
                        "roles",
                        "unique_name",
                        "alg",
                        "typ",
                        "kid",
                        "crit",
                        "zip",
                        "jku")
                .edgeCases(edges -> edges.none());
        Arbitrary<Object> values = Arbitraries.lazyOf(
                () -> Arbitraries.of("HS256", "JWT", "alice", "default", TestTokens.ISSUER, "", " ")
                        .map(text -> (Object) text),
                () -> Arbitraries.strings()
                        .ofMaxLength(20)
                        .filter(TokenFuzzTest::isWellFormed)
                        .map(text -> (Object) text),
                () -> Arbitraries.longs().between(-1000, 999_999_999_999L).map(number -> (Object) number),
                () -> Arbitraries.of(true, false).map(flag -> (Object) flag),
                () -> Arbitraries.bigDecimals().ofScale(3).map(number -> (Object) number),
                () -> Arbitraries.just(clock.instant().getEpochSecond() + 100).map(number -> (Object) number),
                () -> Arbitraries.of("a", "b").list().ofMaxSize(3).map(list -> (Object) list));
        return Combinators.combine(Arbitraries.maps(names, values).ofMaxSize(10), Arbitraries.of(true, false))
                .as((members, plausible) -> {
                    Map<String, Object> object = new LinkedHashMap<>(members);
                    if (plausible) {
                        object.put("iss", TestTokens.ISSUER);
                        object.put("exp", clock.instant().getEpochSecond() + 100);
                        object.putIfAbsent("sub", "alice");
                    }
                    return object;
                });
    }

    private static boolean isWellFormed(String text) {
        return new String(text.getBytes(UTF_8), UTF_8).equals(text);
    }

    private TokenVerification judge(String token) {
        return Objects.requireNonNull(verifier.verifyAtOnce(new BearerToken(token)));
    }
}
