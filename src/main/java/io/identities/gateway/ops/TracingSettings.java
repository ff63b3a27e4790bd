package io.identities.gateway.ops;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.ClassUtils;

/**
 * Settings {@code identities.tracing.*}.
 *
 * @param enabled whether requests create spans that OpenTelemetry exports; needs a jar that was built with -Ptracing
 */
@ConfigurationProperties("identities.tracing")
record TracingSettings(@DefaultValue("false") boolean enabled) {

    TracingSettings {
        if (enabled && !ClassUtils.isPresent("io.micrometer.tracing.Tracer", TracingSettings.class.getClassLoader())) {
            throw new IllegalArgumentException("identities.tracing.enabled: found true in a jar without tracing,"
                    + " expected one that was built with -Ptracing, or false");
        }
    }
}
