package io.identities.gateway.ops;

import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import org.springframework.boot.autoconfigure.preinitialize.BackgroundPreinitializer;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Does work in parallel to the start that the start or the first request would otherwise wait for: reads the metadata
 * of our settings, which {@link SettingsCheck} needs first, and loads the security providers.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class GatewayPreinitializer implements BackgroundPreinitializer {

    @Override
    public void preinitialize() throws GeneralSecurityException {
        SettingsMetadata.known();
        Mac.getInstance("HmacSHA256");
    }
}
