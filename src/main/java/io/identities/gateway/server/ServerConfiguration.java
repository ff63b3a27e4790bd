package io.identities.gateway.server;

import io.identities.gateway.IdentitiesGatewayApplication;
import io.identities.gateway.http.AccessLog;
import io.identities.gateway.http.HeadLimit;
import io.identities.gateway.http.IdentityHeaders;
import io.identities.gateway.http.OpenStreams;
import io.identities.gateway.http.RequestIds;
import java.time.Clock;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import reactor.core.scheduler.Schedulers;

@Configuration(proxyBeanMethods = false)
class ServerConfiguration {

    @Bean
    Draining draining() {
        return new Draining();
    }

    /** In place of Boot's. */
    @Bean
    DrainingAvailabilityBean applicationAvailability(Draining draining) {
        return new DrainingAvailabilityBean(draining);
    }

    @Bean
    CorsPolicy corsPolicy(CorsSettings settings, IdentityHeaders headers) {
        return new CorsPolicy(settings, headers.requestId());
    }

    @Bean
    HeadLimit headLimit(HeadLimitSettings settings) {
        return new HeadLimit(settings.maxSizeBytes());
    }

    @Bean
    ListenerRules listenerRules(
            ListenerSettings settings,
            HeadLimitSettings limit,
            RequestIds requestIds,
            CorsPolicy cors,
            Draining draining,
            AccessLog accessLog,
            Clock clock,
            Environment environment) {
        return new ListenerRules(
                limit.maxSizeBytes(),
                new Methods(settings.moreMethods()),
                new ForwardAuthPath(forwardAuthPath(environment)),
                requestIds,
                settings.headerTimeout(),
                settings.idleTimeout(),
                settings.lingerTimeout(),
                settings.sendTimeout(),
                cors,
                draining,
                new ResponseDate(clock),
                accessLog,
                new HeadWarning(System::nanoTime));
    }

    /** Last, because Boot's own customizer sets a header limit as well. The management port is not touched. */
    @Bean
    @Order(Ordered.LOWEST_PRECEDENCE)
    WebServerFactoryCustomizer<NettyReactiveWebServerFactory> listener(ListenerRules rules) {
        return factory -> {
            StrongTls.apply(factory);
            factory.addServerCustomizers(new ListenerCustomizer(rules));
        };
    }

    @Bean(destroyMethod = "close")
    DrainLifecycle drainLifecycle(
            Draining draining,
            ShutdownSettings settings,
            ObjectProvider<OpenStreams> streams,
            Environment environment) {
        boolean inKubernetes = environment.containsProperty("KUBERNETES_SERVICE_HOST");
        return new DrainLifecycle(
                draining, settings.preStopDelay(inKubernetes), streams::stream, Schedulers.parallel());
    }

    @Bean
    WarmUp warmUp(WarmUpSettings settings, Clock clock) {
        return new WarmUp(settings, IdentitiesGatewayApplication.class, clock);
    }

    @Bean
    CorsWebFilter corsWebFilter(CorsPolicy policy) {
        return new CorsWebFilter(policy);
    }

    @Bean
    PreflightWebFilter preflightWebFilter(CorsPolicy policy) {
        return new PreflightWebFilter(policy);
    }

    private static @Nullable String forwardAuthPath(Environment environment) {
        if (!environment.getProperty("identities.forward-auth.enabled", Boolean.class, true)) {
            return null;
        }
        return environment.getProperty("identities.base-path", "")
                + environment.getProperty("identities.forward-auth.path", "/forward-auth");
    }
}
