package io.identities.gateway.proxy;

import org.springframework.cloud.gateway.handler.RoutePredicateHandlerMapping;
import org.springframework.context.ApplicationContext;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.config.WebFluxConfigurationSupport;
import org.springframework.web.reactive.function.server.support.RouterFunctionMapping;
import org.springframework.web.reactive.handler.AbstractUrlHandlerMapping;
import org.springframework.web.reactive.result.method.AbstractHandlerMethodMapping;

/** Whether an application that builds on the gateway answers requests itself, by controllers or router functions. */
final class OtherHandlers {

    private OtherHandlers() {}

    static boolean existIn(ApplicationContext context) {
        return context.getBeansOfType(HandlerMapping.class).values().stream().anyMatch(OtherHandlers::mapsRequests);
    }

    private static boolean mapsRequests(HandlerMapping mapping) {
        if (mapping instanceof AbstractHandlerMethodMapping<?> methods) {
            return !methods.getHandlerMethods().isEmpty();
        }
        if (mapping instanceof RouterFunctionMapping functions) {
            return functions.getRouterFunction() != null;
        }
        if (mapping instanceof AbstractUrlHandlerMapping urls) {
            return !urls.getHandlerMap().isEmpty();
        }
        return !(mapping instanceof RoutePredicateHandlerMapping) && !isPlaceholder(mapping);
    }

    /** What the framework registers if there is nothing to map; its class is not accessible. */
    private static boolean isPlaceholder(HandlerMapping mapping) {
        return WebFluxConfigurationSupport.class.equals(mapping.getClass().getEnclosingClass());
    }
}
