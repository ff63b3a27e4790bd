package io.identities.gateway.forwardauth;

import io.identities.gateway.access.BasePath;
import io.identities.gateway.access.Gatekeeper;
import io.identities.gateway.audit.SecurityEvents;
import io.identities.gateway.http.IdentityHeaders;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.server.WebFilter;

@Configuration(proxyBeanMethods = false)
class ForwardAuthConfiguration {

    private static final Logger log = LoggerFactory.getLogger(ForwardAuth.class);

    @Bean
    WebFilter forwardAuthWebFilter(
            ForwardAuthSettings settings,
            Gatekeeper gatekeeper,
            IdentityHeaders identityHeaders,
            SecurityEvents events,
            BasePath basePath) {
        ForwardAuth forwardAuth = new ForwardAuth(
                gatekeeper,
                settings.dialect(),
                settings.toTrustedProxies(),
                identityHeaders,
                events,
                new ForwardAuthWarnings(System::nanoTime));
        if (!settings.enabled()) {
            return (exchange, chain) -> chain.filter(exchange);
        }
        log.info("Answered here: any method {}{} and below", basePath.value(), settings.path());
        return new ForwardAuthWebFilter(settings.path(), forwardAuth);
    }
}
