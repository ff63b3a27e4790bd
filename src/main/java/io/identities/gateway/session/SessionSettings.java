package io.identities.gateway.session;

import io.identities.gateway.access.RequestTarget;
import java.util.HashMap;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The endpoints of the gateway itself. A path that is switched off or renamed is handled like any other path.
 *
 * @param authenticate log in
 * @param renewToken renew a session
 * @param revokeToken end a session
 * @param jwks the public keys
 */
@ConfigurationProperties("identities.endpoints")
record SessionSettings(
        @DefaultValue Authenticate authenticate,
        @DefaultValue RenewToken renewToken,
        @DefaultValue RevokeToken revokeToken,
        @DefaultValue Jwks jwks) {

    SessionSettings {
        Map<String, String> taken = new HashMap<>();
        register(taken, "authenticate", authenticate.enabled(), authenticate.path());
        register(taken, "renew-token", renewToken.enabled(), renewToken.path());
        register(taken, "revoke-token", revokeToken.enabled(), revokeToken.path());
        register(taken, "jwks", jwks.enabled(), jwks.path());
    }

    /**
     * Log in.
     *
     * @param path exact raw path below the base path
     * @param enabled whether the gateway answers there
     */
    record Authenticate(
            @DefaultValue("/api/v1/authenticate") String path,
            @DefaultValue("true") boolean enabled) {}

    /**
     * Renew a session.
     *
     * @param path exact raw path below the base path
     * @param enabled whether the gateway answers there
     */
    record RenewToken(
            @DefaultValue("/api/v1/renewToken") String path,
            @DefaultValue("true") boolean enabled) {}

    /**
     * End a session.
     *
     * @param path exact raw path below the base path
     * @param enabled whether the gateway answers there
     */
    record RevokeToken(
            @DefaultValue("/api/v1/revokeToken") String path,
            @DefaultValue("true") boolean enabled) {}

    /**
     * The public keys.
     *
     * @param path exact raw path below the base path
     * @param enabled whether the gateway answers there
     */
    record Jwks(
            @DefaultValue("/.well-known/jwks.json") String path,
            @DefaultValue("true") boolean enabled) {}

    private static void register(Map<String, String> taken, String endpoint, boolean enabled, String path) {
        if (!enabled) {
            return;
        }
        String property = "identities.endpoints." + endpoint + ".path";
        RequestTarget target = RequestTarget.of(path);
        if (!target.isPlain()
                || target.rawQuery() != null
                || path.indexOf('%') >= 0
                || path.indexOf('*') >= 0
                || path.equals("/")) {
            throw new IllegalArgumentException(property + ": found '" + path
                    + "', expected a plain path such as /api/v1/authenticate, without escapes, *, ; . .. or a query");
        }
        String other = taken.putIfAbsent(target.looseReading(), property);
        if (other != null) {
            throw new IllegalArgumentException(
                    property + ": found '" + path + "', expected a path that does not read like that of " + other);
        }
    }
}
