package io.identities.gateway.keys;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Base64;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Recognises asymmetric keys and certificates, which are not secret, by their usual encodings: PEM, DER, JWK, OpenSSH,
 * and each of them in Base64.
 */
final class KeyEncodings {

    private static final int SEQUENCE = 0x30;

    /** A PEM body is Base64, and may be encoded twice more in a Kubernetes Secret. */
    private static final int LAYERS = 3;

    private static final Pattern OPEN_SSH = Pattern.compile("(ssh|ecdsa|sk)-\\S+\\s+AAAA.*", Pattern.DOTALL);
    private static final Pattern JWK = Pattern.compile("\\{.*\"kty\".*}", Pattern.DOTALL);

    private KeyEncodings() {}

    /** Whether the bytes, or the text they encode, are such a key or certificate. */
    static boolean isKeyOfPair(byte[] bytes) {
        return isKeyOfPair(bytes, LAYERS);
    }

    private static boolean isKeyOfPair(byte[] bytes, int layers) {
        if (isDer(bytes)) {
            return true;
        }
        String text = new String(bytes, ISO_8859_1).strip();
        if (text.contains("-----BEGIN ")
                || OPEN_SSH.matcher(text).matches()
                || JWK.matcher(text).matches()) {
            return true;
        }
        byte[] inner = layers == 0 ? null : decoded(text);
        return inner != null && isKeyOfPair(inner, layers - 1);
    }

    private static boolean isDer(byte[] bytes) {
        return bytes.length > 2
                && bytes[0] == SEQUENCE
                && (isPublicKey(bytes) || isPublicKey(Der.spkiOfPkcs1(bytes)) || isCertificate(bytes));
    }

    private static boolean isPublicKey(byte[] spki) {
        try {
            KeyPairs.publicKey(spki);
            return true;
        } catch (UnusableKeyException e) {
            return false;
        }
    }

    private static boolean isCertificate(byte[] der) {
        try {
            CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
            return true;
        } catch (CertificateException e) {
            return false;
        }
    }

    private static byte @Nullable [] decoded(String text) {
        String plain = text.replaceAll("\\s", "").replace('-', '+').replace('_', '/');
        try {
            return Base64.getDecoder().decode(plain);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
