package io.identities.gateway.keys;

import io.identities.gateway.keys.SignatureAlgorithm.Family;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.NamedParameterSpec;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The requirements on a public key for its signatures to be meaningful. */
final class PublicKeyRules {

    private static final int MIN_RSA_BITS = 2048;

    /** Beyond this one verification costs milliseconds. */
    private static final int MAX_RSA_BITS = 8192;

    private static final BigInteger ED25519_PRIME = BigInteger.TWO.pow(255).subtract(BigInteger.valueOf(19));

    /** The y of some points of order eight; the others have its negative. */
    private static final BigInteger ORDER_EIGHT =
            new BigInteger("05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826", 16);

    /** The y of every point whose order divides the cofactor (RFC 8032 section 5.1). */
    private static final Set<BigInteger> SMALL_ORDER = Set.of(
            BigInteger.ZERO,
            BigInteger.ONE,
            ED25519_PRIME.subtract(BigInteger.ONE),
            ORDER_EIGHT,
            ED25519_PRIME.subtract(ORDER_EIGHT));

    private static final ECParameterSpec P256 = curve("secp256r1");
    private static final ECParameterSpec P384 = curve("secp384r1");
    private static final ECParameterSpec P521 = curve("secp521r1");

    private PublicKeyRules() {}

    /** @throws UnusableKeyException if the key does not fit the algorithm or is known to be weak */
    static void check(SignatureAlgorithm algorithm, PublicKey key) {
        if (familyOf(key) != algorithm.family()) {
            throw new UnusableKeyException(
                    "found a key of type " + key.getAlgorithm() + ", expected one for " + algorithm.displayName());
        }
        if (key instanceof RSAPublicKey rsa) {
            checkRsa(rsa);
        } else if (key instanceof ECPublicKey ec) {
            checkEc(algorithm, ec);
        } else if (key instanceof EdECPublicKey ed) {
            checkEd25519(ed);
        }
    }

    /** Whether the key's type, and for EC its curve, fits the algorithm. */
    static boolean fits(SignatureAlgorithm algorithm, PublicKey key) {
        return familyOf(key) == algorithm.family()
                && (!(key instanceof ECPublicKey ec) || algorithmOf(ec.getParams()) == algorithm);
    }

    /**
     * The algorithm of a key that does not name one itself: the configured one where it fits the kind of key, else the
     * usual one.
     *
     * @throws UnusableKeyException when no algorithm fits
     */
    static SignatureAlgorithm algorithmFor(PublicKey key, SignatureAlgorithm configured) {
        Family family = familyOf(key);
        if (family != null && family == configured.family()) {
            return configured;
        }
        if (key instanceof RSAPublicKey) {
            return SignatureAlgorithm.RS256;
        }
        SignatureAlgorithm fitting = key instanceof ECPublicKey ec
                ? algorithmOf(ec.getParams())
                : family == null ? null : SignatureAlgorithm.ED25519;
        if (fitting == null) {
            throw new UnusableKeyException("found a key of type " + key.getAlgorithm()
                    + " on an unsupported curve, expected RSA, P-256, P-384, P-521 or Ed25519");
        }
        return fitting;
    }

    static @Nullable Family familyOf(PublicKey key) {
        if (key instanceof RSAPublicKey) {
            return Family.RSA;
        }
        if (key instanceof ECPublicKey) {
            return Family.EC;
        }
        boolean ed25519 = key instanceof EdECPublicKey ed && isEd25519(ed);
        return ed25519 ? Family.OKP : null;
    }

    /** The one algorithm of a curve (RFC 7518 section 3.4); null for any other curve. */
    static @Nullable SignatureAlgorithm algorithmOf(ECParameterSpec curve) {
        if (isSame(curve, P256)) {
            return SignatureAlgorithm.ES256;
        }
        if (isSame(curve, P384)) {
            return SignatureAlgorithm.ES384;
        }
        return isSame(curve, P521) ? SignatureAlgorithm.ES512 : null;
    }

    private static void checkRsa(RSAPublicKey key) {
        int bits = key.getModulus().bitLength();
        if (bits < MIN_RSA_BITS || bits > MAX_RSA_BITS) {
            throw new UnusableKeyException(
                    "found an RSA key of " + bits + " bits, expected " + MIN_RSA_BITS + " to " + MAX_RSA_BITS);
        }
        BigInteger exponent = key.getPublicExponent();
        if (exponent.compareTo(BigInteger.valueOf(3)) < 0 || !exponent.testBit(0) || exponent.bitLength() > 64) {
            throw new UnusableKeyException(
                    "found an RSA key with an unfit public exponent, expected an odd one of 3 to 64 bits, usually 65537");
        }
        if (RocaFingerprint.matches(key.getModulus())) {
            throw new UnusableKeyException(
                    "found an RSA key of a defective generator (ROCA, CVE-2017-15361), expected a key made elsewhere");
        }
    }

    private static void checkEc(SignatureAlgorithm algorithm, ECPublicKey key) {
        if (algorithmOf(key.getParams()) != algorithm) {
            throw new UnusableKeyException("found an EC key on " + curveName(key.getParams())
                    + ", expected the curve of " + algorithm.displayName());
        }
        if (!EcPoints.isOnCurve(key.getParams(), key.getW())) {
            throw new UnusableKeyException("found an EC key whose point is not on its curve, expected a sound key");
        }
    }

    private static void checkEd25519(EdECPublicKey key) {
        if (SMALL_ORDER.contains(key.getPoint().getY().mod(ED25519_PRIME))) {
            throw new UnusableKeyException(
                    "found an Ed25519 key of small order, under which anybody can sign, expected a sound key");
        }
    }

    private static String curveName(ECParameterSpec curve) {
        SignatureAlgorithm algorithm = algorithmOf(curve);
        if (algorithm == null) {
            return "an unsupported curve";
        }
        return switch (algorithm) {
            case ES256 -> "P-256";
            case ES384 -> "P-384";
            default -> "P-521";
        };
    }

    private static boolean isEd25519(EdECPublicKey key) {
        return key.getParams().getName().equals(NamedParameterSpec.ED25519.getName());
    }

    private static boolean isSame(ECParameterSpec left, ECParameterSpec right) {
        return left.getCurve().equals(right.getCurve())
                && left.getGenerator().equals(right.getGenerator())
                && left.getOrder().equals(right.getOrder());
    }

    private static ECParameterSpec curve(String name) {
        try {
            AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
            parameters.init(new ECGenParameterSpec(name));
            return parameters.getParameterSpec(ECParameterSpec.class);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This Java runtime lacks the curve " + name, e);
        }
    }
}
