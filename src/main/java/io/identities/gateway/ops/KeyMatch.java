package io.identities.gateway.ops;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;

/**
 * Whether a private and a public key form a pair: tested by a signature, because a private key in a device cannot be
 * read.
 */
final class KeyMatch {

    private static final byte[] TEXT = {1};

    private KeyMatch() {}

    /** True also for unknown key types. */
    static boolean of(PrivateKey key, PublicKey published) throws GeneralSecurityException {
        if (!key.getAlgorithm().equals(published.getAlgorithm())) {
            return false;
        }
        return switch (key.getAlgorithm()) {
            case "RSA" -> verifies("SHA256withRSA", key, published);
            case "EC" -> verifies("SHA256withECDSA", key, published);
            case "EdDSA", "Ed25519", "Ed448" -> verifies("EdDSA", key, published);
            default -> true;
        };
    }

    private static boolean verifies(String algorithm, PrivateKey key, PublicKey published)
            throws GeneralSecurityException {
        Signature signer = Signature.getInstance(algorithm);
        signer.initSign(key);
        signer.update(TEXT);
        Signature verifier = Signature.getInstance(algorithm);
        verifier.initVerify(published);
        verifier.update(TEXT);
        return verifier.verify(signer.sign());
    }
}
