package io.identities.gateway.keys;

import java.util.List;

/** The one HMAC secret of {@code identities.keys.secret}; its {@code kid} is {@value #KEY_ID}. */
final class SecretKeySource implements KeySource {

    static final String KEY_ID = "default";

    private final KeySet keys;

    /** @throws IllegalArgumentException if the secret is not usable; never shows it */
    SecretKeySource(SignatureAlgorithm algorithm, String written) {
        if (algorithm.family() != SignatureAlgorithm.Family.HMAC) {
            throw new IllegalArgumentException("identities.keys.algorithm: found " + algorithm.displayName()
                    + " together with identities.keys.secret, expected HS256, HS384 or HS512; other keys are files in"
                    + " identities.keys.directory");
        }
        try {
            byte[] secret = HmacSecret.parse(algorithm, written);
            this.keys = new KeySet(List.of(SigningKey.hmac(KEY_ID, algorithm, secret)), List.of());
        } catch (UnusableKeyException e) {
            throw new IllegalArgumentException("identities.keys.secret: " + e.getMessage(), e);
        }
    }

    @Override
    public KeySet read() {
        return keys;
    }
}
