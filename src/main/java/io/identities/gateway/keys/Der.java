package io.identities.gateway.keys;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The part of DER (X.690) that is needed to convert the traditional key formats (PKCS#1, SEC 1) to those that the JDK
 * reads.
 */
final class Der {

    private static final int INTEGER = 0x02;
    private static final int BIT_STRING = 0x03;
    private static final int OCTET_STRING = 0x04;
    private static final int OBJECT_ID = 0x06;
    private static final int SEQUENCE = 0x30;
    private static final int CURVE_PARAMETERS = 0xa0;

    private static final byte[] NULL = {0x05, 0x00};
    private static final byte[] VERSION_0 = value(INTEGER, new byte[] {0});
    private static final byte[] RSA = value(OBJECT_ID, hex("2a864886f70d010101"));
    private static final byte[] EC = value(OBJECT_ID, hex("2a8648ce3d0201"));
    private static final byte[] ED25519 = value(OBJECT_ID, hex("2b6570"));

    private Der() {}

    /** PKCS#8 around an RSAPrivateKey (RFC 8017 appendix A.1.2). */
    static byte[] pkcs8OfPkcs1(byte[] pkcs1) {
        return value(SEQUENCE, VERSION_0, value(SEQUENCE, RSA, NULL), value(OCTET_STRING, pkcs1));
    }

    /**
     * PKCS#8 around an ECPrivateKey (RFC 5915).
     *
     * @return null when the key does not name its curve
     */
    static byte @Nullable [] pkcs8OfSec1(byte[] sec1) {
        byte[] curve = curveOf(sec1);
        return curve == null ? null : value(SEQUENCE, VERSION_0, value(SEQUENCE, EC, curve), value(OCTET_STRING, sec1));
    }

    /** SubjectPublicKeyInfo around an RSAPublicKey (RFC 8017 appendix A.1.1). */
    static byte[] spkiOfPkcs1(byte[] pkcs1) {
        return value(SEQUENCE, value(SEQUENCE, RSA, NULL), value(BIT_STRING, new byte[] {0}, pkcs1));
    }

    /** SubjectPublicKeyInfo of an Ed25519 key (RFC 8410). */
    static byte[] spkiOfEd25519(byte[] x) {
        return value(SEQUENCE, value(SEQUENCE, ED25519), value(BIT_STRING, new byte[] {0}, x));
    }

    /** PKCS#8 of an Ed25519 key (RFC 8410). */
    static byte[] pkcs8OfEd25519(byte[] seed) {
        return value(SEQUENCE, VERSION_0, value(SEQUENCE, ED25519), value(OCTET_STRING, value(OCTET_STRING, seed)));
    }

    // ECPrivateKey ::= SEQUENCE { version, privateKey OCTET STRING, [0] parameters OPTIONAL, [1] publicKey OPTIONAL }
    private static byte @Nullable [] curveOf(byte[] sec1) {
        try {
            int at = contentStart(sec1, 0);
            at = end(sec1, at);
            at = end(sec1, at);
            return at < sec1.length && (sec1[at] & 0xff) == CURVE_PARAMETERS
                    ? Arrays.copyOfRange(sec1, contentStart(sec1, at), end(sec1, at))
                    : null;
        } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
            return null;
        }
    }

    private static int end(byte[] der, int at) {
        return contentStart(der, at) + length(der, at);
    }

    private static int contentStart(byte[] der, int at) {
        int first = der[at + 1] & 0xff;
        return at + 2 + (first < 0x80 ? 0 : first & 0x7f);
    }

    private static int length(byte[] der, int at) {
        int first = der[at + 1] & 0xff;
        if (first < 0x80) {
            return first;
        }
        int length = 0;
        for (int i = 0; i < (first & 0x7f); i++) {
            length = length << 8 | der[at + 2 + i] & 0xff;
        }
        return length;
    }

    private static byte[] value(int tag, byte[]... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        writeLength(out, content.size());
        out.writeBytes(content.toByteArray());
        return out.toByteArray();
    }

    private static void writeLength(ByteArrayOutputStream out, int length) {
        if (length < 0x80) {
            out.write(length);
        } else if (length < 0x100) {
            out.write(0x81);
            out.write(length);
        } else {
            out.write(0x82);
            out.write(length >> 8);
            out.write(length);
        }
    }

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits);
    }
}
