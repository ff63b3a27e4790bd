package io.identities.gateway.ops;

import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import org.springframework.boot.autoconfigure.preinitialize.BackgroundPreinitializer;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Does beside the start, on a second core, what it or the first request would else wait for: reads the names of our
 * settings, which {@link SettingsCheck} asks for first, and loads the security providers.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class GatewayPreinitializer implements BackgroundPreinitializer {

    @Override
    public void preinitialize() throws GeneralSecurityException {
        SettingsMetadata.known();
        Mac.getInstance("HmacSHA256");
    }
}
