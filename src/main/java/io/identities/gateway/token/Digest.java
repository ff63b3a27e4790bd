package io.identities.gateway.token;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/** The SHA-256 of a token's compact form: the cache key of a verdict, so that no token is kept in memory. */
record Digest(long first, long second, long third, long fourth) {

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final ThreadLocal<MessageDigest> SHA_256 = ThreadLocal.withInitial(Digest::newSha256);

    // Characters beyond Latin-1 become '?', which no token that was ever remembered contains.
    static Digest of(String compact) {
        byte[] hash = SHA_256.get().digest(compact.getBytes(ISO_8859_1));
        return new Digest((long) LONGS.get(hash, 0), (long) LONGS.get(hash, 8), (long) LONGS.get(hash, 16), (long)
                LONGS.get(hash, 24));
    }

    static byte[] sha256(byte[] data, int length, String more) {
        MessageDigest digest = SHA_256.get();
        digest.update(data, 0, length);
        digest.update((byte) 0);
        return digest.digest(more.getBytes(UTF_8));
    }

    @Override
    public int hashCode() {
        return (int) first;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Digest that
                && first == that.first
                && second == that.second
                && third == that.third
                && fourth == that.fourth;
    }

    private static MessageDigest newSha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("This Java runtime lacks SHA-256, which every runtime must have", e);
        }
    }
}
