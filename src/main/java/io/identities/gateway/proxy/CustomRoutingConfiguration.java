package io.identities.gateway.proxy;

import io.identities.gateway.access.BasePath;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.web.reactive.socket.server.upgrade.ReactorNettyRequestUpgradeStrategy;

/** What keeps the promises where the stock filters route: users' own routes, and requests that their filters have changed. */
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

    /** In front of the stock bean, which is not there where its routing filter is switched off. */
    @Bean
    @Primary
    CustomRouteWebSockets customRouteWebSockets(
            ObjectProvider<ReactorNettyRequestUpgradeStrategy> stock, StreamRegistry streams) {
        return new CustomRouteWebSockets(stock.getIfAvailable(ReactorNettyRequestUpgradeStrategy::new), streams);
    }
}
