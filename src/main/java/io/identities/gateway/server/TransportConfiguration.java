package io.identities.gateway.server;

import java.time.Duration;
import org.springframework.cloud.gateway.config.HttpClientCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.http.client.ReactorResourceFactory;

/**
 * One set of event loops per gateway, for the listener and for calls to the backend: a call that begins on a loop stays
 * on it. Epoll on Linux, io_uring where its library is on the class path and the kernel allows it, else NIO.
 */
@Configuration(proxyBeanMethods = false)
class TransportConfiguration {

    /** Everything has been drained by then; a quiet period would only delay the exit. */
    private static final Duration LOOP_SHUTDOWN = Duration.ofSeconds(5);

    @Bean
    ReactorResourceFactory reactorResourceFactory(ListenerSettings settings, Environment environment) {
        int loops = settings.eventLoops() == 0 ? Runtime.getRuntime().availableProcessors() : settings.eventLoops();
        String name = environment.getProperty("spring.application.name", "identities-gateway");
        ReactorResourceFactory resources = new ReactorResourceFactory();
        resources.setUseGlobalResources(false);
        resources.setLoopResourcesSupplier(() -> EpollLoopResources.orOthers(name, loops));
        resources.setShutdownQuietPeriod(Duration.ZERO);
        resources.setShutdownTimeout(LOOP_SHUTDOWN);
        return resources;
    }

    /** For custom routes, which Spring Cloud Gateway's own filters serve. */
    @Bean
    HttpClientCustomizer backendCallsOnTheListenersLoops(ReactorResourceFactory resources) {
        return client -> client.runOn(resources.getLoopResources());
    }
}
