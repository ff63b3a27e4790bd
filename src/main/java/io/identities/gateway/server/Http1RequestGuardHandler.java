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
 * Placed before the HTTP/1.1 decoder. Lets only well-formed bytes through, one request at a time: what follows a
 * request is held until its response is written, so that later handlers never see pipelining. Anything else gets an
 * error response with a real status line and a body, and the connection is closed. Leaves the pipeline when the
 * connection is not HTTP any more, and makes way for a {@link LingeringCloseHandler} when it is to close.
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

    /** The whole response is on its way and the connection stays open. */
    void answered() {
        answering = false;
        requests().answered();
    }

    /** The whole response is written and the connection must close: at once, or as soon as the client has read it. */
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

    /** A handler that asked for a read still waits for it if nothing was passed on. */
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

    /** Closing with unread bytes would reset the connection, and a client that still sends would lose the response. */
    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
        if (answering || !requests().mayGoOn()) {
            ctx.close(promise);
            return;
        }
        leave().linger();
        ctx.channel().closeFuture().addListener(done -> promise.trySuccess());
    }

    /** Undecodable TLS records come from a client that has gone or is broken: not a fault worth logging. */
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
