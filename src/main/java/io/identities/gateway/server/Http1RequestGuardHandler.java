package io.identities.gateway.server;

import io.identities.gateway.http.ProblemCode;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.DecoderException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Stands before the HTTP/1.1 decoder and lets through well-formed bytes only, one request at a time: what follows a
 * request is held until its answer is written, so that nothing behind ever sees pipelining. Anything else is answered
 * with a real status line and a body, and the connection ends. Leaves the pipeline when the connection is not HTTP any
 * more, and for a {@link LingeringCloseHandler} when it is to end.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A pipeline reports through promises.
final class Http1RequestGuardHandler extends ChannelDuplexHandler {

    private final ListenerRules rules;

    private @Nullable ChannelHandlerContext context;
    private @Nullable RequestIntake requests;
    private boolean answering;

    Http1RequestGuardHandler(ListenerRules rules) {
        this.rules = rules;
    }

    /** Whether a part of the request's body has not arrived yet. */
    boolean isRequestIncomplete() {
        return requests().phase().isIncomplete();
    }

    boolean isHttp10() {
        return requests().head().isHttp10();
    }

    void answerBegins() {
        answering = true;
    }

    /** The whole answer is on its way and the connection stays. */
    void answered() {
        answering = false;
        requests().answered();
    }

    /** The whole answer is written and the connection must end: at once, or as soon as the client has read it. */
    void answeredForGood() {
        answering = false;
        context().channel().close();
    }

    void upgraded() {
        if (requests().phase() == RequestPhase.OVER) {
            return;
        }
        requests().close();
        ByteBuf rest = requests().takeRest();
        context().pipeline().remove(this);
        if (rest != null) {
            context().fireChannelRead(rest);
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        requests = new RequestIntake(rules, ctx, this::refuse, this::expired);
        if (ctx.channel().isActive()) {
            requests.begin();
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        requests().begin();
        ctx.fireChannelActive();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        requests().end();
        ctx.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        requests().end();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (msg instanceof ByteBuf in) {
            requests().add(in);
        } else {
            ctx.fireChannelRead(msg);
        }
    }

    /** Whoever asked for a read is still waiting when nothing got through to him. */
    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        boolean starved = requests().endOfRead();
        ctx.fireChannelReadComplete();
        if (starved && !ctx.channel().config().isAutoRead()) {
            ctx.read();
        }
    }

    @Override
    public void read(ChannelHandlerContext ctx) {
        requests().nextWhenPutAway();
        if (requests().takesMore()) {
            ctx.read();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        ctx.fireUserEventTriggered(event);
        requests().nextWhenPutAway();
    }

    /** A close with bytes unread would reset the connection and take the answer away from a client that still sends. */
    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
        if (answering || !requests().mayGoOn()) {
            ctx.close(promise);
            return;
        }
        leave().linger();
        ctx.channel().closeFuture().addListener(done -> promise.trySuccess());
    }

    /** What is no TLS any more is a client that has gone, not a fault for the log. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof DecoderException) {
            ctx.close();
            return;
        }
        ctx.fireExceptionCaught(cause);
    }

    private void expired() {
        if (requests().phase() == RequestPhase.HEAD) {
            refuse(ProblemCode.REQUEST_TIMEOUT);
            return;
        }
        leave().cut();
    }

    private void refuse(ProblemCode problem) {
        boolean headPassed = requests().phase() == RequestPhase.BODY;
        LingeringCloseHandler end = leave();
        if (answering) {
            end.cut();
        } else {
            end.refuse(problem, requests().head());
        }
        if (headPassed) {
            end.tellThatTheClientIsGone();
        }
    }

    private LingeringCloseHandler leave() {
        requests().close();
        LingeringCloseHandler end = new LingeringCloseHandler(rules);
        context().pipeline().replace(this, LingeringCloseHandler.NAME, end);
        return end;
    }

    private RequestIntake requests() {
        return Objects.requireNonNull(requests, "requests");
    }

    private ChannelHandlerContext context() {
        return Objects.requireNonNull(context, "context");
    }
}
