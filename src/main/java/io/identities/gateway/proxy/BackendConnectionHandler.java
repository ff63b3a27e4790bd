package io.identities.gateway.proxy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.AttributeKey;
import io.netty.util.ReferenceCountUtil;
import java.net.ProtocolException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import reactor.netty.Connection;
import reactor.netty.NettyPipeline;

/**
 * Watches one connection to the backend, request after request: time-outs by what is awaited, interim answers, answers
 * that come before the request is sent, and where an answer ends. Lives on the connection's event loop.
 */
final class BackendConnectionHandler extends ChannelDuplexHandler {

    static final String NAME = "identities.backendConnection";

    private static final AttributeKey<BackendConnectionHandler> KEY =
            AttributeKey.valueOf(BackendConnectionHandler.class, "self");

    private final BooleanSupplier awaited;
    private final ConnectionUse use;
    private final CallProgress progress;
    private final RequestWrites writes;
    private final ResponseHead head = new ResponseHead();
    private final ResponseEnd end = new ResponseEnd();

    private @Nullable ChannelHandlerContext context;
    private boolean upgrade;
    private boolean interim;
    private boolean failed;
    private boolean closeNotified;

    /** @param awaited whether a request may be waiting for this connection */
    BackendConnectionHandler(BackendTimeouts timeouts, IdleConnections kept, BooleanSupplier awaited) {
        this.awaited = awaited;
        this.use = new ConnectionUse(kept);
        this.progress = new CallProgress(timeouts, this::look);
        this.writes = new RequestWrites(progress, this::read, this::failToWrite);
    }

    static BackendConnectionHandler of(Channel channel) {
        BackendConnectionHandler connection = channel.attr(KEY).get();
        if (connection == null) {
            throw new IllegalStateException("Not a connection to the backend: " + channel);
        }
        return connection;
    }

    /** What it has been used for, and when it was last. */
    ConnectionUse use() {
        return use;
    }

    /** Whether nothing may come: no request is under way. */
    boolean isIdle() {
        return progress.isIdle();
    }

    boolean isSwitched() {
        return progress.isSwitched();
    }

    /** What comes now is an event stream, which may be silent for longer. */
    void expectStream() {
        progress.expectStream();
    }

    /** What is written of the request. */
    RequestWrites writes() {
        return writes;
    }

    /** What is known of the head of the answer that is being read. */
    ResponseHead head() {
        return head;
    }

    /** What is known of the end of the answer that is being read. */
    ResponseEnd end() {
        return end;
    }

