package io.identities.gateway.server;

import io.identities.gateway.http.ProblemCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.net.SocketAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.netty.NettyPipeline;
import reactor.netty.channel.AbortedException;

/**
 * Replaces a {@link Http1RequestGuardHandler} on a connection that is about to close: nothing passes in either
 * direction except the refusal that it writes. A client that may still be sending is allowed to finish (RFC 9112 §9.6):
 * its bytes are discarded until it closes, pauses for the linger time-out, or has been sending for six times as long; a
 * plain close would reset the connection and the client would lose the response. Event-loop bound.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A pipeline reports through promises.
final class LingeringCloseHandler extends ChannelDuplexHandler {

    static final String NAME = "identities.lingeringClose";

    private static final Logger log = LoggerFactory.getLogger(LingeringCloseHandler.class);
    private static final int LONGEST = 6;

    private final ListenerRules rules;

    private @Nullable ChannelHandlerContext context;
    private @Nullable Deadline deadline;
    private boolean lingering;
    private long end;

    LingeringCloseHandler(ListenerRules rules) {
        this.rules = rules;
    }

    /** Responds with {@code problem} and closes the connection. */
    void refuse(ProblemCode problem, RequestHead head) {
        deadline().in(rules.lingerTimeout());
        RawRefusal refusal = RawRefusal.of(problem, rules, head.origin());
        report(problem, refusal.requestId());
        ByteBuf answer = Unpooled.wrappedBuffer(refusal.http1(!head.isHead()));
        context().writeAndFlush(answer).addListener((ChannelFutureListener) written -> linger());
    }

    /** Closes the connection whatever the client is doing. */
    void cut() {
        context().close();
    }

    /** Closes the connection when the client has done so. */
    void linger() {
        Channel channel = context().channel();
        if (lingering || !channel.isActive()) {
            return;
        }
        lingering = true;
        end = now() + rules.lingerTimeout().multipliedBy(LONGEST).toNanos();
        deadline().in(rules.lingerTimeout());
        channel.config().setAutoRead(true);
        context().read();
        if (channel instanceof DuplexChannel duplex && channel.pipeline().get(SslHandler.class) == null) {
            duplex.shutdownOutput();
        }
    }

    /** Notifies a reader of a body that has turned out malformed; the codec in between does not react to it. */
    void tellThatTheClientIsGone() {
        ChannelHandlerContext last = context().pipeline().context(NettyPipeline.HttpTrafficHandler);
        if (last != null) {
            last.fireChannelInactive();
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        deadline = new Deadline(ctx.executor(), rules.lingerTimeout(), this::cut);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        deadline().cancel();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        deadline().cancel();
        ctx.fireChannelInactive();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        ReferenceCountUtil.release(msg);
        if (!lingering) {
            return;
        }
        if (now() - end < 0) {
            deadline().in(rules.lingerTimeout());
        } else {
            cut();
        }
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        ReferenceCountUtil.release(msg);
        promise.tryFailure(new AbortedException("The request was refused on the wire"));
    }

    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
        ctx.channel().closeFuture().addListener(done -> promise.trySuccess());
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (lingering || cause instanceof DecoderException) {
            cut();
        } else {
            ctx.fireExceptionCaught(cause);
        }
    }

    private void report(ProblemCode problem, String requestId) {
        SocketAddress peer = context().channel().remoteAddress();
        if (problem == ProblemCode.HEADERS_TOO_LARGE) {
            rules.headWarning().warn(rules.maxHead(), peer, requestId);
        } else {
            log.debug("Refused bytes from {} as {}: {}", peer, requestId, problem);
        }
        rules.accessLog().refusedOnTheWire(problem, requestId, peer);
    }

    private long now() {
        return context().executor().ticker().nanoTime();
    }

    private Deadline deadline() {
        return Objects.requireNonNull(deadline, "deadline");
    }

    private ChannelHandlerContext context() {
        return Objects.requireNonNull(context, "context");
    }
}
