package io.identities.gateway.server;

import io.identities.gateway.http.ProblemCode;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.DecoderException;
import io.netty.util.ReferenceCountUtil;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import reactor.netty.channel.AbortedException;
import reactor.netty.channel.ChannelOperations;

/**
 * Stands before the HTTP/1.1 decoder and lets through well-formed bytes only, one request at a time: what follows a
 * request is held until its answer is written, so that nothing behind ever sees pipelining. Anything else is answered
 * with a real status line and a body, and the connection ends. Owns the time-outs for a head and for idling.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A pipeline reports through promises.
final class WireGuard extends ChannelDuplexHandler {

    private static final int MAX_HELD = 65_536;

    private final ListenerRules rules;
    private final RequestFraming framing;
    private final HeldBytes held = new HeldBytes();

    private @Nullable ChannelHandlerContext context;
    private @Nullable Deadline deadline;
    private @Nullable ConnectionEnd end;
    private Phase phase = Phase.REQUEST;
    private boolean firstByteSeen;
    private boolean headPassed;
    private boolean passedSinceRead;
    private boolean answering;

    WireGuard(ListenerRules rules) {
        this.rules = rules;
        this.framing = new RequestFraming(rules.maxHead(), new RequestHead(rules.methods(), rules.forwardAuth()));
    }

    private enum Phase {
        /** The bytes of a request are due. */
        REQUEST,
        /** The request is there; what comes now belongs to the next one. */
        HELD,
        /** The answer is written as well; the next request may begin once this one has been put away. */
        ANSWERED,
        /** Not HTTP any more. */
        UPGRADED,
        /** Nothing is read or written any more. */
        CLOSING
    }

    /** Whether a part of the request's body has not arrived yet. */
    boolean isRequestIncomplete() {
        return phase == Phase.REQUEST;
    }

    boolean isDraining() {
        return rules.draining().isDraining();
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
        if (phase == Phase.HELD) {
            phase = Phase.ANSWERED;
            nextWhenPutAway(context());
        }
    }

    /** The whole answer is written and the connection must end: at once, or as soon as the client has read it. */
    void answeredForGood() {
        answering = false;
        context().channel().close();
    }

    void upgraded() {
        phase = Phase.UPGRADED;
        deadline().cancel();
        pass(context(), held.takeAll());
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        deadline = new Deadline(ctx.executor(), rules.headerTimeout(), () -> expired(ctx));
        end = new ConnectionEnd(ctx, rules, deadline);
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
        if (phase == Phase.UPGRADED || !(msg instanceof ByteBuf in)) {
            ctx.fireChannelRead(msg);
            return;
        }
        if (phase == Phase.CLOSING) {
            in.release();
            end().received();
            return;
        }
        held.add(ctx.alloc(), in);
        if (phase == Phase.REQUEST) {
            readRequest(ctx);
        }
    }

    /** Whoever asked for a read is still waiting when nothing got through to him. */
    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        boolean starved = phase == Phase.REQUEST && !passedSinceRead;
        passedSinceRead = false;
        ctx.fireChannelReadComplete();
        if (starved && !ctx.channel().config().isAutoRead()) {
            ctx.read();
        }
    }

    @Override
    public void read(ChannelHandlerContext ctx) {
        if (phase == Phase.ANSWERED) {
            nextWhenPutAway(ctx);
        }
        boolean full = phase == Phase.HELD && held.size() >= MAX_HELD;
        if (!full) {
            ctx.read();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        ctx.fireUserEventTriggered(event);
        if (phase == Phase.ANSWERED) {
            nextWhenPutAway(ctx);
        }
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        if (phase == Phase.CLOSING) {
            ReferenceCountUtil.release(msg);
            promise.tryFailure(new AbortedException("The request was refused on the wire"));
            return;
        }
        ctx.write(msg, promise);
    }

    /** A close with bytes unread would reset the connection and take the answer away from a client that still sends. */
    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
        if (phase == Phase.UPGRADED || answering || !mayBeSending()) {
            ctx.close(promise);
            return;
        }
        boolean refusalUnderWay = phase == Phase.CLOSING;
        phase = Phase.CLOSING;
        held.drop();
        if (!refusalUnderWay) {
            end().linger();
        }
        ctx.channel().closeFuture().addListener(done -> promise.trySuccess());
    }

    /** What is no TLS any more is a client that has gone, not a fault for the log. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (end().isLingering() || cause instanceof DecoderException) {
            ctx.close();
            return;
        }
        ctx.fireExceptionCaught(cause);
    }

    private void readRequest(ChannelHandlerContext ctx) {
        if (!firstByteSeen && held.size() > 0) {
            firstByteSeen = true;
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
        headPassed = true;
        if (framing.isComplete()) {
            phase = Phase.HELD;
        }
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
        phase = Phase.REQUEST;
        framing.next();
        firstByteSeen = false;
        headPassed = false;
        deadline().in(rules.idleTimeout());
        if (!held.isEmpty()) {
            ctx.executor().execute(() -> resume(ctx));
        }
    }

    private void resume(ChannelHandlerContext ctx) {
        if (phase == Phase.REQUEST && !held.isEmpty() && !ctx.isRemoved()) {
            readRequest(ctx);
            ctx.fireChannelReadComplete();
        }
    }

    private void expired(ChannelHandlerContext ctx) {
        if (phase == Phase.REQUEST && firstByteSeen) {
            refuse(ProblemCode.REQUEST_TIMEOUT);
            return;
        }
        phase = Phase.CLOSING;
        ctx.close();
    }

    private void refuse(ProblemCode problem) {
        boolean tooLate = answering;
        phase = Phase.CLOSING;
        held.drop();
        if (tooLate) {
            context().close();
        } else {
            end().refuse(problem, framing.head());
        }
        if (headPassed) {
            end().tellThatTheClientIsGone();
        }
    }

    private boolean mayBeSending() {
        return phase == Phase.CLOSING || !held.isEmpty() || phase == Phase.REQUEST && headPassed;
    }

    private Deadline deadline() {
        return Objects.requireNonNull(deadline, "deadline");
    }

    private ConnectionEnd end() {
        return Objects.requireNonNull(end, "end");
    }

    private ChannelHandlerContext context() {
        return Objects.requireNonNull(context, "context");
    }
}
