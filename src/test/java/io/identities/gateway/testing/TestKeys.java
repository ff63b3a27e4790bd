package io.identities.gateway.testing;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Keys for tests, made once per JVM and name, never written down anywhere. */
public final class TestKeys {

    private static final Map<String, KeyPair> PAIRS = new ConcurrentHashMap<>();

    private TestKeys() {}

    /** The same pair for the same name. */
    public static KeyPair rsa(String name) {
        return rsa(name, 2048);
    }

    public static KeyPair rsa(String name, int bits) {
        return PAIRS.computeIfAbsent(
                "RSA " + bits + " " + name,
                key -> generate("RSA", generator -> {
                    generator.initialize(bits);
                    return generator;
                }));
    }

    /** @param curve {@code secp256r1}, {@code secp384r1}, {@code secp521r1} */
    public static KeyPair ec(String name, String curve) {
        return PAIRS.computeIfAbsent(
                "EC " + curve + " " + name,
                key -> generate("EC", generator -> {
                    try {
                        generator.initialize(new ECGenParameterSpec(curve));
                        return generator;
                    } catch (GeneralSecurityException e) {
                        throw new IllegalStateException(e);
                    }
                }));
    }

    public static KeyPair ed25519(String name) {
        return PAIRS.computeIfAbsent("Ed25519 " + name, key -> generate("Ed25519", Function.identity()));
    }

    /** A pair fit for the algorithm of a header's {@code alg}, the same for the same name. */
    public static KeyPair forAlgorithm(String name, String alg) {
        return switch (alg) {
            case "ES256" -> ec(name, "secp256r1");
            case "ES384" -> ec(name, "secp384r1");
            case "ES512" -> ec(name, "secp521r1");
            case "EdDSA", "Ed25519" -> ed25519(name);
            default -> rsa(name);
        };
    }

    /** PKCS#8, as {@code openssl genpkey} writes it. */
    public static String pem(PrivateKey key) {
        return pem("PRIVATE KEY", key.getEncoded());
    }

    /** SubjectPublicKeyInfo. */
    public static String pem(PublicKey key) {
        return pem("PUBLIC KEY", key.getEncoded());
    }

    public static String pem(String label, byte[] der) {
        return "-----BEGIN " + label + "-----\n"
                + Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII)).encodeToString(der) + "\n-----END " + label
                + "-----\n";
    }

    /** The members of a public JWK, without {@code kid}, {@code alg} and {@code use}, as JSON without braces. */
    public static String jwkMembers(PublicKey key) {
        if (key instanceof RSAPublicKey rsa) {
            return "\"kty\":\"RSA\",\"n\":\"" + base64(unsigned(rsa.getModulus(), 0)) + "\",\"e\":\""
                    + base64(unsigned(rsa.getPublicExponent(), 0)) + "\"";
        }
        if (key instanceof ECPublicKey ec) {
            int size = (ec.getParams().getOrder().bitLength() + 7) / 8;
            return "\"kty\":\"EC\",\"crv\":\"" + (size == 32 ? "P-256" : size == 48 ? "P-384" : "P-521")
                    + "\",\"x\":\"" + base64(unsigned(ec.getW().getAffineX(), size)) + "\",\"y\":\""
                    + base64(unsigned(ec.getW().getAffineY(), size)) + "\"";
        }
        byte[] spki = ((EdECPublicKey) key).getEncoded();
        return "\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\""
                + base64(Arrays.copyOfRange(spki, spki.length - 32, spki.length)) + "\"";
    }

    /** A public JWK. */
    public static String jwk(String kid, String alg, PublicKey key) {
        return "{\"kid\":\"" + kid + "\",\"alg\":\"" + alg + "\",\"use\":\"sig\"," + jwkMembers(key) + "}";
    }

    /** A JWK set of {@code jwks}, each a JSON object. */
    public static String jwkSet(String... jwks) {
        return "{\"keys\":[" + String.join(",", jwks) + "]}";
    }

    /** Signs as a header's {@code alg} says: HMAC with the secret, else with the private key. */
    public static byte[] sign(String alg, Object key, byte[] input) {
        try {
            if (key instanceof byte[] secret) {
                String name = "HmacSHA" + alg.substring(2);
                Mac mac = Mac.getInstance(name);
                mac.init(new SecretKeySpec(secret, name));
                return mac.doFinal(input);
            }
            Signature signature = signature(alg);
            signature.initSign((PrivateKey) key);
            signature.update(input);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Signature signature(String alg) throws GeneralSecurityException {
        String bits = alg.substring(2);
        if (alg.startsWith("PS")) {
            Signature signature = Signature.getInstance("RSASSA-PSS");
            signature.setParameter(new PSSParameterSpec(
                    "SHA-" + bits, "MGF1", new MGF1ParameterSpec("SHA-" + bits), Integer.parseInt(bits) / 8, 1));
            return signature;
        }
        if (alg.startsWith("RS")) {
            return Signature.getInstance("SHA" + bits + "withRSA");
        }
        return Signature.getInstance(alg.startsWith("ES") ? "SHA" + bits + "withECDSAinP1363Format" : "Ed25519");
    }

    private static KeyPair generate(String type, Function<KeyPairGenerator, KeyPairGenerator> setUp) {
        try {
            return setUp.apply(KeyPairGenerator.getInstance(type)).generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] unsigned(BigInteger value, int size) {
        byte[] bytes = value.toByteArray();
        byte[] plain = bytes[0] == 0 && bytes.length > 1 ? Arrays.copyOfRange(bytes, 1, bytes.length) : bytes;
        byte[] padded = new byte[Math.max(size, plain.length)];
        System.arraycopy(plain, 0, padded, padded.length - plain.length, plain.length);
        return padded;
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
