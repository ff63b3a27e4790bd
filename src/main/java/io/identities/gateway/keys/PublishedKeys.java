package io.identities.gateway.keys;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.commons.codec.digest.DigestUtils;
import org.jspecify.annotations.Nullable;

/**
 * The public keys as a JWK set (RFC 7517), for the verifiers of our tokens. Includes keys that do not sign yet, so that
 * verifiers know them before the first token names them. Thread-safe.
 */
public final class PublishedKeys {

    private final KeyRotation rotation;
    private volatile @Nullable Rendered rendered;

    PublishedKeys(KeyRotation rotation) {
        this.rotation = rotation;
    }

    /** The document as of now; empty when all keys are secrets. */
    public Optional<JwksDocument> current() {
        KeyRing ring = rotation.current();
        Rendered last = rendered;
        if (last == null || last.ring() != ring) {
            last = new Rendered(ring, render(ring));
            rendered = last;
        }
        return Optional.ofNullable(last.document());
    }

    private @Nullable JwksDocument render(KeyRing ring) {
        List<JWK> jwks = ring.verifiers().all().stream()
                .map(JwkFormat::write)
                .filter(Objects::nonNull)
                .map(Objects::requireNonNull)
                .toList();
        if (jwks.isEmpty()) {
            return null;
        }
        byte[] json = new JWKSet(jwks).toString(true).getBytes(UTF_8);
        String etag = "\"" + Base64.getUrlEncoder().withoutPadding().encodeToString(DigestUtils.sha256(json)) + "\"";
        return new JwksDocument(json, etag, rotation.activationDelay().dividedBy(2));
    }

    /**
     * @param json the JWK set; must not be changed
     * @param etag a strong entity tag, quotes included
     * @param maxAge for how long it may be cached: half the activation delay, so that every cache has a key before it
     *     signs
     */
    @SuppressWarnings("ArrayRecordComponent") // Written as it is, never compared.
    public record JwksDocument(byte[] json, String etag, Duration maxAge) {}

    private record Rendered(KeyRing ring, @Nullable JwksDocument document) {}
}
