package io.identities.gateway.ops;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings {@code identities.management.*}.
 *
 * @param tokenFile a file with the management token; without it the writing endpoints and explain do not exist, and
 *     health shows no details
 * @param page whether the operations page is served
 */
@ConfigurationProperties("identities.management")
record ManagementSettings(
        @Nullable Path tokenFile, @DefaultValue("true") boolean page) {

    ManagementSettings {
        if (tokenFile != null) {
            new ManagementToken(tokenFile).check();
        }
    }
}
