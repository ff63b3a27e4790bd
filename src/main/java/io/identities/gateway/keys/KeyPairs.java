package io.identities.gateway.keys;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.EdECPrivateKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.KeySpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Decodes keys of the supported types, and derives the public half of a private key. */
final class KeyPairs {

    private static final List<String> KINDS = List.of("RSA", "EC", "Ed25519");

    private KeyPairs() {}

    /** @throws UnusableKeyException when the bytes are no RSA, EC or Ed25519 key */
    static PrivateKey privateKey(byte[] pkcs8) {
        for (String kind : KINDS) {
            try {
                return factory(kind).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            } catch (InvalidKeySpecException | IndexOutOfBoundsException e) {
                // Not of this type; the next one may fit. For an empty Ed25519 key the JDK throws an unchecked
                // exception.
            }
        }
        throw new UnusableKeyException(
                "found a damaged private key or one of another kind, expected RSA, EC or Ed25519");
    }

    /** @throws UnusableKeyException when the bytes are no RSA, EC or Ed25519 key */
    static PublicKey publicKey(byte[] spki) {
        for (String kind : KINDS) {
            try {
                return factory(kind).generatePublic(new X509EncodedKeySpec(spki));
            } catch (InvalidKeySpecException | IndexOutOfBoundsException e) {
                // Not of this type; the next one may fit. For an empty Ed25519 key the JDK throws an unchecked
                // exception.
            }
        }
        throw new UnusableKeyException(
                "found a damaged public key or one of another kind, expected RSA, EC or Ed25519");
    }

    /** @throws UnusableKeyException when the private key does not determine it */
    static PublicKey publicHalf(PrivateKey key) {
        if (key instanceof RSAPrivateCrtKey rsa) {
            return generate("RSA", new RSAPublicKeySpec(rsa.getModulus(), rsa.getPublicExponent()));
        }
        if (key instanceof ECPrivateKey ec) {
            return publicHalf(ec);
        }
        byte[] seed = key instanceof EdECPrivateKey ed ? ed.getBytes().orElse(null) : null;
        if (seed == null) {
            throw new UnusableKeyException("found a private key without what its public half is made of");
        }
        return ed25519(seed);
    }

    private static PublicKey publicHalf(ECPrivateKey key) {
        BigInteger scalar = key.getS();
        if (!EcPoints.isScalar(key.getParams(), scalar)) {
            throw new UnusableKeyException("found an EC private key out of its range, expected a sound key");
        }
        return generate("EC", new ECPublicKeySpec(EcPoints.publicPoint(key.getParams(), scalar), key.getParams()));
    }

    // The JDK derives the public half only when it generates a pair, so its source of randomness returns the seed.
    private static PublicKey ed25519(byte[] seed) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
            generator.initialize(NamedParameterSpec.ED25519, new FixedSeed(seed));
            return generator.generateKeyPair().getPublic();
        } catch (GeneralSecurityException e) {
            throw unsupported(e);
        }
    }

    private static PublicKey generate(String kind, KeySpec spec) {
        try {
            return factory(kind).generatePublic(spec);
        } catch (InvalidKeySpecException e) {
            throw new UnusableKeyException("found a private key with an impossible public half", e);
        }
    }

    private static KeyFactory factory(String kind) {
        try {
            return KeyFactory.getInstance(kind);
        } catch (GeneralSecurityException e) {
            throw unsupported(e);
        }
    }

    private static IllegalStateException unsupported(GeneralSecurityException e) {
        return new IllegalStateException("This Java runtime lacks a key type that is needed here", e);
    }

    private static final class FixedSeed extends SecureRandom {

        private static final long serialVersionUID = 1L;
        private final byte[] seed;

        FixedSeed(byte[] seed) {
            this.seed = seed.clone();
        }

        @Override
        public void nextBytes(byte @Nullable [] bytes) {
            if (bytes != null) {
                System.arraycopy(seed, 0, bytes, 0, Math.min(seed.length, bytes.length));
            }
        }
    }
}
