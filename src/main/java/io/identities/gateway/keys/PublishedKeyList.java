package io.identities.gateway.keys;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.commons.codec.digest.DigestUtils;

/** Secrets and key pairs that are published in lists, standards and tutorials. */
final class PublishedKeyList {

    private static final Set<Long> DIGESTS = read();

    private PublishedKeyList() {}

    /** @param content an HMAC secret, or the input of an RFC 7638 thumbprint */
    static boolean contains(byte[] content) {
        return containsDigest(DigestUtils.sha256(content));
    }

    static boolean containsDigest(byte[] sha256) {
        return DIGESTS.contains(ByteBuffer.wrap(sha256).getLong());
    }

    private static Set<Long> read() {
        try (InputStream in = PublishedKeyList.class.getResourceAsStream("published-keys.txt")) {
            return new String(Objects.requireNonNull(in, "published-keys.txt").readAllBytes(), US_ASCII)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> Long.parseUnsignedLong(line, 16))
                    .collect(Collectors.toUnmodifiableSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
