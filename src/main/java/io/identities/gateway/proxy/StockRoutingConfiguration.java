package io.identities.gateway.proxy;

import io.identities.gateway.access.BasePath;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.web.reactive.socket.server.upgrade.ReactorNettyRequestUpgradeStrategy;

/** What keeps the promises where the stock filters route: users' own routes, and requests that their filters have changed. */
@Configuration(proxyBeanMethods = false)
class StockRoutingConfiguration {

    @Bean
    StockRequestHeaders stockRequestHeaders(RequestHeaderPass pass) {
        return new StockRequestHeaders(pass);
    }

    @Bean
    RouteFaultHandler routeFaultHandler() {
        return new RouteFaultHandler();
    }

    @Bean
    StockForwardedHeaders stockForwardedHeaders(BasePath basePath) {
        return new StockForwardedHeaders(new ForwardedHeaders(basePath.value()));
    }

    @Bean
    StockResponseHeaders stockResponseHeaders() {
        return new StockResponseHeaders();
    }

    @Bean
    StockTarget stockTarget(BasePath basePath, BackendAddress backend) {
        return new StockTarget(basePath, backend.basePath());
    }

    @Bean
    StockStreams stockStreams(StreamRegistry streams) {
        return new StockStreams(new EventStreams(streams));
    }

    /** In front of the stock bean, which is not there where its routing filter is switched off. */
    @Bean
    @Primary
    StockWebSockets stockWebSockets(ObjectProvider<ReactorNettyRequestUpgradeStrategy> stock, StreamRegistry streams) {
        return new StockWebSockets(stock.getIfAvailable(ReactorNettyRequestUpgradeStrategy::new), streams);
    }
}
