package io.identities.gateway.keys;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** HMAC with one {@link Mac} per thread, made once: initialising it costs more than using it. */
final class HmacSha2 {

    private final ThreadLocal<Mac> macs;

    HmacSha2(SignatureAlgorithm algorithm, byte[] secret) {
        SecretKeySpec key = new SecretKeySpec(secret, algorithm.jcaName());
        this.macs = ThreadLocal.withInitial(() -> initialised(key));
    }

    byte[] sign(byte[] data, int length) {
        Mac mac = macs.get();
        mac.update(data, 0, length);
        return mac.doFinal();
    }

    /** In constant time for signatures of the right length. */
    boolean verify(byte[] data, int length, byte[] signature) {
        return MessageDigest.isEqual(sign(data, length), signature);
    }

    private static Mac initialised(SecretKeySpec key) {
        try {
            Mac mac = Mac.getInstance(key.getAlgorithm());
            mac.init(key);
            return mac;
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw missing(e);
        }
    }

    private static IllegalStateException missing(GeneralSecurityException e) {
        return new IllegalStateException("This Java runtime lacks an algorithm that every runtime must have", e);
    }
}
