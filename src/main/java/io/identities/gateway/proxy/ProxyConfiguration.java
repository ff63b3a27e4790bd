package io.identities.gateway.proxy;

import io.identities.gateway.access.BasePath;
import io.identities.gateway.access.Gatekeeper;
import io.identities.gateway.audit.SecurityEvents;
import io.identities.gateway.http.GatewayMode;
import io.identities.gateway.http.HeadLimit;
import io.identities.gateway.http.IdentityHeaders;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import io.netty.resolver.dns.DnsAddressResolverGroup;
import io.netty.resolver.dns.DnsServerAddressStreamProvider;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.webflux.autoconfigure.WebHttpHandlerBuilderCustomizer;
import org.springframework.cloud.gateway.config.GlobalCorsProperties;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.handler.RoutePredicateHandlerMapping;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.http.client.ReactorResourceFactory;

@Configuration(proxyBeanMethods = false)
class ProxyConfiguration {

    private static final BackendAddress NOWHERE =
            new BackendAddress(false, "backend.invalid", 80, "backend.invalid", "");

    @Bean
    BackendAddress backendAddress(BackendSettings settings, GatewayMode mode) {
        String uri = settings.uri();
        if (mode == GatewayMode.COMPANION) {
            return NOWHERE;
        }
        if (uri == null || uri.isBlank()) {
            throw new IllegalArgumentException(
                    "identities.backend.uri: found nothing, expected the backend's address such as http://backend:8080");
        }
        return BackendAddress.parse(uri);
    }

    @Bean
    AccessGlobalFilter accessGlobalFilter(Gatekeeper gatekeeper, SecurityEvents events, ProxySettings settings) {
        return new AccessGlobalFilter(gatekeeper, events, settings.websocketTokenSubprotocol());
    }

    @Bean
    BackendRoute backendRoute(BackendAddress address, GatewayMode mode) {
        return new BackendRoute(mode == GatewayMode.COMPANION ? null : address.uri());
    }

    @Bean
    RequestHeaderPass requestHeaderPass(
            IdentityHeaders identityHeaders,
            BasePath basePath,
            ProxySettings proxy,
            BackendSettings settings,
            BackendAddress address) {
        return new RequestHeaderPass(
                identityHeaders,
                new ForwardedHeaders(basePath.value()),
                proxy.forwardToken(),
                settings.preserveHost(),
                address.authority(),
                identityHeaders.requestId(),
                randomHop());
    }

    /** A bean of the user may provide other name servers than the system's. */
    @Bean(destroyMethod = "close")
    DnsAddressResolverGroup backendNames(
            ReactorResourceFactory listener,
            BackendSettings settings,
            ObjectProvider<DnsServerAddressStreamProvider> servers) {
        return BackendNames.resolvedBy(
                listener.getLoopResources(), settings.connectTimeout(), servers.getIfAvailable());
    }

    @Bean
    BackendClient backendClient(
            BackendAddress address,
            BackendSettings settings,
            RequestHeaderPass headerPass,
            HeadLimit headLimit,
            ReactorResourceFactory listener,
            DnsAddressResolverGroup backendNames,
            ObjectProvider<SslBundles> bundles) {
        BackendTls tls = new BackendTls(
                address.secure(), settings.connectTimeout(), settings.sslBundle(), bundles.getIfAvailable());
        return new BackendClient(
                address,
                settings,
                headLimit.bytes(),
                client -> tls.apply(client).resolver(backendNames),
                listener.getLoopResources(),
                headerPass);
    }

    @Bean
    BackendLifecycle backendLifecycle(BackendClient backend) {
        return new BackendLifecycle(backend);
    }

    @Bean
    LeanRoutingFilter leanRoutingFilter(
            BackendClient backend,
            StreamRegistry streams,
            BackendSettings settings,
            ProxySettings proxy,
            MeterRegistry meters,
            ObjectProvider<ObservationRegistry> observations) {
        int maxFrame = Math.toIntExact(proxy.maxWebsocketFrame().toBytes());
        return new LeanRoutingFilter(
                backend,
                new WebSocketRelay(streams, maxFrame, settings.streamIdleTimeout()),
                new EventStreams(streams),
                new BackendTimers(meters),
                new BackendSpans(observations.getIfUnique(() -> ObservationRegistry.NOOP)));
    }

    @Bean
    RouteTable routeTable(RouteLocator routes) {
        return new RouteTable(routes);
    }

    @Bean
    RouteFilters routeFilters(List<GlobalFilter> filters) {
        return new RouteFilters(filters);
    }

    /** Replaces the framework's bean, so that requests through the dispatcher pass the same filters. */
    @Bean
    RoutePredicateHandlerMapping routePredicateHandlerMapping(
            RouteFilters filters, RouteLocator routes, GlobalCorsProperties cors, Environment environment) {
        return new RoutePredicateHandlerMapping(filters, routes, cors, environment);
    }

    @Bean
    RoutingWebFilter routingWebFilter(RouteTable routes, RouteFilters filters, ApplicationContext context) {
        return new RoutingWebFilter(routes, filters, () -> OtherHandlers.existIn(context));
    }

    /**
     * After every other customizer, so that all filters are known. The framework's own handling of forwarded headers
     * would trust every peer.
     */
    @Bean
    @Order(Ordered.LOWEST_PRECEDENCE)
    @SuppressWarnings("NullAway") // Without a transformer its field is null.
    WebHttpHandlerBuilderCustomizer directHttpHandler(Environment environment) {
        boolean believing = "framework".equalsIgnoreCase(environment.getProperty("server.forward-headers-strategy"));
        return handler -> {
            if (believing) {
                handler.forwardedHeaderTransformer(null);
            }
            handler.httpHandlerDecorator(DirectHttpHandler::inPlaceOf);
        };
    }

    /** The id of this process in the hop header, which detects a backend that leads back here. */
    private static String randomHop() {
        byte[] id = new byte[8];
        new SecureRandom().nextBytes(id);
        return HexFormat.of().formatHex(id);
    }
}
