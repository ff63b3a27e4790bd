package io.identities.gateway.keys;

import io.identities.gateway.audit.SecurityEvents;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires the keys. */
@Configuration(proxyBeanMethods = false)
class KeyConfiguration {

    private static final Logger log = LoggerFactory.getLogger(KeyConfiguration.class);

    @Bean
    KeyRotation keyRotation(
            KeySettings settings, ObjectProvider<KeySource> ownSource, Clock clock, SecurityEvents events) {
        KeySource source = ownSource.getIfAvailable(settings::source);
        return new KeyRotation(source, settings.signer(), settings.activationDelay(), clock, events);
    }

    @Bean
    BackgroundTask keyReload(KeySettings settings, KeyRotation rotation) {
        return new BackgroundTask("key-reload", settings.reloadInterval(), rotation::reload);
    }

    @Bean
    PublishedKeys publishedKeys(KeyRotation rotation) {
        return new PublishedKeys(rotation);
    }

    @Bean
    TrustedIssuers trustedIssuers(
            TrustedIssuerSettings settings, JwksSettings jwks, Clock clock, SecurityEvents events) {
        List<TrustedIssuer> issuers = settings.trustedIssuers().stream()
                .map(issuer -> trusted(issuer, jwks, clock, events))
                .toList();
        return new TrustedIssuers(issuers);
    }

    @Bean
    BackgroundTask trustedIssuerRefresh(TrustedIssuers issuers) {
        return new BackgroundTask("jwks-refresh", Duration.ofSeconds(1), issuers::tick);
    }

    private static TrustedIssuer trusted(
            TrustedIssuerSettings.Issuer issuer, JwksSettings jwks, Clock clock, SecurityEvents events) {
        String name = Objects.requireNonNull(issuer.name());
        if (issuer.audiences().isEmpty()) {
            log.warn(
                    "identities.trusted-issuers: {} has no audience, so its tokens for any audience are accepted",
                    name);
        }
        warnOfPath(name, issuer.rolesClaim());
        HttpJwksFetch fetch = new HttpJwksFetch(
                Objects.requireNonNull(issuer.jwksUri()),
                jwks.timeout(),
                Math.toIntExact(jwks.maxSize().toBytes()));
        RemoteKeys keys = new RemoteKeys(name, fetch, issuer.signatureAlgorithms(), jwks.limits(), clock, events);
        return new TrustedIssuer(
                Objects.requireNonNull(issuer.issuer()),
                name,
                issuer.audiences(),
                issuer.usernameClaim(),
                issuer.prefix(),
                issuer.rolesClaim(),
                issuer.requiredClaims(),
                keys);
    }

    // Names with dots exist, but what is meant is mostly a claim within a claim.
    private static void warnOfPath(String name, @Nullable String rolesClaim) {
        if (rolesClaim != null && rolesClaim.contains(".") && !rolesClaim.contains("/")) {
            log.warn(
                    "identities.trusted-issuers: {} has its roles in one claim of the name {}; a claim within a claim would be {}",
                    name,
                    rolesClaim,
                    "/" + rolesClaim.replace('.', '/'));
        }
    }
}
