package io.identities.gateway.keys;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.JWK;
import io.identities.gateway.audit.LogText;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.AlgorithmParameterSpec;
import org.jspecify.annotations.Nullable;

/** A key that can sign, with the half that verifies. Immutable, thread-safe; never prints key material. */
public final class SigningKey {

    private static final byte[] PROBE = "identities".getBytes(US_ASCII);

    private final String id;
    private final VerificationKey verifier;
    private final Signer signer;

    private SigningKey(String id, VerificationKey verifier, Signer signer) {
        this.id = id;
        this.verifier = verifier;
        this.signer = signer;
    }

    /**
     * @param id the {@code kid}
     * @param secret copied
     * @throws UnusableKeyException if the secret is shorter than the hash or guessable
     */
    public static SigningKey hmac(String id, SignatureAlgorithm algorithm, byte[] secret) {
        HmacSecret.check(algorithm, secret);
        HmacSha2 hmac = new HmacSha2(algorithm, secret);
        return new SigningKey(id, VerificationKey.hmac(id, algorithm, secret, hmac), hmac::sign);
    }

    /**
     * @param id the {@code kid}
     * @throws UnusableKeyException if the key does not fit {@code algorithm} or the halves do not belong together
     */
    public static SigningKey of(String id, SignatureAlgorithm algorithm, PrivateKey privateKey, PublicKey publicKey) {
        SigningKey key = new SigningKey(
                id,
                VerificationKey.of(id, algorithm, publicKey),
                (data, length) -> signature(algorithm, privateKey, data, length));
        key.proveItself();
        refusePublished(JwkFormat.write(id, algorithm, publicKey));
        return key;
    }

    /** The {@code kid}. */
    public String id() {
        return id;
    }

    public SignatureAlgorithm algorithm() {
        return verifier.algorithm();
    }

    public VerificationKey verifier() {
        return verifier;
    }

    public byte[] sign(byte[] data) {
        return signer.sign(data, data.length);
    }

    /** Same name, same algorithm, same content. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SigningKey that && verifier.equals(that.verifier);
    }

    @Override
    public int hashCode() {
        return verifier.hashCode();
    }

    @Override
    public String toString() {
        return "SigningKey[" + LogText.of(id) + ", " + algorithm().displayName() + "]";
    }

    private void proveItself() {
        boolean proven;
        try {
            proven = verifier.verify(PROBE, PROBE.length, sign(PROBE));
        } catch (IllegalStateException | ArithmeticException e) {
            throw new UnusableKeyException("found a private key that cannot sign, expected a sound one", e);
        }
        if (!proven) {
            throw new UnusableKeyException("found a private and a public key that do not belong together");
        }
    }

    private static void refusePublished(JWK jwk) {
        try {
            if (PublishedKeyList.containsDigest(jwk.computeThumbprint().decode())) {
                throw new UnusableKeyException("found a key pair out of a published example, expected one of your own");
            }
        } catch (JOSEException e) {
            throw new IllegalStateException("A public key without thumbprint", e);
        }
    }

    private static byte[] signature(SignatureAlgorithm algorithm, PrivateKey key, byte[] data, int length) {
        try {
            Signature signature = Signature.getInstance(algorithm.jcaName());
            AlgorithmParameterSpec parameters = algorithm.parameters();
            if (parameters != null) {
                signature.setParameter(parameters);
            }
            signature.initSign(key);
            signature.update(data, 0, length);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("A " + algorithm.displayName() + " key failed to sign", e);
        }
    }

    private interface Signer {
        byte[] sign(byte[] data, int length);
    }
}
