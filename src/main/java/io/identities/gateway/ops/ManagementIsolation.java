package io.identities.gateway.ops;

import static java.util.Objects.requireNonNull;

import io.identities.gateway.audit.SecurityEvents;
import java.time.Clock;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointProperties;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementServerProperties;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.actuate.endpoint.ReactiveHealthEndpointWebExtension;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.support.StaticApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;
import org.springframework.http.codec.ServerCodecConfigurer;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.web.reactive.DispatcherHandler;
import org.springframework.web.reactive.HandlerAdapter;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.HandlerResultHandler;
import org.springframework.web.reactive.function.server.support.RouterFunctionMapping;
import org.springframework.web.server.adapter.WebHttpHandlerBuilder;

/**
 * Restricts the management port to its own handlers. Its context is a child of the application's, so Spring would also
 * give it every filter, route and handler of the public port. Registered in
 * {@code ManagementContextConfiguration.imports}; without a stereotype, so that component scanning does not find it.
 */
final class ManagementIsolation {

    private static final String HANDLER = "httpHandler";

    /**
     * The public context's property sources in their order. Boot puts variables and system properties before the
     * arguments here, and before the settings of the warm-up's gateway.
     */
    @Bean
    static BeanFactoryPostProcessor settingsOfThePublicSide(ConfigurableApplicationContext management) {
        return beans -> {
            MutablePropertySources own = management.getEnvironment().getPropertySources();
            own.stream().map(PropertySource::getName).toList().forEach(own::remove);
            if (requireNonNull(management.getParent()).getEnvironment() instanceof ConfigurableEnvironment parent) {
                parent.getPropertySources().forEach(own::addLast);
            }
        };
    }

    @Bean
    static BeanPostProcessor managementHandlerReplacement(ApplicationContext management) {
        return new BeanPostProcessor() {
            @Override
            public Object postProcessAfterInitialization(Object bean, String name) {
                return bean instanceof HttpHandler && name.equals(HANDLER) ? handler(management) : bean;
            }
        };
    }

    /**
     * One request per connection, because a keep-alive connection may stop reading after a request that arrives before
     * the previous one has ended (reactor-netty 1.3.6, issue 4361). A connection costs little here.
     */
    @Bean
    static WebServerFactoryCustomizer<NettyReactiveWebServerFactory> oneRequestOnEachConnection() {
        return factory -> factory.addServerCustomizers(server -> server.maxKeepAliveRequests(1));
    }

    private static HttpHandler handler(ApplicationContext management) {
        HealthDetails health = new HealthDetails(
                management
                        .getBeanProvider(ReactiveHealthEndpointWebExtension.class)
                        .getIfAvailable(),
                management.getBean(PathMappedEndpoints.class).getPath(HealthEndpoint.ID));
        ManagementAuthorizationWebFilter door = new ManagementAuthorizationWebFilter(
                management.getBean(ManagementToken.class), management.getBean(SecurityEvents.class), health);
        String basePath = management.getBean(ManagementServerProperties.class).getBasePath();
        String endpoints = management.getBean(WebEndpointProperties.class).getBasePath();
        boolean page = management.getBean(ManagementSettings.class).page();
        return WebHttpHandlerBuilder.webHandler(new DispatcherHandler(withoutParent(management)))
                .filter(
                        new ManagementHeadersWebFilter(basePath, management.getBean(Clock.class)),
                        door,
                        ManagementDocumentsWebFilter.of(endpoints, page),
                        new ProblemBodyWebFilter())
                .exceptionHandler(new ManagementErrorHandler())
                .codecConfigurer(management.getBean(ServerCodecConfigurer.class))
                .build();
    }

    /** Maps the handlers that the management context itself defines. */
    private static ApplicationContext withoutParent(ApplicationContext management) {
        StaticApplicationContext own = new StaticApplicationContext();
        management.getBeansOfType(HandlerMapping.class).forEach((name, mapping) -> {
            if (!(mapping instanceof RouterFunctionMapping)) {
                own.getBeanFactory().registerSingleton(name, mapping);
            }
        });
        management.getBeansOfType(HandlerAdapter.class).forEach(own.getBeanFactory()::registerSingleton);
        management.getBeansOfType(HandlerResultHandler.class).forEach(own.getBeanFactory()::registerSingleton);
        own.refresh();
        return own;
    }
}
