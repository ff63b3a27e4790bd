package io.identities.gateway.session;

import io.identities.gateway.access.BasePath;
import io.identities.gateway.access.RequestTarget;
import io.identities.gateway.http.ProblemCode;
import io.identities.gateway.http.Refusal;
import java.util.List;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** A path that the gateway answers itself. Matches the raw path exactly; other spellings do not reach it. */
final class LocalEndpoint {

    private final String path;
    private final String looseReading;
    private final List<String> methods;
    private final Refusal wrongMethod;
    private final Answer answer;

    /**
     * @param path plain, below the base path
     * @param methods the allowed methods; every other one is 405
     */
    LocalEndpoint(String path, List<String> methods, Answer answer) {
        this.path = path;
        this.looseReading = RequestTarget.of(path).looseReading();
        this.methods = List.copyOf(methods);
        this.wrongMethod = Refusal.of(ProblemCode.METHOD_NOT_ALLOWED).allow(String.join(", ", methods));
        this.answer = answer;
    }

    /** Handles one request that is known to be for this endpoint; completes when the response is written. */
    @FunctionalInterface
    interface Answer {
        Mono<Void> to(ServerWebExchange exchange);
    }

    boolean isAt(RequestTarget target) {
        return path.equals(target.rawPath());
    }

    /** Whether the target is a near miss of this endpoint, so that its payload must not be forwarded. */
    boolean isNear(RequestTarget target) {
        return target.readsLoosely(looseReading);
    }

    Mono<Void> answer(ServerWebExchange exchange) {
        String method = exchange.getRequest().getMethod().name();
        return methods.contains(method) ? answer.to(exchange) : wrongMethod.send(exchange);
    }

    /** Methods and full path, for the start log. */
    String below(BasePath basePath) {
        return String.join("|", methods) + " " + basePath.value() + path;
    }
}
