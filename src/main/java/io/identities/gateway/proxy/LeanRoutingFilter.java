package io.identities.gateway.proxy;

import io.identities.gateway.audit.EcsField;
import io.identities.gateway.http.ProblemCode;
import io.identities.gateway.http.Refusal;
import io.identities.gateway.http.RequestContext;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpVersion;
import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.Ordered;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.util.ClassUtils;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableChannel;
import reactor.netty.FutureMono;
import reactor.netty.channel.AbortedException;
import reactor.netty.http.server.HttpServerRequest;

/**
 * Sends requests of the catch-all route to the backend: one pass over the request's headers, one over the response's,
 * bodies streamed both ways. Custom routes, and requests that a user's filter has changed or redirected, are left to
 * the framework's filters.
 */
final class LeanRoutingFilter implements GlobalFilter, Ordered {

    private static final Logger log = LoggerFactory.getLogger(LeanRoutingFilter.class);
    private static final Refusal LOOP = Refusal.of(ProblemCode.LOOP_DETECTED);

    private static final Refusal UNAVAILABLE =
            Refusal.of(ProblemCode.BACKEND_UNAVAILABLE).retryAfter(Duration.ofSeconds(1));

    /** The listener's own request class; any other one was substituted by a user's filter. */
    private static final Class<?> UNCHANGED = ClassUtils.resolveClassName(
            "org.springframework.http.server.reactive.ReactorServerHttpRequest",
            LeanRoutingFilter.class.getClassLoader());

    static final int ORDER = Ordered.LOWEST_PRECEDENCE - 10;

    private final BackendClient backend;
    private final WebSocketRelay webSockets;
    private final EventStreams events;
    private final BackendTimers timers;
    private final BackendSpans spans;

    LeanRoutingFilter(
            BackendClient backend,
            WebSocketRelay webSockets,
            EventStreams events,
            BackendTimers timers,
            BackendSpans spans) {
        this.backend = backend;
        this.webSockets = webSockets;
        this.events = events;
        this.timers = timers;
        this.spans = spans;
    }

    /** After all users' filters, just before the framework's routing filters. */
    @Override
    public int getOrder() {
        return ORDER;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        HttpServerRequest request = ServerHttpRequestDecorator.getNativeRequest(exchange.getRequest());
        if (!isServed(exchange)) {
            return backend.isEndless(request.requestHeaders())
                    ? LOOP.send(exchange)
                    : chain.filter(CustomRouteHandshake.withoutToken(exchange));
        }
        ServerWebExchangeUtils.setAlreadyRouted(exchange);
        if (backend.isLoop(request.requestHeaders())) {
            return LOOP.send(exchange);
        }
        BackendCall call = BackendCall.of(RequestContext.of(exchange), AccessGrant.of(exchange), request);
        BackendResponseRelay answer = new BackendResponseRelay(exchange, call, events, webSockets, timers);
        Mono<Void> answered = spans.areOff()
                ? route(call, request, answer)
                : spans.observe(call, traced -> route(traced, request, answer));
        return answered.onErrorResume(failure -> fail(exchange, request, answer, failure))
                .doOnCancel(answer::abandoned);
    }

    private static boolean isServed(ServerWebExchange exchange) {
        Route route = exchange.getAttribute(ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR);
        return route != null
                && route.getId().equals(BackendRoute.ID)
                && !ServerWebExchangeUtils.isAlreadyRouted(exchange)
                && exchange.getRequest().getClass() == UNCHANGED
                && !isSentElsewhere(route, exchange);
    }

    /** Whether a user's global filter has chosen another address than the route's. */
    private static boolean isSentElsewhere(Route route, ServerWebExchange exchange) {
        URI chosen = exchange.getAttribute(ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR);
        return chosen != null
                && !(Objects.equals(chosen.getScheme(), route.getUri().getScheme())
                        && Objects.equals(
                                chosen.getRawAuthority(), route.getUri().getRawAuthority()));
    }

    private Mono<Void> route(BackendCall call, HttpServerRequest request, BackendResponseRelay answer) {
        Mono<Void> attempt = backend.send(call, request, answer);
        if (!call.isRepeatable()) {
            return attempt;
        }
        return attempt.onErrorResume(answer::foundConnectionDead, deadConnection -> attempt);
    }

    private Mono<Void> fail(
            ServerWebExchange exchange, HttpServerRequest request, BackendResponseRelay answer, Throwable failure) {
        if (isClientGone(request, failure)) {
            return leave(exchange, answer, failure);
        }
        answer.failed();
        ProblemCode code = BackendFault.of(failure);
        RequestContext context = RequestContext.of(exchange);
        context.notes().failedWith(code);
        log.atWarn()
                .addKeyValue(EcsField.REQUEST_ID, context.id())
                .log("Backend call {} ended as {}: {}", context.id(), code.code(), BackendFault.describe(failure));
        if (exchange.getResponse().isCommitted()) {
            return breakOff(request, failure);
        }
        answer.forget();
        return (code == ProblemCode.BACKEND_UNAVAILABLE ? UNAVAILABLE : Refusal.of(code)).send(exchange);
    }

    /** Closes the connection within the response, so that the client does not take it for complete. */
    @SuppressWarnings("FutureReturnValueIgnored") // The close is reported by the channel itself.
    private static Mono<Void> breakOff(HttpServerRequest request, Throwable failure) {
        if (!(request instanceof DisposableChannel client)) {
            return Mono.error(failure);
        }
        Channel channel = client.channel();
        if (request.version().equals(HttpVersion.HTTP_1_0)) {
            // If the end of the connection ends the body, only a reset signals that it is incomplete.
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
        }
        if (channel.isWritable()) {
            channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        } else {
            // The client does not read, so nothing more can be written.
            channel.close();
        }
        return FutureMono.from(channel.closeFuture()).then(Mono.error(new AbortedException(failure)));
    }

    /** The connection is gone, so the failure cannot be reported to the client. */
    static boolean isClientGone(HttpServerRequest request, Throwable failure) {
        return failure instanceof AbortedException
                || request instanceof DisposableChannel client
                        && !client.channel().isActive();
    }

    private static Mono<Void> leave(ServerWebExchange exchange, BackendResponseRelay answer, Throwable failure) {
        answer.abandoned();
        log.debug(
                "The client of backend call {} is gone: {}",
                RequestContext.of(exchange).id(),
                BackendFault.describe(failure));
        return Mono.error(failure instanceof AbortedException ? failure : new AbortedException(failure));
    }
}
