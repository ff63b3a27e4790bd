package io.identities.gateway.token;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.identities.gateway.keys.VerificationKey;
import org.jspecify.annotations.Nullable;

/**
 * A JWS in compact form (RFC 7515 section 3.1), read strictly: three parts, canonical base64url, no padding. Every
 * token has exactly one text. An empty payload is legal here and refused where claims are read.
 */
final class CompactJws {

    private final byte[] ascii;
    private final int signingInputLength;
    private final byte[] header;
    private final byte[] payload;
    private final byte[] signature;

    private CompactJws(byte[] ascii, int signingInputLength, byte[] header, byte[] payload, byte[] signature) {
        this.ascii = ascii;
        this.signingInputLength = signingInputLength;
        this.header = header;
        this.payload = payload;
        this.signature = signature;
    }

    /** @return null when {@code compact} is anything else */
    static @Nullable CompactJws parse(String compact) {
        int first = compact.indexOf('.');
        int second = first < 1 ? -1 : compact.indexOf('.', first + 1);
        if (second < 0 || second == compact.length() - 1) {
            return null;
        }
        // Characters beyond Latin-1 become '?', which is outside the alphabet; a third dot is as well.
        byte[] ascii = compact.getBytes(ISO_8859_1);
        byte[] header = Base64Url.decode(ascii, 0, first);
        byte[] payload = header == null ? null : Base64Url.decode(ascii, first + 1, second);
        byte[] signature = payload == null ? null : Base64Url.decode(ascii, second + 1, ascii.length);
        if (header == null || payload == null || signature == null) {
            return null;
        }
        return new CompactJws(ascii, second, header, payload, signature);
    }

    byte[] header() {
        return header;
    }

    byte[] payload() {
        return payload;
    }

    boolean isSignedBy(VerificationKey key) {
        return key.verify(ascii, signingInputLength, signature);
    }

    /** The digest of the signing input and of {@code issuer}, as 43 characters. */
    String fingerprint(String issuer) {
        return Base64Url.encode(Digest.sha256(ascii, signingInputLength, issuer));
    }
}
