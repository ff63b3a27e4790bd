package io.identities.gateway.http;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings {@code identities.access-log.*}.
 *
 * @param enabled whether the logger identities.access writes one line for each request of the public port
 */
@ConfigurationProperties("identities.access-log")
record AccessLogSettings(@DefaultValue("false") boolean enabled) {}
