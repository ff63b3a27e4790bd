package io.identities.gateway.keys;

import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The supported signature algorithms (RFC 7518 section 3, RFC 8037), without {@code none}. */
public enum SignatureAlgorithm {
    HS256(Family.HMAC, "HmacSHA256", 32),
    HS384(Family.HMAC, "HmacSHA384", 48),
    HS512(Family.HMAC, "HmacSHA512", 64),
    RS256(Family.RSA, "SHA256withRSA", 0),
    RS384(Family.RSA, "SHA384withRSA", 0),
    RS512(Family.RSA, "SHA512withRSA", 0),
    PS256(Family.RSA, "RSASSA-PSS", 0),
    PS384(Family.RSA, "RSASSA-PSS", 0),
    PS512(Family.RSA, "RSASSA-PSS", 0),
    ES256(Family.EC, "SHA256withECDSAinP1363Format", 64),
    ES384(Family.EC, "SHA384withECDSAinP1363Format", 96),
    ES512(Family.EC, "SHA512withECDSAinP1363Format", 132),
    /** Written {@code EdDSA} in a header; the fully-specified {@code Ed25519} of RFC 9864 is read as well. */
    ED25519(Family.OKP, "Ed25519", 64);

    /** The type of key that an algorithm needs. */
    public enum Family {
        HMAC,
        RSA,
        EC,
        OKP
    }

    private final Family family;
    private final String jcaName;
    private final int signatureLength;

    SignatureAlgorithm(Family family, String jcaName, int signatureLength) {
        this.family = family;
        this.jcaName = jcaName;
        this.signatureLength = signatureLength;
    }

    /** The algorithm of a header's {@code alg}, case-sensitive; null for any other text. */
    public static @Nullable SignatureAlgorithm ofHeader(String alg) {
        return switch (alg) {
            case "HS256" -> HS256;
            case "HS384" -> HS384;
            case "HS512" -> HS512;
            case "RS256" -> RS256;
            case "RS384" -> RS384;
            case "RS512" -> RS512;
            case "PS256" -> PS256;
            case "PS384" -> PS384;
            case "PS512" -> PS512;
            case "ES256" -> ES256;
            case "ES384" -> ES384;
            case "ES512" -> ES512;
            case "EdDSA", "Ed25519" -> ED25519;
            default -> null;
        };
    }

    /**
     * The algorithm of a setting.
     *
     * @throws IllegalArgumentException naming {@code property}, what was found and what is expected
     */
    public static SignatureAlgorithm ofSetting(String property, String name) {
        SignatureAlgorithm algorithm = ofHeader(name);
        if (algorithm == null) {
            throw new IllegalArgumentException(property + ": found \"" + name + "\", expected one of "
                    + Arrays.stream(values())
                            .map(SignatureAlgorithm::displayName)
                            .collect(Collectors.joining(", ")));
        }
        return algorithm;
    }

    public Family family() {
        return family;
    }

    /** The {@code alg} in the headers of own tokens. */
    public String headerName() {
        return this == ED25519 ? "EdDSA" : name();
    }

    String displayName() {
        return this == ED25519 ? "Ed25519" : name();
    }

    String jcaName() {
        return jcaName;
    }

    /** The parameters of RSASSA-PSS (RFC 7518 section 3.5); null for every other algorithm. */
    @Nullable AlgorithmParameterSpec parameters() {
        return switch (this) {
            case PS256 -> new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1);
            case PS384 -> new PSSParameterSpec("SHA-384", "MGF1", MGF1ParameterSpec.SHA384, 48, 1);
            case PS512 -> new PSSParameterSpec("SHA-512", "MGF1", MGF1ParameterSpec.SHA512, 64, 1);
            default -> null;
        };
    }

    /** In bytes; zero where it depends on the key. For HMAC also the least length of a secret (RFC 7518 section 3.2). */
    int signatureLength() {
        return signatureLength;
    }
}
