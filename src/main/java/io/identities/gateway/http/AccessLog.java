package io.identities.gateway.http;

import io.identities.gateway.audit.LogLine;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatusCode;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;

/**
 * Writes one line to the logger {@code identities.access} for each request of the public port when its response ends
 * (for a WebSocket: when it closes), and one for bytes that are refused before they form a request. Values of query and
 * path parameters that are named like credentials are masked. Thread-safe.
 */
public final class AccessLog {

    private static final Logger log = LoggerFactory.getLogger("identities.access");

    /** Responses that never have a body, whatever length they announce. */
    private static final Set<Integer> BODILESS = Set.of(204, 205, 304);

    private final boolean enabled;
    private final LongSupplier nanoTicker;

    /** @param nanoTicker a monotonic nanosecond counter */
    public AccessLog(boolean enabled, LongSupplier nanoTicker) {
        this.enabled = enabled;
        this.nanoTicker = nanoTicker;
    }

    /**
     * The line of a request that begins now.
     *
     * @param target as received
     */
    AccessNotes begin(String target) {
        return enabled ? new AccessLine(nanoTicker.getAsLong(), target) : AccessNotes.NONE;
    }

    /** {@code answer}, writing the line when it ends; {@code answer} itself where nothing is logged. */
    Mono<Void> watch(ServerWebExchange exchange, RequestContext context, Mono<Void> answer) {
        return context.notes() instanceof AccessLine line
                ? answer.doOnError(failure -> exchange.getResponse().isCommitted(), failure -> line.brokenOff())
                        .doFinally(signal -> write(line, end(exchange, context, line, signal)))
                : answer;
    }

    /** For bytes that never became a request: neither method nor target is reliable. */
    public void refusedOnTheWire(ProblemCode code, String requestId, @Nullable SocketAddress peer) {
        if (enabled) {
            AccessLine line = new AccessLine(nanoTicker.getAsLong(), null);
            line.failedWith(code);
            write(line, new AccessLine.End(null, code.status(), address(peer), requestId, -1, false));
        }
    }

    private void write(AccessLine line, AccessLine.End end) {
        line.write(new LogLine(log.atInfo()), end, nanoTicker.getAsLong());
    }

    private static String address(@Nullable SocketAddress peer) {
        return peer instanceof InetSocketAddress socket && socket.getAddress() != null
                ? RequestContext.addressOf(socket.getAddress())
                : "-";
    }

    private static boolean isBodiless(HttpMethod method, @Nullable HttpStatusCode status) {
        return method.equals(HttpMethod.HEAD) || status != null && BODILESS.contains(status.value());
    }

    private static AccessLine.End end(
            ServerWebExchange exchange, RequestContext context, AccessLine line, SignalType signal) {
        HttpMethod method = exchange.getRequest().getMethod();
        boolean unanswered =
                signal != SignalType.ON_COMPLETE && !exchange.getResponse().isCommitted();
        HttpStatusCode status = exchange.getResponse().getStatusCode();
        long length = isBodiless(method, status)
                ? 0
                : exchange.getResponse().getHeaders().getContentLength();
        // A connection that closes with the last byte of a response cancels the subscriber that waits for its end.
        boolean left = signal == SignalType.CANCEL && !line.hasSent(length);
        boolean cut = unanswered || left || line.isBrokenOff();
        return new AccessLine.End(
                method.name(),
                unanswered || status == null ? null : status.value(),
                context.clientAddress(),
                context.id(),
                length,
                cut);
    }
}
