package io.identities.gateway.proxy;

import io.identities.gateway.access.BasePath;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.web.reactive.socket.server.upgrade.ReactorNettyRequestUpgradeStrategy;

/**
 * Beans that apply the gateway's guarantees where the framework's filters route: custom routes, and requests that
 * users' filters have changed.
 */
@Configuration(proxyBeanMethods = false)
class CustomRoutingConfiguration {

    @Bean
    CustomRouteRequestHeaders customRouteRequestHeaders(RequestHeaderPass pass) {
        return new CustomRouteRequestHeaders(pass);
    }

    @Bean
    RouteFaultHandler routeFaultHandler() {
        return new RouteFaultHandler();
    }

    @Bean
    CustomRouteForwardedHeaders customRouteForwardedHeaders(BasePath basePath) {
        return new CustomRouteForwardedHeaders(new ForwardedHeaders(basePath.value()));
    }

    @Bean
    CustomRouteResponseHeaders customRouteResponseHeaders() {
        return new CustomRouteResponseHeaders();
    }

    @Bean
    CustomRouteTarget customRouteTarget(BasePath basePath, BackendAddress backend) {
        return new CustomRouteTarget(basePath, backend.basePath());
    }

    @Bean
    CustomRouteStreams customRouteStreams(StreamRegistry streams) {
        return new CustomRouteStreams(new EventStreams(streams));
    }

    /** Decorates the framework's bean, which is absent if its routing filter is switched off. */
    @Bean
    @Primary
    CustomRouteWebSockets customRouteWebSockets(
            ObjectProvider<ReactorNettyRequestUpgradeStrategy> stock, StreamRegistry streams) {
        return new CustomRouteWebSockets(stock.getIfAvailable(ReactorNettyRequestUpgradeStrategy::new), streams);
    }
}
