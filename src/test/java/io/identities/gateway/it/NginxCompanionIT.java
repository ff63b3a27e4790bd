package io.identities.gateway.it;

import io.identities.gateway.testing.CompanionProxy;
import java.io.IOException;

/** nginx asks by {@code auth_request}. */
class NginxCompanionIT extends CompanionContract {

    NginxCompanionIT() {
        super("x-original");
    }

    @Override
    CompanionProxy startProxy(int gatewayPort, int applicationPort) throws IOException {
        return CompanionProxy.nginx(gatewayPort, applicationPort);
    }
}
