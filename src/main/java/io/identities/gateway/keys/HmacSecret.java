package io.identities.gateway.keys;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Reads HMAC secrets ({@code text}, {@code base64:…}, {@code hex:…}) and refuses guessable ones. */
final class HmacSecret {

    /** A shorter repeated unit is refused as too weak. */
    private static final int LONG_UNIT = 16;

    /** A secret with fewer distinct bytes is not random, whatever its length. */
    private static final int MIN_DISTINCT = 6;

    private static final Pattern UNRESOLVED =
            Pattern.compile(".*(\\$\\{[^}]*}|\\{\\{.*}}).*|<[^<>]*>|\\$\\([^)]*\\)", Pattern.DOTALL);

    private static final Pattern LATE_ENCODING = Pattern.compile("\\s+(base64|hex):", Pattern.CASE_INSENSITIVE);
    private static final Pattern LAST_LINE_END = Pattern.compile("\\r?\\n\\z");

    /** Searched for in the letters and digits of a secret, in lower case. */
    private static final List<String> EXAMPLES = List.of(
            "changeme",
            "changeit",
            "changethis",
            "replaceme",
            "replacethis",
            "yoursecret",
            "bitsecret",
            "yoursupersecret",
            "yourjwt",
            "yourkey",
            "mysecretkey",
            "mysupersecret",
            "supersecretkey",
            "examplesecret",
            "secretexample",
            "insertsecret",
            "secretkey0123",
            "secretkey1234",
            "jwtsecretkey",
            "donotuse",
            "notasecret",
            "placeholder");

    /** The location of a secret in place of the secret, which is guessable. */
    private static final Pattern ADDRESS = Pattern.compile(
            "(?i)(file|classpath|configtree|env|vault|https?):.*|/(run|var|etc|mnt|opt|home|tmp|secrets)/.*",
            Pattern.DOTALL);

    private static final Pattern QUOTED = Pattern.compile("([\"']).*\\1", Pattern.DOTALL);

    private HmacSecret() {}

    /**
     * The bytes of a configured secret.
     *
     * @param given {@code base64:} or {@code hex:} and the encoded bytes, or any other text, taken as UTF-8; one
     *     trailing line end is dropped, as editors add it
     * @throws UnusableKeyException if it cannot be decoded or is guessable; never shows the value
     */
    static byte[] parse(SignatureAlgorithm algorithm, String given) {
        String written = LAST_LINE_END.matcher(given).replaceFirst("");
        if (written.isBlank()) {
            throw new UnusableKeyException("found " + (written.isEmpty() ? "nothing" : "only blanks") + ", expected "
                    + expectation(algorithm));
        }
        refuseLeadIn(written);
        if (written.regionMatches(true, 0, "base64:", 0, "base64:".length())) {
            return decodeBase64(written.substring("base64:".length()).strip());
        }
        if (written.regionMatches(true, 0, "hex:", 0, "hex:".length())) {
            return decodeHex(written.substring("hex:".length()).strip());
        }
        checkText(written);
        return written.getBytes(UTF_8);
    }

    // If unnoticed, these would turn encoded bytes into text, or a text into another one.
    private static void refuseLeadIn(String written) {
        if (written.startsWith("\uFEFF")) {
            throw new UnusableKeyException("found a byte order mark, expected a secret without one");
        }
        if (LATE_ENCODING.matcher(written).lookingAt()) {
            throw new UnusableKeyException("found blanks before the name of the encoding, expected none");
        }
    }

    /** @throws UnusableKeyException if the secret is guessable or published */
    static void check(SignatureAlgorithm algorithm, byte[] secret) {
        if (isExample(new String(secret, UTF_8))) {
            throw new UnusableKeyException(
                    "found an example value, expected a secret of your own, for example of: openssl rand -base64 48");
        }
        if (secret.length < algorithm.signatureLength()) {
            throw new UnusableKeyException(
                    "found a secret of " + secret.length + " bytes, expected " + expectation(algorithm));
        }
        if (distinct(secret) < MIN_DISTINCT || isRepetition(secret)) {
            throw new UnusableKeyException(
                    "found a secret that repeats itself, expected random bytes, for example of: openssl rand -base64 48");
        }
        if (KeyEncodings.isKeyOfPair(secret)) {
            throw new UnusableKeyException("found a key of a pair or a certificate, which others may know, expected an"
                    + " HMAC secret; keys of pairs are files in identities.keys.directory");
        }
        if (PublishedKeyList.contains(secret)) {
            throw new UnusableKeyException("found a secret out of a published list, expected one of your own, for"
                    + " example of: openssl rand -base64 48");
        }
    }

    private static String expectation(SignatureAlgorithm algorithm) {
        return "a secret of at least " + algorithm.signatureLength() + " bytes for " + algorithm.displayName();
    }

    private static byte[] decodeBase64(String text) {
        try {
            boolean urlAlphabet = text.indexOf('-') >= 0 || text.indexOf('_') >= 0;
            return (urlAlphabet ? Base64.getUrlDecoder() : Base64.getDecoder()).decode(text);
        } catch (IllegalArgumentException e) {
            throw new UnusableKeyException(
                    "found text after \"base64:\" that is not Base64, expected RFC 4648 section 4 or 5");
        }
    }

    private static byte[] decodeHex(String text) {
        try {
            return HexFormat.of().parseHex(text);
        } catch (IllegalArgumentException e) {
            throw new UnusableKeyException(
                    "found text after \"hex:\" that is not hexadecimal, expected an even number of digits");
        }
    }

    private static void checkText(String text) {
        if (UNRESOLVED.matcher(text).matches()) {
            throw new UnusableKeyException("found a placeholder that nothing has replaced, expected a secret");
        }
        if (text.contains("-----BEGIN ")) {
            throw new UnusableKeyException(
                    "found a PEM block, expected an HMAC secret; PEM keys are files in identities.keys.directory");
        }
        if (text.stripLeading().startsWith("{")) {
            throw new UnusableKeyException(
                    "found JSON, expected an HMAC secret; JWKs are files in identities.keys.directory");
        }
        if (ADDRESS.matcher(text).matches()) {
            throw new UnusableKeyException("found the address of a secret (not shown), expected the secret itself;"
                    + " files are read from identities.keys.directory, or by spring.config.import=configtree:");
        }
        if (QUOTED.matcher(text).matches()) {
            throw new UnusableKeyException("found a secret in quotes, expected it without: they would be part of it");
        }
    }

    private static boolean isExample(String text) {
        String plain = text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
        return EXAMPLES.stream().anyMatch(plain::contains);
    }

    private static long distinct(byte[] secret) {
        boolean[] seen = new boolean[256];
        int count = 0;
        for (byte b : secret) {
            if (!seen[b & 0xff]) {
                seen[b & 0xff] = true;
                count++;
            }
        }
        return count;
    }

    /**
     * Whether the whole is a repeated short unit. A unit of {@value #LONG_UNIT} bytes is weak as well, but accepted.
     */
    private static boolean isRepetition(byte[] secret) {
        for (int period = 1; period <= secret.length / 2 && period < LONG_UNIT; period++) {
            if (Arrays.equals(secret, period, secret.length, secret, 0, secret.length - period)) {
                return true;
            }
        }
        return false;
    }
}
