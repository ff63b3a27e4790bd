package io.identities.gateway.credentials;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.commons.codec.digest.Md5Crypt;
import org.apache.commons.codec.digest.Sha2Crypt;
import org.jspecify.annotations.Nullable;
import org.springframework.security.crypto.bcrypt.BCrypt;

/** A stored hash of a supported type, with the cost of verifying it. Prints without the hash. */
record PasswordHash(Kind kind, int cost, String text) {

    private static final int BCRYPT_BYTES = 72;
    /** The limit of glibc's crypt(3); the time of SHA-crypt grows with the square of the length. */
    private static final int MAX_BYTES = 512;

    private static final int MAX_BCRYPT_COST = 16;
    private static final int MAX_ROUNDS = 2_000_000;
    private static final int DEFAULT_ROUNDS = 5000;

    private static final Pattern BCRYPT = Pattern.compile("\\$2[aby]\\$(\\d\\d)\\$[./A-Za-z0-9]{53}");
    private static final Pattern SHA_CRYPT =
            Pattern.compile("\\$([56])\\$(?:rounds=(\\d{1,9})\\$)?[./A-Za-z0-9]{1,16}\\$([./A-Za-z0-9]+)");
    private static final Pattern APR1 = Pattern.compile("\\$apr1\\$[./A-Za-z0-9]{1,8}\\$[./A-Za-z0-9]{22}");
    private static final Pattern SHA1 = Pattern.compile("\\{SHA}[A-Za-z0-9+/]{27}=");

    /** Hash types, with the approximate microseconds per unit of cost. */
    enum Kind {
        BCRYPT(55),
        SHA512_CRYPT(1.2),
        SHA256_CRYPT(0.9),
        APR1(1),
        SHA1(1);

        private final double microseconds;

        Kind(double microseconds) {
            this.microseconds = microseconds;
        }
    }

    /** @return null for an unknown type, plain text, a malformed hash, or one too expensive to verify */
    static @Nullable PasswordHash parse(String text) {
        if (BCRYPT.matcher(text).matches()) {
            int cost = Integer.parseInt(text.substring(4, 6));
            return cost >= 4 && cost <= MAX_BCRYPT_COST ? new PasswordHash(Kind.BCRYPT, cost, text) : null;
        }
        Matcher sha = SHA_CRYPT.matcher(text);
        if (sha.matches()) {
            return shaCrypt(text, sha);
        }
        if (APR1.matcher(text).matches()) {
            return new PasswordHash(Kind.APR1, 1000, text);
        }
        return SHA1.matcher(text).matches() ? new PasswordHash(Kind.SHA1, 1, text) : null;
    }

    /** Whether the password matches. One that is too long for the type takes as long and does not match. */
    boolean matches(byte[] password) {
        int limit = kind == Kind.BCRYPT ? BCRYPT_BYTES : MAX_BYTES;
        byte[] looked = Arrays.copyOf(password, Math.min(password.length, limit));
        // bcrypt repeats the password with a NUL between, so one inside would make "a" equal to "a\0a".
        boolean fits = password.length <= limit && !containsNul(password);
        boolean right = verify(looked);
        return fits && right;
    }

    /** Approximate microseconds; comparable between types. */
    double weight() {
        return kind.microseconds * (kind == Kind.BCRYPT ? 1 << cost : cost);
    }

    @Override
    public String toString() {
        return "PasswordHash[" + kind + ", cost=" + cost + "]";
    }

    private boolean verify(byte[] password) {
        return switch (kind) {
            case BCRYPT -> BCrypt.checkpw(password, text);
            case SHA512_CRYPT -> same(Sha2Crypt.sha512Crypt(password, text));
            case SHA256_CRYPT -> same(Sha2Crypt.sha256Crypt(password, text));
            case APR1 -> same(Md5Crypt.apr1Crypt(password, text));
            case SHA1 -> same("{SHA}" + Base64.getEncoder().encodeToString(DigestUtils.sha1(password)));
        };
    }

    private boolean same(String computed) {
        return MessageDigest.isEqual(computed.getBytes(US_ASCII), text.getBytes(US_ASCII));
    }

    private static @Nullable PasswordHash shaCrypt(String text, Matcher sha) {
        boolean wide = sha.group(1).equals("6");
        int rounds = sha.group(2) == null ? DEFAULT_ROUNDS : Integer.parseInt(sha.group(2));
        if (sha.group(3).length() != (wide ? 86 : 43) || rounds < 1000 || rounds > MAX_ROUNDS) {
            return null;
        }
        return new PasswordHash(wide ? Kind.SHA512_CRYPT : Kind.SHA256_CRYPT, rounds, text);
    }

    private static boolean containsNul(byte[] bytes) {
        for (byte b : bytes) {
            if (b == 0) {
                return true;
            }
        }
        return false;
    }
}
