package io.identities.gateway.keys;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.identities.gateway.keys.KeySource.KeySet;
import io.identities.gateway.keys.SignatureAlgorithm.Family;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

/** The formats of key files by their extension. The name before the extension is the {@code kid}. */
final class KeyFileFormat {

    private static final Pattern KID = Pattern.compile("[\\x21-\\x7e]{1,128}");
    private static final Map<String, Format> FORMATS = Map.of(
            ".pem", PemFormat::read,
            ".jwk", JwkFile::read,
            ".jwks", JwkFile::read,
            ".json", JwkFile::read,
            ".secret", KeyFileFormat::readSecret);

    private KeyFileFormat() {}

    /** Whether a file of this name is a key file. */
    static boolean isKeyFile(String name) {
        return !name.startsWith(".") && FORMATS.containsKey(ending(name));
    }

    /**
     * The keys of one file.
     *
     * @throws UnusableKeyException naming the file
     */
    static KeySet read(String name, byte[] content, SignatureAlgorithm configured) {
        String ending = ending(name);
        String id = name.substring(0, name.length() - ending.length());
        try {
            if (!KID.matcher(id).matches()) {
                throw new UnusableKeyException("found a name that makes no kid, expected visible ASCII, at most 128");
            }
            Format format = Objects.requireNonNull(FORMATS.get(ending));
            return format.read(id, text(content), configured);
        } catch (UnusableKeyException e) {
            throw new UnusableKeyException(name + ": " + e.getMessage(), e);
        }
    }

    private static KeySet readSecret(String id, String text, SignatureAlgorithm configured) {
        SignatureAlgorithm algorithm = configured.family() == Family.HMAC ? configured : SignatureAlgorithm.HS256;
        byte[] secret = HmacSecret.parse(algorithm, text);
        return new KeySet(List.of(SigningKey.hmac(id, algorithm, secret)), List.of());
    }

    private static String ending(String name) {
        return name.substring(Math.max(0, name.lastIndexOf('.')));
    }

    private static String text(byte[] content) {
        try {
            String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
            if (text.startsWith("\uFEFF")) {
                throw new UnusableKeyException("found a byte order mark, expected text without one");
            }
            return text;
        } catch (CharacterCodingException e) {
            throw new UnusableKeyException("found bytes that are not UTF-8 text; write bytes as base64:… or hex:…");
        }
    }

    private interface Format {
        KeySet read(String id, String text, SignatureAlgorithm configured);
    }
}
