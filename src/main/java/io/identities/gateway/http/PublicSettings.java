package io.identities.gateway.http;

import io.identities.gateway.access.BasePath;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of the public port as a whole.
 *
 * @param mode gateway: in front of the backend; companion: local endpoints and forward-auth only
 * @param basePath raw path prefix below which the gateway answers; empty, or like /identities
 */
@ConfigurationProperties("identities")
record PublicSettings(
        @DefaultValue("gateway") GatewayMode mode,
        @DefaultValue("") String basePath) {

    PublicSettings {
        new BasePath(basePath);
    }
}
