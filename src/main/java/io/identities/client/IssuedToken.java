package io.identities.client;

import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A newly issued token. Its lifetime is the difference of its claims, because the gateway's clock and ours need not
 * agree. Prints as stars.
 *
 * @param asked when it was requested, by our clock
 * @param lifetime from {@code iat} to {@code exp}
 */
record IssuedToken(String value, Instant asked, Duration lifetime) {

    private static final Pattern COMPACT = Pattern.compile("[A-Za-z0-9_-]+\\.([A-Za-z0-9_-]+)\\.[A-Za-z0-9_-]*");
    private static final double LONGEST_LIFETIME = Duration.ofDays(3650).toSeconds();

    /** Reads the claims without verifying them, which the gateway does. Empty if this is not such a token. */
    static Optional<IssuedToken> read(Answer answer, Instant asked) {
        return answer.object()
                .map(body -> body.get("token"))
                .filter(String.class::isInstance)
                .map(String.class::cast)
                .flatMap(token -> claims(token)
                        .flatMap(IssuedToken::lifetime)
                        .map(lifetime -> new IssuedToken(token, asked, lifetime)));
    }

    @Override
    public String toString() {
        return "IssuedToken[***, " + lifetime + "]";
    }

    private static Optional<Map<String, Object>> claims(String token) {
        var parts = COMPACT.matcher(token);
        if (!parts.matches()) {
            return Optional.empty();
        }
        try {
            return JsonReader.object(Base64.getUrlDecoder().decode(parts.group(1)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Optional<Duration> lifetime(Map<String, Object> claims) {
        if (!(claims.get("exp") instanceof Double exp) || !(claims.get("iat") instanceof Double iat)) {
            return Optional.empty();
        }
        double seconds = Math.min(exp - iat, LONGEST_LIFETIME);
        return seconds >= 0 ? Optional.of(Duration.ofMillis((long) (seconds * 1000))) : Optional.empty();
    }
}
