package io.identities.gateway.http;

import io.identities.gateway.access.BasePath;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class HttpConfiguration {

    @Bean
    BasePath basePath(PublicSettings settings) {
        return new BasePath(settings.basePath());
    }

    @Bean
    GatewayMode gatewayMode(PublicSettings settings) {
        return settings.mode();
    }

    @Bean
    TrustedProxies trustedProxies(TrustSettings settings) {
        return settings.toTrustedProxies();
    }

    @Bean
    IdentityHeaders identityHeaders(HeaderSettings settings) {
        return new IdentityHeaders(settings.username(), settings.roles(), settings.issuer(), settings.requestId());
    }

    @Bean
    AccessLog accessLog(AccessLogSettings settings) {
        return new AccessLog(settings.enabled(), System::nanoTime);
    }

    @Bean
    RequestIds requestIds(IdentityHeaders headers) {
        return new RequestIds(headers.requestId());
    }

    @Bean
    RequestContextWebFilter requestContextWebFilter(
            ApplicationContext context,
            BasePath basePath,
            TrustedProxies trustedProxies,
            RequestIds requestIds,
            AccessLog accessLog) {
        return new RequestContextWebFilter(context, basePath, trustedProxies, requestIds, accessLog);
    }

    @Bean
    TargetWebFilter targetWebFilter() {
        return new TargetWebFilter();
    }

    @Bean
    LastResortErrorHandler lastResortErrorHandler() {
        return new LastResortErrorHandler();
    }
}
