package io.identities.gateway.token;

import io.identities.gateway.token.Revocation.OfSession;
import io.identities.gateway.token.Revocation.OfToken;
import io.identities.gateway.token.Revocation.OfUser;
import io.identities.gateway.token.Revocation.Superseded;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A revocation as one line in the shared store: a letter, moments in milliseconds since 1970, and the name last. */
final class RevocationText {

    private RevocationText() {}

    static String write(Revocation revocation) {
        long until = revocation.until().toEpochMilli();
        if (revocation instanceof OfSession session) {
            return "s:" + until + ":" + session.sessionId();
        }
        if (revocation instanceof OfToken token) {
            return "t:" + until + ":" + token.tokenId();
        }
        if (revocation instanceof OfUser user) {
            return "u:" + until + ":" + user.moment().toEpochMilli() + ":" + user.username();
        }
        Superseded mark = (Superseded) revocation;
        return "r:" + until + ":" + mark.issuedBefore().toEpochMilli() + ":"
                + mark.from().toEpochMilli() + ":" + mark.sessionId();
    }

    /** @return null for an unknown line, which a newer version may have written */
    static @Nullable Revocation read(String line) {
        try {
            return switch (line.substring(0, Math.min(2, line.length()))) {
                case "s:" -> {
                    String[] parts = line.split(":", 3);
                    yield new OfSession(parts[2], moment(parts[1]));
                }
                case "t:" -> {
                    String[] parts = line.split(":", 3);
                    yield new OfToken(parts[2], moment(parts[1]));
                }
                case "u:" -> {
                    String[] parts = line.split(":", 4);
                    yield new OfUser(parts[3], moment(parts[2]), moment(parts[1]));
                }
                case "r:" -> {
                    String[] parts = line.split(":", 5);
                    yield new Superseded(parts[4], moment(parts[2]), moment(parts[3]), moment(parts[1]));
                }
                default -> null;
            };
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
            return null;
        }
    }

    private static Instant moment(String millis) {
        return Instant.ofEpochMilli(Long.parseLong(millis));
    }
}
