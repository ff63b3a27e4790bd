package io.identities.gateway.keys;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings {@code identities.keys.*}.
 *
 * @param secret one HMAC secret: plain text, base64:… or hex:…, at least as long as the hash
 * @param algorithm algorithm of the secret, and of those key files that fit several (HS256, HS384, HS512, RS256, RS384,
 *     RS512, PS256, PS384, PS512, ES256, ES384, ES512, Ed25519)
 * @param directory directory of key files; the file name without its ending is the kid
 * @param signer kid of the key that signs; by default the last name in byte order
 * @param activationDelay how long a new key only verifies before it signs, so that every replica has it by then
 * @param reloadInterval how often the directory is read
 */
@ConfigurationProperties("identities.keys")
record KeySettings(
        @Nullable String secret,
        @DefaultValue("HS256") String algorithm,
        @Nullable Path directory,
        @Nullable String signer,
        @DefaultValue("180s") Duration activationDelay,
        @DefaultValue("10s") Duration reloadInterval)
        implements InitializingBean {

    KeySettings {
        SignatureAlgorithm.ofSetting("identities.keys.algorithm", algorithm);
        if (activationDelay.isNegative() || activationDelay.compareTo(Duration.ofDays(30)) > 0) {
            throw new IllegalArgumentException(
                    "identities.keys.activation-delay: found " + activationDelay + ", expected zero to 30 days");
        }
        if (reloadInterval.compareTo(Duration.ofMillis(100)) < 0 || reloadInterval.compareTo(Duration.ofDays(1)) > 0) {
            throw new IllegalArgumentException(
                    "identities.keys.reload-interval: found " + reloadInterval + ", expected 100 ms to one day");
        }
        if (signer != null && signer.isBlank()) {
            throw new IllegalArgumentException("identities.keys.signer: found nothing, expected a kid or no setting");
        }
    }

    /**
     * Reads the keys, so that their problems are reported together with all other problems. If neither a secret nor a
     * directory is set, another bean may be the source.
     *
     * @throws UnusableKeyException if they are not usable
     */
    @Override
    public void afterPropertiesSet() {
        if (secret != null || directory != null) {
            KeyRing.of(source().read(), signer, Map.of(), activationDelay);
        }
    }

    /** @throws IllegalArgumentException if there is none, or the secret is unusable */
    KeySource source() {
        if (secret != null && directory != null) {
            throw new IllegalArgumentException("identities.keys.directory: found together with identities.keys.secret,"
                    + " expected one of them; a secret may be a .secret file in the directory");
        }
        if (directory != null) {
            return new DirectoryKeySource(directory, signatureAlgorithm());
        }
        if (secret == null) {
            throw new IllegalArgumentException("identities.keys.secret: found neither it nor identities.keys.directory,"
                    + " expected one of them");
        }
        return new SecretKeySource(signatureAlgorithm(), secret);
    }

    SignatureAlgorithm signatureAlgorithm() {
        return SignatureAlgorithm.ofSetting("identities.keys.algorithm", algorithm);
    }

    @Override
    public String toString() {
        return "KeySettings[secret=***, algorithm=" + algorithm + ", directory=" + directory + ", signer=" + signer
                + ", activationDelay=" + activationDelay + ", reloadInterval=" + reloadInterval + "]";
    }
}
