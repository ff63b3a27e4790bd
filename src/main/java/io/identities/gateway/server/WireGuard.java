package io.identities.gateway.server;

import io.identities.gateway.http.ProblemCode;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.DecoderException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import reactor.netty.channel.ChannelOperations;

/**
 * Stands before the HTTP/1.1 decoder and lets through well-formed bytes only, one request at a time: what follows a
 * request is held until its answer is written, so that nothing behind ever sees pipelining. Anything else is answered
 * with a real status line and a body, and the connection ends. Owns the time-outs for a head and for idling. Leaves the
 * pipeline when the connection is not HTTP any more, and for a {@link ConnectionEnd} when it is to end.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A pipeline reports through promises.
final class WireGuard extends ChannelDuplexHandler {

    private final ListenerRules rules;
    private final RequestFraming framing;
    private final HeldBytes held = new HeldBytes();

    private @Nullable ChannelHandlerContext context;
    private @Nullable Deadline deadline;
    private RequestPhase phase = RequestPhase.IDLE;
    private boolean passedSinceRead;
    private boolean answering;

    WireGuard(ListenerRules rules) {
        this.rules = rules;
        this.framing = new RequestFraming(rules.maxHead(), new RequestHead(rules.methods(), rules.forwardAuth()));
    }

    /** Whether a part of the request's body has not arrived yet. */
    boolean isRequestIncomplete() {
        return phase.isIncomplete();
    }

    boolean isHttp10() {
        return framing.head().isHttp10();
    }

    void answerBegins() {
        answering = true;
    }

    /** The whole answer is on its way and the connection stays. */
    void answered() {
        answering = false;
        if (phase == RequestPhase.HELD) {
            phase = RequestPhase.ANSWERED;
            nextWhenPutAway(context());
        }
    }

    /** The whole answer is written and the connection must end: at once, or as soon as the client has read it. */
    void answeredForGood() {
        answering = false;
        context().channel().close();
    }

    void upgraded() {
        if (phase == RequestPhase.OVER) {
            return;
        }
        phase = RequestPhase.OVER;
        ByteBuf rest = held.takeAll();
        context().pipeline().remove(this);
        pass(context(), rest);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        deadline = new Deadline(ctx.executor(), rules.headerTimeout(), this::expired);
        if (ctx.channel().isActive()) {
            deadline.in(rules.headerTimeout());
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        deadline().in(rules.headerTimeout());
        ctx.fireChannelActive();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        deadline().cancel();
        held.drop();
        ctx.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        deadline().cancel();
        held.drop();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (!(msg instanceof ByteBuf in)) {
            ctx.fireChannelRead(msg);
            return;
        }
        held.add(ctx.alloc(), in);
        if (phase.isIncomplete()) {
            readRequest(ctx);
        }
    }

    /** Whoever asked for a read is still waiting when nothing got through to him. */
    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        boolean starved = phase.isIncomplete() && !passedSinceRead;
        passedSinceRead = false;
        ctx.fireChannelReadComplete();
        if (starved && !ctx.channel().config().isAutoRead()) {
            ctx.read();
        }
    }

    @Override
    public void read(ChannelHandlerContext ctx) {
        if (phase == RequestPhase.ANSWERED) {
            nextWhenPutAway(ctx);
        }
        if (phase != RequestPhase.HELD || !held.isFull()) {
            ctx.read();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        ctx.fireUserEventTriggered(event);
        if (phase == RequestPhase.ANSWERED) {
            nextWhenPutAway(ctx);
        }
    }

    /** A close with bytes unread would reset the connection and take the answer away from a client that still sends. */
    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
        if (answering || !mayBeSending()) {
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

    private void readRequest(ChannelHandlerContext ctx) {
        if (phase == RequestPhase.IDLE && held.size() > 0) {
            phase = RequestPhase.HEAD;
            deadline().in(rules.headerTimeout());
        }
        held.check(framing);
        ProblemCode problem = framing.problem();
        if (problem != null) {
            refuse(problem);
            return;
        }
        if (framing.isInHead()) {
            return;
        }
        deadline().clear();
        phase = framing.isComplete() ? RequestPhase.HELD : RequestPhase.BODY;
        pass(ctx, held.takeChecked());
    }

    private void pass(ChannelHandlerContext ctx, @Nullable ByteBuf bytes) {
        if (bytes != null) {
            passedSinceRead = true;
            ctx.fireChannelRead(bytes);
        }
    }

    /** The server behind answers one request at a time; it takes the next one when it has let go of the last. */
    private void nextWhenPutAway(ChannelHandlerContext ctx) {
        if (ChannelOperations.get(ctx.channel()) != null || !ctx.channel().isActive()) {
            return;
        }
        phase = RequestPhase.IDLE;
        framing.next();
        deadline().in(rules.idleTimeout());
        if (!held.isEmpty()) {
            ctx.executor().execute(() -> resume(ctx));
        }
    }

    private void resume(ChannelHandlerContext ctx) {
        if (phase.isIncomplete() && !held.isEmpty()) {
            readRequest(ctx);
            ctx.fireChannelReadComplete();
        }
    }

    private void expired() {
        if (phase == RequestPhase.HEAD) {
            refuse(ProblemCode.REQUEST_TIMEOUT);
            return;
        }
        leave().cut();
    }

    private void refuse(ProblemCode problem) {
        boolean headPassed = phase == RequestPhase.BODY;
        ConnectionEnd end = leave();
        if (answering) {
            end.cut();
        } else {
            end.refuse(problem, framing.head());
        }
        if (headPassed) {
            end.tellThatTheClientIsGone();
        }
    }

    private ConnectionEnd leave() {
        phase = RequestPhase.OVER;
        ConnectionEnd end = new ConnectionEnd(rules);
        context().pipeline().replace(this, ConnectionEnd.NAME, end);
        return end;
    }

    private boolean mayBeSending() {
        return !held.isEmpty() || phase == RequestPhase.BODY;
    }

    private Deadline deadline() {
        return Objects.requireNonNull(deadline, "deadline");
    }

    private ChannelHandlerContext context() {
        return Objects.requireNonNull(context, "context");
    }
}
