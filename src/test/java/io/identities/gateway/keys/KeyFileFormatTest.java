package io.identities.gateway.keys;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import io.identities.gateway.keys.KeySource.KeySet;
import io.identities.gateway.testing.RequiredServers;
import io.identities.gateway.testing.TestKeys;
import io.identities.gateway.testing.TestTokens;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeyFileFormatTest {

    private static final byte[] DATA = "some data".getBytes(UTF_8);

    @ParameterizedTest
    @ValueSource(strings = {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"})
    void everyAlgorithmSignsAndVerifiesFromPkcs8(String alg) {
        KeyPair pair = TestKeys.forAlgorithm("own", alg);
        SignatureAlgorithm configured = SignatureAlgorithm.ofSetting("x", alg);

        SigningKey key = signer(read("k1.pem", TestKeys.pem(pair.getPrivate()), configured));

        assertThat(key.algorithm()).isEqualTo(configured);
        assertThat(key.id()).isEqualTo("k1");
        assertThat(key.verifier().publicKey()).isEqualTo(pair.getPublic());
        assertSignsAndVerifies(key);
        VerificationKey publicOnly = read("k1.pem", TestKeys.pem(pair.getPublic()), configured)
                .verifiers()
                .get(0);
        assertThat(publicOnly).isEqualTo(key.verifier());
        assertThat(publicOnly.verify(DATA, DATA.length, TestKeys.sign(alg, pair.getPrivate(), DATA)))
                .isTrue();
        byte[] signature = key.sign(DATA);
        signature[signature.length / 2] ^= 1;
        assertThat(publicOnly.verify(DATA, DATA.length, signature)).isFalse();
        assertThat(publicOnly.verify(DATA, DATA.length, new byte[0])).isFalse();
        assertThat(publicOnly.verify(DATA, DATA.length, new byte[signature.length]))
                .isFalse();
        byte[] full = new byte[signature.length];
        Arrays.fill(full, (byte) 0xff);
        assertThat(publicOnly.verify(DATA, DATA.length, full)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"secp256r1,ES256", "secp384r1,ES384", "secp521r1,ES512"})
    @DisplayName("CFG-05 SEC 1 and PKCS#1 are read as well as PKCS#8, with CRLF too")
    void cfg05_traditionalFormats(String curve, SignatureAlgorithm algorithm) {
        KeyPair ec = TestKeys.ec("own", curve);
        KeyPair rsa = TestKeys.rsa("own");
        byte[] sec1 = sec1((ECPrivateKey) ec.getPrivate(), curve);
        byte[] pkcs1 = innerOctets(rsa.getPrivate());

        SigningKey fromSec1 = signer(read("k.pem", TestKeys.pem("EC PRIVATE KEY", sec1), SignatureAlgorithm.HS256));
        SigningKey fromPkcs1 = signer(
                read("k.pem", TestKeys.pem("RSA PRIVATE KEY", pkcs1).replace("\n", "\r\n"), SignatureAlgorithm.HS256));
        SigningKey withParameters = signer(read(
                "k.pem",
                TestKeys.pem("EC PARAMETERS", new byte[] {5, 0}) + TestKeys.pem("EC PRIVATE KEY", sec1),
                algorithm));

        assertThat(fromSec1.verifier().publicKey()).isEqualTo(ec.getPublic());
        assertThat(fromSec1.algorithm()).isEqualTo(algorithm);
        assertThat(withParameters).isEqualTo(fromSec1);
        assertThat(fromPkcs1.verifier().publicKey()).isEqualTo(rsa.getPublic());
        assertThat(fromPkcs1.algorithm()).isEqualTo(SignatureAlgorithm.RS256);
        assertSignsAndVerifies(fromSec1);
        assertSignsAndVerifies(fromPkcs1);
        RSAPublicKey publicKey = (RSAPublicKey) rsa.getPublic();
        byte[] pkcs1Public = bitString(publicKey.getEncoded());
        assertThat(read("k.pem", TestKeys.pem("RSA PUBLIC KEY", pkcs1Public), SignatureAlgorithm.PS256)
                        .verifiers())
                .containsExactly(VerificationKey.of("k", SignatureAlgorithm.PS256, publicKey));
    }

    @ParameterizedTest
    @CsvSource({"prime256v1,ES256", "secp384r1,ES384", "secp521r1,ES512"})
    @DisplayName("CFG-05 what openssl writes is read, in its old and its new formats")
    void cfg05_openssl(String curve, SignatureAlgorithm algorithm) throws Exception {
        String old = openssl("ecparam", "-name", curve, "-genkey");
        SigningKey key = signer(read("k.pem", old, SignatureAlgorithm.HS256));

        assertThat(key.algorithm()).isEqualTo(algorithm);
        assertSignsAndVerifies(key);
        assertSignsAndVerifies(
                signer(read("k.pem", openssl("genpkey", "-algorithm", "ed25519"), SignatureAlgorithm.HS256)));
        assertSignsAndVerifies(signer(
                read("k.pem", openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"), algorithm)));
    }

    private static String openssl(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(RequiredServers.openssl().toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        return new String(process.getInputStream().readAllBytes(), UTF_8);
    }

    static Stream<List<String>> cfg05_wrongKinds() throws Exception {
        KeyPair pair = TestKeys.rsa("own");
        String pem = TestKeys.pem(pair.getPrivate());
        KeyPair p256 = TestKeys.ec("own", "secp256r1");
        return Stream.of(
                List.of("k.pem", pem.replace("PRIVATE", "ENCRYPTED PRIVATE"), "RS256", "encrypted private key"),
                List.of("k.pem", pem.replace("-----\n", "-----\nProc-Type: 4,ENCRYPTED\n"), "RS256", "encrypted"),
                List.of("k.pem", pem.replace("\n", "\\n"), "RS256", "written as backslash and n"),
                List.of("k.pem", pem + pem, "RS256", "found 2 complete PEM blocks"),
                List.of("k.pem", pem.substring(0, 400), "RS256", "found 0 complete PEM blocks"),
                List.of("k.pem", "", "RS256", "found 0 complete PEM blocks"),
                List.of("k.pem", TestKeys.pem("CERTIFICATE", new byte[9]), "RS256", "found a certificate"),
                List.of("k.pem", TestKeys.pem("OPENSSH PRIVATE KEY", new byte[9]), "RS256", "OPENSSH PRIVATE KEY"),
                List.of("k.pem", TestKeys.pem("PRIVATE KEY", new byte[9]), "RS256", "damaged private key"),
                List.of("k.pem", TestKeys.pem("PUBLIC KEY", new byte[9]), "RS256", "damaged public key"),
                List.of("k.pem", TestKeys.pem("RSA PRIVATE KEY", new byte[9]), "RS256", "damaged private key"),
                List.of("k.pem", TestKeys.pem("EC PRIVATE KEY", new byte[9]), "RS256", "does not name its curve"),
                List.of("k.pem", TestKeys.pem("EC PRIVATE KEY", new byte[] {1}), "RS256", "does not name its curve"),
                List.of(
                        "k.pem",
                        "-----BEGIN PRIVATE KEY-----\n***\n-----END PRIVATE KEY-----\n",
                        "RS256",
                        "not Base64"),
                List.of(
                        "k.pem",
                        TestKeys.pem(TestKeys.rsa("weak", 1024).getPrivate()),
                        "RS256",
                        "an RSA key of 1024 bits"),
                List.of(
                        "k.pem",
                        TestKeys.pem(p256.getPrivate()),
                        "ES384",
                        "an EC key on P-256, expected the curve of ES384"),
                List.of(
                        "k.pem",
                        TestKeys.pem(TestKeys.ec("own", "secp384r1").getPublic()),
                        "ES512",
                        "an EC key on P-384"),
                List.of(
                        "k.pem",
                        TestKeys.pem(TestKeys.ec("own", "secp521r1").getPublic()),
                        "ES256",
                        "an EC key on P-521"),
                List.of("k.pem", TestKeys.pem(x25519().getPublic()), "RS256", "damaged public key"),
                List.of("k.pem", TestKeys.pem(ed448().getPublic()), "RS256", "damaged public key"),
                List.of("k.pem", TestKeys.pem(ed448().getPrivate()), "RS256", "expected"),
                List.of("k.jwk", "nonsense", "RS256", "neither a JWK nor a JWK set"),
                List.of("k.jwk", "[]", "RS256", "found "),
                List.of("k.jwk", "null", "RS256", "found no key in it"),
                List.of("k.jwks", "{\"keys\":[]}", "RS256", "found no key in it"),
                List.of("k.jwk", "{}", "RS256", "found no key in it"),
                List.of(
                        "k.jwks",
                        "{\"keys\":[" + oct("\"kid\":\"" + "k".repeat(257) + "\",") + "]}",
                        "HS256",
                        "no token may name"),
                List.of("k.jwks", "{\"keys\":[" + oct("\"kid\":\"a\\nb\",") + "]}", "HS256", "no token may name"),
                List.of("k.jwks", "{\"keys\":[null]}", "RS256", "neither a JWK nor a JWK set"),
                List.of("k.jwks", "{\"keys\":[1]}", "RS256", "neither a JWK nor a JWK set"),
                List.of(
                        "k.jwks",
                        "{\"keys\":[" + jwk("RS256", "\"kid\":\"b\",") + ",null]}",
                        "RS256",
                        "neither a JWK nor"),
                List.of(
                        "k.jwks",
                        "{\"keys\":[\"x\"," + jwk("RS256", "\"kid\":\"b\",") + "]}",
                        "RS256",
                        "neither a JWK nor"),
                List.of("k.jwk", "{\"kty\":\"XYZ\"}", "RS256", "damaged or of an unknown kind"),
                List.of("k.jwk", jwk("RS256", "\"oth\":[{}],"), "RS256", "damaged or of an unknown kind"),
                List.of("k.jwk", "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"\"}", "RS256", "damaged public key"),
                List.of(
                        "k.jwk",
                        withPrivateHalf("RS256").toJSONString().replaceFirst("\"p\":\"[^\"]+", "\"p\":\""),
                        "RS256",
                        "cannot sign"),
                List.of("k.jwk", jwk("RS256", "\"kid\":\"other\","), "RS256", "found the kid \"other\" in it"),
                List.of("k.jwk", jwk("HS256", ""), "RS256", "found a key of type RSA, expected one for HS256"),
                List.of("k.jwk", jwk("none", ""), "RS256", "for the algorithm none"),
                List.of("k.jwk", jwk("RS256", "\"use\":\"enc\","), "RS256", "forbids verifying"),
                List.of("k.jwk", jwk("RS256", "\"key_ops\":[\"encrypt\"],"), "RS256", "forbids verifying"),
                List.of("k.jwk", oct("\"use\":\"enc\","), "HS256", "forbids signing"),
                List.of("k.jwk", oct("\"key_ops\":[\"verify\"],"), "HS256", "forbids signing"),
                List.of("k.jwk", "{\"kty\":\"oct\",\"k\":\"AAAA\"}", "HS256", "a secret of 3 bytes"),
                List.of(
                        "k.jwks",
                        "{\"keys\":[" + jwk("RS256", "\"kid\":\"b\",") + "," + jwk("PS256", "\"kid\":\"b\",") + "]}",
                        "RS256",
                        "found the kid \"b\" twice"),
                List.of("k.jwks", "{\"keys\":[" + oct("") + "," + jwk("RS256", "") + "]}", "HS256", "mixes secrets"),
                List.of(
                        "k.jwks",
                        "{\"keys\":[" + jwk("RS256", "") + "," + jwk("RS256", "\"kid\":\"b\",") + "]}",
                        "RS256",
                        "no kid"),
                List.of(
                        "k.jwks",
                        "{\"keys\":[" + jwk("RS256", "\"kid\":\"\",") + "," + jwk("RS256", "\"kid\":\"b\",") + "]}",
                        "RS256",
                        "no kid"),
                List.of(
                        "k.jwk",
                        "{\"kty\":\"OKP\",\"crv\":\"X25519\",\"x\":\"" + "A".repeat(43) + "\"}",
                        "RS256",
                        "cannot sign"),
                List.of(
                        "k.jwk",
                        "{\"kty\":\"RSA\",\"n\":\"" + TestTokens.base64(modulusWithExponent(1)) + "\",\"e\":\"AQ\"}",
                        "RS256",
                        "unsound"),
                List.of(
                        "k.jwk",
                        "{\"kty\":\"RSA\",\"n\":\"" + TestTokens.base64(modulusWithExponent(1)) + "\",\"e\":\"BA\"}",
                        "RS256",
                        "unfit public exponent"),
                List.of(
                        "k.jwk",
                        "{\"kty\":\"RSA\",\"n\":\"" + TestTokens.base64(modulusWithExponent(1))
                                + "\",\"e\":\"AQAAAAAAAAAAAQ\"}",
                        "RS256",
                        "unfit public exponent"));
    }

    @ParameterizedTest
    @MethodSource
    @DisplayName("CFG-05 each wrong kind of key is told what was found and what is expected, never the key")
    void cfg05_wrongKinds(List<String> row) {
        assertThatThrownBy(() -> read(row.get(0), row.get(1), SignatureAlgorithm.ofSetting("x", row.get(2))))
                .isInstanceOf(UnusableKeyException.class)
                .hasMessageStartingWith(row.get(0) + ": found ")
                .hasMessageContaining(row.get(3));
    }

    @Test
    void aSecretFileTakesTheConfiguredHmacAlgorithmOrHs256() {
        String secret = "q7Zr-0fK_w3Jm9xTbLc2.VhYd5Ns8Ag41pEuQoIiRtWyXz6CvBn+MlkjHgFdSaP0q";

        assertThat(signer(read("k.secret", secret, SignatureAlgorithm.HS512)).algorithm())
                .isEqualTo(SignatureAlgorithm.HS512);
        assertThat(signer(read("k.secret", secret, SignatureAlgorithm.ES256)).algorithm())
                .isEqualTo(SignatureAlgorithm.HS256);
    }

    @Test
    void keysThatDoNotBelongTogetherAreRefused() {
        assertThatThrownBy(() -> SigningKey.of(
                        "k",
                        SignatureAlgorithm.RS256,
                        TestKeys.rsa("own").getPrivate(),
                        TestKeys.rsa("old").getPublic()))
                .hasMessageContaining("do not belong together");
        assertThatThrownBy(() -> SigningKey.of(
                        "k",
                        SignatureAlgorithm.RS256,
                        TestKeys.ec("own", "secp256r1").getPrivate(),
                        TestKeys.rsa("old").getPublic()))
                .hasMessageContaining("cannot sign");
    }

    @Test
    @DisplayName("CFG-02 key pairs out of published examples are refused")
    void cfg02_publishedPair() {
        // RFC 8037 appendix A.1.
        String jwk = "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"d\":\"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A\","
                + "\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}";

        assertThatThrownBy(() -> read("k.jwk", jwk, SignatureAlgorithm.HS256))
                .hasMessageContaining("published example");
    }

    @Test
    void jwksAreReadWithTheirPrivateHalf() throws Exception {
        for (String alg : List.of("RS256", "ES256", "ES384", "ES512", "EdDSA")) {
            JWK jwk = withPrivateHalf(alg);
            SigningKey key = signer(read("k.jwk", jwk.toJSONString(), SignatureAlgorithm.HS256));
            assertThat(key.algorithm().headerName()).isEqualTo(alg);
            assertSignsAndVerifies(key);
        }
        SigningKey secret = signer(read("k.json", oct(""), SignatureAlgorithm.ES256));
        assertThat(secret.algorithm()).isEqualTo(SignatureAlgorithm.HS256);
        assertThat(signer(read("k.json", oct(""), SignatureAlgorithm.HS256)).algorithm())
                .isEqualTo(SignatureAlgorithm.HS256);
        assertThat(signer(read("k.json", oct("\"alg\":\"HS256\","), SignatureAlgorithm.HS384))
                        .algorithm())
                .isEqualTo(SignatureAlgorithm.HS256);
        KeySet set = read(
                "set.jwks",
                "{\"keys\":[" + jwk("RS256", "\"kid\":\"a\",") + "," + jwk("PS256", "\"kid\":\"b\",") + "]}",
                SignatureAlgorithm.HS256);
        assertThat(set.verifiers()).extracting(VerificationKey::id).containsExactly("a", "b");
    }

    @Test
    void theFingerprintOfTheDefectiveGeneratorIsKnown() {
        // 65537^n for any n is of that shape by construction.
        BigInteger shaped = BigInteger.valueOf(65537).pow(130);

        assertThat(RocaFingerprint.matches(shaped)).isTrue();
        assertThat(RocaFingerprint.matches(((RSAPublicKey) TestKeys.rsa("own").getPublic()).getModulus()))
                .isFalse();
        assertThatThrownBy(() -> read(
                        "k.jwk",
                        "{\"kty\":\"RSA\",\"n\":\"" + TestTokens.base64(shaped.toByteArray()) + "\",\"e\":\"AQAB\"}",
                        SignatureAlgorithm.RS256))
                .hasMessageContaining("ROCA");
        assertThatThrownBy(() -> read(
                        "k.jwk",
                        "{\"kty\":\"RSA\",\"n\":\""
                                + TestTokens.base64(BigInteger.ONE
                                        .shiftLeft(9000)
                                        .add(BigInteger.ONE)
                                        .toByteArray()) + "\",\"e\":\"AQAB\"}",
                        SignatureAlgorithm.RS256))
                .hasMessageContaining("9001 bits");
    }

    private static KeySet read(String name, String content, SignatureAlgorithm configured) {
        return KeyFileFormat.read(name, content.getBytes(UTF_8), configured);
    }

    private static SigningKey signer(KeySet keys) {
        assertThat(keys.verifiers()).isEmpty();
        assertThat(keys.signers()).hasSize(1);
        return keys.signers().get(0);
    }

    private static void assertSignsAndVerifies(SigningKey key) {
        assertThat(key.verifier().verify(DATA, DATA.length, key.sign(DATA))).isTrue();
        assertThat(key.verifier().verify(DATA, DATA.length - 1, key.sign(DATA))).isFalse();
    }

    private static String jwk(String alg, String more) {
        return "{\"alg\":\"" + alg + "\"," + more
                + TestKeys.jwkMembers(TestKeys.rsa("own").getPublic()) + "}";
    }

    private static String oct(String more) {
        return "{" + more + "\"kty\":\"oct\",\"k\":\""
                + TestTokens.base64("q7Zr-0fK_w3Jm9xTbLc2.VhYd5Ns8Ag41-and-more-of-it") + "\"}";
    }

    private static JWK withPrivateHalf(String alg) throws Exception {
        KeyPair pair = TestKeys.forAlgorithm("own", alg);
        if (alg.equals("RS256")) {
            return new RSAKey.Builder((RSAPublicKey) pair.getPublic())
                    .privateKey(pair.getPrivate())
                    .build();
        }
        if (alg.startsWith("ES")) {
            var publicKey = (ECPublicKey) pair.getPublic();
            return new ECKey.Builder(Curve.forECParameterSpec(publicKey.getParams()), publicKey)
                    .privateKey(pair.getPrivate())
                    .build();
        }
        byte[] spki = pair.getPublic().getEncoded();
        byte[] pkcs8 = pair.getPrivate().getEncoded();
        return new OctetKeyPair.Builder(
                        Curve.Ed25519, Base64URL.encode(Arrays.copyOfRange(spki, spki.length - 32, spki.length)))
                .d(Base64URL.encode(Arrays.copyOfRange(pkcs8, pkcs8.length - 32, pkcs8.length)))
                .build();
    }

    private static byte[] modulusWithExponent(int ignored) {
        return ((RSAPublicKey) TestKeys.rsa("own").getPublic()).getModulus().toByteArray();
    }

    private static KeyPair x25519() {
        return generate("X25519");
    }

    private static KeyPair ed448() {
        return generate("Ed448");
    }

    private static KeyPair generate(String name) {
        try {
            return KeyPairGenerator.getInstance(name).generateKeyPair();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The content of PKCS#8's last OCTET STRING: it begins behind version and algorithm. */
    private static byte[] innerOctets(PrivateKey key) {
        byte[] der = key.getEncoded();
        for (int at = 20; at < der.length; at++) {
            if (der[at] == 0x04 && (der[at + 1] & 0xff) == 0x82) {
                return Arrays.copyOfRange(der, at + 4, der.length);
            }
        }
        throw new IllegalStateException(Base64.getEncoder().encodeToString(der));
    }

    private static byte[] bitString(byte[] spki) {
        for (int at = 15; at < spki.length; at++) {
            if (spki[at] == 0x03 && (spki[at + 1] & 0xff) == 0x82) {
                return Arrays.copyOfRange(spki, at + 5, spki.length);
            }
        }
        throw new IllegalStateException();
    }

    private static byte[] sec1(ECPrivateKey key, String curve) {
        int size = (key.getParams().getOrder().bitLength() + 7) / 8;
        byte[] scalar = new byte[size];
        byte[] bytes = key.getS().toByteArray();
        int skip = Math.max(0, bytes.length - size);
        System.arraycopy(bytes, skip, scalar, size - (bytes.length - skip), bytes.length - skip);
        byte[] oid = HexFormat.of()
                .parseHex(
                        switch (curve) {
                            case "secp256r1" -> "06082a8648ce3d030107";
                            case "secp384r1" -> "06052b81040022";
                            default -> "06052b81040023";
                        });
        byte[] out = new byte[2 + 3 + 2 + size + 2 + oid.length];
        out[0] = 0x30;
        out[1] = (byte) (out.length - 2);
        System.arraycopy(new byte[] {2, 1, 1, 4, (byte) size}, 0, out, 2, 5);
        System.arraycopy(scalar, 0, out, 7, size);
        out[7 + size] = (byte) 0xa0;
        out[8 + size] = (byte) oid.length;
        System.arraycopy(oid, 0, out, 9 + size, oid.length);
        return out;
    }
}
