package io.identities.gateway.server;

import io.identities.gateway.audit.EcsField;
import io.identities.gateway.http.ProblemCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import java.net.SocketAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.netty.NettyPipeline;

/**
 * The ways in which a {@link WireGuard} ends its connection. A client that may still be sending is let finish (RFC 9112
 * §9.6): no more is written, what comes is thrown away until it closes, pauses for the linger time-out, or has gone on
 * for six times as long; a plain close would reset the connection and take the answer away. Event-loop bound.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A pipeline reports through promises.
final class ConnectionEnd {

    private static final Logger log = LoggerFactory.getLogger(ConnectionEnd.class);
    private static final int LONGEST = 6;

    private final ChannelHandlerContext ctx;
    private final ListenerRules rules;
    private final Deadline deadline;

    private boolean lingering;
    private long end;

    ConnectionEnd(ChannelHandlerContext ctx, ListenerRules rules, Deadline deadline) {
        this.ctx = ctx;
        this.rules = rules;
        this.deadline = deadline;
    }

    boolean isLingering() {
        return lingering;
    }

    /** Answers with {@code problem} and ends the connection. */
    void refuse(ProblemCode problem, RequestHead head) {
        deadline.in(rules.lingerTimeout());
        WireRefusal refusal = WireRefusal.of(problem, rules, head.origin());
        report(problem, refusal.requestId());
        ByteBuf answer = Unpooled.wrappedBuffer(refusal.http1(!head.isHead()));
        ctx.writeAndFlush(answer).addListener((ChannelFutureListener) written -> linger());
    }

    private void report(ProblemCode problem, String requestId) {
        SocketAddress peer = ctx.channel().remoteAddress();
        if (problem == ProblemCode.HEADERS_TOO_LARGE) {
            log.atWarn()
                    .addKeyValue(EcsField.REQUEST_ID, requestId)
                    .log(
                            "Refused a request head of more than {} bytes (identities.headers.max-size) from {} as {}",
                            rules.maxHead(),
                            peer,
                            requestId);
        } else {
            log.debug("Refused bytes from {} as {}: {}", peer, requestId, problem);
        }
        rules.accessLog().refusedOnTheWire(problem, requestId, peer);
    }

    void linger() {
        if (lingering || !ctx.channel().isActive()) {
            return;
        }
        lingering = true;
        end = now() + rules.lingerTimeout().multipliedBy(LONGEST).toNanos();
        deadline.in(rules.lingerTimeout());
        ctx.channel().config().setAutoRead(true);
        ctx.read();
        if (ctx.channel() instanceof DuplexChannel channel && ctx.pipeline().get(SslHandler.class) == null) {
            channel.shutdownOutput();
        }
    }

    /** More has come; it is not looked at. */
    void received() {
        if (!lingering) {
            return;
        }
        if (now() - end < 0) {
            deadline.in(rules.lingerTimeout());
        } else {
            ctx.close();
        }
    }

    /** For whoever still reads a body that turned bad; the codec between has nothing to say to this. */
    void tellThatTheClientIsGone() {
        ChannelHandlerContext last = ctx.pipeline().context(NettyPipeline.HttpTrafficHandler);
        if (last != null) {
            last.fireChannelInactive();
        }
    }

    private long now() {
        return ctx.executor().ticker().nanoTime();
    }
}
