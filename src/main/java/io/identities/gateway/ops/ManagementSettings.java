package io.identities.gateway.ops;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * What operators may do on the management port.
 *
 * @param tokenFile a file with the management token; without it nothing can be written or explained, and health shows
 *     no details
 */
@ConfigurationProperties("identities.management")
record ManagementSettings(@Nullable Path tokenFile) {

    ManagementSettings {
        if (tokenFile != null) {
            new ManagementToken(tokenFile).check();
        }
    }
}
