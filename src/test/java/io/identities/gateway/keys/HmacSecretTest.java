package io.identities.gateway.keys;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.identities.gateway.testing.TestKeys;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class HmacSecretTest {

    /** Self-signed, of Ed25519. */
    private static final String CERTIFICATE =
            "MIIBNjCB6aADAgECAhR9kMrudemSKKr29y5mn89rAwHfEDAFBgMrZXAwETEPMA0GA1UEAwwGaXNzdWVyMB4XDTI2"
                    + "MTEyNzE1NDE1M1oXDTI2MTEyODE1NDE1M1owETEPMA0GA1UEAwwGaXNzdWVyMCowBQYDK2VwAyEAIme7ZeWkBS09"
                    + "E9MHruUDt29I9pQJ65bWkggatBL/2GajUzBRMB0GA1UdDgQWBBQBqpYb9FB1dhT+0XCo6urcw/o7WDAfBgNVHSME"
                    + "GDAWgBQBqpYb9FB1dhT+0XCo6urcw/o7WDAPBgNVHRMBAf8EBTADAQH/MAUGAytlcANBAPHttqET7iXD5HLx9fAZ"
                    + "UeFN+5l9KyxzOsGSy4MSXFlrqSlQBxT/3J3fiyDOO1SPU2TvBME6bJrX8x560TeDzQY=";

    private static final String GOOD = "q7Zr-0fK_w3Jm9xTbLc2.VhYd5Ns8Ag41pEuQoIiRtWyXz6CvBn+MlkjHgFdSaP0q";

    @ParameterizedTest
    @CsvSource({"HS256,31,32", "HS384,47,48", "HS512,63,64"})
    @DisplayName("CFG-01 a secret shorter than the hash is refused, naming both lengths and not the value")
    void cfg01(String alg, int length, int least) {
        SignatureAlgorithm algorithm = SignatureAlgorithm.valueOf(alg);
        String secret = GOOD.substring(0, length);

        assertThatThrownBy(() -> new SecretKeySource(algorithm, secret))
                .hasMessage("identities.keys.secret: found a secret of " + length
                        + " bytes, expected a secret of at least " + least + " bytes for " + alg);
        assertThat(new SecretKeySource(algorithm, GOOD.substring(0, least))
                        .read()
                        .signers())
                .hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "                                ",
                "\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t",
                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                "abababababababababababababababababab",
                "secretsecretsecretsecretsecretsecret",
                "0123456789abcde0123456789abcde0123",
                "hex:0000000000000000000000000000000000000000000000000000000000000000",
                "base64:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
            })
    @DisplayName("CFG-01 blanks and repetitions are no secret")
    void cfg01_repetition(String secret) {
        assertThatThrownBy(() -> new SecretKeySource(SignatureAlgorithm.HS256, secret))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("identities.keys.secret: found ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "file:/run/secrets/identities-signing-key",
                "/run/secrets/identities-signing-key-of-the-gateway",
                "/etc/identities-gateway/secrets/jwt-signing-key",
                "https://vault.example/v1/secret/data/identities-gateway",
                "\"" + GOOD + "\"",
                "'" + GOOD + "'",
                "\uFEFF" + GOOD,
                " base64:" + GOOD,
                "\n\tHEX:" + GOOD
            })
    void whereASecretIsAndWhatStandsAroundItAreNoSecret(String secret) {
        assertThatThrownBy(() -> new SecretKeySource(SignatureAlgorithm.HS256, secret))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("identities.keys.secret: found ")
                .hasMessageNotContaining(secret.substring(9, 20));
    }

    @Test
    void nameOfAnEncodingIsReadInAnyCase() {
        String encoded = Base64.getEncoder().encodeToString(GOOD.getBytes(UTF_8));

        assertThat(HmacSecret.parse(SignatureAlgorithm.HS256, "BASE64:" + encoded))
                .isEqualTo(GOOD.getBytes(UTF_8));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "changeme-changeme-please-change-me-now",
                "Change-Me! This is only an example 0123456789",
                "change-this-to-a-random-value-of-32-bytes",
                "your-256-bit-secret-goes-here-0123456789",
                "SecretKey012345678901234567890123456789012345678901234567890123456789",
                "my-super-secret-key-for-development-only",
                "${IDENTITIES_KEYS_SECRET_of_32_bytes_or_more}",
                "prefix-${IDENTITIES_KEYS_SECRET}-0123456789abcdef",
                "<put a random secret of 32 bytes here, please>",
                "{{ .Values.keys.secret | quote }} 0123456789ab",
                "$(IDENTITIES_KEYS_SECRET) "
            })
    @DisplayName("CFG-02 example values and placeholders are refused")
    void cfg02(String secret) {
        assertThatThrownBy(() -> new SecretKeySource(SignatureAlgorithm.HS256, secret))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("identities.keys.secret: found ")
                .hasMessageNotContaining(secret);
    }

    @Test
    @DisplayName("CFG-02 secrets out of published lists are refused, written in any way")
    void cfg02_published() {
        // The example of RFC 7515 appendix A.1, as RFC 7520 has another; this one is of its section 3.5.
        byte[] rfc7520 = Base64.getUrlDecoder().decode("hJtXIZ2uSN5kbQfbtTNWbpdmhkV8FJG-Onbc6mxCcYg");

        assertThatThrownBy(() -> new SecretKeySource(
                        SignatureAlgorithm.HS256, "hex:" + HexFormat.of().formatHex(rfc7520)))
                .hasMessageContaining("published list");
        assertThatThrownBy(() -> SigningKey.hmac("k", SignatureAlgorithm.HS256, rfc7520))
                .hasMessageContaining("published list");
    }

    static Stream<byte[]> keysOfPairs() {
        byte[] rsa = TestKeys.rsa("issuer").getPublic().getEncoded();
        byte[] pkcs1 = Arrays.copyOfRange(rsa, 24, rsa.length);
        String pem = TestKeys.pem("PUBLIC KEY", rsa);
        String jwk = TestKeys.jwk("k1", "RS256", TestKeys.rsa("issuer").getPublic());
        Stream<byte[]> der = Stream.of(
                rsa,
                pkcs1,
                TestKeys.ec("issuer", "secp256r1").getPublic().getEncoded(),
                TestKeys.ed25519("issuer").getPublic().getEncoded(),
                Base64.getDecoder().decode(CERTIFICATE));
        Stream<String> texts = Stream.of(
                pem,
                "# the key of the issuer\n" + pem,
                base64(pem.getBytes(UTF_8)),
                base64(base64(pem.getBytes(UTF_8)).getBytes(UTF_8)),
                base64(rsa),
                pem.replaceAll("-----[^-]+-----", ""),
                jwk,
                " " + TestKeys.jwkSet(jwk) + "\n",
                "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl me@here");
        return Stream.concat(der, texts.map(text -> text.getBytes(UTF_8)));
    }

    @ParameterizedTest
    @MethodSource("keysOfPairs")
    @DisplayName("CFG-05, CVE-2026-85394 a public key is no secret, in whatever encoding")
    void cfg05_keysOfPairs(byte[] key) {
        String encoded = base64(key);
        for (String secret :
                List.of("base64:" + encoded, "hex:" + HexFormat.of().formatHex(key))) {
            assertThatThrownBy(() -> new SecretKeySource(SignatureAlgorithm.HS256, secret))
                    .hasMessageStartingWith("identities.keys.secret: found a key of a pair or a certificate")
                    .hasMessageNotContaining(encoded.substring(0, 20));
        }
        assertThatThrownBy(() -> new SecretKeySource(SignatureAlgorithm.HS256, encoded))
                .hasMessageStartingWith("identities.keys.secret: found a key of a pair or a certificate");
        assertThatThrownBy(() -> SigningKey.hmac("k", SignatureAlgorithm.HS256, key))
                .isInstanceOf(UnusableKeyException.class);
    }

    @Test
    @DisplayName("CFG-05 random bytes are a secret, those that begin like a key too")
    void cfg05_randomBytes() {
        Random random = new Random(7);
        for (int i = 0; i < 300; i++) {
            byte[] secret = new byte[32 + random.nextInt(64)];
            random.nextBytes(secret);
            secret[0] = i % 2 == 0 ? 0x30 : secret[0];
            secret[1] = i % 4 == 0 ? (byte) (secret.length - 2) : secret[1];

            assertThat(SigningKey.hmac("k", SignatureAlgorithm.HS256, secret).id())
                    .isEqualTo("k");
            assertThat(new SecretKeySource(SignatureAlgorithm.HS256, base64(secret)).read())
                    .isNotNull();
        }
    }

    @Test
    @DisplayName("CFG-02 an example value is one in Base64 and in hexadecimal too")
    void cfg02_encoded() {
        byte[] example = "change-me-change-me-change-me-0123456789".getBytes(UTF_8);

        for (String secret :
                List.of("base64:" + base64(example), "hex:" + HexFormat.of().formatHex(example))) {
            assertThatThrownBy(() -> new SecretKeySource(SignatureAlgorithm.HS256, secret))
                    .hasMessageStartingWith("identities.keys.secret: found an example value");
        }
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    @Test
    @DisplayName("CFG-05 the format is explicit: text, base64: or hex:")
    void cfg05_formats() {
        byte[] bytes = GOOD.getBytes(UTF_8);
        byte[] odd = HexFormat.of().parseHex("fbff3efe00112233445566778899aabbccddeeff0123456789abcdef10203040");

        assertThat(HmacSecret.parse(SignatureAlgorithm.HS256, GOOD)).isEqualTo(bytes);
        assertThat(HmacSecret.parse(
                        SignatureAlgorithm.HS256, "hex:" + HexFormat.of().formatHex(odd)))
                .isEqualTo(odd);
        assertThat(HmacSecret.parse(
                        SignatureAlgorithm.HS256,
                        "hex:" + HexFormat.of().withUpperCase().formatHex(odd)))
                .isEqualTo(odd);
        assertThat(HmacSecret.parse(
                        SignatureAlgorithm.HS256,
                        "base64:" + Base64.getEncoder().encodeToString(odd)))
                .isEqualTo(odd);
        assertThat(HmacSecret.parse(
                        SignatureAlgorithm.HS256,
                        "base64:" + Base64.getUrlEncoder().withoutPadding().encodeToString(odd)))
                .isEqualTo(odd);
        assertThat(HmacSecret.parse(
                        SignatureAlgorithm.HS256,
                        "base64:" + Base64.getUrlEncoder().encodeToString(new byte[] {-1, 0})))
                .isEqualTo(new byte[] {-1, 0});
        String hexLooking = "6c0f4c1a9e7b3d5826c8e1f0a2b4d6978563412fedcba9876543210a5b4c3d2e";
        assertThat(HmacSecret.parse(SignatureAlgorithm.HS256, hexLooking)).isEqualTo(hexLooking.getBytes(UTF_8));
        assertThat(HmacSecret.parse(SignatureAlgorithm.HS256, "q7Zr<0fK_w3Jm9xTbLc2.>hYd5Ns8Ag41"))
                .as("angle brackets within are no placeholder")
                .hasSize(33);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "base64:!!!!|not Base64",
                "hex:0g|not hexadecimal",
                "hex:abc|not hexadecimal",
                "-----BEGIN PRIVATE KEY-----\\nMIIE|found a PEM block",
                "{\"kty\":\"oct\",\"k\":\"AAAA\"}|found JSON"
            })
    @DisplayName("CFG-05 each wrong kind is told what was found and what is expected")
    void cfg05_wrongKinds(String secret, String message) {
        assertThatThrownBy(() -> new SecretKeySource(SignatureAlgorithm.HS256, secret))
                .hasMessageStartingWith("identities.keys.secret: ")
                .hasMessageContaining(message)
                .hasMessageContaining("expected");
    }

    @Test
    @DisplayName("CFG-05 a secret is for HMAC only")
    void cfg05_algorithm() {
        assertThatThrownBy(() -> new SecretKeySource(SignatureAlgorithm.RS256, GOOD))
                .hasMessageStartingWith("identities.keys.algorithm: found RS256");
    }
}
