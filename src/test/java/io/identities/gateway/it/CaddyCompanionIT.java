package io.identities.gateway.it;

import io.identities.gateway.testing.CompanionProxy;
import java.io.IOException;

/** Caddy asks by {@code forward_auth}. */
class CaddyCompanionIT extends CompanionContract {

    CaddyCompanionIT() {
        super("x-forwarded");
    }

    @Override
    CompanionProxy startProxy(int gatewayPort, int applicationPort) throws IOException {
        return CompanionProxy.caddy(gatewayPort, applicationPort);
    }
}
