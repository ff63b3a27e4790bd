package io.identities.gateway.ops;

import io.identities.gateway.access.AccessRules;
import io.identities.gateway.access.BasePath;
import io.identities.gateway.access.Gatekeeper;
import io.identities.gateway.audit.SecurityEvents;
import io.identities.gateway.credentials.ThrottledNetworks;
import io.identities.gateway.http.GatewayMode;
import io.identities.gateway.http.OpenStreams;
import io.identities.gateway.keys.KeyRotation;
import io.identities.gateway.keys.TrustedIssuers;
import io.identities.gateway.server.Methods;
import io.identities.gateway.token.RevocationStore;
import io.identities.gateway.token.TokenTerms;
import io.identities.gateway.token.TokenVerifier;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.Map;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.ssl.SslBundleRegistrar;
import org.springframework.boot.jackson.autoconfigure.JsonMapperBuilderCustomizer;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.http.client.ReactorResourceFactory;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.type.LogicalType;

@Configuration(proxyBeanMethods = false)
class OpsConfiguration {

    @Bean
    static SettingsCheck settingsCheck(ConfigurableEnvironment environment) {
        return new SettingsCheck(environment);
    }

    /** Replaces Boot's. */
    @Bean
    DefaultSslBundleRegistry sslBundleRegistry(
            ObjectProvider<SslBundleRegistrar> registrars, Environment environment, Clock clock) {
        ValidatingSslBundleRegistry bundles = new ValidatingSslBundleRegistry(new BundleProblems(environment, clock));
        registrars.orderedStream().forEach(registrar -> registrar.registerBundles(bundles));
        return bundles;
    }

    @Bean
    ManagementToken managementToken(ManagementSettings settings) {
        return new ManagementToken(settings.tokenFile());
    }

    @Bean
    ExplainEndpointFilter explainEndpointFilter(ManagementToken token) {
        return new ExplainEndpointFilter(token);
    }

    @Bean
    LocalDoors localDoors(Environment environment) {
        return LocalDoors.of(environment);
    }

    /**
     * Refuses a number as id or name, which Jackson would convert to text, and a duplicate member, of which it would
     * use the last.
     */
    @Bean
    JsonMapperBuilderCustomizer textIsTextAndStandsOnce() {
        return json -> json.enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .withCoercionConfig(LogicalType.Textual, text -> {
                    text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail);
                    text.setCoercion(CoercionInputShape.Float, CoercionAction.Fail);
                    text.setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail);
                });
    }

    @Bean
    KeysEndpoint keysEndpoint(KeyRotation rotation, TrustedIssuers issuers, Clock clock) {
        return new KeysEndpoint(rotation, issuers, clock);
    }

    @Bean
    RevocationsEndpoint revocationsEndpoint(
            RevocationStore store, TokenTerms terms, SecurityEvents events, Clock clock) {
        return new RevocationsEndpoint(store, terms, events, clock);
    }

    @Bean
    SessionsEndpoint sessionsEndpoint(
            MeterRegistry registry, TokenVerifier verifier, ObjectProvider<OpenStreams> streams) {
        return new SessionsEndpoint(registry, verifier, streams);
    }

    @Bean
    ExplainEndpoint explainEndpoint(
            Gatekeeper gatekeeper,
            TokenVerifier verifier,
            BasePath basePath,
            GatewayMode mode,
            LocalDoors doors,
            TokenTerms terms,
            Environment environment,
            Clock clock) {
        ReasonText reasons = new ReasonText(terms.clockSkew());
        Methods served = RuleMethods.served(environment);
        return new ExplainEndpoint(new Explainer(gatekeeper, verifier, basePath, mode, doors, served, reasons, clock));
    }

    @Bean
    KeyGauges keyGauges(
            MeterRegistry registry,
            ObjectProvider<KeyRotation> keys,
            ObjectProvider<TrustedIssuers> issuers,
            Clock clock) {
        return new KeyGauges(registry, keys, issuers, clock);
    }

    @Bean
    GatewayGauges gatewayGauges(
            MeterRegistry registry,
            ObjectProvider<TokenVerifier> verifier,
            ObjectProvider<RevocationStore> revocations,
            ObjectProvider<OpenStreams> streams,
            ObjectProvider<ReplicaReadiness> readiness,
            ObjectProvider<ThrottledNetworks> throttled) {
        return new GatewayGauges(registry, verifier, revocations, streams, readiness, throttled);
    }

    @Bean
    EventLoopLag eventLoopLag(ReactorResourceFactory resources, MeterRegistry registry) {
        return new EventLoopLag(resources, registry);
    }

    @Bean
    StartReport startReport(
            ConfigurableEnvironment environment,
            GatewayMode mode,
            LocalDoors doors,
            AccessRules rules,
            KeyRotation keys,
            TrustedIssuers issuers,
            ManagementToken token,
            Map<String, Dependency> dependencies) {
        StartSummary summary = new StartSummary(environment, mode, doors, rules, keys, issuers, token);
        return new StartReport(summary, dependencies, environment);
    }
}
