package io.identities.gateway.forwardauth;

import io.identities.gateway.access.RequestTarget;
import io.identities.gateway.http.TrustedProxies;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings {@code identities.forward-auth.*}.
 *
 * @param enabled whether the forward-auth endpoint exists
 * @param path raw path below the base path; everything below it belongs to forward-auth too
 * @param dialect the one set of headers that is read: x-forwarded, x-original or path
 * @param trustedProxies networks (CIDR) of the proxies that may ask about a path; empty trusts nobody
 */
@ConfigurationProperties("identities.forward-auth")
record ForwardAuthSettings(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("/forward-auth") String path,
        @DefaultValue("x-forwarded") Dialect dialect,
        @DefaultValue List<String> trustedProxies) {

    ForwardAuthSettings {
        trustedProxies = List.copyOf(trustedProxies);
        networks(trustedProxies);
        RequestTarget target = RequestTarget.of(path);
        if (!target.isPlain()
                || target.rawQuery() != null
                || path.indexOf('%') >= 0
                || path.indexOf('*') >= 0
                || path.endsWith("/")) {
            throw new IllegalArgumentException(
                    "identities.forward-auth.path: found '" + path
                            + "', expected a plain path such as /forward-auth, without escapes, *, ; . .. or a slash at the end");
        }
    }

    TrustedProxies toTrustedProxies() {
        return networks(trustedProxies);
    }

    private static TrustedProxies networks(List<String> cidrs) {
        return TrustedProxies.of("identities.forward-auth.trusted-proxies", cidrs);
    }
}
