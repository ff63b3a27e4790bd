package io.identities.gateway.server;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The size limit of a message head.
 *
 * @param maxSize bytes of the first line and the header lines, for requests and for the backend's responses
 */
@ConfigurationProperties("identities.headers")
record HeadLimitSettings(@DefaultValue("16KB") DataSize maxSize) {

    private static final DataSize SMALLEST = DataSize.ofKilobytes(1);
    private static final DataSize LARGEST = DataSize.ofMegabytes(1);

    HeadLimitSettings {
        if (maxSize.compareTo(SMALLEST) < 0 || maxSize.compareTo(LARGEST) > 0) {
            throw new IllegalArgumentException(
                    "identities.headers.max-size: found " + maxSize + ", expected 1KB to 1MB");
        }
    }

    int maxSizeBytes() {
        return Math.toIntExact(maxSize.toBytes());
    }
}
