package io.identities.gateway.http;

import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Which peers may report the client's address.
 *
 * @param trustedProxies networks (CIDR) of the proxies in front; empty trusts nobody
 */
@ConfigurationProperties("identities.proxy")
record TrustSettings(@DefaultValue List<String> trustedProxies) {

    TrustSettings {
        trustedProxies = List.copyOf(trustedProxies);
        networks(trustedProxies);
    }

    TrustedProxies toTrustedProxies() {
        return networks(trustedProxies);
    }

    private static TrustedProxies networks(List<String> cidrs) {
        return TrustedProxies.of("identities.proxy.trusted-proxies", cidrs);
    }
}
