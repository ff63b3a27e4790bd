package io.identities.gateway.keys;

import io.identities.gateway.keys.KeySource.KeySet;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a PEM file with one key (RFC 7468): PKCS#8, PKCS#1 or SEC 1, or a public key, which can only verify. */
final class PemFormat {

    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----", Pattern.DOTALL);
    private static final Set<String> IGNORED = Set.of("EC PARAMETERS");
    private static final String EXPECTED =
            "expected one block PRIVATE KEY, RSA PRIVATE KEY, EC PRIVATE KEY or PUBLIC KEY";

    private PemFormat() {}

    /** @throws UnusableKeyException if the text holds anything but one usable key */
    static KeySet read(String id, String text, SignatureAlgorithm configured) {
        Block block = onlyBlock(text);
        return switch (block.label()) {
            case "PRIVATE KEY" -> signer(id, block.der(), configured);
            case "RSA PRIVATE KEY" -> signer(id, Der.pkcs8OfPkcs1(block.der()), configured);
            case "EC PRIVATE KEY" -> signer(id, sec1(block.der()), configured);
            case "PUBLIC KEY" -> verifier(id, block.der(), configured);
            case "RSA PUBLIC KEY" -> verifier(id, Der.spkiOfPkcs1(block.der()), configured);
            default -> throw new UnusableKeyException("found a PEM block " + block.label() + ", " + EXPECTED);
        };
    }

    private static KeySet signer(String id, byte[] pkcs8, SignatureAlgorithm configured) {
        PrivateKey key = KeyPairs.privateKey(pkcs8);
        PublicKey publicKey = KeyPairs.publicHalf(key);
        SignatureAlgorithm algorithm = PublicKeyRules.algorithmFor(publicKey, configured);
        return new KeySet(List.of(SigningKey.of(id, algorithm, key, publicKey)), List.of());
    }

    private static KeySet verifier(String id, byte[] spki, SignatureAlgorithm configured) {
        PublicKey key = KeyPairs.publicKey(spki);
        SignatureAlgorithm algorithm = PublicKeyRules.algorithmFor(key, configured);
        return new KeySet(List.of(), List.of(VerificationKey.of(id, algorithm, key)));
    }

    private static byte[] sec1(byte[] der) {
        byte[] pkcs8 = Der.pkcs8OfSec1(der);
        if (pkcs8 == null) {
            throw new UnusableKeyException(
                    "found an EC private key that does not name its curve, expected a named curve or PKCS#8");
        }
        return pkcs8;
    }

    private static Block onlyBlock(String text) {
        refuseTelltales(text);
        List<Block> blocks = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(text);
        while (matcher.find()) {
            if (!IGNORED.contains(matcher.group(1))) {
                blocks.add(new Block(matcher.group(1), decode(matcher.group(2))));
            }
        }
        if (blocks.size() != 1) {
            throw new UnusableKeyException("found " + blocks.size() + " complete PEM blocks, " + EXPECTED);
        }
        return blocks.get(0);
    }

    private static void refuseTelltales(String text) {
        if (text.contains("ENCRYPTED")) {
            throw new UnusableKeyException("found an encrypted private key, expected one without a passphrase, for"
                    + " example of: openssl pkey -in encrypted.pem -out plain.pem");
        }
        if (text.contains("-----\\n")) {
            throw new UnusableKeyException(
                    "found line ends written as backslash and n, expected a PEM file with real line ends");
        }
        if (text.contains("BEGIN CERTIFICATE")) {
            throw new UnusableKeyException("found a certificate, " + EXPECTED);
        }
    }

    private static byte[] decode(String body) {
        try {
            return Base64.getDecoder().decode(body.replaceAll("\\s", ""));
        } catch (IllegalArgumentException e) {
            throw new UnusableKeyException("found a PEM block that is not Base64, expected a whole and sound file");
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // Lives for a moment, is never compared.
    private record Block(String label, byte[] der) {}
}
