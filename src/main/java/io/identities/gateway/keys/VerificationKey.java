package io.identities.gateway.keys;

import io.identities.gateway.audit.LogText;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.AlgorithmParameterSpec;
import java.util.Objects;
import org.apache.commons.codec.digest.DigestUtils;
import org.jspecify.annotations.Nullable;

/**
 * A key that checks signatures of the one algorithm it is bound to. Immutable, thread-safe; never prints key material.
 */
public final class VerificationKey {

    private final @Nullable String id;
    private final SignatureAlgorithm algorithm;
    private final @Nullable PublicKey publicKey;
    private final byte[] digest;
    private final SignatureCheck check;

    private VerificationKey(
            @Nullable String id,
            SignatureAlgorithm algorithm,
            @Nullable PublicKey publicKey,
            byte[] content,
            SignatureCheck check) {
        this.id = id;
        this.algorithm = algorithm;
        this.publicKey = publicKey;
        this.digest = DigestUtils.sha256(content);
        this.check = check;
    }

    static VerificationKey hmac(String id, SignatureAlgorithm algorithm, byte[] secret, HmacSha2 hmac) {
        return new VerificationKey(id, algorithm, null, secret, hmac::verify);
    }

    /**
     * @param id the {@code kid}; null where a trusted issuer gives none
     * @throws UnusableKeyException if the key does not fit {@code algorithm}
     */
    public static VerificationKey of(@Nullable String id, SignatureAlgorithm algorithm, PublicKey key) {
        PublicKeyRules.check(algorithm, key);
        return new VerificationKey(
                id,
                algorithm,
                key,
                key.getEncoded(),
                (data, length, signature) -> verifies(algorithm, key, data, length, signature));
    }

    /** The {@code kid}; null where a trusted issuer gives none. */
    public @Nullable String id() {
        return id;
    }

    public SignatureAlgorithm algorithm() {
        return algorithm;
    }

    /** Null for an HMAC secret, which has no public half. */
    @Nullable PublicKey publicKey() {
        return publicKey;
    }

    /**
     * Whether {@code signature} is a signature of this key over the first {@code length} bytes of {@code data}; never
     * throws.
     */
    public boolean verify(byte[] data, int length, byte[] signature) {
        return check.verify(data, length, signature);
    }

    /** Same name, same algorithm, same content. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof VerificationKey that
                && Objects.equals(id, that.id)
                && algorithm == that.algorithm
                && MessageDigest.isEqual(digest, that.digest);
    }

    @Override
    public int hashCode() {
        return Objects.hash(id, algorithm);
    }

    @Override
    public String toString() {
        return "VerificationKey[" + (id == null ? null : LogText.of(id)) + ", " + algorithm.displayName() + "]";
    }

    private static boolean verifies(
            SignatureAlgorithm algorithm, PublicKey key, byte[] data, int length, byte[] signature) {
        if (!isWellFormed(algorithm, key, signature)) {
            return false;
        }
        try {
            Signature verifier = Signature.getInstance(algorithm.jcaName());
            AlgorithmParameterSpec parameters = algorithm.parameters();
            if (parameters != null) {
                verifier.setParameter(parameters);
            }
            verifier.initVerify(key);
            verifier.update(data, 0, length);
            return verifier.verify(signature);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static boolean isWellFormed(SignatureAlgorithm algorithm, PublicKey key, byte[] signature) {
        if (algorithm.signatureLength() > 0 && signature.length != algorithm.signatureLength()) {
            return false;
        }
        return !(key instanceof ECPublicKey ec) || EcPoints.isInRange(ec.getParams(), signature);
    }

    private interface SignatureCheck {
        boolean verify(byte[] data, int length, byte[] signature);
    }
}
