package io.identities.gateway.session;

import io.identities.gateway.access.BasePath;
import io.identities.gateway.access.Gatekeeper;
import io.identities.gateway.audit.SecurityEvent.Door;
import io.identities.gateway.audit.SecurityEvents;
import io.identities.gateway.credentials.Authenticator;
import io.identities.gateway.keys.PublishedKeys;
import io.identities.gateway.token.RevocationStore;
import io.identities.gateway.token.TokenIssuer;
import io.identities.gateway.token.TokenTerms;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class SessionConfiguration {

    private static final Logger log = LoggerFactory.getLogger(LocalEndpoint.class);

    @Bean
    LoginEndpoint loginEndpoint(Authenticator authenticator, TokenIssuer issuer, Clock clock) {
        return new LoginEndpoint(authenticator, issuer, clock);
    }

    @Bean
    RenewEndpoint renewEndpoint(
            Gatekeeper gatekeeper, Authenticator authenticator, TokenIssuer issuer, SecurityEvents events) {
        return new RenewEndpoint(new Caller(gatekeeper, events, Door.RENEW), authenticator, issuer, events);
    }

    @Bean
    RevokeEndpoint revokeEndpoint(
            Gatekeeper gatekeeper, RevocationStore revocations, TokenTerms terms, SecurityEvents events) {
        return new RevokeEndpoint(new Caller(gatekeeper, events, Door.REVOKE), revocations, terms, events);
    }

    @Bean
    JwksEndpoint jwksEndpoint(PublishedKeys keys) {
        return new JwksEndpoint(keys);
    }

    @Bean
    LocalEndpointsWebFilter localEndpointsWebFilter(
            SessionSettings settings,
            LoginEndpoint login,
            RenewEndpoint renew,
            RevokeEndpoint revoke,
            JwksEndpoint jwks,
            BasePath basePath) {
        List<LocalEndpoint> endpoints = new ArrayList<>();
        if (settings.authenticate().enabled()) {
            endpoints.add(new LocalEndpoint(settings.authenticate().path(), List.of("POST"), login));
        }
        if (settings.renewToken().enabled()) {
            endpoints.add(new LocalEndpoint(settings.renewToken().path(), List.of("GET"), renew));
        }
        if (settings.revokeToken().enabled()) {
            endpoints.add(new LocalEndpoint(settings.revokeToken().path(), List.of("POST"), revoke));
        }
        if (settings.jwks().enabled()) {
            endpoints.add(new LocalEndpoint(settings.jwks().path(), List.of("GET", "HEAD"), jwks));
        }
        endpoints.forEach(endpoint -> log.info("Answered here: {}", endpoint.below(basePath)));
        return new LocalEndpointsWebFilter(endpoints);
    }
}
