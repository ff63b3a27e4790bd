package io.identities.gateway.keys;

import java.util.List;

/** Every issuer, other than this gateway, whose tokens are accepted. */
public record TrustedIssuers(List<TrustedIssuer> all) {

    public TrustedIssuers {
        all = List.copyOf(all);
    }

    void tick() {
        all.forEach(issuer -> issuer.keys().tick());
    }
}