    /**
     * The bytes of one read, be it one record of TLS or many, are decoded.
     *
     * @param leftOver whether there are more of them than the answer has
     */
    void readEnds(boolean leftOver) {
        end.readEnds();
        ChannelHandlerContext ctx = context;
        if (ctx == null) {
            return;
        }
        head.pass(ctx, true);
        if (!end.isReached()) {
            return;
        }
        if (leftOver || end.hasStrays()) {
            Connection.from(ctx.channel()).markPersistent(false);
        }
        if (awaited.getAsBoolean() && ctx.channel().isActive()) {
            // A request that waits would be written before an end of the connection that came with the answer is seen.
            ctx.executor().execute(() -> finishHeld(ctx));
        } else {
            finishHeld(ctx);
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        ctx.channel().attr(KEY).set(this);
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // the promise is the future
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        if (progress.isSwitched()) {
            ctx.write(msg, promise);
            return;
        }
        Object meant = writes.meant(ctx, msg, promise);
        if (meant instanceof HttpRequest request) {
            begin(request);
        }
        writes.write(ctx, meant, promise);
    }

    @Override
    public void read(ChannelHandlerContext ctx) {
        progress.readWanted();
        ctx.read();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (end.isReached()) {
            end.stray(msg);
            return;
        }
        if (failed) {
            // Half a head, which the close has made the decoder give up: not a second fault.
            ReferenceCountUtil.release(msg);
            return;
        }
        head.pass(ctx, false);
        if (interim && msg instanceof LastHttpContent) {
            interim = false;
            ReferenceCountUtil.release(msg);
            ctx.read();
            return;
        }
        if (msg instanceof HttpResponse response && response.decoderResult().isSuccess()) {
            answer(ctx, response);
            return;
        }
        progress.received(ctx.channel().config().isAutoRead());
        if (!(msg instanceof LastHttpContent last)) {
            ctx.fireChannelRead(msg);
        } else if (progress.isSwitched()) {
            leaveHttp(ctx);
        } else if (!end.hold(last)) {
            finishWithTheConnection(ctx, last);
        }
    }

    /** What cannot be decoded behind the end of an answer is not the answer's fault. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (end.isReached()) {
            end.stray(cause);
        } else if (!failed) {
            lost();
            head.pass(ctx, false);
            ctx.fireExceptionCaught(cause);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslCloseCompletionEvent end && end.isSuccess()) {
            closeNotified = true;
            // The client now closes the connection itself, which must not read as a close of the gateway's own.
            lost();
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // the promise is the future
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
        use.closedHere();
        ctx.close(promise);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        progress.cancel();
        lost();
        ctx.fireChannelInactive();
    }

    private void begin(HttpRequest request) {
        progress.begin();
        use.begins();
        end.nextRequest();
        upgrade = request.headers().contains(HttpHeaderNames.UPGRADE);
    }

    private void answer(ChannelHandlerContext ctx, HttpResponse response) {
        int status = response.status().code();
        if (status == 101 && upgrade) {
            progress.received(ctx.channel().config().isAutoRead());
            progress.switched();
            ctx.fireChannelRead(response);
            return;
        }
        String fault = ResponseFault.of(response);
        if (fault != null) {
            ReferenceCountUtil.release(response);
            fail(ctx, new ProtocolException(fault));
        } else if (status < 200) {
            // No movement: a backend may send these for as long as it likes.
            interim = true;
            ReferenceCountUtil.release(response);
        } else {
            progress.received(ctx.channel().config().isAutoRead());
            progress.answered();
            head.hold(response);
        }
    }

    /** What the decoder has read behind the 101 comes out of it now, as bytes. */
    private static void leaveHttp(ChannelHandlerContext ctx) {
        ctx.pipeline().remove(NettyPipeline.HttpCodec);
    }

    private void finishHeld(ChannelHandlerContext ctx) {
        LastHttpContent last = end.take();
        if (last != null) {
            finish(ctx, last);
        }
    }

    private void finish(ChannelHandlerContext ctx, LastHttpContent last) {
        progress.finished();
        use.rests();
        ctx.fireChannelRead(last);
    }

    /** TLS says whether that end was meant; without its word the answer is not whole (RFC 9112 section 9.8). */
    private void finishWithTheConnection(ChannelHandlerContext ctx, LastHttpContent last) {
        if (closeNotified || use.isClosedHere() || ctx.pipeline().get(SslHandler.class) == null) {
            finish(ctx, last);
            return;
        }
        ReferenceCountUtil.release(last);
        fail(ctx, new ProtocolException("The backend's connection ended within the answer, without a close_notify"));
    }

    private void lost() {
        if (!failed && !progress.isIdle() && !end.hasHeard()) {
            use.endsUnheard();
        }
    }

    private void look() {
        ChannelHandlerContext ctx = context;
        if (ctx == null || progress.isIdle() || progress.isSwitched()) {
            return;
        }
        if (progress.isStalled()) {
            fail(ctx, progress.fault(ctx.channel().isWritable()));
        } else {
            progress.watch(ctx.executor());
        }
    }

    private void failToWrite(ChannelHandlerContext ctx, Throwable failure) {
        lost();
        fail(ctx, failure);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the end of the connection is told as such
    private void fail(ChannelHandlerContext ctx, Throwable failure) {
        failed = true;
        ctx.fireExceptionCaught(failure);
        ctx.close();
    }
}
