package io.identities.gateway.proxy;

import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationContext;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import org.springframework.web.server.WebHandler;
import org.springframework.web.server.adapter.DefaultServerWebExchange;
import org.springframework.web.server.adapter.HttpWebHandlerAdapter;
import org.springframework.web.server.handler.ExceptionHandlingWebHandler;
import org.springframework.web.server.handler.FilteringWebHandler;
import org.springframework.web.util.DisconnectedClientHelper;
import reactor.core.publisher.Mono;

/**
 * Runs the web filters, the handler and the error handlers of the framework's adapter without its overhead per request:
 * an observation that is not recorded, two operators for each error handler, a deferral and a description for each
 * filter. Errors take the framework's path.
 */
final class DirectHttpHandler implements HttpHandler {

    private static final Logger log = LoggerFactory.getLogger(DirectHttpHandler.class);
    private static final DisconnectedClientHelper GONE =
            new DisconnectedClientHelper(DirectHttpHandler.class.getName() + ".DisconnectedClient");
    private static final String HOUSE = "io.identities.gateway.";

    private final HttpWebHandlerAdapter stock;
    private final ApplicationContext context;
    private final WebFilterChain filters;
    private final List<WebExceptionHandler> errorHandlers;

    private DirectHttpHandler(
            HttpWebHandlerAdapter stock, ApplicationContext context, ExceptionHandlingWebHandler errors) {
        this.stock = stock;
        this.context = context;
        this.filters = chain((FilteringWebHandler) errors.getDelegate());
        List<WebExceptionHandler> all = errors.getExceptionHandlers();
        // The first is the framework's own, which the adapter adds again.
        this.errorHandlers = all.subList(1, all.size());
    }

    /** {@code stock} itself if it is decorated, observes requests, or applies forwarded headers. */
    static HttpHandler inPlaceOf(HttpHandler stock) {
        return stock instanceof HttpWebHandlerAdapter adapter
                        && adapter.getObservationRegistry().isNoop()
                        && adapter.getForwardedHeaderTransformer() == null
                        && adapter.getApplicationContext() != null
                        && adapter.getDelegate() instanceof ExceptionHandlingWebHandler errors
                ? new DirectHttpHandler(adapter, adapter.getApplicationContext(), errors)
                : stock;
    }

    @Override
    public Mono<Void> handle(ServerHttpRequest request, ServerHttpResponse response) {
        ServerWebExchange exchange = new DefaultServerWebExchange(
                request,
                response,
                stock.getSessionManager(),
                stock.getCodecConfigurer(),
                stock.getLocaleContextResolver(),
                context);
        return Mono.defer(() -> filters.filter(exchange))
                .onErrorResume(error -> answer(exchange, error))
                .then(exchange.cleanupMultipart())
                .then(Mono.defer(response::setComplete));
    }

    private Mono<Void> answer(ServerWebExchange exchange, Throwable error) {
        return new ExceptionHandlingWebHandler(failed -> Mono.error(error), errorHandlers)
                .handle(exchange)
                .onErrorResume(unanswered -> giveUp(exchange, unanswered));
    }

    private static Mono<Void> giveUp(ServerWebExchange exchange, Throwable error) {
        if (exchange.getResponse().setStatusCode(HttpStatus.INTERNAL_SERVER_ERROR)) {
            log.error("{} No error handler answered", exchange.getLogPrefix(), error);
            return Mono.empty();
        }
        if (GONE.checkAndLogClientDisconnectedException(error)) {
            return Mono.empty();
        }
        log.error("{} Failed after the answer had begun: {}", exchange.getLogPrefix(), error.toString());
        return Mono.error(error);
    }

    /**
     * Every link is created once. For foreign filters the rest of the chain is deferred, because they may assemble it
     * before it is to run.
     */
    private static WebFilterChain chain(FilteringWebHandler handler) {
        WebHandler last = handler.getDelegate();
        WebFilterChain next = last::handle;
        List<WebFilter> all = handler.getFilters();
        for (int i = all.size() - 1; i >= 0; i--) {
            WebFilter filter = all.get(i);
            WebFilterChain rest = isOurs(filter) ? next : deferred(next);
            next = exchange -> filter.filter(exchange, rest);
        }
        return next;
    }

    private static WebFilterChain deferred(WebFilterChain next) {
        return exchange -> Mono.defer(() -> next.filter(exchange));
    }

    private static boolean isOurs(WebFilter filter) {
        return filter.getClass().getName().startsWith(HOUSE);
    }
}
